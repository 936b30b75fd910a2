/**
 * Reads the datagrams of a history: what devices ask goes to registrations.ts, requests of the server and their
 * answers are exchanges and read here.
 *
 * The vantage point is the server's wire, so an uplink datagram that was lost says nothing here.
 */
import { codeClass } from "../../protocol/coap/codes.ts";
import { decodeMessage } from "../../protocol/coap/message.ts";
import type { CoapMessage } from "../../protocol/coap/types.ts";
import type { DownlinkEvent, UplinkEvent } from "../history.ts";
import { answerExchange, endExchange, giveUp, noteRace, registeredDuring } from "./attempts.ts";
import { beforeItsTime } from "./beginning.ts";
import { breakOff, continued, goOn, isPart, operationBegun, readPart } from "./block-transfers.ts";
import { endUnlessFollowed } from "./cancelling.ts";
import type { OracleContext } from "./context.ts";
import type { DeviceView, ReplyOwed } from "./device-view.ts";
import type { Exchange, ExchangeEnd } from "./exchange-view.ts";
import { expect } from "./expectations.ts";
import type { Certainty } from "./facts.ts";
import { withdrawFailure } from "./failed-attempts.ts";
import { mayHaveFailed } from "./maybe-failed.ts";
import { recordLateResponse } from "./mirror.ts";
import type { RegistrationRequest } from "./registration-view.ts";
import { readRegistrationAnswer, readRegistrationRequest } from "./registrations.ts";
import { blur } from "./settling.ts";
import type { DeviceTaskView } from "./task-view.ts";
import { answerConfirmed, answerOnItsWay } from "./unconfirmed-answers.ts";
import { type Window, windowOf } from "./window.ts";

/** Exchanges and replies kept per device: enough to recognise copies, bounded for long runs. */
const REMEMBERED_EXCHANGES = 32;
const REMEMBERED_REPLIES = 16;

export function readUplink(context: OracleContext, event: UplinkEvent, index: number): void {
  const device = context.devices[event.device];
  if (device === undefined || event.lost === true) return;
  const decoded = decodeMessage(event.bytes);
  if (!decoded.ok) return;
  const message = decoded.value;
  const window = windowOf(event);
  device.lastUplink = Math.max(device.lastUplink, window.earliest);
  if (device.heard !== undefined) context.emit({ kind: "heard", device, before: device.heard, window, event: index });
  device.heard = window;
  device.unreachable = false;
  const kind = codeClass(message.code);
  if (kind === 0 && message.code !== "0.00")
    readRegistrationRequest(context, device, message, event.address, window, index);
  else readAnswer(context, device, message, event.address, window, index);
}

// ── what a device answers

function readAnswer(
  context: OracleContext,
  device: DeviceView,
  message: CoapMessage,
  address: string,
  window: Window,
  event: number,
): void {
  if (message.type === "ACK" || message.type === "RST") answerConfirmed(device, message.messageId, address, window);
  const isResponse = message.code !== "0.00";
  const exchange = isResponse
    ? device.exchanges.get(message.token)
    : exchangeOfMessage(device, message.messageId, address);
  const belongs =
    exchange !== undefined &&
    exchange.address === address &&
    (message.type !== "ACK" || message.messageId === exchange.messageId);
  if (isResponse && !executes(exchange)) device.mirrorTouched = { at: window.latest, event };
  if (isResponse && !isPart(message)) noteSuccess(device, message);
  if (isResponse && message.type === "CON")
    expectReply(context, device, message, address, belongs ? exchange : undefined, window, event);
  if (!belongs || exchange === undefined) {
    if (isResponse && message.type === "ACK") foreignAnswer(context, device, message, address, window, event);
    return;
  }
  if (exchange.end !== undefined) {
    if (isPart(message) && exchange.end.how !== "answered") breakOff(exchange);
    else if (isResponse) lateResponse(context, exchange, message, window, event);
    else if (message.type === "ACK") acknowledgedInDoubt(context, exchange, window);
    return;
  }
  if (isResponse) {
    const doubt = doubtAbout(context, exchange, window);
    const response = readPart(exchange, message);
    if (response === "broken") breakOff(exchange);
    else if (response === "part") exchange.maybeDropped ||= doubt !== undefined;
    else if (doubt !== undefined) answerOrNot(exchange, response, doubt, context, window, event);
    else answerExchange(context, exchange, response, window, event);
  } else if (message.type === "ACK") acknowledged(context, exchange, window);
  else if (message.type === "RST" && exchange.acknowledged !== undefined) mayHaveFailed(exchange, "reset", window);
  else if (message.type === "RST") endExchange(context, exchange, "reset", window, event);
}

