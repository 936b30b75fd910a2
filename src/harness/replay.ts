/**
 * Replay: runs a saved plan again and says whether the failure is still there.
 *
 * In simulation the history is compared too: an equal hash proves that nothing in the run has changed.
 */
import type { Plan } from "../scenarios/plan.ts";
import type { History } from "./history.ts";
import { historyHash, historyLines } from "./history-file.ts";
import { judge } from "./oracle/oracle.ts";
import type { ReplayOutcome } from "./record/replay-outcome.ts";
import type { SavedPlan } from "./record/verdict.ts";
import { createExecutor, type Target } from "./target.ts";

/**
 * @param recorded lines of the history that was saved beside the plan, to name the first event that differs
 * @throws HarnessError when the target cannot be asked
 */
export async function replaySavedPlan(
  saved: SavedPlan,
  target: Target,
  signal?: AbortSignal,
  recorded?: readonly string[],
): Promise<ReplayOutcome> {
  const { plan, requirement } = saved;
  const history = await executeOnce(plan, target, signal);
  const { tallies, cutOff } = judge(plan, history);
  const findings = tallies.flatMap((tally) => tally.findings);
  const same =
    requirement === undefined ? findings[0] : findings.find((finding) => finding.requirement === requirement);
  if (same !== undefined) {
    const comparable = target.kind === "sim" && saved.historyHash !== undefined;
    const sameHistory = comparable ? historyHash(history) === saved.historyHash : undefined;
    const divergence = sameHistory === false && recorded !== undefined ? firstDivergence(recorded, history) : undefined;
    return {
      kind: "reproduced",
      finding: same,
      history,
      sameHistory,
      ...(divergence === undefined ? {} : { divergence }),
    };
  }
  if (findings.length > 0) return { kind: "different-failure", findings, history };
  if (cutOff) return { kind: "inconclusive", history, reason: "the run was cut off" };
  const examined = tallies.reduce((sum, tally) => sum + tally.examined, 0);
  if (examined === 0) return { kind: "inconclusive", history, reason: "nothing was examined" };
  return { kind: "passes", history, examined };
}

async function executeOnce(plan: Plan, target: Target, signal: AbortSignal | undefined): Promise<History> {
  const executor = createExecutor(target, signal);
  try {
    return await executor.execute(plan);
  } finally {
    await executor.close();
  }
}

/** Compares line by line: the header is line 0, event i is line i + 1. */
export function firstDivergence(recorded: readonly string[], history: History): string | undefined {
  let line = 0;
  for (const text of historyLines(history)) {
    if (recorded[line] !== text) return `event ${line - 1}: recorded ${recorded[line] ?? "nothing"}, now ${text}`;
    line++;
  }
  return line < recorded.length ? `event ${line - 1}: recorded ${recorded[line]}, now nothing` : undefined;
}
