/**
 * The work of a simulated campaign, cut into jobs that can be done in any thread: a chunk of plans, and making one
 * failing plan small. Jobs and answers are plain data, and an answer depends on its job alone, so how many threads
 * share the work changes nothing but the time.
 *
 * Threads are the caller's: a `PlanRunner` that uses them arrives as an argument. The one here uses none.
 */
import { now } from "../../platform/clock.ts";
import { HarnessError, type HarnessErrorCode } from "../../platform/errors.ts";
import { nextTurn } from "../../platform/timers.ts";
import type { Profile } from "../../protocol/profile.ts";
import { between, toMillis } from "../../protocol/time.ts";
import type { FamilyName } from "../../scenarios/families/names.ts";
import { generatePlan } from "../../scenarios/generate.ts";
import type { Plan } from "../../scenarios/plan.ts";
import type { History } from "../history/history.ts";
import { historyHash, historyText } from "../history/history-file.ts";
import { judge } from "../oracle/oracle.ts";
import { plainestPlan } from "../plans/plainest-plan.ts";
import { findingShape } from "../record/finding-shape.ts";
import { isFailing, isSampled, type PlanResult, planResult } from "../settlement/plan-result.ts";
import { shrink } from "../shrink/shrink.ts";
import type { BuildServer } from "../simulation/build-server.ts";
import { divergenceOf } from "../simulation/repeatability.ts";
import { simulate } from "../simulation/simulate.ts";

/** A server as data, for threads that cannot be given a function. Who makes the threads knows how to build it. */
export interface ServerRecipe {
  /** Ids of the defects that it has; empty: the reference server. */
  readonly mutants: readonly string[];
}

/** Which histories a campaign keeps, beside those that show a failure. `sample`: one passing plan in ten. */
export const KEEP = ["failures", "sample", "all"] as const;
export type Keep = (typeof KEEP)[number];

export interface PlansJob {
  readonly seed: string;
  readonly profile: Profile;
  /** Absent: all. */
  readonly families?: readonly FamilyName[] | undefined;
  /** Index of the first plan. */
  readonly from: number;
  readonly count: number;
  readonly keep: Keep;
}

export interface SimulatedPlan extends PlanResult {
  /** `sha256:…` */
  readonly historyHash: string;
  /** To be kept: the plan, and its history as it stands in a file. */
  readonly kept?: KeptPlan;
  /** The plan ran a second time and gave another history: the first event that differs. */
  readonly divergence?: string;
}

export interface KeptPlan {
  readonly plan: Plan;
  /** NDJSON. */
  readonly history: string;
  readonly historyHash: string;
}

export interface PlansAnswer {
  /** In the order of the plans, without gap; fewer than asked for when there was trouble or it had to stop. */
  readonly results: readonly SimulatedPlan[];
  /** The plan after the last result could not be run. */
  readonly trouble?: Trouble;
}

/** An exception as data: its class does not cross threads. */
export type Trouble =
  /** The target cannot be used: a `HarnessError`. */
  | { readonly kind: "unusable"; readonly code: HarnessErrorCode; readonly message: string }
  /** Our own fault. The message names the plan, and ends with the stack. */
  | { readonly kind: "bug"; readonly message: string };

export interface ShrinkJob {
  readonly plan: Plan;
  readonly requirement: string;
  /** Shape of the finding that must stay; absent: any finding of the requirement. */
  readonly shape?: string;
  /** The most runs. */
  readonly executions: number;
  /** The most milliseconds of wall time. */
  readonly limit: number;
}

export interface ShrinkAnswer {
  readonly plan: Plan;
  readonly executions: number;
  /** Nothing more can be left out; false: it had to stop first. */
  readonly minimal: boolean;
}

export interface PlanRunner {
  /** Jobs that are done at the same time. */
  readonly lanes: number;
  /** The most plans of one chunk: what the runner does before it looks whether it should stop. */
  readonly chunk: number;
  plans(job: PlansJob): Promise<PlansAnswer>;
  shrink(job: ShrinkJob): Promise<ShrinkAnswer>;
  close(): Promise<void>;
}

