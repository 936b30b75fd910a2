/**
 * The history of a device task: a record that is kept like the task itself (L-01), and that tells of nothing that did
 * not happen (T-01).
 *
 * What it must hold is the end that a poll has shown; what came before may be left out, as whoever polls may miss it, too.
 * Lines may stand in either order, and times may be left out. That the end is that of the status is judged in grounds.ts.
 *
 * Source: task API, statuses/history; docs/semantics.md, States and choice 11.
 */
import type { DeviceTaskStatus } from "../../../protocol/task-api/states.ts";
import type { Checker, Judge } from "../checker.ts";
import type { OracleContext } from "../context.ts";
import type { FactOf, HistoryEntry } from "../facts.ts";
import { EXPIRED_CODE, possibleDuring } from "../tasks/expectations.ts";
import { name } from "../text.ts";
import type { DeviceTaskView } from "../views/task-view.ts";
import { REACHABLE } from "./records.ts";

type HistorySeen = FactOf<"history-seen">;

/** T-01, L-01: the history of a device task is kept, and tells of nothing that did not happen. */
export const keepsHistory: Checker = {
  requirements: ["T-01", "L-01"],
  on: {
    "history-seen": (fact, judge, context) => {
      if (judgeMoves(fact, judge) && judgeTimes(fact, judge, context) && judgeGrounds(fact, judge, context))
        judgeEnd(fact, judge, context.slack);
    },
  },
};

/** Along the states, in one of the orders in which the lines may be read. */
function judgeMoves({ deviceTask, entries, event }: HistorySeen, judge: Judge): boolean {
  const readings = inTime(entries);
  if (readings.some(isAlongStates)) return true;
  const shown = (readings[0] ?? []).map(({ status }) => status).join(", ");
  judge.violate("T-01", `the history of ${name(deviceTask)} moves along its states, to one end`, shown, [
    deviceTask.task.event,
    event,
  ]);
  return false;
}

/** By time, as far as lines have one; those of the same moment as they stand, or the other way round. */
export function inTime<T extends { readonly ts: number | undefined }>(
  entries: readonly T[],
): readonly (readonly T[])[] {
  const timed = entries.every(({ ts }) => ts !== undefined);
  const sorted = (list: readonly T[]): readonly T[] =>
    timed ? list.toSorted((a, b) => (a.ts ?? 0) - (b.ts ?? 0)) : list;
  return [sorted(entries), sorted(entries.toReversed())];
}

const isAlongStates = (entries: readonly HistoryEntry[]): boolean =>
  entries.every(({ status }, index) => {
    const next = entries[index + 1];
    return next === undefined || REACHABLE[status as DeviceTaskStatus]?.includes(next.status as DeviceTaskStatus);
  });

/** Microseconds by which a time in whole seconds may be off. */
const ROUNDING = 1_000_000;

/** Between the creation and this answer. Live, the clock of the server is not ours. */
function judgeTimes(
  { deviceTask, entries, window, event }: HistorySeen,
  judge: Judge,
  context: OracleContext,
): boolean {
  if (context.live) return true;
  const { task } = deviceTask;
  const at = (ts: number): number => (ts - context.header.startedAt) * 1_000;
  const odd = entries.find(
    ({ ts }) => ts !== undefined && (at(ts) < task.created.earliest - ROUNDING || at(ts) > window.latest + ROUNDING),
  );
  if (odd === undefined) return true;
  const expected = `what the history of ${name(deviceTask)} tells happened between its creation and this answer`;
  judge.violate("T-01", expected, `${odd.status} at ${odd.ts}`, [task.event, event]);
  return false;
}

/** No cancellation that nobody asked for, no success or failure that cannot have been. */
function judgeGrounds(
  { deviceTask, entries, window, event }: HistorySeen,
  judge: Judge,
  context: OracleContext,
): boolean {
  const cancelled = entries.find(({ status }) => status === "CANCELLED" || status === "CANCEL_REQUESTED");
  const odd =
    deviceTask.everCancelled || cancelled === undefined ? unfounded(deviceTask, entries, window, context) : cancelled;
  if (odd === undefined) return true;
  const shown = odd.errorCode === undefined ? odd.status : `${odd.status} with error ${odd.errorCode}`;
  judge.violate("T-01", `the history of ${name(deviceTask)} tells what happened`, shown, [
    deviceTask.task.event,
    event,
  ]);
  return false;
}

/** An end of a device task that surely waits or is in flight. */
function unfounded(
  { expectations, blurred, cancelsOpen, task }: DeviceTaskView,
  entries: readonly HistoryEntry[],
  window: HistorySeen["window"],
  { slack }: OracleContext,
): HistoryEntry | undefined {
  if (blurred !== undefined || cancelsOpen > 0 || task.state !== "created") return undefined;
  const possible = possibleDuring(expectations, window, slack);
  if (possible.length === 0 || possible.some(({ kind }) => kind !== "pending" && kind !== "in-flight"))
    return undefined;
  return entries.find(
    ({ status, errorCode }) =>
      status === "SUCCEEDED" ||
      status === "CANCELLED" ||
      (status === "FAILED" && errorCode !== undefined && errorCode !== EXPIRED_CODE),
  );
}

/** The end that a poll has shown before. */
function judgeEnd({ deviceTask, entries, complete, window, event }: HistorySeen, judge: Judge, slack: number): void {
  const { seen } = deviceTask;
  if (seen === undefined || !isTerminal(seen.status) || seen.window.latest + slack > window.earliest) return;
  if (!complete || entries.some(({ status }) => status === seen.status)) return;
  const actual = entries.length === 0 ? "nothing" : entries.map(({ status }) => status).join(", ");
  judge.violate("L-01", `the history of ${name(deviceTask)} holds ${seen.status}, which a poll has shown`, actual, [
    seen.event,
    event,
  ]);
}

const isTerminal = (status: DeviceTaskStatus): boolean => REACHABLE[status].length === 1;
