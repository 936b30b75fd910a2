/** The file of expected results, as `replay` reads and meets it. It is never written here: a replay sees a part only. */
import { meetReplays, type ReplayMeeting } from "../harness/record/replayed-expectations.ts";
import { UsageError } from "../platform/errors.ts";
import type { ReplayView } from "../reports/replay-text.ts";
import { EXIT_FAIL, EXIT_PASS, type ExitCode } from "./exit-codes.ts";
import { readExpectations } from "./expectations.ts";

export interface ReplayExpectations {
  /** @param complete whether these are all plans that were to be replayed; else nothing is called stale */
  meet(views: readonly ReplayView[], complete: boolean): ReplayMeeting;
  text(meeting: ReplayMeeting): string;
}

/** @throws UsageError: a file that is missing or does not fit; `--strict` without one */
export async function readReplayExpectations(options: {
  readonly expectations?: string | undefined;
  readonly strict: boolean;
}): Promise<ReplayExpectations | undefined> {
  const { strict } = options;
  const given = await readExpectations(options.expectations, false);
  if (given === undefined) {
    if (strict) throw new UsageError("conflict", "--strict goes with --expectations: without, whatever fails does");
    return undefined;
  }
  return {
    meet: (views, complete) =>
      meetReplays(
        views.map(({ saved, outcome }) => ({ recorded: saved.requirement, outcome })),
        given.expectations,
        { strict, complete },
      ),
    text: (meeting) => meetingText(meeting, given.file),
  };
}

export const exitCodeOfMeeting = ({ unexpected, stale }: ReplayMeeting): ExitCode =>
  unexpected.length + stale.length > 0 ? EXIT_FAIL : EXIT_PASS;

function meetingText({ known, unexpected, stale, warnings }: ReplayMeeting, file: string): string {
  const rows = [
    ["known to be broken: ", known, ""],
    ["not in the file: ", unexpected, ""],
    ["SHOULD, not kept: ", warnings, ""],
    ["stale: ", stale, ` in ${file}, but kept now: take it out`],
  ] as const;
  return rows
    .filter(([, ids]) => ids.length > 0)
    .map(([before, ids, after]) => `${before}${ids.join(", ")}${after}\n`)
    .join("");
}