/** Asked before each run. */
export type MayContinue = () => boolean;

/**
 * Runs a chunk of plans. A failing plan, and one passing plan in ten, runs twice: the same plan must give the same
 * history.
 */
export function runPlans(job: PlansJob, build: BuildServer, mayContinue: MayContinue): PlansAnswer {
  const results: SimulatedPlan[] = [];
  for (let index = job.from; index < job.from + job.count && mayContinue(); index++) {
    const { seed, profile, families } = job;
    const plan = generatePlan({ seed, index, profile, mode: "sim", families });
    try {
      results.push(runPlan(index, plan, build, job.keep));
    } catch (error) {
      return { results, trouble: troubleOf(error, `plan ${plan.id} of seed ${job.seed}`) };
    }
  }
  return { results };
}

function troubleOf(error: unknown, where: string): Trouble {
  if (error instanceof HarnessError) return { kind: "unusable", code: error.code, message: error.message };
  return { kind: "bug", message: `${where}: ${error instanceof Error ? error.stack : String(error)}` };
}

function runPlan(index: number, plan: Plan, build: BuildServer, keep: Keep): SimulatedPlan {
  const history = simulate(plan, build);
  const hash = historyHash(history);
  const result = planResult(index, plan, history, judge(plan, history));
  const again = isSampled(index) || isFailing(result);
  const divergence = again ? divergenceOf(plan, build, history, hash) : undefined;
  return {
    ...result,
    historyHash: hash,
    ...(divergence === undefined ? {} : { divergence }),
    ...(isKept(result, keep) ? { kept: keptPlan(plan, history) } : {}),
  };
}

/** Of the passing plans in the sample, only those of the first ten thousand: a long campaign is not to fill the disk. */
const LAST_KEPT = 10_000;

export const isKept = (result: PlanResult, keep: Keep): boolean =>
  keep === "all" || (keep === "sample" && result.index < LAST_KEPT && isSampled(result.index) && !isFailing(result));

export const keptPlan = (plan: Plan, history: History): KeptPlan => ({
  plan,
  history: historyText(history),
  historyHash: historyHash(history),
});

/** Leaves out of a failing plan what the failure does not need. */
export async function shrinkPlan(job: ShrinkJob, build: BuildServer, mayContinue: MayContinue): Promise<ShrinkAnswer> {
  const started = now();
  let executions = 0;
  const fails = async (candidate: Plan): Promise<boolean> => {
    executions++;
    // A run keeps the event loop: signals get their turn before each.
    await nextTurn();
    return breaks(candidate, build, job);
  };
  const inTime = (): boolean =>
    executions < job.executions && toMillis(between(started, now())) < job.limit && mayContinue();
  const { plan, minimal } = await shrink(job.plan, { fails, mayContinue: inTime });
  const plainest = await plainestPlan(plan, async (candidate) => (inTime() ? fails(candidate) : undefined));
  return { plan: plainest, executions, minimal };
}

function breaks(plan: Plan, build: BuildServer, { requirement, shape }: ShrinkJob): boolean {
  try {
    const tally = judge(plan, simulate(plan, build)).tallies.find((each) => each.requirement === requirement);
    return tally?.findings.some((finding) => shape === undefined || findingShape(finding) === shape) === true;
  } catch (error) {
    // A server that refuses to provision the smaller plan shows nothing with it.
    if (error instanceof HarnessError) return false;
    throw error;
  }
}

/** Plans between two turns of the event loop: about 50 ms. */
const PLANS_A_TURN = 8;

/** Does all work in this thread; signals get their turn between two chunks. */
export function inThisThread(build: BuildServer, signal?: AbortSignal): PlanRunner {
  const mayContinue = (): boolean => signal?.aborted !== true;
  return {
    lanes: 1,
    chunk: PLANS_A_TURN,
    async plans(job) {
      await nextTurn();
      return runPlans(job, build, mayContinue);
    },
    shrink: (job) => shrinkPlan(job, build, mayContinue),
    close: () => Promise.resolve(),
  };
}
