/**
 * Tasks as they are asked for, created or refused: what the POST says, and what it answers.
 */
import type { RestResponse } from "../../../protocol/server-port.ts";
import { TaskEnvelope } from "../../../protocol/task-api/responses.ts";
import { TASK_TYPES } from "../../../protocol/task-api/states.ts";
import type { RestPurpose } from "../../history/history.ts";
import type { OracleContext } from "../context.ts";
import { registeredDuring } from "../exchanges/attempts.ts";
import { operationOfTask } from "../exchanges/operation-key.ts";
import { newUpdateView } from "../firmware/views.ts";
import { activeFrom, beginDeviceTask, outlivesRecord, scheduledTime } from "../tasks/beginning.ts";
import { expect } from "../tasks/expectations.ts";
import { activePeriod, DEFAULT_RETENTION, overruledPeriods } from "../tasks/periods.ts";
import { blur } from "../tasks/settling.ts";
import type { DeviceView } from "../views/device-view.ts";
import type { DeviceTaskView, TaskView } from "../views/task-view.ts";
import { FOREVER, type Window } from "../window.ts";
import { seePeriod } from "./shown-task.ts";

const SECOND = 1_000_000;

/** A task is asked for: until the answer it may exist or not. */
export function askTask(
  context: OracleContext,
  purpose: Extract<RestPurpose, { kind: "create-task" }>,
  body: unknown,
  window: Window,
  event: number,
): void {
  const request = taskAsked(body);
  const deviceType = context.header.deviceTypes.indexOf(request.dtid ?? "");
  const never: Window = { earliest: FOREVER, latest: FOREVER };
  const period = activePeriod(context, request.expiresAfter, deviceType);
  const task: TaskView = {
    ref: purpose.task,
    taskType: request.taskType,
    property: request.property,
    value: request.value,
    image: imageOf(context, purpose),
    deviceType,
    asked: window,
    event,
    by: purpose.as ?? "owner",
    activePeriod: period,
    otherPeriods: overruledPeriods(context, period, deviceType, window),
    created: window,
    scheduledOn: request.scheduledOn,
    activeFrom: activeFrom(window, request.scheduledOn === undefined ? "at once" : undefined),
    expiry: never,
    removal: never,
    id: undefined,
    state: "asked",
    devices: [],
    byName: new Map(),
    cancelled: undefined,
    maybeCancelled: false,
    refusedOutsider: undefined,
    incompleteSince: undefined,
    shown: undefined,
  };
  context.tasks.set(purpose.task, task);
  const operation = operationOfTask(task.taskType, task.property, task.value);
  for (const index of purpose.devices) {
    const device = context.devices[index];
    if (device !== undefined) addDeviceTask(context, task, device, operation, request.needsAcceptance, window);
  }
}

/** What the POST asks for. It is our own plan's, but a saved history may hold anything. */
function taskAsked(body: unknown) {
  const record = fieldsOf(body);
  const parameters = fieldsOf(record.taskParameters);
  const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
  return {
    dtid: text(record.dtid),
    taskType: TASK_TYPES.find((type) => type === record.taskType) ?? "R",
    property: text(record.property) ?? "",
    value: text(parameters.value),
    needsAcceptance: record.needsAcceptance === true,
    expiresAfter: secondsIn(parameters.expiresAfter),
    scheduledOn: typeof parameters.scheduledOn === "number" ? parameters.scheduledOn : undefined,
  };
}

/** What `DeviceTaskView.blurred` says of an update. */
const MANY_REQUESTS = "a firmware update: its requests are the server's choice";

function imageOf({ plan }: OracleContext, { image }: Extract<RestPurpose, { kind: "create-task" }>): TaskView["image"] {
  const upload = image === undefined ? undefined : plan.images?.[image];
  return upload === undefined ? undefined : { version: upload.version };
}

/** The members of an object of JSON; none where it is no object. */
export const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
const secondsIn = (value: unknown): number | undefined => (typeof value === "number" && value > 0 ? value : undefined);

