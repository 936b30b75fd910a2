/**
 * Reads the statuses of a task as a poll shows them: each of its devices once, with a status of the API.
 *
 * A list may be empty or short until the targets are expanded (docs/semantics.md, choice 33), so a device is missed only
 * when it must be there: it was shown before, a request was sent for it, or the task says that it has expanded.
 */
import type { RestResponse } from "../../../protocol/server-port.ts";
import type { DeviceTaskStatus } from "../../../protocol/task-api/states.ts";
import type { OracleContext } from "../context.ts";
import { notePoll } from "../firmware/notes.ts";
import { certainDuring, fits, possibleDuring } from "../tasks/expectations.ts";
import type { DeviceTaskView, Expectation, SeenStatus, TaskView } from "../views/task-view.ts";
import type { Window } from "../window.ts";
import {
  type Fields,
  fieldsIn,
  isDeviceTaskStatus,
  isTaskStatus,
  lineIn,
  listIn,
  quoted,
  type ShownLine,
} from "./shown-fields.ts";
import { seeTask } from "./shown-task.ts";

/** What is asked for in one page. */
const PAGE = 100;
/** A server may give fewer lines than it was asked for, but pages of less than this are not worth having. */
const SMALLEST_PAGE = 10;

/** Reads the answer to a GET of a task's statuses. */
export function seeStatuses(
  context: OracleContext,
  task: TaskView,
  response: RestResponse,
  window: Window,
  event: number,
): void {
  const body = fieldsIn(response.body);
  const data = fieldsIn(body?.data);
  const list = data === undefined ? undefined : listIn(data, "statuses");
  if (body === undefined || data === undefined || list === undefined) {
    context.emit({ kind: "shown-nonsense", what: "statuses", task, actual: quoted(response.body), event });
    return;
  }
  const lines = list.map(lineIn);
  const shown = seeTask(context, task, data, "statuses", window, event);
  const readable = list.filter((entry) => seeLine(context, task, entry, window, event));
  const statuses = readable.map((entry) => lineIn(entry)).map(({ did = "", status = "" }) => ({ did, status }));
  const whole = isWhole(body, list.length);
  if (whole || list.length < SMALLEST_PAGE) missDevices(context, task, data, lines, window, event);
  if (readable.length < list.length) return;
  context.emit({ kind: "statuses-seen", task, ...shown, statuses, whole, window, event });
}

/** The page holds all devices. */
function isWhole({ total }: Fields, length: number): boolean {
  return typeof total === "number" ? total <= length : length < PAGE;
}

/** One device of the list; `false`: it makes no sense. */
function seeLine(context: OracleContext, task: TaskView, entry: unknown, window: Window, event: number): boolean {
  const { did, status, attempts, errorCode, errorMessage, acceptance } = lineIn(entry);
  const deviceTask = did === undefined ? undefined : task.byName.get(did);
  const nonsense = (what: "device" | "device-status" | "device-twice" | "attempts", actual: string): false => {
    context.emit({ kind: "shown-nonsense", what, task, actual, event });
    return false;
  };
  if (deviceTask === undefined) return nonsense("device", did === undefined ? quoted(entry) : "another device");
  if (deviceTask.seen?.event === event) return nonsense("device-twice", `device ${deviceTask.device.index} twice`);
  if (!isDeviceTaskStatus(status)) {
    const shown = quoted(fieldsIn(entry)?.status);
    return nonsense("device-status", `${shown} for device ${deviceTask.device.index}`);
  }
  if (Number.isNaN(attempts)) nonsense("attempts", quoted(fieldsIn(entry)?.numAttempts));
  const known = Number.isNaN(attempts) ? undefined : attempts;
  seeStatus(context, deviceTask, { status, attempts: known, errorCode, errorMessage, acceptance, window, event });
  return true;
}

/** Devices that must be in a whole list and are not. */
function missDevices(
  context: OracleContext,
  task: TaskView,
  data: Fields,
  lines: readonly ShownLine[],
  window: Window,
  event: number,
): void {
  const listed = new Set(lines.map(({ did }) => did));
  const { status } = data;
  const expanded =
    isTaskStatus(typeof status === "string" ? status : undefined) &&
    (status === "COMPLETE" || (status === "PROCESSING" && window.earliest > task.activeFrom.latest + context.bound));
  const missed = task.devices.find(
    (deviceTask) => !listed.has(deviceTask.device.name) && (expanded || wasThere(deviceTask, window, context)),
  );
  if (missed === undefined) return;
  const actual = `device ${missed.device.index} is missing`;
  context.emit({ kind: "shown-nonsense", what: "device-missing", task, actual, event });
}

function wasThere({ seen, attempts }: DeviceTaskView, window: Window, { slack }: OracleContext): boolean {
  if (seen !== undefined) return seen.window.latest <= window.earliest;
  const [first] = attempts;
  return first !== undefined && first.started.latest + slack < window.earliest;
}

const ENDED: readonly DeviceTaskStatus[] = ["SUCCEEDED", "FAILED", "CANCELLED"];

const CANCELLED: readonly DeviceTaskStatus[] = ["CANCELLED", "CANCEL_REQUESTED"];
/** What cancelling can end. */
const OPEN: readonly Expectation["kind"][] = ["pending", "in-flight", "cancel-requested"];

function seeStatus(context: OracleContext, deviceTask: DeviceTaskView, seen: SeenStatus): void {
  const previous = deviceTask.seen;
  deviceTask.seen = seen;
  // Out of sight it ended all the same: the server's word is enough to tell later requests from this one.
  if (deviceTask.blurred !== undefined && ENDED.includes(seen.status)) deviceTask.device.pending.delete(deviceTask);
  if (seen.status === "CANCEL_REQUESTED") deviceTask.cancelShown = true;
  const lost = deviceTask.blurred !== undefined || deviceTask.task.state !== "created";
  // Carried out already, or not yet: the answer to the cancellation has not been seen.
  const cancelling = deviceTask.cancelsOpen > 0;
  const possible = lost ? [] : possibleDuring(deviceTask.expectations, seen.window, context.slack);
  const cancelled = cancelling && CANCELLED.includes(seen.status) && possible.some(({ kind }) => OPEN.includes(kind));
  const certain = certainDuring(possible, seen.window);
  const decided = !cancelling && certain !== undefined && fits(certain, seen) ? certain : undefined;
  context.emit({
    kind: "status-seen",
    deviceTask,
    seen,
    previous,
    possible,
    decided,
    fits: lost || cancelled || possible.some((expectation) => fits(expectation, seen)),
  });
  if (deviceTask.update !== undefined) notePoll(deviceTask.update, seen);
}
