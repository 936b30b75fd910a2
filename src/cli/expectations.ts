/** The file of expected results, as `verify` reads, meets and updates it. */
import {
  EXPECTATIONS_FORMAT_VERSION,
  Expectations,
  type Meeting,
  meet,
  updated,
} from "../harness/record/expectations.ts";
import { issueText } from "../harness/record/formats.ts";
import type { CampaignOutcome, Verdict } from "../harness/record/verdict.ts";
import { UsageError } from "../platform/errors.ts";
import { exists, writeJson } from "../platform/files.ts";
import { EXIT_FAIL, EXIT_INCONCLUSIVE, EXIT_PASS, type ExitCode, exitCodeOf } from "./exit-codes.ts";
import { readNamedJson } from "./named-files.ts";

export interface ExpectationsFile {
  readonly file: string;
  /** Whether it is written anew after the campaign. */
  readonly update: boolean;
  readonly expectations: Expectations;
}

/** @throws UsageError: a file that is missing or does not fit; nothing to update */
export async function readExpectations(
  file: string | undefined,
  update: boolean,
): Promise<ExpectationsFile | undefined> {
  if (file === undefined) {
    if (update)
      throw new UsageError("missing-value", "--update-expectations needs --expectations FILE: where to write");
    return undefined;
  }
  const none = { formatVersion: EXPECTATIONS_FORMAT_VERSION, broken: [] } as const satisfies Expectations;
  if (update && !(await exists(file))) return { file, update, expectations: none };
  const value = await readNamedJson("expectations", file);
  const parsed = Expectations.safeParse(value);
  if (parsed.success) return { file, update, expectations: parsed.data };
  throw new UsageError(
    "bad-file",
    `--expectations: ${file}: ${issueText(parsed.error, { value, schema: Expectations })}`,
  );
}

/** How the verdict meets the file; after writing it anew where that is wanted. An inconclusive verdict updates nothing. */
export async function meetExpectations(
  given: ExpectationsFile | undefined,
  verdict: Verdict,
): Promise<Meeting | undefined> {
  if (given === undefined) return undefined;
  const { file, update, expectations } = given;
  if (!update || verdict.outcome === "inconclusive") return meet(verdict, expectations);
  const fresh = updated(verdict, expectations);
  await writeJson(file, fresh);
  return meet(verdict, fresh);
}

/** A campaign whose failures are all known passes; one with a stale entry fails. */
export function exitCodeWith({ unexpected, stale }: Meeting, outcome: CampaignOutcome): ExitCode {
  if (outcome === "inconclusive") return EXIT_INCONCLUSIVE;
  if (stale.length > 0) return EXIT_FAIL;
  return unexpected.length === 0 ? EXIT_PASS : exitCodeOf(outcome);
}

export function expectationsText({ known, unexpected, unseen, stale }: Meeting, file: string): string {
  const lines = [
    ...(known.length === 0 ? [] : [`known to be broken: ${known.join(", ")}`]),
    ...(unexpected.length === 0 || known.length === 0 ? [] : [`newly broken: ${unexpected.join(", ")}`]),
    ...(unseen.length === 0 ? [] : [`not seen this time: ${unseen.join(", ")}, as may happen to what is rare`]),
    ...(stale.length === 0
      ? []
      : [`stale: ${stale.join(", ")} in ${file}, but kept: take it out, or give --update-expectations`]),
  ];
  return lines.map((line) => `      ${line}\n`).join("");
}
