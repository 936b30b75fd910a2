/**
 * Reads the REST side of a history: tasks created and cancelled. What polls show is read in polls.ts.
 *
 * Answers of unknown servers are read leniently: what cannot be read is no evidence, for or against.
 */
import type { RestResponse } from "../../protocol/server-port.ts";
import { resolveProperty } from "../../protocol/task-api/properties.ts";
import { TaskEnvelope } from "../../protocol/task-api/responses.ts";
import { TASK_TYPES } from "../../protocol/task-api/states.ts";
import type { RestAnswerEvent, RestPurpose, RestRequestEvent } from "../history.ts";
import { blur, owe, registeredDuring, settle } from "./attempts.ts";
import type { OracleContext } from "./context.ts";
import { expect } from "./expectations.ts";
import { recordServerProperty } from "./mirror.ts";
import type { DeviceTaskView, DeviceView, Owed, TaskView } from "./model.ts";
import { operationOfTask } from "./operation-key.ts";
import { seeMirror, seeRecord } from "./polls.ts";
import { FOREVER, type Window, windowOf } from "./window.ts";

/** A request that is not answered yet. */
export interface OpenRequest {
  readonly purpose: RestPurpose | undefined;
  readonly window: Window;
  readonly event: number;
  readonly body: unknown;
}

const DEFAULT_EXPIRES_AFTER = 604_800;
const DEFAULT_RETENTION = 2_592_000;
const SECOND = 1_000_000;

export function readRestRequest(context: OracleContext, event: RestRequestEvent, index: number): OpenRequest {
  const window = windowOf(event);
  if (event.purpose?.kind === "create-task") askTask(context, event.purpose, event.request.body, window, index);
  if (event.purpose?.kind === "configure-type") context.configuring.add(event.purpose.type);
  for (const deviceTask of cancelledBy(context, event.purpose)) deviceTask.cancelsOpen++;
  if (event.purpose?.kind === "cancel-task") mayBeCancelled(context, event.purpose.task);
  return { purpose: event.purpose, window, event: index, body: event.request.body };
}

/** From now on a poll may show the task CANCELLED, whatever the server answers in the end. */
function mayBeCancelled(context: OracleContext, ref: number): void {
  const task = context.tasks.get(ref);
  if (task !== undefined) task.maybeCancelled = true;
}

/** The device tasks that a request asks to cancel. */
function cancelledBy(context: OracleContext, purpose: RestPurpose | undefined): readonly DeviceTaskView[] {
  if (purpose?.kind === "cancel-task") return context.tasks.get(purpose.task)?.devices ?? [];
  if (purpose?.kind !== "cancel-device-task") return [];
  return context.tasks.get(purpose.task)?.devices.filter(({ device }) => device.index === purpose.device) ?? [];
}

// ── creation

function askTask(
  context: OracleContext,
  purpose: Extract<RestPurpose, { kind: "create-task" }>,
  body: unknown,
  window: Window,
  event: number,
): void {
  const request = taskAsked(body);
  const deviceType = context.header.deviceTypes.indexOf(request.dtid ?? "");
  const never: Window = { earliest: FOREVER, latest: FOREVER };
  const task: TaskView = {
    ref: purpose.task,
    taskType: request.taskType,
    property: request.property,
    value: request.value,
    deviceType,
    asked: window,
    event,
    activePeriod: activePeriod(context, request.expiresAfter, deviceType),
    created: window,
    expiry: never,
    removal: never,
    id: undefined,
    state: "asked",
    devices: [],
    byName: new Map(),
    cancelled: undefined,
    maybeCancelled: false,
    incompleteSince: undefined,
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

const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
const secondsIn = (value: unknown): number | undefined => (typeof value === "number" && value > 0 ? value : undefined);

/** Choice 7: the task's own value, else the device type's, else 7 days. Fixed at creation. */
function activePeriod(context: OracleContext, own: number | undefined, deviceType: number): TaskView["activePeriod"] {
  if (own !== undefined) return { seconds: own, source: "E-02" };
  const ofType = context.typeExpiry[deviceType];
  if (ofType !== undefined) return { seconds: ofType, source: "E-03" };
  return { seconds: context.profile.defaultExpiresAfter ?? DEFAULT_EXPIRES_AFTER, source: "E-01" };
}

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
    triggersAtEnd: 0,
    neverRegistered: registeredDuring(context, device, window) === "no",
    seen: undefined,
    polls: [],
    executed: 0,
  };
  expect(deviceTask, "pending", window);
  if (task.activePeriod.source !== "E-02" && context.configuring.has(task.deviceType))
    blur(deviceTask, "its device type was being configured when it was created");
  task.devices.push(deviceTask);
  task.byName.set(device.name, deviceTask);
  device.tasks.push(deviceTask);
  device.pending.add(deviceTask);
}

