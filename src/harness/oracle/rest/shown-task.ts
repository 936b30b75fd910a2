/**
 * Reads what an answer says of a task as a whole: its status, its counts, its active period.
 */
import type { RestResponse } from "../../../protocol/server-port.ts";
import type { TaskStatus } from "../../../protocol/task-api/states.ts";
import type { OracleContext } from "../context.ts";
import type { TaskView } from "../views/task-view.ts";
import type { Window } from "../window.ts";
import { countIn, type Fields, fieldsIn, isTaskStatus, quoted, textIn } from "./shown-fields.ts";

/** What is shown of the task itself. */
export interface ShownTask {
  readonly status: TaskStatus | undefined;
  /** By name; NaN: it is there, and no count. `undefined`: the answer shows no counts. */
  readonly counts: Readonly<Record<string, number | undefined>> | undefined;
}

/** The answer to `GET /devicemgmt/tasks/{tid}`. */
export function seeTaskAlone(
  context: OracleContext,
  task: TaskView,
  response: RestResponse,
  window: Window,
  event: number,
): void {
  const data = fieldsIn(fieldsIn(response.body)?.data);
  if (data !== undefined) seeTask(context, task, data, "task", window, event);
  else context.emit({ kind: "shown-nonsense", what: "task", task, actual: quoted(response.body), event });
}

/** @param answer to what question; the status may be left out where the statuses of the devices were asked for */
export function seeTask(
  context: OracleContext,
  task: TaskView,
  data: Fields,
  answer: "task" | "statuses",
  window: Window,
  event: number,
): ShownTask {
  const id = textIn(data.id);
  if (id !== undefined && task.id !== undefined && id !== task.id)
    context.emit({ kind: "shown-nonsense", what: "task", task, actual: "another task", event });
  const text = textIn(data.status);
  const given = data.status !== undefined && data.status !== null;
  if (!isTaskStatus(text) && (given || answer === "task"))
    context.emit({ kind: "shown-nonsense", what: "task-status", task, actual: quoted(data.status), event });
  seePeriod(context, task, { taskParameters: { expiresAfter: periodIn(data) } }, event);
  const shown = { status: isTaskStatus(text) ? text : undefined, counts: countsIn(data.statusCounts) };
  context.emit({ kind: "task-seen", task, answer, ...shown, window, event });
  return shown;
}

const COUNTS = ["totalDevices", "numCompleted", "numSucceeded", "numFailed", "numCancelled"] as const;

function countsIn(value: unknown): ShownTask["counts"] {
  if (value === undefined || value === null) return undefined;
  const fields = fieldsIn(value);
  return Object.fromEntries(COUNTS.map((name) => [name, fields === undefined ? Number.NaN : countIn(fields[name])]));
}

function periodIn(data: Fields): number | undefined {
  const period = fieldsIn(data.taskParameters)?.expiresAfter;
  return typeof period === "number" ? period : undefined;
}

/** The record echoes the active period; not every server does. */
export function seePeriod(
  context: OracleContext,
  task: TaskView,
  { taskParameters }: { readonly taskParameters?: { readonly expiresAfter?: number | undefined } | undefined },
  event: number,
): void {
  const shown = taskParameters?.expiresAfter;
  if (shown !== undefined) context.emit({ kind: "period-shown", task, shown, event });
}
