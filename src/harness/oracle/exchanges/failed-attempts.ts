/**
 * What a failed attempt means for what comes next: a declared timer tries it again (choice 4), and the other tasks of
 * its device wait, or are tried within the same trigger (choice 28).
 */
import type { OracleContext } from "../context.ts";
import { name, time } from "../text.ts";
import type { DeviceView } from "../views/device-view.ts";
import type { Exchange, ExchangeEnd } from "../views/exchange-view.ts";
import type { DeviceTaskView, Owed } from "../views/task-view.ts";
import { FOREVER, type Window } from "../window.ts";
import { mayHaveGivenUp } from "./patience.ts";

/** An exchange that came to nothing, with nothing but the network or the device to blame. */
export interface FailedAttempt {
  readonly exchange: Exchange;
  /** Not before, not after: when the server noticed. */
  readonly window: Window;
  readonly event: number;
  /** Whether it surely was one: it was not answered in doubt, and nobody dropped it. */
  readonly certain: boolean;
  /** Other tasks of the device that had been waiting since before the exchange began. */
  readonly held: ReadonlySet<DeviceTaskView>;
}

/** What a declared timer will try again. */
export interface RetryTimer {
  readonly tasks: Set<DeviceTaskView>;
  /** The latest moment at which it fires; infinite while it does not run. */
  due: number;
}

/** Failed attempts kept per device. */
const REMEMBERED = 16;
const SECOND = 1_000_000;

const isFailure = (how: ExchangeEnd): boolean =>
  how === "no-acknowledgement" || how === "no-response" || how === "reset";

/**
 * An exchange is over, and was not answered: notes a failed attempt, and what is still owed to the device. What a
 * trigger or a creation made due stays due where `continue` is declared, and is open, or not due any more, elsewhere.
 *
 * @param givenUp when a server gives up on it that keeps to what it declares
 */
export function noteFailedAttempt(
  context: OracleContext,
  exchange: Exchange,
  how: ExchangeEnd,
  window: Window,
  givenUp: Window,
): void {
  const { device, task } = exchange;
  // Dropped because its task expired, it says nothing about the device, which is free for what waits behind it.
  if (how === "expired" && exchange.maybeFailed === undefined && !mayHaveGivenUp(context, exchange, window)) return;
  const debts = [...device.owed];
  device.owed.clear();
  if (!isFailure(how)) return;
  const event = exchange.end?.event ?? exchange.event;
  const certain =
    task !== undefined && task.blurred === undefined && !exchange.maybeDropped && exchange.maybeFailed === undefined;
  const failed = noticed(context, exchange, how, window, givenUp);
  const held = heldBack(context, device, exchange, failed, debts);
  device.failures.push({ exchange, window: failed, event, certain, held });
  if (device.failures.length > REMEMBERED) device.failures.shift();
  if (certain) startTimer(context, exchange, window);
  else stopTimer(device);
  if (!certain || context.profile.drainAfterFailure !== "continue") return;
  const because = `the failed attempt of ${name(task)}`;
  for (const [other] of debts) {
    if (other !== task) device.owed.set(other, { requirement: "R-13", because, since: window.latest, event });
  }
}

/** What waited when the exchange began, and had surely begun when it failed: it was owed an attempt, or had failed before. */
function heldBack(
  context: OracleContext,
  device: DeviceView,
  exchange: Exchange,
  failed: Window,
  debts: readonly (readonly [DeviceTaskView, Owed])[],
): ReadonlySet<DeviceTaskView> {
  const held = new Set<DeviceTaskView>();
  for (const [other, { event }] of debts)
    if (event < exchange.event && other.task.activeFrom.latest + context.bound < failed.earliest) held.add(other);
  for (const other of device.pending) if (other.attempts.length > 0) held.add(other);
  if (exchange.task !== undefined) held.delete(exchange.task);
  return held;
}

/** A server that declares nothing of its patience may have given up long before. */
function noticed(
  context: OracleContext,
  exchange: Exchange,
  how: ExchangeEnd,
  window: Window,
  givenUp: Window,
): Window {
  if (how === "reset" && context.profile.coap !== undefined) return window;
  const { maybeFailed } = exchange;
  if (maybeFailed !== undefined) return { earliest: maybeFailed.earliest, latest: window.latest };
  const { coap, responseTimeout } = context.profile;
  const { acknowledged, started } = exchange;
  if ((acknowledged === undefined ? coap : responseTimeout) === undefined)
    return { earliest: (acknowledged ?? started).earliest, latest: window.latest };
  return { earliest: Math.min(window.earliest, givenUp.earliest), latest: window.latest };
}

/** It runs from the last failed attempt of the device, and tries again whatever has failed. */
function startTimer({ profile }: OracleContext, { device, task }: Exchange, { latest }: Window): void {
  const { timerRetry } = profile;
  if (timerRetry === undefined) return;
  if (task !== undefined) device.timer.tasks.add(task);
  device.timer.due = latest + timerRetry * SECOND;
}

/** A trigger brings the attempts, or the device is gone: nothing is owed to the timer any more. */
export function stopTimer({ timer }: DeviceView): void {
  timer.tasks.clear();
  timer.due = FOREVER;
}

/** The last moment at which the timer fires has come: what failed is owed an attempt. */
export function timerFires(context: OracleContext, device: DeviceView): void {
  const { tasks, due } = device.timer;
  const { timerRetry = 0 } = context.profile;
  device.timer.due = FOREVER;
  device.idleSince = Math.max(device.idleSince, due);
  for (const deviceTask of tasks) {
    if (!device.pending.has(deviceTask) || deviceTask.blurred !== undefined || deviceTask.cancelAsked !== undefined)
      continue;
    if (device.open?.task === deviceTask) continue;
    const last = deviceTask.attempts.at(-1);
    const because = `the timer of ${timerRetry} s, which runs from ${time(due - timerRetry * SECOND)} on`;
    device.owed.set(deviceTask, {
      requirement: "R-06",
      because,
      since: due,
      event: last?.event ?? deviceTask.task.event,
    });
  }
}

/**
 * Whether the server's own timer may have let a request go: it fired, by any failed attempt of the device, after
 * `since` began and before the request.
 */
export function timerMayHaveFired(
  { profile, tolerance, bound }: OracleContext,
  device: DeviceView,
  since: Exchange,
  request: Exchange,
): boolean {
  const { timerRetry } = profile;
  if (timerRetry === undefined) return false;
  const span = timerRetry * SECOND;
  return device.failures.some(({ window }) => {
    const fires = { earliest: window.earliest + span, latest: window.latest + span };
    if (fires.earliest - tolerance > request.started.latest) return false;
    // About when the last attempt began: that may have been this very timer, or the timer was still to come.
    const comes = fires.latest > since.started.earliest && request.started.earliest <= fires.latest + bound;
    return fires.earliest > since.started.latest || comes;
  });
}

/** The exchange may go on, although its end was noted: nothing follows from that. */
export function withdrawFailure(device: DeviceView, exchange: Exchange): void {
  const position = device.failures.findIndex((failure) => failure.exchange === exchange);
  if (position < 0) return;
  device.failures.splice(position, 1);
  device.owed.clear();
  stopTimer(device);
}
