/**
 * From a broken requirement to its evidence, live: the plan that showed it first, run again, and made small as far as
 * there is time. The history in which it was seen is the evidence, whether it comes again or not.
 */
import { HarnessError } from "../../platform/errors.ts";
import type { Plan } from "../../scenarios/plan.ts";
import { applicable } from "../adapter/applicable.ts";
import type { Executor } from "../execution/target.ts";
import type { History } from "../history/history.ts";
import type { Starts } from "../live/starts.ts";
import { joinPlans } from "../plans/normalise-plan.ts";
import type { Violated } from "../settlement/settle.ts";
import { solidShrink } from "../shrink/solid-shrink.ts";
import { type CampaignFailure, campaignFailure, type Execution, judged } from "./failures.ts";
import { liveShrinking, shownBy } from "./live-shrinking.ts";

export interface LiveFailureOptions {
  readonly executor: Executor;
  readonly planAt: (index: number) => Plan;
  /** The history in which the requirement failed. It may not come again. */
  readonly evidence: History | undefined;
  /** Whether an execution that takes so many milliseconds of wall time may still begin. */
  readonly hasTimeFor: (duration: number) => boolean;
  /** When runs may begin. */
  readonly starts: Starts;
  /** Runs for this failure at the same time, at most. */
  readonly atOnce: number;
}

/** Leaves out of a failing plan what the failure does not need. */
export async function liveFailure(violated: Violated, options: LiveFailureOptions): Promise<CampaignFailure> {
  const { requirement, joinedWith } = violated;
  const { executor, planAt, evidence, hasTimeFor, starts, atOnce } = options;
  const first = planAt(violated.plan.index);
  const plan = joinedWith === undefined ? first : joinPlans(first, planAt(joinedWith.index));
  const judge = (candidate: Plan, history: History): Execution => {
    const execution = judged(candidate, history, requirement);
    return { ...execution, tallies: applicable(execution.tallies, executor.limits) };
  };
  const run = async (candidate: Plan): Promise<Execution> =>
    judge(candidate, await starts.begin(() => executor.execute(candidate)));
  const original: Execution = evidence === undefined ? await run(plan) : judge(plan, evidence);
  const shrunk = await solidShrink(plan, {
    run: async (candidate) => failing(await unlessGone(run(candidate))),
    hasTimeFor,
    ...liveShrinking(plan, atOnce),
    ...(original.finding === undefined ? {} : { shownBy: shownBy(original.finding, original.history) }),
  });
  const { repeats } = shrunk;
  return campaignFailure({
    id: `${requirement}-${violated.plan.id}`,
    violated,
    plan,
    original,
    shrunk: shrunk.plan,
    minimal: shrunk.minimal,
    small: shrunk.evidence ?? original,
    plans: violated.plans,
    ...(repeats === undefined ? {} : { repeats, reproduced: repeats.failed > 0 }),
  });
}

const failing = (execution: Execution | undefined): Execution | undefined =>
  execution?.finding === undefined ? undefined : execution;

/** A target may be gone by the time its failures are made small: then they stay as they are. */
async function unlessGone(execution: Promise<Execution>): Promise<Execution | undefined> {
  try {
    return await execution;
  } catch (error) {
    if (error instanceof HarnessError) return undefined;
    throw error;
  }
}
