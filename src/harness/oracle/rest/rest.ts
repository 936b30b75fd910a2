/**
 * Reads the REST side of a history: what is asked and answered, device types configured, tasks cancelled. Creation is
 * read in creation.ts, what polls show in polls.ts and shown-mirror.ts.
 */
import type { Outsider } from "../../../scenarios/plan.ts";
import type { RestAnswerEvent, RestPurpose, RestRequestEvent } from "../../history/history.ts";
import type { OracleContext } from "../context.ts";
import { giveUp } from "../exchanges/attempts.ts";
import { outlivesRegistration } from "../exchanges/patience.ts";
import { cancelUpdate, noteAcceptance } from "../firmware/notes.ts";
import { expect } from "../tasks/expectations.ts";
import { typeConfigured } from "../tasks/periods.ts";
import { blur, settle } from "../tasks/settling.ts";
import type { DeviceTaskView, TaskView } from "../views/task-view.ts";
import { type Window, windowOf } from "../window.ts";
import { askTask, createdTask, fieldsOf } from "./creation.ts";
import { seeRecord } from "./polls.ts";
import { seeMirror } from "./shown-mirror.ts";

/** A request that is not answered yet. */
export interface OpenRequest {
  readonly purpose: RestPurpose | undefined;
  readonly window: Window;
  readonly event: number;
  readonly body: unknown;
}

/** Reads one request; `index` is that of its event in the history. */
export function readRestRequest(context: OracleContext, event: RestRequestEvent, index: number): OpenRequest {
  const window = windowOf(event);
  if (event.purpose?.kind === "create-task") askTask(context, event.purpose, event.request.body, window, index);
  if (event.purpose?.kind === "configure-type") context.configuring.add(event.purpose.type);
  for (const deviceTask of cancelledBy(context, event.purpose)) {
    deviceTask.cancelsOpen++;
    deviceTask.everCancelled = true;
  }
  if (event.purpose?.kind === "answer-update") userAnswers(context, event.purpose, "asked", window, index);
  if (event.purpose?.kind === "cancel-task" && event.purpose.as === undefined)
    mayBeCancelled(context, event.purpose.task);
  return { purpose: event.purpose, window, event: index, body: event.request.body };
}

/** From now on a poll may show the task CANCELLED, whatever the server answers in the end. */
function mayBeCancelled(context: OracleContext, ref: number): void {
  const task = context.tasks.get(ref);
  if (task !== undefined) task.maybeCancelled = true;
}

/** The user of a device answers an update; what somebody else says, who is refused, is none. */
function userAnswers(
  context: OracleContext,
  purpose: Extract<RestPurpose, { readonly kind: "answer-update" }>,
  outcome: "asked" | "taken" | "refused" | "unknown",
  window: Window,
  event: number,
): void {
  const deviceTask = context.tasks.get(purpose.task)?.devices.find(({ device }) => device.index === purpose.device);
  if (deviceTask !== undefined) noteAcceptance(deviceTask, purpose.answer, outcome, window, event);
}

/** The device tasks that a request asks to cancel. */
function cancelledBy(context: OracleContext, purpose: RestPurpose | undefined): readonly DeviceTaskView[] {
  if (purpose?.kind === "cancel-task") return context.tasks.get(purpose.task)?.devices ?? [];
  if (purpose?.kind !== "cancel-device-task") return [];
  return context.tasks.get(purpose.task)?.devices.filter(({ device }) => device.index === purpose.device) ?? [];
}

// ── answers

/** No answer: nobody knows whether it was done. */
export function readRestFailure(context: OracleContext, asked: OpenRequest): void {
  if (asked.purpose?.kind === "create-task") neverAnswered(context, asked.purpose.task);
  if (asked.purpose?.kind === "answer-update")
    userAnswers(context, asked.purpose, "unknown", asked.window, asked.event);
  if (asked.purpose?.kind === "cancel-task") mayBeCancelled(context, asked.purpose.task);
  for (const deviceTask of cancelledBy(context, asked.purpose)) {
    deviceTask.cancelsOpen--;
    blur(deviceTask, "a cancellation got no answer");
  }
}

/** It may exist: nothing that is sent for it is wrong, and nobody can ask about it. */
function neverAnswered(context: OracleContext, ref: number): void {
  for (const deviceTask of context.tasks.get(ref)?.devices ?? []) blur(deviceTask, "its creation got no answer");
}

