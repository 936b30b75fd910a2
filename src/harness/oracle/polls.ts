/**
 * Reads what polls show: the task, its device task statuses, its history, and the properties of a device.
 */
import type { RestResponse } from "../../protocol/server-port.ts";
import {
  PropertiesEnvelope,
  type Task,
  TaskEnvelope,
  TaskHistoryEnvelope,
  TaskStatusesEnvelope,
} from "../../protocol/task-api/responses.ts";
import {
  DEVICE_TASK_STATUSES,
  type DeviceTaskStatus,
  TASK_STATUSES,
  type TaskStatus,
} from "../../protocol/task-api/states.ts";
import type { RestPurpose } from "../history.ts";
import type { OracleContext } from "./context.ts";
import { certainDuring, fits, possibleDuring } from "./expectations.ts";
import type { DeviceTaskView, SeenStatus, TaskView } from "./model.ts";
import type { Window } from "./window.ts";

/** What was asked of the record. */
type RecordPurpose = Extract<RestPurpose, { readonly kind: "poll-task" | "poll-statuses" | "poll-history" }>;

export function seeRecord(
  context: OracleContext,
  task: TaskView,
  purpose: RecordPurpose,
  response: RestResponse,
  window: Window,
  event: number,
): void {
  const { kind } = purpose;
  if (kind === "poll-history" && purpose.device !== undefined) {
    if (response.status === 200) seeHistory(context, task, purpose.device, response, window, event);
    return;
  }
  const what = kind === "poll-task" ? "task" : kind === "poll-statuses" ? "statuses" : "history";
  context.emit({ kind: "record-asked", task, what, httpStatus: response.status, window, event });
  if (response.status !== 200) return;
  if (kind === "poll-task") {
    const shown = TaskEnvelope.safeParse(response.body);
    if (shown.success) seePeriod(context, task, shown.data.data, event);
  }
  if (kind !== "poll-statuses") return;
  const parsed = TaskStatusesEnvelope.safeParse(response.body);
  if (!parsed.success) return;
  const { data, total } = parsed.data;
  seePeriod(context, task, data, event);
  const statuses = data.statuses ?? [];
  for (const status of statuses) {
    const deviceTask = task.byName.get(status.did);
    if (deviceTask === undefined || !isDeviceTaskStatus(status.status)) continue;
    seeStatus(context, deviceTask, {
      status: status.status,
      attempts: status.numAttempts,
      errorCode: status.errorCode,
      errorMessage: status.errorMessage,
      window,
      event,
    });
  }
  context.emit({
    kind: "statuses-seen",
    task,
    status: isTaskStatus(data.status) ? data.status : undefined,
    counts: data.statusCounts as Readonly<Record<string, number | undefined>> | undefined,
    statuses,
    whole: total === undefined ? statuses.length < 100 : total <= statuses.length,
    window,
    event,
  });
}

/** The record echoes the active period; not every server does. */
export function seePeriod(context: OracleContext, task: TaskView, shownTask: Task, event: number): void {
  const shown = shownTask.taskParameters?.expiresAfter;
  if (shown !== undefined) context.emit({ kind: "period-shown", task, shown, event });
}

/** Entries that name no device are this one's only if the task has no other: not every server knows the filter. */
function seeHistory(
  context: OracleContext,
  task: TaskView,
  index: number,
  response: RestResponse,
  window: Window,
  event: number,
): void {
  const deviceTask = task.devices.find(({ device }) => device.index === index);
  const parsed = TaskHistoryEnvelope.safeParse(response.body);
  if (deviceTask === undefined || !parsed.success) return;
  const { name } = deviceTask.device;
  const single = task.devices.length === 1;
  const entries = parsed.data.data.history
    .filter(({ did }) => did === name || (did === undefined && single))
    .map(({ status, errorCode }) => ({ status, errorCode }));
  context.emit({ kind: "history-seen", deviceTask, entries, window, event });
}

const isDeviceTaskStatus = (text: string): text is DeviceTaskStatus =>
  (DEVICE_TASK_STATUSES as readonly string[]).includes(text);
const isTaskStatus = (text: string | undefined): text is TaskStatus =>
  text !== undefined && (TASK_STATUSES as readonly string[]).includes(text);

const ENDED: readonly DeviceTaskStatus[] = ["SUCCEEDED", "FAILED", "CANCELLED"];

function seeStatus(context: OracleContext, deviceTask: DeviceTaskView, seen: SeenStatus): void {
  const previous = deviceTask.seen;
  deviceTask.seen = seen;
  // Out of sight it ended all the same: the server's word is enough to tell later requests from this one.
  if (deviceTask.blurred !== undefined && ENDED.includes(seen.status)) deviceTask.device.pending.delete(deviceTask);
  const lost = deviceTask.blurred !== undefined || deviceTask.cancelsOpen > 0 || deviceTask.task.state !== "created";
  const possible = lost ? [] : possibleDuring(deviceTask.expectations, seen.window, context.slack);
  const certain = certainDuring(possible, seen.window);
  const decided = certain !== undefined && fits(certain, seen) ? certain : undefined;
  context.emit({
    kind: "status-seen",
    deviceTask,
    seen,
    previous,
    possible,
    decided,
    fits: lost || possible.some((expectation) => fits(expectation, seen)),
  });
}

// ── the Device Mirror

export function seeMirror(
  context: OracleContext,
  index: number,
  response: RestResponse,
  window: Window,
  event: number,
): void {
  const device = context.devices[index];
  const parsed = PropertiesEnvelope.safeParse(response.body);
  if (device === undefined || !parsed.success) return;
  const shown = { properties: new Map<string, unknown>(), timestamps: new Map<string, number>() };
  for (const group of ["serverProperties", "deviceProperties"])
    flatten(group, (parsed.data.data as Record<string, unknown>)[group], shown);
  context.emit({ kind: "mirror-seen", device, ...shown, window, event });
  device.mirrorSeen = { ...shown, window, event };
}

interface ShownProperties {
  readonly properties: Map<string, unknown>;
  readonly timestamps: Map<string, number>;
}

/** `{ device: { timezone: { value, ts } } }` → `deviceProperties.device.timezone` → value and ts. */
function flatten(prefix: string, value: unknown, into: ShownProperties): void {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    if (value !== undefined && value !== null) into.properties.set(prefix, value);
    return;
  }
  if ("value" in value && "ts" in value) {
    into.properties.set(prefix, value.value);
    if (typeof value.ts === "number") into.timestamps.set(prefix, value.ts);
    return;
  }
  for (const [key, member] of Object.entries(value)) flatten(`${prefix}.${key}`, member, into);
}
