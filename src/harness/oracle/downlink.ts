/**
 * Reads what the server sends: its requests begin exchanges or repeat them, its answers go to registrations/.
 */
import { codeClass } from "../../protocol/coap/codes.ts";
import { decodeMessage } from "../../protocol/coap/message.ts";
import type { CoapMessage } from "../../protocol/coap/types.ts";
import type { DownlinkEvent } from "../history/history.ts";
import type { OracleContext } from "./context.ts";
import { endExchange, giveUp, registeredDuring } from "./exchanges/attempts.ts";
import {
  continued,
  goOn,
  lastAbout,
  noteRepeated,
  operationBegun,
  presentBlock,
  sentBlock,
} from "./exchanges/block-transfers.ts";
import { endUnlessFollowed } from "./exchanges/cancelling.ts";
import { mayBeDropped, mayHaveGivenUpEarly } from "./exchanges/patience.ts";
import type { Certainty } from "./facts.ts";
import { noteRequest } from "./firmware/notes.ts";
import { firmwareRequest } from "./firmware/requests.ts";
import { runningUpdates } from "./firmware/turns.ts";
import { readRegistrationAnswer } from "./registrations/registration-answers.ts";
import { answerOnItsWay } from "./registrations/unconfirmed-answers.ts";
import { isBeforeRestart } from "./restarts.ts";
import { beforeItsTime } from "./tasks/beginning.ts";
import { expect } from "./tasks/expectations.ts";
import { blur } from "./tasks/settling.ts";
import type { DeviceView } from "./views/device-view.ts";
import { type Exchange, executes } from "./views/exchange-view.ts";
import type { RegistrationRequest } from "./views/registration-view.ts";
import type { DeviceTaskView } from "./views/task-view.ts";
import { type Window, windowOf } from "./window.ts";

/** Exchanges kept per device: enough to recognise copies, bounded for long runs. */
const REMEMBERED_EXCHANGES = 32;

/** Reads one datagram of the server; `index` is that of its event in the history. */
export function readDownlink(context: OracleContext, event: DownlinkEvent, index: number): void {
  const device = event.device === undefined ? undefined : context.devices[event.device];
  if (device === undefined) return;
  const decoded = decodeMessage(event.bytes);
  if (!decoded.ok) return;
  const message = decoded.value;
  const window = windowOf(event);
  if (message.code !== "0.00" && codeClass(message.code) === 0) {
    readServerRequest(context, device, message, event, window, index);
    return;
  }
  if (message.code !== "0.00") {
    const request = device.requests.findLast(
      (r) =>
        r.address === event.address &&
        r.token === message.token &&
        (message.type !== "ACK" || r.messageId === message.messageId),
    );
    if (request === undefined) return;
    if (message.type === "CON") answerOnItsWay(context, device, message.messageId, event.address, window);
    readRegistrationAnswer(context, device, request, message, window, index);
    return;
  }
  // A Register that is answered in a message of its own: its copy gets the empty ACK that the first one got.
  const copied = device.requests.findLast((r) => r.messageId === message.messageId && r.address === event.address);
  if (copied !== undefined) copied.openCopy = undefined;
  const reply = device.replies.findLast((r) => r.messageId === message.messageId && r.address === event.address);
  if (reply === undefined || (message.type !== "ACK" && message.type !== "RST")) return;
  reply.answers++;
  context.emit({ kind: "replied", device, reply, got: message.type, event: index });
}

