/**
 * From a broken requirement to its evidence: the plan that showed it first, made small, with the histories of both.
 */
import { HarnessError } from "../platform/errors.ts";
import type { Plan } from "../scenarios/plan.ts";
import type { History } from "./history.ts";
import { historyHash } from "./history-file.ts";
import { joinPlans } from "./normalise-plan.ts";
import { judge } from "./oracle/oracle.ts";
import type { Finding } from "./record/finding.ts";
import type { FailureSummary } from "./record/verdict.ts";
import type { Violated } from "./settle.ts";
import { shrink } from "./shrink.ts";
import type { Executor } from "./target.ts";

/** One distinct failure with its evidence. */
export interface CampaignFailure {
  readonly id: string;
  readonly finding: Finding;
  readonly plan: Plan;
  readonly history: History;
  readonly shrunk: Plan;
  readonly shrunkHistory: History;
  readonly shrunkFinding: Finding;
  readonly historyHash: string;
  /** Live, when there was time for it: whether the plan failed again when it was run again. */
  readonly reproduced?: boolean;
}

export interface MakeSmallOptions {
  readonly executor: Executor;
  /** Live: the history in which the requirement failed. It may not come again. */
  readonly evidence: History | undefined;
  /** Whether an execution that takes so many milliseconds of wall time may still begin. */
  readonly hasTimeFor: (duration: number) => boolean;
}

/** Milliseconds that a live run may take beyond its plan, for set-up and the last answers. */
export const LIVE_MARGIN = 1_000;
/** Live, one execution takes seconds: a failure gets at most this many. */
const LIVE_EXECUTIONS = 24;

interface Execution {
  readonly history: History;
  readonly finding: Finding | undefined;
}

/** Leaves out of a failing plan what the failure does not need. */
export async function makeSmall(violation: Violated, options: MakeSmallOptions): Promise<CampaignFailure> {
  const { requirement } = violation;
  const { executor, evidence, hasTimeFor } = options;
  const plan = violation.joinedWith === undefined ? violation.plan : joinPlans(violation.plan, violation.joinedWith);
  const original: Execution =
    evidence === undefined ? await run(plan, requirement, executor) : { history: evidence, finding: violation.finding };
  let best = original;
  let executions = 0;
  const fails = async (candidate: Plan): Promise<boolean> => {
    executions++;
    const execution = await unlessGone(run(candidate, requirement, executor));
    if (execution?.finding !== undefined) best = execution;
    return execution?.finding !== undefined;
  };
  // A live execution lasts as long as its plan: one that cannot end in time is not begun.
  const duration = executor.live ? plan.until + LIVE_MARGIN : 0;
  const mayContinue = (): boolean => hasTimeFor(duration) && (!executor.live || executions < LIVE_EXECUTIONS);
  const again = executor.live ? await inTime(mayContinue, () => fails(plan)) : original.finding !== undefined;
  const shrunk = again === true ? (await shrink(plan, { fails, mayContinue })).plan : plan;
  return {
    id: `${requirement}-${violation.plan.id}`,
    // Of a conflict between two plans, what their joint run shows.
    finding: original.finding ?? violation.finding,
    plan,
    history: original.history,
    shrunk,
    shrunkHistory: best.history,
    shrunkFinding: best.finding ?? violation.finding,
    historyHash: historyHash(best.history),
    ...(executor.live && again !== undefined ? { reproduced: again } : {}),
  };
}

const inTime = async (mayContinue: () => boolean, act: () => Promise<boolean>): Promise<boolean | undefined> =>
  mayContinue() ? act() : undefined;

async function run(plan: Plan, requirement: string, executor: Executor): Promise<Execution> {
  const history = await executor.execute(plan);
  const tally = judge(plan, history).tallies.find((t) => t.requirement === requirement);
  return { history, finding: tally?.findings[0] };
}

/** A live target may be gone by the time its failures are made small: then they stay as they are. */
async function unlessGone(execution: Promise<Execution>): Promise<Execution | undefined> {
  try {
    return await execution;
  } catch (error) {
    if (error instanceof HarnessError) return undefined;
    throw error;
  }
}

export function failureSummary(failure: CampaignFailure, violated: readonly Violated[]): FailureSummary {
  const { id, shrunk, shrunkFinding, historyHash: hash } = failure;
  const folder = `failures/${id}`;
  return {
    id,
    requirement: shrunkFinding.requirement,
    plan: `${folder}/plan.json`,
    history: `${folder}/history.ndjson`,
    shrunk: `${folder}/shrunk.json`,
    operations: shrunk.operations.length,
    faults: shrunk.faults.length,
    expected: shrunkFinding.expected,
    actual: shrunkFinding.actual,
    plans: violated.find(({ requirement }) => requirement === shrunkFinding.requirement)?.plans ?? 1,
    historyHash: hash,
    ...(failure.reproduced === undefined ? {} : { reproduced: failure.reproduced }),
    replay: `fleetproof replay ${folder}/shrunk.json`,
  };
}
