/**
 * Makes one saved plan small, on any target: runs it, and when it fails leaves out what the failure does not need.
 *
 * The failure that must stay is the recorded one where it still shows: same requirement, same shape of finding.
 */
import { HarnessError } from "../../platform/errors.ts";
import type { Plan } from "../../scenarios/plan.ts";
import { applicable } from "../adapter/applicable.ts";
import type { Executor } from "../execution/target.ts";
import { type Execution, judged } from "../failures/failures.ts";
import { liveShrinking, shownBy, startsOn } from "../failures/live-shrinking.ts";
import type { History } from "../history/history.ts";
import { judge } from "../oracle/oracle.ts";
import { plainestPlan } from "../plans/plainest-plan.ts";
import type { Finding, Tally } from "../record/finding.ts";
import { findingShape } from "../record/finding-shape.ts";
import type { SavedPlan } from "../record/verdict.ts";
import { shrink } from "../shrink/shrink.ts";
import { type Repeats, solidShrink } from "../shrink/solid-shrink.ts";

export interface ShrinkSavedOptions {
  readonly executor: Executor;
  /** What must fail; absent: what the file names, else whatever fails first. */
  readonly requirement?: string | undefined;
  /** Whether something that takes so many milliseconds of wall time may still begin; 0 in simulation. */
  readonly hasTimeFor: (duration: number) => boolean;
  readonly onProgress?: (progress: ShrinkProgress) => void;
}

export interface ShrinkProgress {
  readonly executions: number;
  /** Of the smallest plan so far. */
  readonly operations: number;
  readonly faults: number;
}

export type ShrinkSavedOutcome =
  | {
      readonly kind: "shrunk";
      readonly plan: Plan;
      readonly history: History;
      readonly finding: Finding;
      readonly executions: number;
      /** Nothing more can be left out; false: the budget ran out, or it was interrupted. */
      readonly minimal: boolean;
      /** Live, when there was time for it: how often the small plan failed when it was run again. */
      readonly repeats?: Repeats | undefined;
    }
  /** There is nothing to keep: what is asked for does not fail. What failed instead, if anything. */
  | { readonly kind: "holds"; readonly requirement: string | undefined; readonly findings: readonly Finding[] };

/** @throws HarnessError when the target cannot be asked the first time */
export function shrinkSaved(saved: SavedPlan, options: ShrinkSavedOptions): Promise<ShrinkSavedOutcome> {
  return options.executor.live ? shrinkLive(saved, options) : shrinkSimulated(saved, options);
}

async function shrinkSimulated(saved: SavedPlan, options: ShrinkSavedOptions): Promise<ShrinkSavedOutcome> {
  const { executor, hasTimeFor, onProgress } = options;
  const first = await firstLook(saved, options);
  const { finding } = first;
  if (finding === undefined) return { kind: "holds", ...whatFails(saved, first.tallies, options.requirement) };
  const shape = findingShape(finding);
  let executions = 0;
  let best = { plan: saved.plan, history: first.history, finding };
  const run = async (candidate: Plan): Promise<Execution> =>
    judged(candidate, await executor.execute(candidate), finding.requirement, shape);
  const fails = async (candidate: Plan): Promise<boolean> => {
    executions++;
    const execution = await unlessRefused(run(candidate));
    const found = execution?.finding;
    if (execution !== undefined && found !== undefined)
      best = { plan: candidate, history: execution.history, finding: found };
    onProgress?.({ executions, operations: best.plan.operations.length, faults: best.plan.faults.length });
    return found !== undefined;
  };
  const mayContinue = (): boolean => hasTimeFor(0);
  const { minimal } = await shrink(saved.plan, { fails, mayContinue });
  await plainestPlan(best.plan, async (candidate) => (mayContinue() ? fails(candidate) : undefined));
  return { kind: "shrunk", ...best, executions, minimal };
}

/** Runs at the same time when a live target is asked the first time: what fails now and then may fail in one of them. */
const FIRST_LOOKS = 3;

async function shrinkLive(saved: SavedPlan, options: ShrinkSavedOptions): Promise<ShrinkSavedOutcome> {
  const { executor, hasTimeFor, onProgress } = options;
  const starts = startsOn(executor, () => !hasTimeFor(0));
  const looks = await Promise.all(
    Array.from({ length: FIRST_LOOKS }, () => starts.begin(() => firstLook(saved, options))),
  );
  const [first, { tallies }] = [looks.find((look) => look.finding !== undefined), looks[0] ?? { tallies: [] }];
  if (first?.finding === undefined) return { kind: "holds", ...whatFails(saved, tallies, options.requirement) };
  const { history, finding } = first;
  const shape = findingShape(finding);
  const run = async (candidate: Plan) => {
    const seen = await executor.execute(candidate);
    const found = judged(candidate, seen, finding.requirement, shape).finding;
    return found === undefined ? undefined : { history: seen, finding: found };
  };
  const { plan, evidence, runs, minimal, repeats } = await solidShrink(saved.plan, {
    run: (candidate) => unlessRefused(starts.begin(() => run(candidate))),
    hasTimeFor,
    ...liveShrinking(saved.plan),
    shownBy: shownBy(finding, history),
    onProgress: ({ operations, faults }, executions) =>
      onProgress?.({ executions, operations: operations.length, faults: faults.length }),
  });
  return { kind: "shrunk", plan, ...(evidence ?? { history, finding }), executions: runs, minimal, repeats };
}

/** What the plan shows as it is. */
async function firstLook(saved: SavedPlan, { executor, requirement }: ShrinkSavedOptions) {
  const history = await executor.execute(saved.plan);
  const tallies = applicable(judge(saved.plan, history).tallies, executor.limits);
  return { history, tallies, finding: findingToKeep(saved, tallies, requirement) };
}

const requirementOf = (saved: SavedPlan, asked: string | undefined): string | undefined => asked ?? saved.requirement;

function findingToKeep(saved: SavedPlan, tallies: readonly Tally[], asked: string | undefined): Finding | undefined {
  const wanted = requirementOf(saved, asked);
  const findings = tallies
    .flatMap((tally) => tally.findings)
    .filter(({ requirement }) => wanted === undefined || requirement === wanted);
  const { requirement, expected = "", actual = "" } = saved;
  const shape = findingShape({ expected, actual });
  const recorded = findings.find((each) => each.requirement === requirement && findingShape(each) === shape);
  return recorded ?? findings[0];
}

const whatFails = (saved: SavedPlan, tallies: readonly Tally[], asked: string | undefined) => ({
  requirement: requirementOf(saved, asked),
  findings: tallies.flatMap(({ findings }) => findings.slice(0, 1)),
});

/** A target that refuses the smaller plan, or is gone by now, shows nothing with it. */
async function unlessRefused<T>(execution: Promise<T>): Promise<T | undefined> {
  try {
    return await execution;
  } catch (error) {
    if (error instanceof HarnessError) return undefined;
    throw error;
  }
}
