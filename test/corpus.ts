/**
 * The corpus: for every mutant a small plan that it fails, with the history of that run. Evidence for life: what was
 * found once must be found again, byte for byte, by every later version.
 *
 * `corpus/<mutant>/plan.json` is a saved plan, `history.ndjson` its history. `npm run corpus` makes what is missing.
 */
import path from "node:path";
import { judged } from "../src/harness/failures/failures.ts";
import type { History } from "../src/harness/history/history.ts";
import { historyHash } from "../src/harness/history/history-file.ts";
import { judge } from "../src/harness/oracle/oracle.ts";
import { readSavedPlan } from "../src/harness/record/formats.ts";
import { firstDivergence } from "../src/harness/record/kept-histories.ts";
import type { SavedPlan } from "../src/harness/record/verdict.ts";
import { simulate } from "../src/harness/simulation/simulate.ts";
import { buildServer, type Mutant, type Note } from "../src/mutants/mutant.ts";
import { exists, listDirectory } from "../src/platform/files.ts";
import type { Plan } from "../src/scenarios/plan.ts";

export const CORPUS = path.join(import.meta.dirname, "corpus");

export const planFileOf = (mutant: string, corpus = CORPUS): string => path.join(corpus, mutant, "plan.json");

/** Ids of the mutants that have an entry, or had one: what stands in the corpus. */
export const entriesOf = (corpus = CORPUS): Promise<readonly string[]> => listDirectory(corpus);

export const hasEntry = (mutant: string, corpus = CORPUS): Promise<boolean> => exists(planFileOf(mutant, corpus));

export const readEntry = (mutant: string, corpus = CORPUS): Promise<SavedPlan> =>
  readSavedPlan(planFileOf(mutant, corpus));

export const runOnMutant = (plan: Plan, mutant: Mutant, note: Note = () => {}): History =>
  simulate(plan, buildServer(mutant, note));

/**
 * Runs an entry again on its mutant, and on the server without the defect.
 *
 * @returns what is not as it was recorded, in one sentence; `undefined` when all is
 */
export async function mismatch(mutant: Mutant, saved: SavedPlan, corpus = CORPUS): Promise<string | undefined> {
  const { plan } = saved;
  const history = runOnMutant(plan, mutant);
  if (historyHash(history) !== saved.historyHash) {
    const place = await firstDivergence(planFileOf(mutant.id, corpus), history);
    return `another history, first at ${place ?? "the hash in plan.json"}`;
  }
  if (saved.requirement !== mutant.requirement)
    return `it was caught by ${saved.requirement}, and is to be caught by ${mutant.requirement}`;
  if (judged(plan, history, mutant.requirement).finding === undefined) return `${mutant.requirement} does not fail`;
  const accused = judge(plan, simulate(plan, buildServer())).tallies.filter(({ findings }) => findings.length > 0);
  if (accused.length > 0)
    return `the server without the defect fails ${accused.map(({ requirement }) => requirement).join(", ")}`;
  return undefined;
}