function readServerRequest(
  context: OracleContext,
  device: DeviceView,
  message: CoapMessage,
  event: DownlinkEvent,
  window: Window,
  index: number,
): void {
  const known = device.exchanges.get(message.token);
  const sameIds = known !== undefined && known.messageId === message.messageId && known.address === event.address;
  if (sameIds && !failedBefore(context, known, window) && !isBeforeRestart(context, known)) {
    retransmitted(context, known, event.bytes, window, index);
    return;
  }
  const whole = continued(context, device, message, event.address);
  if (whole !== undefined) {
    const before = presentBlock(whole);
    goOn(whole, message, event.bytes, window);
    if (context.live) postponeEnd(context, whole);
    const sent = sentBlock(message, whole);
    if (sent !== undefined)
      context.emit({ kind: "block-sent", exchange: whole, sent, before, last: undefined, event: index });
    return;
  }
  const { operation, firmware, updates, candidates, mayBeOf, settled } = attribute(device, message, window);
  const ending = settled !== undefined && mayBeOpen(context, settled, window);
  const exchange: Exchange = {
    device,
    messageId: message.messageId,
    token: message.token,
    address: event.address,
    bytes: event.bytes,
    operation,
    started: window,
    event: index,
    task: candidates.length === 1 && !ending ? candidates[0] : undefined,
    mayBeOf,
    updates,
    datagrams: 1,
    lastSent: window,
    firstGap: undefined,
    acknowledged: undefined,
    end: undefined,
    // Its task may have ended with this very instant, and the exchange with it.
    maybeDropped: ending,
    maybeFailed: undefined,
    lastAnswer: undefined,
    response: undefined,
    transfer: undefined,
    deliveries: 0,
    effects: 0,
    written: [],
  };
  const { registered, unanswered } = standing(context, device, window);
  const sent = sentBlock(message, exchange);
  // Looked for before it takes the place of one with the same token.
  const last = sent === undefined ? undefined : lastAbout(device, message, exchange);
  const { previous, previousOpen } = closePrevious(context, device, window, index);
  if (candidates.length + (ending ? 1 : 0) > 1)
    for (const candidate of candidates) blur(candidate, "two pending tasks ask for the same operation");
  begin(context, device, exchange, index);
  const repeats = candidates.length === 0 ? settled : undefined;
  context.emit({
    kind: "attempt",
    device,
    exchange,
    firmware,
    candidates,
    settled: repeats,
    previous,
    previousOpen,
    registered,
    unanswered,
    event: index,
  });
  noteRequest(exchange, firmware);
  if (ending) blur(settled, "attempted about when it ended");
  if (sent !== undefined) context.emit({ kind: "block-sent", exchange, sent, before: undefined, last, event: index });
  exchange.task?.attempts.push(exchange);
}

/** Whose request it may be. One about firmware may be that of an update, whichever other task asks for the same. */
function attribute(device: DeviceView, message: CoapMessage, window: Window) {
  const operation = operationBegun(device, message);
  const firmware = firmwareRequest(message);
  const pending = candidatesFor(device, operation, window);
  const updates = firmware === undefined && pending.length > 0 ? [] : runningUpdates(device.firmware, window);
  if (updates.length > 0) for (const candidate of pending) blur(candidate, "it may be a request of an update");
  const candidates = updates.length > 0 ? [] : pending;
  const mayBeOf = updates.length > 0 || pending.length > 1 ? [...pending, ...updates].map(({ task }) => task) : [];
  const explained = firmware !== undefined && updates.length > 0;
  const settled = operation === undefined || explained ? undefined : device.lastSettled.get(operation);
  return { operation, firmware, updates, candidates, mayBeOf, settled };
}

/** It has gone on after what we took for its end. That comes, at the latest, when nobody answers what was sent now. */
function postponeEnd(context: OracleContext, exchange: Exchange): void {
  const { end } = exchange;
  if (end === undefined || (end.how !== "no-acknowledgement" && end.how !== "no-response")) return;
  const latest = Math.max(end.window.latest, giveUp(context, exchange).latest);
  exchange.end = { ...end, window: { earliest: end.window.earliest, latest } };
}

/** An attempt that surely failed before: what comes now with its ids is no retransmission, but a new attempt. */
function failedBefore(context: OracleContext, exchange: Exchange, window: Window): boolean {
  const { end } = exchange;
  if (end === undefined || window.earliest <= end.window.latest + context.slack) return false;
  return end.how === "no-acknowledgement" || end.how === "no-response" || end.how === "reset";
}

/** What is not to begin yet is not meant, as long as it can be another. */
function candidatesFor(device: DeviceView, operation: string | undefined, window: Window): readonly DeviceTaskView[] {
  if (operation === undefined) return [];
  const candidates: DeviceTaskView[] = [];
  for (const deviceTask of device.pending) if (deviceTask.operation === operation) candidates.push(deviceTask);
  const begun = candidates.filter(({ task }) => !beforeItsTime(task, window));
  return begun.length > 0 ? begun : candidates;
}

/** Whether a device task that is over by our reckoning may not have been so for the server yet. */
function mayBeOpen(context: OracleContext, deviceTask: DeviceTaskView, window: Window): boolean {
  const end = deviceTask.settled;
  if (end === undefined || (end.how !== "expired" && end.how !== "cancelled")) return false;
  // In simulation a cancellation has its place in the order of events; expiry happens at an instant.
  return (context.live || end.how === "expired") && window.earliest <= end.window.latest + context.slack;
}