/** Whatever becomes of the exchange: a device task cannot have succeeded without one of these. */
function noteSuccess(device: DeviceView, { code, token }: CoapMessage): void {
  const exchange = codeClass(code) === 2 ? device.exchanges.get(token) : undefined;
  if (exchange?.operation === undefined) return;
  const known = device.successes.get(exchange.operation);
  if (known === undefined) device.successes.set(exchange.operation, new Set([exchange]));
  else known.add(exchange);
}

/** What is no Execute may change the mirror. */
const executes = (exchange: Exchange | undefined): boolean => exchange?.operation?.startsWith("execute ") === true;

function exchangeOfMessage(device: DeviceView, messageId: number, address: string): Exchange | undefined {
  let last: Exchange | undefined;
  for (const exchange of device.exchanges.values()) {
    if (exchange.messageId === messageId && exchange.address === address) last = exchange;
  }
  return last;
}

/**
 * A piggybacked response to an open request whose token is another one: it matches nothing (RFC 7252 §5.3.2). Whether
 * it acknowledges the request all the same is open (§4.2), so where nothing else has, the server may go on or wait.
 */
function foreignAnswer(
  context: OracleContext,
  device: DeviceView,
  message: CoapMessage,
  address: string,
  window: Window,
  event: number,
): void {
  const exchange = exchangeOfMessage(device, message.messageId, address);
  if (exchange === undefined || exchange.end !== undefined || exchange.token === message.token) return;
  const { task } = exchange;
  if (task !== undefined) task.foreignAnswer = { code: message.code, event };
  if (exchange.acknowledged !== undefined) return;
  const { latest } = giveUp(context, { ...exchange, acknowledged: window });
  device.failingUntil = Math.max(device.failingUntil, latest);
  if (task !== undefined) blur(task, "acknowledged, or not, by a response with another token");
}

/**
 * An ACK about the moment of giving up: the server may have given up, or wait for the response from now on. So it may
 * after the end of a registration, if that need not end the exchange.
 */
function acknowledgedInDoubt(context: OracleContext, exchange: Exchange, window: Window): void {
  const { device, end, task } = exchange;
  if (end !== undefined && outlivesRegistration(context, end.how) && window.earliest <= device.failingUntil) {
    exchange.acknowledged ??= window;
    device.failingUntil = Math.max(device.failingUntil, giveUp(context, exchange).latest);
    return;
  }
  if (end?.how !== "no-acknowledgement" || window.earliest > end.window.latest + context.slack) return;
  exchange.acknowledged ??= window;
  withdrawFailure(device, exchange);
  const { latest } = giveUp(context, exchange);
  exchange.end = { ...end, how: "no-response", window: { earliest: end.window.earliest, latest } };
  device.failingUntil = Math.max(device.failingUntil, latest);
  if (task !== undefined) blur(task, "acknowledged about when it was given up");
}

/** A server that declares nothing may have given up before this ACK: then its failed attempt is over, or it waits on. */
function acknowledged(context: OracleContext, exchange: Exchange, window: Window): void {
  const early = mayHaveGivenUpEarly(context, exchange, window);
  exchange.acknowledged ??= window;
  if (!early) return;
  const { device, lastSent, task } = exchange;
  if (task !== undefined) blur(task, "acknowledged when a server that retransmits less may have given up");
  const { latest } = giveUp(context, exchange);
  endExchange(context, exchange, "no-response", { earliest: lastSent.earliest, latest: window.latest });
  exchange.end = { how: "no-response", window: { earliest: lastSent.earliest, latest }, event: undefined };
  device.failingUntil = Math.max(device.failingUntil, latest);
}

