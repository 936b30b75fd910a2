/** Shows the result of a load, and writes it to a directory: what `load` and `merge` do at their end. */
import path from "node:path";
import { historyText } from "../../harness/history/history-file.ts";
import type { KeptSample } from "../../harness/load/sample.ts";
import type { LoadResult } from "../../harness/record/load-result.ts";
import { writeJson, writeText } from "../../platform/files.ts";
import { renderLoadHtml } from "../../reports/html/load-page.ts";
import { EXIT_FAIL, EXIT_INCONCLUSIVE, EXIT_PASS, EXIT_THRESHOLD, type ExitCode } from "../exit-codes.ts";
import type { CommandIo } from "../io.ts";
import { loadJunit } from "./load-junit.ts";
import { viewOfLoad } from "./load-report.ts";
import { loadLines } from "./load-text.ts";

/** Exit codes of outcomes. */
export const LOAD_EXITS: Readonly<Record<LoadResult["outcome"], ExitCode>> = {
  pass: EXIT_PASS,
  fail: EXIT_FAIL,
  crossed: EXIT_THRESHOLD,
  unknown: EXIT_INCONCLUSIVE,
  invalid: EXIT_INCONCLUSIVE,
  interrupted: EXIT_INCONCLUSIVE,
};

/** The name of the file in the directory of `--out`. */
export const LOAD_FILE = "load.json";

export interface ShowOptions {
  readonly json: boolean;
  readonly "json-lines"?: boolean;
}

/** JSON where it was asked for, and text: to standard output unless that is taken. */
export function tellLoad(result: LoadResult, options: ShowOptions, io: CommandIo): void {
  const lines = options["json-lines"] === true;
  if (lines) io.out(`${JSON.stringify({ kind: "result", ...result })}\n`);
  if (options.json) io.out(`${JSON.stringify(result, null, 2)}\n`);
  const text = loadLines(result)
    .map((line) => `${line}\n`)
    .join("");
  if (options.json || lines) io.err(text);
  else io.out(text);
}

/** @throws HarnessError `file-not-writable` */
export async function writeLoad(directory: string, result: LoadResult, sample?: KeptSample): Promise<void> {
  await writeJson(path.join(directory, LOAD_FILE), result);
  await writeText(path.join(directory, "junit.xml"), loadJunit(result));
  await writeText(path.join(directory, "report.html"), renderLoadHtml(viewOfLoad(result)));
  if (sample === undefined) return;
  await writeJson(path.join(directory, "sample", "plan.json"), sample.plan);
  await writeText(path.join(directory, "sample", "history.ndjson"), historyText(sample.history));
}
