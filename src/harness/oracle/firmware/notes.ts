/**
 * What is noted of firmware updates as it happens: requests, failed requests, what users answer, cancellations, the end of
 * an active period, polls. What the device says is noted in said.ts, what the server owes in life.ts.
 *
 * Source: docs/semantics.md, choices 10, 24, 26.
 */
import type { FirmwareEvent, RunTime } from "../../history/history.ts";
import type { OracleContext } from "../context.ts";
import type { DeviceView } from "../views/device-view.ts";
import type { Exchange, ExchangeEnd } from "../views/exchange-view.ts";
import type { DeviceTaskView, Owed, SeenStatus } from "../views/task-view.ts";
import { type Window, windowOf } from "../window.ts";
import type { FirmwareRequest } from "./requests.ts";
import type { UpdateView } from "./views.ts";

/** States of a device kept. */
const REMEMBERED = 64;

/** The device has got to another State or Result. */
export function noteTruth(context: OracleContext, happened: FirmwareEvent, event: number): void {
  const truth = context.devices[happened.device]?.firmware.truth;
  const { state, result, version } = happened;
  truth?.push({ state, result, version, window: windowOf(happened), event });
  if (truth !== undefined && truth.length > REMEMBERED) truth.shift();
}

/** A request begins that may be of these updates. */
export function noteRequest(exchange: Exchange, asked: FirmwareRequest | undefined): void {
  const { device, started: window, event } = exchange;
  for (const { update } of device.firmware.updates) if (update !== undefined) update.look = undefined;
  for (const { update } of exchange.updates) {
    if (update === undefined) continue;
    update.requests++;
    update.firstRequest ??= event;
    update.isBegun ||= exchange.updates.length === 1 && (asked?.kind === "offer" || asked?.kind === "execute");
    update.failure = undefined;
  }
  if (asked?.kind === "offer") device.firmware.offered = { window, event, answered: false };
  if (asked?.kind === "execute") device.firmware.executed = { window, event, answered: false };
}

/** A request is over that may have been of these updates, and was not answered. */
export function noteFailure(exchange: Exchange, how: ExchangeEnd, window: Window, certain: boolean): void {
  const { started, event } = exchange;
  for (const { update } of exchange.updates) {
    if (update === undefined) continue;
    const surely = certain && exchange.updates.length === 1;
    update.failure = {
      how,
      window,
      event: exchange.end?.event ?? event,
      certain: surely,
      sent: { window: started, event },
    };
  }
}

/** An answer has come about when the request was given up: the server may have taken it, and go on. */
export function doubtFailure(exchange: Exchange): void {
  for (const { update } of exchange.updates)
    if (update?.failure?.sent.event === exchange.event) update.failure = { ...update.failure, certain: false };
}

/** After a failed request and a trigger nothing was sent. */
export function missStep(update: UpdateView, { requirement, because, event }: Owed, due: number): void {
  update.missed ??= { requirement, because, event, window: { earliest: due, latest: due } };
}

/** A server that takes a moment to begin (docs/semantics.md, Time and doubt) may find a device that was not there before. */
export function noteRegistered({ update, task }: DeviceTaskView, { earliest }: Window, bound: RunTime): void {
  if (update?.registered === "no" && earliest <= task.activeFrom.latest + bound) update.registered = "maybe";
}

/** The registration is gone. */
export function updatesUnregistered(device: DeviceView): void {
  for (const { update } of device.firmware.updates) {
    if (update === undefined) continue;
    update.everUnregistered = true;
    update.look = undefined;
  }
}

/** The server was killed: what came just before it may not have stored, and what it was to do it may have forgotten. */
export function updatesInterrupted({ firmware }: DeviceView, since: number): void {
  for (const { update } of firmware.updates) {
    if (update === undefined) continue;
    update.look = undefined;
    if (update.failedResult !== undefined && update.failedResult.window.latest >= since)
      update.failedResult = undefined;
  }
  for (const [index, said] of firmware.said.entries())
    if (said.window.latest >= since) firmware.said[index] = { ...said, certain: false };
}

const ENDED: readonly string[] = ["SUCCEEDED", "FAILED", "CANCELLED"];

/** A poll has shown the update. */
export function notePoll(update: UpdateView, seen: SeenStatus): void {
  if (ENDED.includes(seen.status)) update.ended ??= seen;
  else update.openSeen = seen;
}

/** What its user says is asked for, answered 2xx (`taken`), refused, or not answered at all. */
export function noteAcceptance(
  deviceTask: DeviceTaskView,
  answer: "ACCEPTED" | "REJECTED",
  outcome: "asked" | "taken" | "refused" | "unknown",
  window: Window,
  event: number,
): void {
  const { update } = deviceTask;
  if (update === undefined || update.acceptance === "not required" || update.answered !== undefined) return;
  if (outcome === "asked") update.acceptance = "unclear";
  else if (outcome === "refused") update.acceptance = update.lost === undefined ? "waiting" : "unclear";
  else if (outcome === "unknown") update.lost = "it is not known what its user's answer did";
  else {
    update.acceptance = answer === "ACCEPTED" ? "accepted" : "rejected";
    update.answered = { window, event };
  }
}

/** Its cancellation was answered 2xx. */
export function cancelUpdate(deviceTask: DeviceTaskView, window: Window, event: number): void {
  const { update, device } = deviceTask;
  if (update === undefined) return;
  update.cancelled ??= { window, event };
  update.look = undefined;
  device.owed.delete(deviceTask);
  if (device.open?.updates.includes(deviceTask) === true) device.open.maybeDropped = true;
}

/** Its active period ends. What is on its way may be dropped, or count. */
export function expireUpdate(deviceTask: DeviceTaskView): void {
  const { device, update } = deviceTask;
  device.pending.delete(deviceTask);
  device.owed.delete(deviceTask);
  if (update !== undefined) update.look = undefined;
  if (device.open?.updates.includes(deviceTask) !== true) return;
  deviceTask.inFlightAtExpiry = true;
  device.open.maybeDropped = true;
}
