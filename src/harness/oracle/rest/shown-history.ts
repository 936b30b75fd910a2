/**
 * Reads histories: of one device of a task, and of the task as a whole.
 *
 * Not every server knows the filter by device, and not every one repeats the device in each line. A line that names no
 * device is surely this one's only if the task has no other. Without the filter a history tells of the states of the
 * task; some servers tell of those of its devices instead (docs/ambiguities.md).
 */
import type { RestResponse } from "../../../protocol/server-port.ts";
import type { OracleContext } from "../context.ts";
import type { TaskView } from "../views/task-view.ts";
import type { Window } from "../window.ts";
import { fieldsIn, isDeviceTaskStatus, isTaskStatus, lineIn, listIn, quoted, type ShownLine } from "./shown-fields.ts";

/** @param index of the device that was asked for; `undefined`: the task as a whole */
export function seeHistory(
  context: OracleContext,
  task: TaskView,
  index: number | undefined,
  response: RestResponse,
  window: Window,
  event: number,
): void {
  const data = fieldsIn(fieldsIn(response.body)?.data);
  const list = data === undefined ? undefined : listIn(data, "history");
  // By its place: what is odd may be nothing at all, where a line is missing.
  const odd = list?.findIndex((entry) => !isStatus(lineIn(entry))) ?? -1;
  if (list === undefined || odd >= 0) {
    const actual = quoted(list === undefined ? response.body : list[odd]);
    context.emit({ kind: "shown-nonsense", what: "history", task, actual, event });
    return;
  }
  const lines = list.map(lineIn);
  if (index === undefined) seeWhole(context, task, lines, window, event);
  else seeDevice(context, task, index, lines, window, event);
}

const isStatus = ({ status }: ShownLine): boolean => isDeviceTaskStatus(status) || isTaskStatus(status);

/** States of a task that no device task has. */
const isOfTask = ({ status }: ShownLine): boolean => isTaskStatus(status) && !isDeviceTaskStatus(status);

function seeWhole(
  context: OracleContext,
  task: TaskView,
  lines: readonly ShownLine[],
  window: Window,
  event: number,
): void {
  const ofTask = lines.every(({ did, status }) => did === undefined && isTaskStatus(status));
  const entries = lines.map(({ status = "", ts }) => ({ status, ts }));
  context.emit({ kind: "task-history-seen", task, entries, of: ofTask ? "task" : "devices", window, event });
}

function seeDevice(
  context: OracleContext,
  task: TaskView,
  index: number,
  lines: readonly ShownLine[],
  window: Window,
  event: number,
): void {
  const deviceTask = task.devices.find(({ device }) => device.index === index);
  // The server took no notice of the device that was asked for.
  if (deviceTask === undefined || lines.some((line) => line.did === undefined && isOfTask(line))) return;
  const { name } = deviceTask.device;
  const single = task.devices.length === 1;
  const entries = lines
    .filter(({ did }) => did === name || (did === undefined && single))
    .map(({ status = "", errorCode, ts }) => ({ status, errorCode, ts }));
  const complete = single || lines.every(({ did }) => did !== undefined);
  context.emit({ kind: "history-seen", deviceTask, entries, complete, window, event });
}