/**
 * Where nobody declared how often the server retransmits, it may have given up when a retransmission is overdue. Spec:
 * RFC 7252 §4.2 (giving up is allowed), §4.8.1 (the parameters may be changed).
 */
function mayHaveGivenUpEarly(context: OracleContext, exchange: Exchange, window: Window): boolean {
  if (context.profile.coap !== undefined || exchange.acknowledged !== undefined) return false;
  const gap = context.coap.ackTimeout * 2 ** (exchange.datagrams - 1) - context.tolerance;
  return window.latest >= exchange.lastSent.earliest + gap;
}

/** Choice 5, undeclared: any finite time after an empty ACK, so only a prompt response is surely waited for. */
const mayHaveGivenUp = (context: OracleContext, exchange: Exchange, window: Window): boolean =>
  exchange.acknowledged === undefined
    ? mayHaveGivenUpEarly(context, exchange, window)
    : context.profile.responseTimeout === undefined && window.earliest > exchange.acknowledged.latest + context.bound;

/** Why the server may not have waited for a response any more; `undefined`: it surely did. */
function doubtAbout(context: OracleContext, exchange: Exchange, window: Window): string | undefined {
  if (exchange.maybeFailed !== undefined) return "answered after it may have been taken for a failed attempt";
  if (mayHaveGivenUp(context, exchange, window)) return "answered after a time for which not every server waits";
  if (registeredDuring(context, exchange.device, window) === "maybe")
    return "answered about when the registration ended";
  // Live, the answer to a Register is read after the response that the device sent meanwhile.
  const pending = exchange.device.requests.some(
    ({ answer, kind, address }) => answer === undefined && (kind !== "update" || address !== exchange.address),
  );
  return pending ? "answered while a registration request was under way, which may have ended the exchange" : undefined;
}

function answerOrNot(
  exchange: Exchange,
  response: CoapMessage,
  doubt: string,
  context: OracleContext,
  window: Window,
  event: number,
): void {
  // Before the expiry there may be another attempt.
  if (exchange.task?.inFlightAtExpiry === true) noteRace(exchange, response, window, event);
  if (exchange.task !== undefined) blur(exchange.task, doubt);
  const since = exchange.acknowledged?.earliest ?? window.earliest;
  endExchange(context, exchange, "no-response", { earliest: since, latest: window.latest }, event);
}

/** The exchange is over. If that is not certain, the answer may still have been taken. */
function lateResponse(
  context: OracleContext,
  exchange: Exchange,
  response: CoapMessage,
  window: Window,
  event: number,
): void {
  const end = exchange.end;
  if (end === undefined) return;
  if (end.how === "answered") {
    exchange.lastAnswer = window;
    return;
  }
  const deviceTask = exchange.task;
  if (deviceTask === undefined) return;
  deviceTask.lateResponse ??= event;
  if (end.how === "expired") noteRace(exchange, response, window, event);
  const surelyLate = window.earliest > end.window.latest + context.slack;
  if (surelyLate && surelyOver(context, deviceTask, window))
    recordLateResponse(context, deviceTask, response, "given up", window, event);
  if (!surelyLate) blur(deviceTask, "a response arrived about when the exchange ended");
  else if (mayStillWait(context, end.how)) blur(deviceTask, "the server may still have waited for this response");
}

const surelyOver = (context: OracleContext, { settled }: DeviceTaskView, window: Window): boolean =>
  settled !== undefined && settled.window.latest + context.slack < window.earliest;

/** Whether a server may still take the response of an exchange that ended so, by rules that it did not declare. */
function mayStillWait(context: OracleContext, how: ExchangeEnd): boolean {
  if (how === "superseded") return true;
  if (how === "no-response") return context.profile.responseTimeout === undefined;
  return outlivesRegistration(context, how);
}

/** Choice 15, undeclared: a server may go on with the exchange when the registration is over. */
const outlivesRegistration = (context: OracleContext, how: ExchangeEnd): boolean =>
  (how === "replaced" || how === "removed" || how === "lifetime-over") && !context.endsWithRegistration;