/** Is the device registered, and has it asked something to which the answer has not been sent? */
function standing(context: OracleContext, device: DeviceView, window: Window) {
  const certainty = registeredDuring(context, device, window);
  const unanswered = device.requests.find(
    (r) => r.answer === undefined && !r.missed && r.kind !== "deregister" && !hasToBeRefused(r),
  );
  const registering = device.requests.some(
    (r) => r.answer === undefined && !r.missed && r.kind === "register" && !hasToBeRefused(r),
  );
  const registered: Certainty = certainty === "no" && registering ? "maybe" : certainty;
  return { registered, unanswered };
}

const hasToBeRefused = ({ defect, leeway }: RegistrationRequest): boolean =>
  defect !== undefined || leeway === "stranger";

function closePrevious(context: OracleContext, device: DeviceView, window: Window, index: number) {
  const previous = device.open;
  if (previous === undefined) {
    // By our reckoning the last one was given up; by the server's it may be open still.
    const previousOpen: Certainty = window.earliest <= device.failingUntil ? "maybe" : "no";
    return { previous, previousOpen };
  }
  const previousOpen = stillOpen(context, previous, window);
  const failed = previous.acknowledged === undefined ? "no-acknowledgement" : "no-response";
  endExchange(context, previous, previousOpen === "yes" ? "superseded" : failed, window, index);
  return { previous, previousOpen };
}

/** Whether the server may have finished an exchange of which we saw no end. */
function stillOpen(context: OracleContext, exchange: Exchange, window: Window): Certainty {
  const end = giveUp(context, exchange);
  if (window.latest < end.earliest)
    return mayBeDropped(exchange, window) || mayHaveGivenUpEarly(context, exchange, window) ? "maybe" : "yes";
  return window.earliest > end.latest ? "no" : "maybe";
}

function begin(context: OracleContext, device: DeviceView, exchange: Exchange, index: number): void {
  device.exchanges.delete(exchange.token);
  device.exchanges.set(exchange.token, exchange);
  const [oldest] = device.exchanges.keys();
  if (device.exchanges.size > REMEMBERED_EXCHANGES && oldest !== undefined) device.exchanges.delete(oldest);
  device.open = exchange;
  // One at a time: what was open before is over for the server, too.
  device.failingUntil = Math.min(device.failingUntil, exchange.started.latest);
  if (executes(exchange)) device.lastExecute = { window: exchange.started, event: index };
  else device.mirrorTouched = { at: exchange.started.latest, event: index };
  const deviceTask = exchange.task;
  for (const other of [...device.pending])
    if (other !== deviceTask && exchange.operation !== undefined) endUnlessFollowed(other, exchange.started.latest);
  for (const update of exchange.updates) keepDebt(context, update, index);
  if (deviceTask === undefined) return;
  deviceTask.mayFollow = undefined;
  if (deviceTask.cancelAsked !== undefined) exchange.maybeDropped = true;
  device.lastAttempted.set(deviceTask.task.property, deviceTask);
  keepDebt(context, deviceTask, index);
  device.timer.tasks.delete(deviceTask);
  if (deviceTask.blurred === undefined && deviceTask.cancelAsked === undefined)
    expect(deviceTask, "in-flight", exchange.started);
}

/** What was owed to it has been sent, or may have been. */
function keepDebt(context: OracleContext, deviceTask: DeviceTaskView, event: number): void {
  const { owed: debts } = deviceTask.device;
  const owed = debts.get(deviceTask);
  debts.delete(deviceTask);
  if (owed !== undefined) context.emit({ kind: "owed-kept", deviceTask, owed, event });
}

function retransmitted(
  context: OracleContext,
  exchange: Exchange,
  bytes: Uint8Array,
  window: Window,
  event: number,
): void {
  const previousGap = exchange.datagrams === 1 ? undefined : exchange.firstGap;
  const gap: Window = {
    earliest: window.earliest - exchange.lastSent.latest,
    latest: window.latest - exchange.lastSent.earliest,
  };
  const doubled = previousGap === undefined ? undefined : scale(previousGap, 2 ** (exchange.datagrams - 2));
  exchange.datagrams++;
  exchange.lastSent = window;
  // What is repeated has not been given up.
  exchange.maybeFailed = undefined;
  exchange.firstGap ??= gap;
  noteRepeated(exchange);
  context.emit({ kind: "retransmission", exchange, gap, previousGap: doubled, bytes, event });
  // Live we see what a device sends, not what arrives: the answer may be lost on the way, and only a copy be heard.
  if (context.live && exchange.end?.how === "answered" && exchange.task !== undefined)
    blur(exchange.task, "repeated after it was answered: the answer may have come later");
}

const scale = (window: Window, factor: number): Window => ({
  earliest: window.earliest * factor,
  latest: window.latest * factor,
});
