/**
 * The history of a task as a whole: kept like the task itself (L-01), with one end that it has come to (T-02).
 *
 * Some servers tell of the states of the devices instead (docs/ambiguities.md): of them nothing is asked but that there
 * is something to tell.
 *
 * Source: task API, statuses/history; docs/semantics.md, States and choice 11.
 */
import type { Checker, Judge } from "../checker.ts";
import type { OracleContext } from "../context.ts";
import type { FactOf } from "../facts.ts";
import { possibleDuring } from "../tasks/expectations.ts";
import type { TaskView } from "../views/task-view.ts";
import { inTime } from "./history.ts";

type TaskHistorySeen = FactOf<"task-history-seen">;

/** T-02, L-01: the history of a task is kept, and has the end that the task has come to. */
export const keepsTaskHistory: Checker = {
  requirements: ["T-02", "L-01"],
  on: {
    "task-history-seen": (fact, judge, context) => {
      const { task, of, entries } = fact;
      if (of === "devices" && entries.length > 0) return;
      const wrong = wrongEnd(fact, context);
      if (wrong === undefined) judgeEnd(fact, judge, context);
      else
        judge.violate("T-02", `the history of task ${task.ref} ${wrong.expected}`, wrong.actual, [
          task.event,
          fact.event,
        ]);
    },
  },
};

const isEnd = ({ status }: { readonly status: string }): boolean => status === "COMPLETE" || status === "CANCELLED";

function wrongEnd(
  { task, entries, window }: TaskHistorySeen,
  context: OracleContext,
): { readonly expected: string; readonly actual: string } | undefined {
  const readings = inTime(entries);
  const isOver = (reading: TaskHistorySeen["entries"]): boolean => {
    const first = reading.findIndex(isEnd);
    return first < 0 || reading.slice(first).every(({ status }) => status === reading[first]?.status);
  };
  const shown = (readings[0] ?? []).map(({ status }) => status);
  if (!readings.some(isOver)) return { expected: "comes to one end", actual: shown.join(", ") };
  if (shown.includes("CANCELLED") && task.cancelled === undefined && !task.maybeCancelled)
    return { expected: "tells of no cancellation: nobody asked for one", actual: "CANCELLED" };
  if (shown.includes("COMPLETE") && isOpen(task, window, context))
    return { expected: "is not over while a device waits", actual: "COMPLETE" };
  return undefined;
}

/** One of its devices surely waits, or is in flight. */
const isOpen = ({ devices }: TaskView, window: TaskHistorySeen["window"], { slack }: OracleContext): boolean =>
  devices.some(({ expectations, blurred, cancelsOpen }) => {
    if (blurred !== undefined || cancelsOpen > 0) return false;
    const possible = possibleDuring(expectations, window, slack);
    return possible.length > 0 && possible.every(({ kind }) => kind === "pending" || kind === "in-flight");
  });

/** The end that a poll has shown. */
function judgeEnd({ task, entries, window, event }: TaskHistorySeen, judge: Judge, { slack }: OracleContext): void {
  const { shown } = task;
  if (shown === undefined || !isEnd(shown) || shown.window.latest + slack > window.earliest) return;
  if (entries.some(({ status }) => status === shown.status)) judge.pass("T-02");
  else {
    const actual = entries.length === 0 ? "nothing" : entries.map(({ status }) => status).join(", ");
    judge.violate("L-01", `the history of task ${task.ref} holds ${shown.status}, which a poll has shown`, actual, [
      shown.event,
      event,
    ]);
  }
}
