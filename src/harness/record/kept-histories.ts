/**
 * Evidence on disk, found again: saved plans below a directory, and the history that stands beside each.
 *
 * The layout is the same in a record (`failures/<id>/`, `histories/<plan>/`) and in a corpus of plans: `plan.json` has
 * its history in `history.ndjson`, any other `name.json` in `name-history.ndjson`.
 */
import path from "node:path";
import { HarnessError } from "../../platform/errors.ts";
import { exists, kindOf, listDirectory } from "../../platform/files.ts";
import { readLines } from "../../platform/lines.ts";
import type { History } from "../history/history.ts";
import { historyLines } from "../history/history-file.ts";

/** A saved plan, and the file in which its history is, or would be. */
export interface SavedPair {
  readonly plan: string;
  readonly history: string;
}

/** Where the history of a saved plan stands. */
export function historyBeside(plan: string): string {
  const stem = path.basename(plan, ".json");
  return path.join(path.dirname(plan), stem === "plan" ? "history.ndjson" : `${stem}-history.ndjson`);
}

function planBeside(history: string): string {
  const stem = path.basename(history, ".ndjson").replace(/-?history$/, "");
  return path.join(path.dirname(history), stem === "" ? "plan.json" : `${stem}.json`);
}

/**
 * Finds histories with their plans: all below a directory, or the one that a file names (a history, or its plan).
 *
 * @returns in the order of their paths
 * @throws HarnessError `file-not-found` when nothing is at that place
 */
export async function findHistories(place: string): Promise<readonly SavedPair[]> {
  if ((await kindOrThrow(place)) === "file")
    return [
      place.endsWith(".ndjson")
        ? { plan: planBeside(place), history: place }
        : { plan: place, history: historyBeside(place) },
    ];
  const files = await filesBelow(place, (name) => name.endsWith("history.ndjson"));
  return files.map((history) => ({ plan: planBeside(history), history }));
}

/**
 * Finds saved plans: all below a directory, or the file itself.
 *
 * @returns in the order of their paths
 * @throws HarnessError `file-not-found` when nothing is at that place
 */
export async function findSavedPlans(place: string): Promise<readonly string[]> {
  if ((await kindOrThrow(place)) === "file") return [place];
  return filesBelow(place, (name) => name === "plan.json" || name === "shrunk.json");
}

async function kindOrThrow(place: string): Promise<"file" | "directory"> {
  const kind = await kindOf(place);
  if (kind === undefined) throw new HarnessError("file-not-found", `${place} does not exist`);
  return kind;
}

/** Directories below each other that are searched: a directory of records has three. */
const DEEPEST = 5;
/** Never evidence, often large. */
const NOT_SEARCHED = /^\.|^node_modules$/;

async function filesBelow(directory: string, wanted: (name: string) => boolean, depth = 0): Promise<readonly string[]> {
  const found: string[] = [];
  for (const name of await listDirectory(directory)) {
    const entry = path.join(directory, name);
    if (wanted(name)) found.push(entry);
    else if (depth < DEEPEST && !NOT_SEARCHED.test(name) && (await kindOf(entry)) === "directory")
      found.push(...(await filesBelow(entry, wanted, depth + 1)));
  }
  return found;
}

/**
 * Compares a history with the one that was recorded beside a saved plan.
 *
 * @param plan the file of the saved plan
 * @returns the first event that differs: `event 12, recorded as {…}, now {…}`; `undefined` when there is none, or no
 *   recorded history
 */
export async function firstDivergence(plan: string, history: History): Promise<string | undefined> {
  const recordedFile = historyBeside(plan);
  if (!(await exists(recordedFile))) return undefined;
  const lines = historyLines(history);
  const next = (): string | undefined => lines.next().value;
  let number = 0;
  for await (const recorded of readLines(recordedFile)) {
    const now = next();
    if (recorded !== now) return difference(number, recorded, now);
    number++;
  }
  const more = next();
  return more === undefined ? undefined : difference(number, undefined, more);
}

function difference(line: number, recorded: string | undefined, now: string | undefined): string {
  const place = line === 0 ? "the header" : `event ${line - 1}`;
  const common = commonStart(recorded ?? "", now ?? "");
  return `${place}, recorded as ${excerpt(recorded, common)}, now ${excerpt(now, common)}`;
}

function commonStart(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return length;
}

/** Characters of a line that are shown, and how many of them may stand before the first that differs. */
const SHOWN = 200;
const BEFORE = 120;

/** The part of the line in which the difference is. */
function excerpt(line: string | undefined, difference: number): string {
  if (line === undefined) return "nothing";
  const start = difference > BEFORE && line.length > SHOWN ? difference - BEFORE : 0;
  const shown = line.slice(start, start + SHOWN);
  return `${start > 0 ? "…" : ""}${shown}${start + SHOWN < line.length ? "…" : ""}`;
}
