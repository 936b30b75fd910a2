/**
 * When a task begins: at its creation, or at its `scheduledOn` when that is later. Until then nothing is sent for it;
 * then its devices are tried as if it had been created at that moment, and its active period runs from there.
 *
 * `scheduledOn` is a time of the server's clock. In simulation that clock is ours; live, the `createdOn` in the answer to
 * the POST tells how far the two are apart, and without it nothing is known.
 *
 * Source: docs/semantics.md, choices 4, 8, 9, 18.
 */
import { resolveProperty } from "../../../protocol/task-api/properties.ts";
import type { OracleContext } from "../context.ts";
import { owe, registeredDuring } from "../exchanges/attempts.ts";
import type { Certainty } from "../facts.ts";
import { beginUpdate } from "../firmware/life.ts";
import type { DeviceTaskView, Owed, TaskView } from "../views/task-view.ts";
import { FOREVER, type Window } from "../window.ts";
import { expect } from "./expectations.ts";
import { recordServerProperty } from "./mirror.ts";
import { DEFAULT_RETENTION } from "./periods.ts";
import { settle } from "./settling.ts";

const SECOND = 1_000_000;
const MILLISECOND = 1_000;

/**
 * When `scheduledOn` comes, in our time.
 *
 * @param scheduledOn milliseconds since the Unix epoch, by the server's clock
 * @param createdOn the same for the creation, as the answer shows it; `undefined`: it does not
 * @param created from the request to the answer of the POST
 * @returns `undefined` when the clock of the server is not known
 */
export function scheduledTime(
  { live, header, tolerance }: OracleContext,
  scheduledOn: number,
  createdOn: number | undefined,
  created: Window,
): Window | undefined {
  const at = (scheduledOn - header.startedAt) * MILLISECOND;
  if (!live) return { earliest: at, latest: at };
  if (createdOn === undefined) return undefined;
  // How much later the server's clock is than ours; it may show whole seconds.
  const shown = (createdOn - header.startedAt) * MILLISECOND;
  const least = shown - created.latest;
  const most = shown + (createdOn % 1_000 === 0 ? SECOND : MILLISECOND) - created.earliest;
  return { earliest: at - most - tolerance, latest: at - least + tolerance };
}

/** From when a task is active; where nothing tells when its time comes, at any moment from its creation on. */
export function activeFrom(created: Window, scheduled: Window | "at once" | undefined): Window {
  if (scheduled === "at once") return created;
  if (scheduled === undefined) return { earliest: created.earliest, latest: FOREVER };
  return {
    earliest: Math.max(created.earliest, scheduled.earliest),
    latest: Math.max(created.latest, scheduled.latest),
  };
}

/** The task has not begun at any moment of the window. */
export const beforeItsTime = ({ activeFrom: begins }: TaskView, window: Window): boolean =>
  window.latest < begins.earliest;

/** Whether a task would be active for longer than its record is kept (choice 8); to the very end of it is neither. */
export function outlivesRecord(
  { profile }: OracleContext,
  { scheduledOn, activeFrom: begins, activePeriod, created }: TaskView,
): Certainty {
  if (scheduledOn === undefined) return "no";
  const span = ((profile.retention ?? DEFAULT_RETENTION) - activePeriod.seconds) * SECOND;
  if (begins.earliest > created.latest + span) return "yes";
  return begins.latest >= created.earliest + span ? "maybe" : "no";
}

/** What must happen when the task begins: a device that is there is tried at once; a server property is written. */
export function beginDeviceTask(context: OracleContext, deviceTask: DeviceTaskView, event: number): void {
  const { task, device } = deviceTask;
  const { activeFrom: begins } = task;
  deviceTask.begun = true;
  if (deviceTask.update !== undefined) {
    beginUpdate(context, deviceTask, isThere(context, deviceTask) ? whatIsOwed(deviceTask, event) : undefined);
    if (device.owed.has(deviceTask)) device.idleSince = Math.max(device.idleSince, begins.latest);
    return;
  }
  if (isServerProperty(deviceTask)) {
    // Done at once, without the device (choice 18); a server that looks now and then for what is due has its bound.
    const latest = begins.latest + (begins.latest > task.created.latest ? context.bound : 0);
    const done = { earliest: begins.earliest, latest };
    expect(deviceTask, "server-side", done);
    recordServerProperty(deviceTask, done, event);
    settle(deviceTask, "succeeded", done, event);
    return;
  }
  if (!isThere(context, deviceTask)) return;
  const owed = whatIsOwed(deviceTask, event);
  device.idleSince = Math.max(device.idleSince, begins.latest);
  // Live, the first datagram may overtake the answer to the POST.
  if (deviceTask.attempts.length > 0) context.emit({ kind: "owed-kept", deviceTask, owed, event });
  else owe(device, deviceTask, owed);
}

/** Registered, awake and free when the task begins. */
function isThere(context: OracleContext, { device, task }: DeviceTaskView): boolean {
  const { activeFrom: begins } = task;
  const { registration } = device;
  const awake = registration?.queueMode !== true || begins.latest < device.lastUplink + context.awakeWindow;
  return (
    registeredDuring(context, device, begins) === "yes" &&
    !device.unreachable &&
    awake &&
    registration !== undefined &&
    registration.refreshed.latest <= begins.earliest &&
    // An exchange may still be open for the server, and its failure stops the drain (choice 28).
    begins.earliest > device.failingUntil &&
    !mayHaveDiedOfIt(context, begins)
  );
}

/** The server was killed at the moment at which the task began: it may have stored an attempt and not sent it. */
const mayHaveDiedOfIt = ({ restarts, bound }: OracleContext, { earliest, latest }: Window): boolean =>
  restarts.some(({ down }) => earliest <= down.latest && latest >= down.earliest - bound);

/** Whether it is settled at the server, without a request to its device (choice 18). */
export const isServerProperty = ({ task, operation }: DeviceTaskView): boolean =>
  operation === undefined && resolveProperty(task.property).ok;

function whatIsOwed({ task, device }: DeviceTaskView, event: number): Owed {
  const since = task.activeFrom.latest;
  if (since > task.created.latest) {
    const because = `the scheduledOn of task ${task.ref}, at which device ${device.index} was registered`;
    return { requirement: "T-05", because, since, event };
  }
  const because = `task ${task.ref} was created while device ${device.index} was registered`;
  return { requirement: "Q-02", because, since, event };
}
