/**
 * The life of exchanges and device tasks in the oracle's model: attempts, their ends, and what the server owes next.
 *
 * Rules: docs/semantics.md, choices 4, 10, 12, 13, 14, 15, 28 and "Failed attempt, or answer?".
 */
import { codeClass } from "../../../protocol/coap/codes.ts";
import type { CoapMessage } from "../../../protocol/coap/types.ts";
import type { OracleContext } from "../context.ts";
import type { Certainty } from "../facts.ts";
import { expireUpdate, missStep, noteFailure } from "../firmware/notes.ts";
import { isAlone } from "../firmware/turns.ts";
import { expect, FITTING } from "../tasks/expectations.ts";
import { broughtBy, recordLateResponse, recordMirror } from "../tasks/mirror.ts";
import { blur, settle } from "../tasks/settling.ts";
import type { DeviceView } from "../views/device-view.ts";
import type { Exchange, ExchangeEnd } from "../views/exchange-view.ts";
import type { DeviceTaskView, Owed } from "../views/task-view.ts";
import { surelyBefore, type Window } from "../window.ts";
import { failCancelled, isWaitedFor } from "./cancelling.ts";
import { noteFailedAttempt } from "./failed-attempts.ts";

/** Is the device registered during `window`? At the exact end of the lifetime either answer is right (choice 16). */
export function registeredDuring(context: OracleContext, device: DeviceView, window: Window): Certainty {
  const registration = device.registration;
  if (registration === undefined) {
    const since = device.unregisteredSince;
    return since === undefined || window.earliest > since.latest || since.latest === 0 ? "no" : "maybe";
  }
  const { earliest, latest } = lifetimeEnd(context, registration.refreshed, registration.lifetime);
  if (window.latest < earliest) return device.registrationOpen ? "maybe" : "yes";
  return window.earliest > latest ? "no" : "maybe";
}

/** Live, servers sweep their registrations now and then: ± 2.5 s (choice 16). */
export function lifetimeEnd(context: OracleContext, refreshed: Window, lifetime: number): Window {
  const sweep = context.live ? 2_500_000 : 0;
  return { earliest: refreshed.earliest + lifetime - sweep, latest: refreshed.latest + lifetime + sweep };
}

/** Until when the server may take the device to be awake; without queue mode: always. */
const awakeUntil = (context: OracleContext, device: DeviceView): number =>
  device.registration?.queueMode === true ? device.lastUplink + context.awakeWindow : Number.POSITIVE_INFINITY;

/** The server must try these tasks as soon as the device is free. */
export function owe(device: DeviceView, deviceTask: DeviceTaskView, owed: Owed): void {
  const { settled, cancelAsked } = deviceTask;
  if (!isLost(deviceTask) && settled === undefined && cancelAsked === undefined) device.owed.set(deviceTask, owed);
}

/** The oracle cannot follow it, or no further. */
export const isLost = ({ blurred, update }: DeviceTaskView): boolean =>
  (update === undefined ? blurred : update.lost) !== undefined;

/**
 * When an attempt that is owed is surely overdue; infinite while nothing can be said: an exchange is open, the
 * device may fall asleep or lose its registration before.
 */
export function overdueAt(context: OracleContext, device: DeviceView): number {
  if (device.owed.size === 0 || device.open !== undefined || device.registration === undefined)
    return Number.POSITIVE_INFINITY;
  return freeSince(device) + context.bound;
}

/** Latest moment at which the next request may go out; a Confirmable answer on its way is in its way (RFC 7252 §4.7). */
export const freeSince = ({ idleSince, unconfirmed }: DeviceView): number =>
  unconfirmed.reduce((latest, { until }) => Math.max(latest, until), idleSince);

/** The attempts that were owed did not come in time. */
export function missOwed(context: OracleContext, device: DeviceView, event: number): void {
  const due = freeSince(device) + context.bound;
  const registration = device.registration;
  const judgeable =
    registration !== undefined &&
    due < awakeUntil(context, device) &&
    due < lifetimeEnd(context, registration.refreshed, registration.lifetime).earliest;
  const owed = [...device.owed];
  device.owed.clear();
  if (!judgeable) return;
  for (const [deviceTask, what] of owed) {
    const gone = deviceTask.settled !== undefined || isLost(deviceTask) || deviceTask.cancelAsked !== undefined;
    if (deviceTask.update !== undefined && !isAlone(deviceTask, { earliest: due, latest: due })) continue;
    if (gone || deviceTask.task.expiry.earliest <= due) continue;
    if (deviceTask.update !== undefined && deviceTask.update.requests > 0) missStep(deviceTask.update, what, due);
    else context.emit({ kind: "owed-missed", deviceTask, owed: what, event });
  }
}

