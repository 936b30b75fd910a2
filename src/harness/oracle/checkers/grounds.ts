/**
 * What a record shows must have happened, whatever tasks of equal content make it hard to tell apart: T-01.
 *
 * Which device task an answer belongs to is not asked here: as many of one content have succeeded as were answered.
 */
import type { Checker, Judge } from "../checker.ts";
import type { OracleContext } from "../context.ts";
import type { FactOf } from "../facts.ts";
import { name, status } from "../text.ts";

const TERMINAL: readonly string[] = ["SUCCEEDED", "FAILED", "CANCELLED"];

/** No success without a successful answer of its own, and no end in the history but the one that the status shows. */
export const hasGroundsForWhatItShows: Checker = {
  requirements: ["T-01"],
  on: { "status-seen": judgeSuccess, "history-seen": judgeHistory },
};

function judgeSuccess({ deviceTask, seen }: FactOf<"status-seen">, judge: Judge): void {
  const { device, operation } = deviceTask;
  if (seen.status !== "SUCCEEDED" || operation === undefined) return;
  const succeeded = device.tasks.filter((other) => other.operation === operation && other.seen?.status === "SUCCEEDED");
  const answers = device.successes.get(operation)?.size ?? 0;
  // One by itself is followed from request to answer (records.ts).
  if (succeeded.length < 2 || succeeded.length <= answers) return;
  judge.violate(
    "T-01",
    `${name(deviceTask)} is SUCCEEDED by an answer of its own: the device has answered ${answers} requests for it by 2.xx`,
    `${succeeded.length} such tasks are SUCCEEDED`,
    succeeded.map(({ task }) => task.event).concat(seen.event),
  );
}

/** A terminal state never changes, so the history can hold no other than a poll has shown before. */
function judgeHistory(
  { deviceTask, entries, window, event }: FactOf<"history-seen">,
  judge: Judge,
  context: OracleContext,
): void {
  const { seen } = deviceTask;
  if (seen === undefined || !TERMINAL.includes(seen.status)) return;
  if (seen.window.latest + context.slack > window.earliest) return;
  const ends = entries.filter((entry) => TERMINAL.includes(entry.status));
  const other = ends.find((entry) => entry.status !== seen.status || differs(entry.errorCode, seen.errorCode));
  if (other !== undefined) {
    const shown = other.errorCode === undefined ? other.status : `${other.status} with error ${other.errorCode}`;
    const expected = `the history of ${name(deviceTask)} ends as its status, ${status(seen)}`;
    judge.violate("T-01", expected, shown, [seen.event, event]);
  } else if (ends.length > 0) judge.pass("T-01");
}

/** A history need not repeat the error code. */
const differs = (code: string | undefined, seen: string | undefined): boolean =>
  code !== undefined && seen !== undefined && code !== seen;
