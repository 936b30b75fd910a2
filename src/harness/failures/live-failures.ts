/**
 * From a broken requirement to its evidence, live: the plan that showed it first, run again, and made small as far as
 * there is time. The history in which it was seen is the evidence, whether it comes again or not.
 */
import { HarnessError } from "../../platform/errors.ts";
import type { Plan } from "../../scenarios/plan.ts";
import { applicable } from "../adapter/applicable.ts";
import type { Executor } from "../execution/target.ts";
import type { History } from "../history/history.ts";
import { joinPlans } from "../plans/normalise-plan.ts";
import type { Violated } from "../settlement/settle.ts";
import { shrink } from "../shrink/shrink.ts";
import { type CampaignFailure, campaignFailure, type Execution, judged } from "./failures.ts";

export interface LiveFailureOptions {
  readonly executor: Executor;
  readonly planAt: (index: number) => Plan;
  /** The history in which the requirement failed. It may not come again. */
  readonly evidence: History | undefined;
  /** Whether an execution that takes so many milliseconds of wall time may still begin. */
  readonly hasTimeFor: (duration: number) => boolean;
}

/** Milliseconds that a live run may take beyond its plan, for set-up and the last answers. */
const LIVE_MARGIN = 1_000;
/** Milliseconds for starting a server. */
const START_MARGIN = 1_500;

/** Milliseconds that a live run of a plan takes, about. */
export function durationOf({ until, operations }: Plan): number {
  const restarts = operations.filter(({ kind }) => kind === "restart-server").length;
  return until + LIVE_MARGIN + (restarts === 0 ? 0 : (1 + restarts) * START_MARGIN);
}

/** One execution takes seconds: a failure gets at most this many. */
const MOST_EXECUTIONS = 24;

/** Leaves out of a failing plan what the failure does not need. */
export async function liveFailure(violated: Violated, options: LiveFailureOptions): Promise<CampaignFailure> {
  const { requirement, joinedWith } = violated;
  const { executor, planAt, evidence, hasTimeFor } = options;
  const first = planAt(violated.plan.index);
  const plan = joinedWith === undefined ? first : joinPlans(first, planAt(joinedWith.index));
  const judge = (candidate: Plan, history: History): Execution => {
    const execution = judged(candidate, history, requirement);
    return { ...execution, tallies: applicable(execution.tallies, executor.limits) };
  };
  const run = async (candidate: Plan) => judge(candidate, await executor.execute(candidate));
  const original: Execution = evidence === undefined ? await run(plan) : judge(plan, evidence);
  let best = original;
  let executions = 0;
  const fails = async (candidate: Plan): Promise<boolean> => {
    executions++;
    const execution = await unlessGone(run(candidate));
    if (execution?.finding !== undefined) best = execution;
    return execution?.finding !== undefined;
  };
  // An execution lasts as long as its plan: one that cannot end in time is not begun.
  const mayContinue = (): boolean => hasTimeFor(durationOf(plan)) && executions < MOST_EXECUTIONS;
  const again = mayContinue() ? await fails(plan) : undefined;
  const shrunk = again === true ? (await shrink(plan, { fails, mayContinue })).plan : plan;
  return campaignFailure({
    id: `${requirement}-${violated.plan.id}`,
    violated,
    plan,
    original,
    shrunk,
    small: best,
    plans: violated.plans,
    ...(again === undefined ? {} : { reproduced: again }),
  });
}

/** A target may be gone by the time its failures are made small: then they stay as they are. */
async function unlessGone(execution: Promise<Execution>): Promise<Execution | undefined> {
  try {
    return await execution;
  } catch (error) {
    if (error instanceof HarnessError) return undefined;
    throw error;
  }
}