const CANCEL_UNDER_WAY = "its exchange or its active period ended while a cancellation was not answered yet";

/** An exchange is over; its device task goes back to the queue unless it was answered. */
export function endExchange(
  context: OracleContext,
  exchange: Exchange,
  how: ExchangeEnd,
  window: Window,
  event?: number,
): void {
  exchange.end = { how, window, event };
  const device = exchange.device;
  if (device.open === exchange) device.open = undefined;
  device.idleSince = Math.max(device.idleSince, window.latest);
  const deviceTask = exchange.task;
  if (how !== "answered" && how !== "moved" && how !== "superseded")
    noteFailedAttempt(context, exchange, how, window, giveUp(context, exchange));
  if (how !== "answered") noteFailure(exchange, how, window, isCertain(context, exchange));
  // Live, a RST may have been overtaken by what came after it.
  if (how === "no-acknowledgement" || how === "no-response" || (how === "reset" && context.live))
    device.failingUntil = Math.max(device.failingUntil, window.latest);
  if (deviceTask !== undefined && deviceTask.settled === undefined && how !== "answered")
    requeue(context, deviceTask, how, window, event);
  context.emit({ kind: "exchange-ended", exchange });
}

/** The server surely took it for a failed attempt, at what no other task may have asked for. */
const isCertain = ({ profile }: OracleContext, exchange: Exchange): boolean =>
  !exchange.maybeDropped &&
  exchange.maybeFailed === undefined &&
  exchange.mayBeOf.length <= exchange.updates.length &&
  (exchange.acknowledged === undefined ? profile.coap : profile.responseTimeout) !== undefined;

function requeue(
  context: OracleContext,
  deviceTask: DeviceTaskView,
  how: ExchangeEnd,
  window: Window,
  event: number | undefined,
): void {
  if (deviceTask.inFlightAtExpiry && how !== "expired") {
    failAfterExpiry(deviceTask, how, window, event);
    return;
  }
  if (how === "expired" || how === "superseded") return;
  if (deviceTask.cancelsOpen > 0) blur(deviceTask, CANCEL_UNDER_WAY);
  if (deviceTask.cancelAsked === undefined) {
    expect(deviceTask, "pending", window, { after: how });
    return;
  }
  failCancelled(context, deviceTask, how, window, event ?? deviceTask.task.event);
}

/** Its answer would have counted (choice 10), but this attempt failed when the task had expired. */
function failAfterExpiry(
  deviceTask: DeviceTaskView,
  how: ExchangeEnd,
  window: Window,
  event: number | undefined,
): void {
  if (how === "moved" || how === "superseded" || deviceTask.cancelAsked !== undefined) {
    blur(deviceTask, "begun anew, or cancelled, when it had expired in flight");
    return;
  }
  expect(deviceTask, "expired", window);
  settle(deviceTask, "expired", window, event ?? deviceTask.task.event);
}

/** A response that matches an open exchange: the answer is final. */
export function answerExchange(
  context: OracleContext,
  exchange: Exchange,
  response: CoapMessage,
  window: Window,
  event: number,
): void {
  exchange.response = response;
  endExchange(context, exchange, "answered", window, event);
  const deviceTask = exchange.task;
  if (deviceTask !== undefined && deviceTask.task.removal.earliest <= window.latest) {
    blur(deviceTask, "the record of the task, and with it the exchange, may be gone");
    return;
  }
  noteRace(exchange, response, window, event);
  if (deviceTask?.settled !== undefined) {
    deviceTask.lateResponse ??= event;
    if (isWaitedFor(deviceTask)) recordLateResponse(context, deviceTask, response, "awaited", window, event);
    else exchange.device.mirrorBlurred = true;
  }
  if (deviceTask === undefined || deviceTask.settled !== undefined) return;
  if (deviceTask.cancelsOpen > 0) blur(deviceTask, CANCEL_UNDER_WAY);
  if (!surelyBefore(window, deviceTask.task.expiry) && context.live && !deviceTask.inFlightAtExpiry) {
    blur(deviceTask, "the answer arrived about when the task expired");
    return;
  }
  const asked = exchange.started.earliest;
  const failed = codeClass(response.code) !== 2 || !recordMirror(deviceTask, response, window, event, asked);
  const how = failed ? "failed" : "succeeded";
  expect(deviceTask, how, window, {
    ...(failed ? { answer: response } : {}),
    // A server that cancelled it at once keeps to that: a terminal state never changes.
    ...(isWaitedFor(deviceTask) ? {} : { statuses: [...FITTING[how], "CANCELLED"] }),
  });
  if (!isWaitedFor(deviceTask)) exchange.device.mirrorBlurred = true;
  settle(deviceTask, how, window, event);
}

