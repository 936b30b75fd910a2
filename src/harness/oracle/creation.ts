/**
 * Tasks as they are asked for, created or refused: what the POST says, and what it answers.
 */
import type { RestResponse } from "../../protocol/server-port.ts";
import { resolveProperty } from "../../protocol/task-api/properties.ts";
import { TaskEnvelope } from "../../protocol/task-api/responses.ts";
import { TASK_TYPES } from "../../protocol/task-api/states.ts";
import type { RestPurpose } from "../history.ts";
import { blur, owe, registeredDuring, settle } from "./attempts.ts";
import type { OracleContext } from "./context.ts";
import { expect } from "./expectations.ts";
import { recordServerProperty } from "./mirror.ts";
import type { DeviceTaskView, DeviceView, Owed, TaskView } from "./model.ts";
import { operationOfTask } from "./operation-key.ts";
import { activePeriod, DEFAULT_RETENTION, overruledPeriods } from "./periods.ts";
import { seePeriod } from "./polls.ts";
import { FOREVER, type Window } from "./window.ts";

const SECOND = 1_000_000;

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
    deviceType,
    asked: window,
    event,
    by: purpose.as ?? "owner",
    activePeriod: period,
    otherPeriods: overruledPeriods(context, period, deviceType, window),
    created: window,
    expiry: never,
    removal: never,
    id: undefined,
    state: "asked",
    devices: [],
    byName: new Map(),
    cancelled: undefined,
    maybeCancelled: false,
    refusedStranger: undefined,
    incompleteSince: undefined,
    shown: undefined,
  };
  context.tasks.set(purpose.task, task);
  const operation = operationOfTask(task.taskType, task.property, task.value);
  for (const index of purpose.devices) {
    const device = context.devices[index];
    if (device !== undefined) addDeviceTask(context, task, device, operation, window);
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
    expiresAfter: secondsIn(parameters.expiresAfter),
  };
}

export const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
const secondsIn = (value: unknown): number | undefined => (typeof value === "number" && value > 0 ? value : undefined);

function addDeviceTask(
  context: OracleContext,
  task: TaskView,
  device: DeviceView,
  operation: string | undefined,
  window: Window,
): void {
  const deviceTask: DeviceTaskView = {
    task,
    device,
    operation,
    expectations: [],
    attempts: [],
    optionalAttempts: 0,
    blurred: undefined,
    settled: undefined,
    cancelAsked: undefined,
    cancelsOpen: 0,
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
}

export function createdTask(
  context: OracleContext,
  task: TaskView,
  response: RestResponse,
  window: Window,
  event: number,
): void {
  if (response.status < 200 || response.status >= 300) {
    task.state = "refused";
    for (const deviceTask of task.devices) forget(deviceTask);
    if (response.status < 500) context.emit({ kind: "task-refused", task, httpStatus: response.status, event });
    return;
  }
  const parsed = TaskEnvelope.safeParse(response.body);
  task.state = "created";
  task.id = parsed.success ? parsed.data.data.id : undefined;
  const period = task.activePeriod.seconds * SECOND;
  const retention = (context.profile.retention ?? DEFAULT_RETENTION) * SECOND;
  task.created = { earliest: task.asked.earliest, latest: window.latest };
  task.expiry = { earliest: task.created.earliest + period, latest: task.created.latest + period };
  task.removal = { earliest: task.created.earliest + retention, latest: task.created.latest + retention };
  context.emit({ kind: "task-created", task, window, event });
  if (parsed.success) seePeriod(context, task, parsed.data.data, event);
  const { source, known } = task.activePeriod;
  const beyond = source === "L-04";
  for (const deviceTask of task.devices) {
    if (!known && beyond) blur(deviceTask, "it was to be active for longer than tasks are, and was accepted");
    else if (!beyond && source !== "E-02" && context.configuring.has(task.deviceType))
      blur(deviceTask, "its device type was being configured when it was created");
    startDeviceTask(context, deviceTask, window, event);
  }
}

function startDeviceTask(context: OracleContext, deviceTask: DeviceTaskView, window: Window, event: number): void {
  const { task, device } = deviceTask;
  if (resolveProperty(task.property).ok && deviceTask.operation === undefined) {
    // A server property: done at once, without the device (choice 18).
    expect(deviceTask, "server-side", task.created);
    recordServerProperty(deviceTask, task.created, event);
    settle(deviceTask, "succeeded", task.created, event);
    return;
  }
  const registered = registeredDuring(context, device, task.created);
  const awake =
    device.registration?.queueMode !== true || task.created.latest < device.lastUplink + context.awakeWindow;
  if (
    registered !== "yes" ||
    !awake ||
    device.registration === undefined ||
    device.registration.refreshed.latest > task.created.earliest ||
    // An exchange may still be open for the server, and its failure stops the drain (choice 28).
    task.created.earliest <= device.failingUntil
  )
    return;
  const because = `task ${task.ref} was created while device ${device.index} was registered`;
  const owed: Owed = { requirement: "Q-02", because, since: window.latest, event };
  device.idleSince = Math.max(device.idleSince, window.latest);
  // Live, the first datagram may overtake the answer to the POST.
  if (deviceTask.attempts.length > 0) context.emit({ kind: "owed-kept", deviceTask, owed, event });
  else owe(device, deviceTask, owed);
}

/** Refused tasks kept per device. */
const REMEMBERED_REFUSALS = 16;

function forget(deviceTask: DeviceTaskView): void {
  const { device } = deviceTask;
  device.refused.push(deviceTask.task);
  if (device.refused.length > REMEMBERED_REFUSALS) device.refused.shift();
  device.pending.delete(deviceTask);
  device.owed.delete(deviceTask);
  const position = device.tasks.indexOf(deviceTask);
  if (position >= 0) device.tasks.splice(position, 1);
}
