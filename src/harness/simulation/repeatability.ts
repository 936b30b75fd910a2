/**
 * Whether a simulated run comes again: the same plan on the same server must give the same history, byte for byte.
 * Where it does not, nothing that was found could be replayed.
 */
import type { Plan } from "../../scenarios/plan.ts";
import type { History } from "../history/history.ts";
import { historyHash, historyLines } from "../history/history-file.ts";
import type { BuildServer } from "./build-server.ts";
import { simulate } from "./simulate.ts";

/** Characters of an event that are shown. */
const SHOWN = 200;

/**
 * Runs a plan again.
 *
 * @param hash of the first history
 * @returns the first event that differs: `event 12 was {…}, and in the second run {…}`; `undefined` when none does
 */
export function divergenceOf(plan: Plan, build: BuildServer, first: History, hash: string): string | undefined {
  const second = simulate(plan, build);
  if (historyHash(second) === hash) return undefined;
  const again = historyLines(second);
  let line = 0;
  for (const text of historyLines(first)) {
    const next = again.next();
    const other = next.done === true ? "nothing" : next.value;
    if (text !== other) return difference(line, text, other);
    line++;
  }
  return difference(line, "nothing", again.next().value ?? "nothing");
}

const difference = (line: number, first: string, second: string): string =>
  `${line === 0 ? "the header" : `event ${line - 1}`} was ${first.slice(0, SHOWN)}, and in the second run ${second.slice(0, SHOWN)}`;