/** An answer before the end of the active period by no more than this (microseconds) races with it. */
const CLOSE_TO_EXPIRY = 1_000_000;

/** An answer that met the end of the active period: either may have come first, but only one (E-08). */
export function noteRace(exchange: Exchange, response: CoapMessage, window: Window, event: number): void {
  const deviceTask = exchange.task;
  if (deviceTask === undefined || deviceTask.race !== undefined) return;
  const { task } = deviceTask;
  if (window.latest + CLOSE_TO_EXPIRY < task.expiry.earliest) return;
  const brought = codeClass(response.code) === 2 ? broughtBy(task, response) : "misfit";
  const answer = brought === "misfit" ? "failure" : brought === "unclear" ? "unclear" : "success";
  deviceTask.race = { answer, values: typeof brought === "string" ? new Map() : brought, window, event };
}

/** The active period of a device task ends (choice 10). */
export function expire(context: OracleContext, deviceTask: DeviceTaskView): void {
  if (deviceTask.update !== undefined) {
    expireUpdate(deviceTask);
    return;
  }
  const { device, task } = deviceTask;
  const exchange = device.open?.task === deviceTask ? device.open : undefined;
  const { inFlightAtExpiry } = context.profile;
  if (deviceTask.cancelsOpen > 0) blur(deviceTask, CANCEL_UNDER_WAY);
  device.pending.delete(deviceTask);
  deviceTask.inFlightAtExpiry = exchange !== undefined;
  // Its answer ends it, or its failed attempt.
  const open = exchange !== undefined && exchange.maybeFailed === undefined;
  if (open && inFlightAtExpiry === "answer-counts" && deviceTask.cancelAsked === undefined) return;
  if (exchange !== undefined && inFlightAtExpiry !== "fail") {
    // The answer may still count: not declared, so neither outcome is wrong.
    exchange.maybeDropped = true;
    blur(deviceTask, "in flight at expiry, and the profile does not say what happens then");
    return;
  }
  // Cancelled in flight, it becomes CANCELLED; 4004 is accepted, too.
  const wasCancelled = deviceTask.cancelAsked !== undefined;
  expect(deviceTask, wasCancelled ? "cancelled-or-expired" : "expired", task.expiry);
  settle(deviceTask, wasCancelled ? "cancelled" : "expired", task.expiry, task.event);
  if (exchange !== undefined) endAtExpiry(context, exchange, task.expiry);
}

/** A server that still wants the value waits for it, and one for which the task was over before knows no expiry. */
function endAtExpiry(context: OracleContext, exchange: Exchange, expiry: Window): void {
  const { task } = exchange;
  const runsOn = context.profile.lateResponse === "updates-mirror" || (task !== undefined && !isWaitedFor(task));
  if (runsOn) exchange.maybeDropped = true;
  else endExchange(context, exchange, "expired", expiry);
}

/** How long until the server gives up on an exchange that nobody acknowledges. Spec: RFC 7252 §4.2, §4.8.2. */
export function giveUp(context: OracleContext, exchange: Exchange): Window {
  const { ackTimeout, ackRandomFactor, maxRetransmit, responseTimeout } = context.coap;
  const tolerance = context.tolerance;
  if (exchange.acknowledged !== undefined) {
    const known = context.profile.responseTimeout !== undefined;
    return {
      earliest: known ? exchange.acknowledged.earliest + responseTimeout - tolerance : exchange.acknowledged.earliest,
      latest: known ? exchange.acknowledged.latest + responseTimeout + tolerance : Number.POSITIVE_INFINITY,
    };
  }
  const doublings = 2 ** (maxRetransmit + 1) - 1;
  const gap = exchange.firstGap;
  const shortest = Math.max(ackTimeout, gap === undefined ? 0 : gap.earliest - tolerance);
  const longest = Math.min(
    ackTimeout * ackRandomFactor,
    gap === undefined ? Number.POSITIVE_INFINITY : gap.latest + tolerance,
  );
  const spread = context.live ? tolerance : 0;
  const { earliest, latest } = exchange.transfer?.since ?? exchange.started;
  return {
    earliest: earliest + Math.min(shortest, longest) * doublings - spread,
    latest: latest + Math.max(shortest, longest) * doublings + spread,
  };
}
