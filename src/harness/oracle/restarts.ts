/**
 * The server's process is killed, and started again: what that leaves open, and what it does not.
 *
 * What the server has acknowledged it still knows; what it was about to acknowledge it may know or not. To the oracle it
 * was deaf meanwhile: no exchange outlives it, nothing is owed for what came before until the next trigger, and what came
 * due in the downtime is due when it is up. Copies of messages from before may be taken for new ones, and message ids and
 * tokens may come again: who was killed cannot know them all (RFC 7252 §4.4, §4.5).
 *
 * Source: docs/semantics.md, choice 26.
 */
import type { ServerEvent } from "../history/history.ts";
import type { OracleContext } from "./context.ts";
import { endExchange } from "./exchanges/attempts.ts";
import { stopTimer } from "./exchanges/failed-attempts.ts";
import { updatesInterrupted } from "./firmware/notes.ts";
import { leaveOpen } from "./registrations/crossing.ts";
import { unregister } from "./registrations/registration-end.ts";
import { blur } from "./tasks/settling.ts";
import type { DeviceView } from "./views/device-view.ts";
import type { Exchange } from "./views/exchange-view.ts";
import type { DeviceTaskView, TaskView } from "./views/task-view.ts";
import { type Window, windowOf } from "./window.ts";

/** The last time that the server was down and is up again. */
export interface Restart {
  readonly down: Window;
  readonly up: Window;
  /** Index of the event at which it was started. */
  readonly event: number;
}

/** Time in between does not pass for the oracle: nobody can see what a server does that is down. */
export function readServerEvent(context: OracleContext, event: ServerEvent, index: number): void {
  const window = windowOf(event);
  if (event.event === "down") {
    context.down = window;
    for (const device of context.devices) stop(context, device, window, index);
    return;
  }
  const down = context.down ?? window;
  context.down = undefined;
  context.restart = { down, up: window, event: index };
  context.restarts.push(context.restart);
  for (const task of context.tasks.values()) postpone(context, task, down, window);
  for (const device of context.devices) resume(context, device, { earliest: down.earliest, latest: window.latest });
}

// ── it is killed

function stop(context: OracleContext, device: DeviceView, window: Window, event: number): void {
  const since = window.earliest - context.bound;
  for (const deviceTask of device.tasks) {
    if (maySettleAnew(deviceTask, since)) blur(deviceTask, "answered just before the server was killed");
  }
  if (mayBeFree(device, since)) {
    for (const deviceTask of device.pending) {
      // An attempt that is stored and not sent yet is one all the same.
      if (disturbedSince(device, since) || newSince(deviceTask.task, since)) deviceTask.unsentAttempts++;
    }
  }
  interrupt(context, device, window, event);
  updatesInterrupted(device, since);
  if (device.requests.some(({ answer, defect, leeway }) => answer === undefined && !defect && leeway !== "stranger"))
    leaveRegistrationOpen(device, window);
  device.formerRequests = [...device.requests];
  device.requests.length = 0;
  device.replies.length = 0;
  device.owed.clear();
  stopTimer(device);
  if (context.profile.restart?.inFlight === undefined) device.failures.length = 0;
}

/** Its end may not have been stored yet: nobody was told of it. */
function maySettleAnew({ settled, seen }: DeviceTaskView, since: number): boolean {
  if (settled === undefined || settled.window.latest < since) return false;
  if (settled.how !== "succeeded" && settled.how !== "failed") return false;
  return seen === undefined || seen.event < settled.event || (seen.status !== "SUCCEEDED" && seen.status !== "FAILED");
}

/** One exchange at a time: while one is surely open, and nothing came that may end it, nothing else is about to be sent. */
const mayBeFree = ({ open, heard }: DeviceView, since: number): boolean =>
  open === undefined ||
  open.maybeDropped ||
  open.maybeFailed !== undefined ||
  (heard !== undefined && heard.latest >= since);

const disturbedSince = ({ idleSince, heard }: DeviceView, since: number): boolean =>
  idleSince >= since || (heard !== undefined && heard.latest >= since);

const newSince = ({ state, created, activeFrom }: TaskView, since: number): boolean =>
  state === "asked" || created.latest >= since || activeFrom.latest >= since;

function interrupt(context: OracleContext, device: DeviceView, window: Window, event: number): void {
  const { open } = device;
  if (open === undefined) return;
  // Undeclared, it may count as an attempt or not.
  if (open.task !== undefined && context.profile.restart?.inFlight === undefined) open.task.optionalAttempts++;
  endExchange(context, open, "restarted", window, event);
  device.failingUntil = Math.max(device.failingUntil, window.latest);
}

/** What it asked may have been done, or not; whichever it is, it is not answered. */
function leaveRegistrationOpen(device: DeviceView, window: Window): void {
  if (device.registration === undefined) leaveOpen(device, window);
  else device.registrationOpen = true;
}

// ── it is started again

/** What came due while nobody was there is due now. */
function postpone(context: OracleContext, task: TaskView, down: Window, up: Window): void {
  const missed = ({ earliest, latest }: Window): boolean => earliest <= up.latest && latest >= down.earliest;
  const late = up.latest + context.bound;
  if (missed(task.activeFrom) && task.activeFrom.latest > task.created.latest) {
    const waited = Math.max(0, up.latest - task.activeFrom.latest);
    task.activeFrom = { earliest: task.activeFrom.earliest, latest: task.activeFrom.latest + waited };
    // Whether the active period begins with that moment, or when the server noticed it, is open.
    task.expiry = { earliest: task.expiry.earliest, latest: task.expiry.latest + waited };
  }
  if (missed(task.expiry)) task.expiry = { earliest: task.expiry.earliest, latest: Math.max(task.expiry.latest, late) };
  if (missed(task.removal))
    task.removal = { earliest: task.removal.earliest, latest: Math.max(task.removal.latest, late) };
}

function resume(context: OracleContext, device: DeviceView, window: Window): void {
  device.idleSince = Math.max(device.idleSince, window.latest);
  if (device.failingUntil >= window.earliest) device.failingUntil = Math.max(device.failingUntil, window.latest);
  // Whether it knows when it heard the device last, nobody has promised.
  device.lastUplink = Number.NEGATIVE_INFINITY;
  if (device.registration === undefined) return;
  const registrations = context.profile.restart?.registrations;
  if (registrations === undefined) device.registrationOpen = true;
  else if (registrations === "lost") unregister(context, device, window, "lost");
}

// ── afterwards

/** The server was killed since: its message id and token may be used again, and mean something else. */
export const isBeforeRestart = ({ restart }: OracleContext, { event }: Exchange): boolean =>
  restart !== undefined && event < restart.event;

/** Undeclared, a server may try again at its start what was waiting or in flight. */
export const mayTryAtStart = (context: OracleContext, last: Exchange): boolean =>
  context.profile.restart?.inFlight === undefined && isBeforeRestart(context, last);