/** A Confirmable response must be acknowledged when it is expected, and reset when it is not (RFC 7252 §5.3.2). */
function expectReply(
  context: OracleContext,
  device: DeviceView,
  message: CoapMessage,
  address: string,
  exchange: Exchange | undefined,
  window: Window,
  event: number,
): void {
  const copy = device.replies.find((r) => r.messageId === message.messageId && r.address === address);
  if (copy !== undefined) {
    copy.copies++;
    return;
  }
  const expected = replyTo(context, exchange, window);
  device.replies.push({
    address,
    messageId: message.messageId,
    token: message.token,
    expected,
    window,
    event,
    copies: 1,
    answers: 0,
    missed: false,
  });
  if (device.replies.length > REMEMBERED_REPLIES) device.replies.shift();
}

/** While it is open that the server still waits for the response, either reply is right. */
function replyTo(context: OracleContext, exchange: Exchange | undefined, window: Window): ReplyOwed["expected"] {
  if (exchange === undefined) return "RST";
  const task = exchange.task?.task;
  if (context.live && task !== undefined && task.expiry.earliest <= window.latest) return "either";
  // A server may forget an exchange with the record of its task (choice 11).
  if (task !== undefined && task.removal.earliest <= window.latest) return "either";
  if (exchange.end === undefined)
    return mayBeDropped(exchange, window) || doubtAbout(context, exchange, window) !== undefined ? "either" : "ACK";
  if (exchange.end.how === "answered" || mayStillWait(context, exchange.end.how)) return "either";
  return window.earliest > exchange.end.window.latest + context.slack ? "RST" : "either";
}

// ── what the server sends

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
  if (sameIds && !failedBefore(context, known, window)) {
    retransmitted(context, known, event.bytes, window, index);
    return;
  }
  const whole = continued(device, message, event.address);
  if (whole !== undefined) {
    goOn(whole, message, event.bytes, window);
    return;
  }
  const operation = operationBegun(device, message);
  const candidates = candidatesFor(device, operation, window);
  const settled = operation === undefined ? undefined : device.lastSettled.get(operation);
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
    mayBeOf: candidates.length > 1 ? candidates.map(({ task }) => task) : [],
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
  const { previous, previousOpen } = closePrevious(context, device, window, index);
  if (candidates.length + (ending ? 1 : 0) > 1)
    for (const candidate of candidates) blur(candidate, "two pending tasks ask for the same operation");
  begin(context, device, exchange, index);
  const repeats = candidates.length === 0 ? settled : undefined;
  context.emit({
    kind: "attempt",
    device,
    exchange,
    candidates,
    settled: repeats,
    previous,
    previousOpen,
    registered,
    unanswered,
    event: index,
  });
  if (ending) blur(settled, "attempted about when it ended");
  exchange.task?.attempts.push(exchange);
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

/** Whether the server may have dropped it: where nobody knows whose it is, any of its tasks may have expired. */
const mayBeDropped = ({ maybeDropped, maybeFailed, mayBeOf }: Exchange, window: Window): boolean =>
  maybeDropped || maybeFailed !== undefined || mayBeOf.some(({ expiry }) => expiry.earliest <= window.latest);

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
  if (deviceTask === undefined) return;
  deviceTask.mayFollow = undefined;
  if (deviceTask.cancelAsked !== undefined) exchange.maybeDropped = true;
  device.lastAttempted.set(deviceTask.task.property, deviceTask);
  const owed = device.owed.get(deviceTask);
  device.owed.delete(deviceTask);
  device.timer.tasks.delete(deviceTask);
  if (owed !== undefined) context.emit({ kind: "owed-kept", deviceTask, owed, event: index });
  if (deviceTask.blurred === undefined && deviceTask.cancelAsked === undefined)
    expect(deviceTask, "in-flight", exchange.started);
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
  context.emit({ kind: "retransmission", exchange, gap, previousGap: doubled, bytes, event });
  // Live we see what a device sends, not what arrives: the answer may be lost on the way, and only a copy be heard.
  if (context.live && exchange.end?.how === "answered" && exchange.task !== undefined)
    blur(exchange.task, "repeated after it was answered: the answer may have come later");
}

const scale = (window: Window, factor: number): Window => ({
  earliest: window.earliest * factor,
  latest: window.latest * factor,
});
