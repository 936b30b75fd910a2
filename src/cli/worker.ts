/**
 * What a worker thread can do: a table of jobs, each an exported function that takes plain data and gives plain data.
 * The pool calls them by their names. Nothing is remembered between two jobs.
 */
import {
  type PlansAnswer,
  type PlansJob,
  runPlans,
  type ServerRecipe,
  type ShrinkAnswer,
  type ShrinkJob,
  shrinkPlan,
} from "../harness/execution/plan-runner.ts";
import { runSelfTestCase, type SelfTestCase, type SelfTestResult } from "../harness/selftest/case.ts";
import { rememberPlans } from "../harness/selftest/plan-cache.ts";
import { subjectOf } from "./selftest-subject.ts";
import { serverOf } from "./server-recipe.ts";

/** Shared with the pool: anything but 0 asks the worker to stop as soon as it can. */
export type StopFlag = Int32Array<SharedArrayBuffer>;

/** A job that runs plans on a server. */
export interface OnServer<Job> {
  readonly server: ServerRecipe;
  readonly job: Job;
  readonly stop: StopFlag;
}

const runsOn = (stop: StopFlag) => (): boolean => Atomics.load(stop, 0) === 0;

export const plans = ({ server, job, stop }: OnServer<PlansJob>): PlansAnswer =>
  runPlans(job, serverOf(server), runsOn(stop));

export const shrink = ({ server, job, stop }: OnServer<ShrinkJob>): Promise<ShrinkAnswer> =>
  shrinkPlan(job, serverOf(server), runsOn(stop));

export interface StoppableCase {
  readonly selfTest: SelfTestCase;
  readonly stop: StopFlag;
}

/** Of each seed and profile; the rarest defects alone need more. */
const MOST_REMEMBERED = 300;

/** One of a thread: its cases share their plans. */
const planOf = rememberPlans(MOST_REMEMBERED);

export const selfTestCase = ({ selfTest, stop }: StoppableCase): SelfTestResult =>
  runSelfTestCase(selfTest, subjectOf(selfTest.id), runsOn(stop), planOf);