function addDeviceTask(
  context: OracleContext,
  task: TaskView,
  device: DeviceView,
  operation: string | undefined,
  needsAcceptance: boolean,
  window: Window,
): void {
  const deviceTask: DeviceTaskView = {
    task,
    device,
    operation,
    update: task.image === undefined ? undefined : newUpdateView(task.image.version, needsAcceptance),
    expectations: [],
    attempts: [],
    begun: false,
    optionalAttempts: 0,
    unsentAttempts: 0,
    blurred: task.image === undefined ? undefined : MANY_REQUESTS,
    settled: undefined,
    cancelAsked: undefined,
    cancelShown: false,
    mayFollow: undefined,
    cancelsOpen: 0,
    everCancelled: false,
    lateResponse: undefined,
    foreignAnswer: undefined,
    inFlightAtExpiry: false,
    race: undefined,
    triggersAtEnd: 0,
    neverRegistered: registeredDuring(context, device, window) === "no",
    seen: undefined,
    polls: [],
    executed: 0,
  };
  expect(deviceTask, "pending", window);
  if (!task.activePeriod.known && task.activePeriod.source !== "L-04")
    blur(deviceTask, "its device type was being configured when it was created");
  task.devices.push(deviceTask);
  task.byName.set(device.name, deviceTask);
  device.tasks.push(deviceTask);
  device.pending.add(deviceTask);
  if (deviceTask.update !== undefined) device.firmware.updates.push(deviceTask);
}

/** The answer to the request for a task: created, or refused. */
export function createdTask(
  context: OracleContext,
  task: TaskView,
  response: RestResponse,
  window: Window,
  event: number,
): void {
  const taken = response.status >= 200 && response.status < 300;
  const parsed = taken ? TaskEnvelope.safeParse(response.body) : undefined;
  const shown = parsed?.success === true ? parsed.data.data : undefined;
  task.created = { earliest: task.asked.earliest, latest: window.latest };
  task.activeFrom = activeFrom(task.created, beginningOf(context, task, shown?.createdOn));
  if (!taken) {
    task.state = "refused";
    for (const deviceTask of task.devices) forget(deviceTask);
    if (response.status < 500) context.emit({ kind: "task-refused", task, httpStatus: response.status, event });
    return;
  }
  task.state = "created";
  task.id = shown?.id;
  const period = task.activePeriod.seconds * SECOND;
  const retention = (context.profile.retention ?? DEFAULT_RETENTION) * SECOND;
  task.expiry = {
    earliest: task.activeFrom.earliest + period,
    latest: task.activeFrom.latest + period + sweep(context),
  };
  task.removal = { earliest: task.created.earliest + retention, latest: task.created.latest + retention };
  context.emit({ kind: "task-created", task, window, event });
  if (shown !== undefined) seePeriod(context, task, shown, event);
  const unknown = whatIsUnknown(context, task);
  for (const deviceTask of task.devices) {
    if (unknown !== undefined) blur(deviceTask, unknown);
    // What begins later is due when its time has come (passing-of-time.ts).
    if (task.activeFrom.latest <= task.created.latest) beginDeviceTask(context, deviceTask, event);
  }
}

/** Who does not say what happens at the end of an active period may notice it at the next round of a timer (choice 10). */
const sweep = ({ live, profile, bound }: OracleContext): number =>
  live || profile.inFlightAtExpiry !== undefined ? 0 : bound;

function beginningOf(context: OracleContext, { scheduledOn, created }: TaskView, createdOn: number | undefined) {
  return scheduledOn === undefined ? "at once" : scheduledTime(context, scheduledOn, createdOn, created);
}

/** Why the oracle cannot follow a task that was just created; `undefined`: it can. */
function whatIsUnknown(context: OracleContext, task: TaskView): string | undefined {
  const { source, known } = task.activePeriod;
  const beyond = source === "L-04";
  if (!known && beyond) return "it was to be active for longer than tasks are, and was accepted";
  if (!beyond && source !== "E-02" && context.configuring.has(task.deviceType))
    return "its device type was being configured when it was created";
  if (outlivesRecord(context, task) !== "no") return "it was to be active for longer than its record, and was accepted";
  return task.activeFrom.latest === FOREVER ? "nothing tells when its scheduledOn comes for the server" : undefined;
}

/** Refused tasks kept per device. */
const REMEMBERED_REFUSALS = 16;

function forget(deviceTask: DeviceTaskView): void {
  const { device } = deviceTask;
  device.refused.push(deviceTask.task);
  if (device.refused.length > REMEMBERED_REFUSALS) device.refused.shift();
  device.pending.delete(deviceTask);
  device.owed.delete(deviceTask);
  for (const tasks of [device.tasks, device.firmware.updates]) {
    const position = tasks.indexOf(deviceTask);
    if (position >= 0) tasks.splice(position, 1);
  }
}