function createdTask(
  context: OracleContext,
  task: TaskView,
  response: RestResponse,
  window: Window,
  event: number,
): void {
  if (response.status < 200 || response.status >= 300) {
    task.state = "refused";
    for (const deviceTask of task.devices) forget(deviceTask);
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
  for (const deviceTask of task.devices) {
    if (task.activePeriod.source !== "E-02" && context.configuring.has(task.deviceType))
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

function forget(deviceTask: DeviceTaskView): void {
  const { device } = deviceTask;
  device.pending.delete(deviceTask);
  device.owed.delete(deviceTask);
  const position = device.tasks.indexOf(deviceTask);
  if (position >= 0) device.tasks.splice(position, 1);
}

// ── answers

/** No answer: nobody knows whether it was done. */
export function readRestFailure(context: OracleContext, asked: OpenRequest): void {
  for (const deviceTask of cancelledBy(context, asked.purpose)) {
    deviceTask.cancelsOpen--;
    blur(deviceTask, "a cancellation got no answer");
  }
}

export function readRestAnswer(
  context: OracleContext,
  asked: OpenRequest,
  event: RestAnswerEvent,
  index: number,
): void {
  const purpose = asked.purpose;
  if (purpose === undefined || purpose.kind === "set-up") return;
  const window: Window = { earliest: asked.window.earliest, latest: windowOf(event).latest };
  const ok = event.response.status >= 200 && event.response.status < 300;
  if (purpose.kind === "configure-type") {
    context.configuring.delete(purpose.type);
    if (ok) context.typeExpiry[purpose.type] = secondsIn(fieldsOf(asked.body).taskExpiresAfter);
    return;
  }
  if (purpose.kind === "poll-mirror") {
    if (ok) seeMirror(context, purpose.device, event.response, window, index);
    return;
  }
  const task = context.tasks.get(purpose.task);
  if (task === undefined) return;
  for (const deviceTask of cancelledBy(context, purpose)) deviceTask.cancelsOpen--;
  if (purpose.kind === "create-task") createdTask(context, task, event.response, window, index);
  else if (purpose.kind === "cancel-task") cancelTask(context, task, ok, window, index);
  else if (purpose.kind === "cancel-device-task") cancelDevice(context, task, purpose.device, ok, window, index);
  else seeRecord(context, task, purpose.kind, event.response, window, index);
}

// ── cancelling

function cancelTask(context: OracleContext, task: TaskView, ok: boolean, window: Window, event: number): void {
  if (!ok || task.state !== "created" || task.cancelled !== undefined) return;
  task.cancelled = window;
  for (const deviceTask of task.devices) cancelDeviceTask(context, deviceTask, window, event);
}

function cancelDevice(
  context: OracleContext,
  task: TaskView,
  index: number,
  ok: boolean,
  window: Window,
  event: number,
): void {
  const deviceTask = task.devices.find((d) => d.device.index === index);
  if (ok && deviceTask !== undefined && task.state === "created") cancelDeviceTask(context, deviceTask, window, event);
}

function cancelDeviceTask(context: OracleContext, deviceTask: DeviceTaskView, window: Window, event: number): void {
  const { device } = deviceTask;
  if (deviceTask.settled !== undefined || deviceTask.blurred !== undefined) return;
  if (context.live && deviceTask.operation !== undefined && racing(context, deviceTask, window)) {
    blur(deviceTask, "cancelled while something else may have happened");
    return;
  }
  if (device.open?.task === deviceTask) {
    deviceTask.cancelAsked = window;
    device.open.maybeDropped = true;
    expect(deviceTask, "cancel-requested", window);
    return;
  }
  expect(deviceTask, "cancelled", window);
  settle(deviceTask, "cancelled", window, event);
}

/** Live: did the device, or time, act on this device task about when it was cancelled? */
function racing(context: OracleContext, deviceTask: DeviceTaskView, window: Window): boolean {
  const last = deviceTask.expectations.at(-1);
  const recent =
    last !== undefined && last.since.latest + context.slack >= window.earliest && deviceTask.expectations.length > 1;
  return (
    recent || deviceTask.device.owed.has(deviceTask) || deviceTask.task.expiry.earliest <= window.latest + context.slack
  );
}
