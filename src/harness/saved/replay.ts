/**
 * Replay: runs a saved plan again and says whether the failure is still there.
 *
 * In simulation the history is compared too: an equal hash proves that nothing in the run has changed.
 */
import type { Plan } from "../../scenarios/plan.ts";
import { applicable } from "../adapter/applicable.ts";
import { createExecutor, limitsOfTarget, type Target } from "../execution/target.ts";
import type { History } from "../history/history.ts";
import { historyHash } from "../history/history-file.ts";
import { judge } from "../oracle/oracle.ts";
import type { Tally } from "../record/finding.ts";
import type { ReplayOutcome } from "../record/replay-outcome.ts";
import type { SavedPlan } from "../record/verdict.ts";

/** @throws HarnessError when the target cannot be asked */
export async function replaySavedPlan(saved: SavedPlan, target: Target, signal?: AbortSignal): Promise<ReplayOutcome> {
  const { plan, requirement } = saved;
  const history = await executeOnce(plan, target, signal);
  const { cutOff, unanswered, ...judgement } = judge(plan, history);
  const tallies = applicable(judgement.tallies, limitsOfTarget(target));
  const findings = tallies.flatMap((tally) => tally.findings);
  const ids = (is: (tally: Tally) => boolean): readonly string[] =>
    tallies.filter(is).map((tally) => tally.requirement);
  const replay = {
    history,
    broken: ids((tally) => tally.findings.length > 0),
    kept: ids((tally) => tally.findings.length === 0 && tally.examined > 0),
    looks: tallies.flatMap(({ requirement: id, examined, undecided }) =>
      examined + undecided === 0 ? [] : [{ requirement: id, examined, undecided }],
    ),
  };
  const comparable = target.kind === "sim" && saved.historyHash !== undefined;
  const sameHistory = comparable ? historyHash(history) === saved.historyHash : undefined;
  const same =
    requirement === undefined ? findings[0] : findings.find((finding) => finding.requirement === requirement);
  if (same !== undefined) return { kind: "reproduced", ...replay, finding: same, sameHistory };
  if (findings.length > 0) return { kind: "different-failure", ...replay, findings };
  const trouble = unanswered.find((reason) => reason.startsWith(ADAPTER_TROUBLE));
  if (trouble !== undefined) return { kind: "inconclusive", ...replay, reason: trouble };
  if (cutOff) return { kind: "inconclusive", ...replay, reason: "the run was cut off" };
  const examined = tallies.reduce((sum, tally) => sum + tally.examined, 0);
  if (examined === 0) return { kind: "inconclusive", ...replay, reason: "nothing was examined" };
  return { kind: "passes", ...replay, examined, sameHistory };
}

/** What begins so says that the adapter is wrong: nothing is known of what was asked. */
const ADAPTER_TROUBLE = "adapter: ";

async function executeOnce(plan: Plan, target: Target, signal: AbortSignal | undefined): Promise<History> {
  const executor = createExecutor(target, signal);
  try {
    return await executor.execute(plan);
  } finally {
    await executor.close();
  }
}