/** Reads the answer to a request; `index` is that of its event in the history. */
export function readRestAnswer(
  context: OracleContext,
  asked: OpenRequest,
  event: RestAnswerEvent,
  index: number,
): void {
  const purpose = asked.purpose;
  if (purpose === undefined || purpose.kind === "set-up" || purpose.kind === "upload-image") return;
  const window: Window = { earliest: asked.window.earliest, latest: windowOf(event).latest };
  const ok = event.response.status >= 200 && event.response.status < 300;
  if (purpose.kind === "configure-type") {
    configured(context, purpose.type, asked.body, event.response.status, window, index);
    return;
  }
  if (purpose.kind === "poll-mirror") {
    seeMirror(context, purpose.device, event.response, window, index);
    return;
  }
  const task = context.tasks.get(purpose.task);
  if (task === undefined) return;
  for (const deviceTask of cancelledBy(context, purpose)) deviceTask.cancelsOpen--;
  if (purpose.as !== undefined)
    outsiderAnswered(context, task, purpose, purpose.as, event.response.status, window, index);
  else if (purpose.kind === "cancel-task" || purpose.kind === "cancel-device-task")
    cancelAnswered(context, task, purpose, event.response.status, window, [asked.event, index]);
  if (purpose.kind === "answer-update") {
    const outcome = ok ? "taken" : event.response.status >= 500 ? "unknown" : "refused";
    userAnswers(context, purpose, outcome, window, index);
  }
  if (purpose.kind === "create-task") createdTask(context, task, event.response, window, index);
  else if (purpose.kind === "cancel-task") cancelTask(context, task, ok, window, index);
  else if (purpose.kind === "cancel-device-task") cancelDevice(context, task, purpose.device, ok, window, index);
  else if (purpose.as === undefined && purpose.kind !== "answer-update")
    seeRecord(context, task, purpose, event.response, window, index);
}

/** Unknown while it is open whether, or to what, the server shortened the value. */
function configured(
  context: OracleContext,
  deviceType: number,
  body: unknown,
  httpStatus: number,
  window: Window,
  event: number,
): void {
  const asked = fieldsOf(body).taskExpiresAfter;
  if (typeof asked !== "number") return;
  context.emit({ kind: "type-configured", deviceType, asked, httpStatus, event });
  const taken = httpStatus >= 200 && httpStatus < 300;
  if (!taken || typeConfigured(context, deviceType, asked, window)) context.configuring.delete(deviceType);
}

function outsiderAnswered(
  context: OracleContext,
  task: TaskView,
  purpose: Extract<RestPurpose, { readonly task: number }>,
  by: Outsider,
  httpStatus: number,
  window: Window,
  event: number,
): void {
  const what = purpose.kind;
  if (httpStatus >= 400 && (what === "cancel-task" || what === "cancel-device-task"))
    task.refusedOutsider = { by, event };
  context.emit({ kind: "outsider-answered", task, by, what, httpStatus, window, event });
}

// ── cancelling

function cancelAnswered(
  context: OracleContext,
  task: TaskView,
  purpose: Extract<RestPurpose, { readonly kind: "cancel-task" | "cancel-device-task" }>,
  httpStatus: number,
  window: Window,
  events: readonly [number, number],
): void {
  if (task.state !== "created") return;
  // Nobody knows how far it came.
  if (httpStatus >= 500) {
    task.maybeCancelled = true;
    for (const deviceTask of cancelledBy(context, purpose)) blur(deviceTask, "a cancellation was answered by an error");
  }
  const index = purpose.kind === "cancel-task" ? undefined : purpose.device;
  const device = task.devices.find((deviceTask) => deviceTask.device.index === index)?.device;
  if (index !== undefined && device === undefined) return;
  context.emit({ kind: "cancel-answered", task, device, httpStatus, window, events });
}

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
  const { device, settled } = deviceTask;
  if (deviceTask.update !== undefined) {
    cancelUpdate(deviceTask, window, event);
    return;
  }
  if (settled?.how === "expired" && window.earliest <= settled.window.latest + context.slack)
    blur(deviceTask, "cancelled at the moment of its expiry");
  if (deviceTask.task.scheduledOn !== undefined && begunDuring(context, deviceTask, window)) {
    blur(deviceTask, "cancelled at the moment at which its task began");
    // Whether a server property was written before is open too.
    if (deviceTask.operation === undefined) device.mirror.delete(deviceTask.task.property);
  }
  if (settled !== undefined || deviceTask.blurred !== undefined) return;
  if (context.live && deviceTask.operation !== undefined && racing(context, deviceTask, window)) {
    blur(deviceTask, "cancelled while something else may have happened");
    return;
  }
  if (device.open?.task === deviceTask) {
    // The first one counts: a server that ends it at once has nothing left for the second.
    deviceTask.cancelAsked ??= window;
    device.open.maybeDropped = true;
    expect(deviceTask, "cancel-requested", window);
    return;
  }
  if (mayStillFly(context, deviceTask, window)) {
    blur(deviceTask, "cancelled while the server may have gone on with its last exchange");
    return;
  }
  expect(deviceTask, "cancelled", window);
  settle(deviceTask, "cancelled", window, event);
}

/** A server property is written, live a request may be sent, at the moment of the cancellation. */
function begunDuring(context: OracleContext, { task, operation }: DeviceTaskView, window: Window): boolean {
  const { earliest, latest } = task.activeFrom;
  const doubtful = context.live || operation === undefined;
  return doubtful && earliest <= window.latest && window.earliest <= latest + context.bound;
}

/**
 * By our reckoning its last exchange is over; by the server's it may be open still. It gives up within a span of time, and
 * the end of a registration need not end the exchange in flight (choice 15, undeclared).
 */
function mayStillFly(context: OracleContext, { attempts }: DeviceTaskView, window: Window): boolean {
  const last = attempts.at(-1);
  if (last?.end === undefined) return false;
  const { how, window: ended } = last.end;
  if (how === "no-acknowledgement" || how === "no-response") return window.earliest <= ended.latest;
  return outlivesRegistration(context, how) && window.earliest <= giveUp(context, last).latest;
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
