/**
 * Reads what devices send: what they ask goes to registrations/, what they answer ends exchanges here.
 *
 * The vantage point is the server's wire, so a datagram that was lost on its way says nothing.
 */
import { codeClass } from "../../protocol/coap/codes.ts";
import { decodeMessage } from "../../protocol/coap/message.ts";
import type { CoapMessage } from "../../protocol/coap/types.ts";
import type { UplinkEvent } from "../history/history.ts";
import type { OracleContext } from "./context.ts";
import { answerExchange, endExchange, giveUp, noteRace, registeredDuring } from "./exchanges/attempts.ts";
import { breakOff, isPart, noteAnswer, readPart } from "./exchanges/block-transfers.ts";
import { withdrawFailure } from "./exchanges/failed-attempts.ts";
import { mayHaveFailed } from "./exchanges/maybe-failed.ts";
import {
  mayBeDropped,
  mayHaveGivenUp,
  mayHaveGivenUpEarly,
  mayStillWait,
  outlivesRegistration,
} from "./exchanges/patience.ts";
import { doubtFailure } from "./firmware/notes.ts";
import { noteFirmwareAnswer } from "./firmware/said.ts";
import { reusesMessageId } from "./registrations/message-ids.ts";
import { readRegistrationRequest } from "./registrations/registration-requests.ts";
import { answerConfirmed } from "./registrations/unconfirmed-answers.ts";
import { isBeforeRestart } from "./restarts.ts";
import { recordLateResponse } from "./tasks/mirror.ts";
import { blur } from "./tasks/settling.ts";
import type { DeviceView, ReplyOwed } from "./views/device-view.ts";
import { type Exchange, executes } from "./views/exchange-view.ts";
import type { DeviceTaskView } from "./views/task-view.ts";
import { type Window, windowOf } from "./window.ts";

const REMEMBERED_REPLIES = 16;

/** Reads one datagram of a device; `index` is that of its event in the history. */
export function readUplink(context: OracleContext, event: UplinkEvent, index: number): void {
  const device = context.devices[event.device];
  if (device === undefined || event.lost === true) return;
  const decoded = decodeMessage(event.bytes);
  if (!decoded.ok) return;
  const message = decoded.value;
  const window = windowOf(event);
  // Whose an address is from which nobody registered, a server cannot know.
  if (device.registration === undefined || device.registration.address === event.address)
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
  if (isResponse && message.type === "CON" && reusesMessageId(context, device, message, address, window)) {
    if (belongs && exchange !== undefined) answeredInDoubt(exchange, message, window, event);
    return;
  }
  if (isResponse && message.type === "CON")
    expectReply(context, device, message, address, belongs ? exchange : undefined, window, event);
  if (!belongs || exchange === undefined) {
    if (isResponse && message.type === "ACK") foreignAnswer(context, device, message, address, window, event);
    return;
  }
  if (exchange.end !== undefined) {
    if (isResponse && !isPart(message)) noteFirmwareAnswer(exchange, message, true, window, event);
    if (isPart(message) && exchange.end.how !== "answered") {
      breakOff(exchange);
      noteAnswer(exchange, message, "part", event);
    } else if (isResponse) lateResponse(context, exchange, message, window, event);
    else if (message.type === "ACK") acknowledgedInDoubt(context, exchange, window);
    return;
  }
  if (isResponse) {
    const doubt = doubtAbout(context, exchange, window);
    const response = readPart(exchange, message);
    if (typeof response !== "string") noteFirmwareAnswer(exchange, response, doubt !== undefined, window, event);
    if (response === "broken" || response === "mixed") breakOff(exchange);
    if (typeof response === "string") {
      noteAnswer(exchange, message, response, event);
      // Of what is no task, as a Discover, the server may do without the rest.
      exchange.maybeDropped ||= doubt !== undefined || exchange.task === undefined;
    } else if (doubt !== undefined) answerOrNot(exchange, response, doubt, context, window, event);
    else answerExchange(context, exchange, response, window, event);
  } else if (message.type === "ACK") acknowledged(context, exchange, window);
  else if (message.type === "RST" && exchange.acknowledged !== undefined) mayHaveFailed(exchange, "reset", window);
  else if (message.type === "RST") endExchange(context, exchange, "reset", window, event);
}

/** The server may have taken the response for a copy of another message: its exchange goes on, or is over. */
function answeredInDoubt(exchange: Exchange, response: CoapMessage, window: Window, event: number): void {
  noteFirmwareAnswer(exchange, response, true, window, event);
  if (exchange.end !== undefined) return;
  exchange.maybeDropped = true;
  if (exchange.task !== undefined) blur(exchange.task, "answered under a message id that another message had");
}

/** Whatever becomes of the exchange: a device task cannot have succeeded without one of these. */
function noteSuccess(device: DeviceView, { code, token }: CoapMessage): void {
  const exchange = codeClass(code) === 2 ? device.exchanges.get(token) : undefined;
  if (exchange?.operation === undefined) return;
  const known = device.successes.get(exchange.operation);
  if (known === undefined) device.successes.set(exchange.operation, new Set([exchange]));
  else known.add(exchange);
}

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

/**
 * A server that declares nothing may have given up before this ACK, and live one that was late to read it: then its
 * failed attempt is over, or it waits on.
 */
function acknowledged(context: OracleContext, exchange: Exchange, window: Window): void {
  const late =
    context.live && exchange.acknowledged === undefined && window.latest >= giveUp(context, exchange).earliest;
  const early = late || mayHaveGivenUpEarly(context, exchange, window);
  exchange.acknowledged ??= window;
  if (!early) return;
  const { device, lastSent, task } = exchange;
  if (task !== undefined) blur(task, "acknowledged when a server that retransmits less may have given up");
  const { latest } = giveUp(context, exchange);
  endExchange(context, exchange, "no-response", { earliest: lastSent.earliest, latest: window.latest });
  exchange.end = { how: "no-response", window: { earliest: lastSent.earliest, latest }, event: undefined };
  device.failingUntil = Math.max(device.failingUntil, latest);
}

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
  exchange.maybeDropped = true;
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
  const surelyLate = window.earliest > end.window.latest + context.slack;
  if (!surelyLate || mayStillWait(context, end.how)) doubtFailure(exchange);
  const deviceTask = exchange.task;
  if (deviceTask === undefined) return;
  deviceTask.lateResponse ??= event;
  if (end.how === "expired") noteRace(exchange, response, window, event);
  if (surelyLate && surelyOver(context, deviceTask, window))
    recordLateResponse(context, deviceTask, response, "given up", window, event);
  if (surelyLate && !mayStillWait(context, end.how)) return;
  withdrawFailure(exchange.device, exchange);
  const doubt = surelyLate
    ? "the server may still have waited for this response"
    : "a response arrived about when the exchange ended";
  blur(deviceTask, doubt);
}

const surelyOver = (context: OracleContext, { settled }: DeviceTaskView, window: Window): boolean =>
  settled !== undefined && settled.window.latest + context.slack < window.earliest;

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
  // Who was killed meanwhile may ignore what it cannot match (RFC 7252 §4.2), or know it still.
  if (isBeforeRestart(context, exchange)) return "either";
  if (exchange.end.how === "answered" || mayStillWait(context, exchange.end.how)) return "either";
  return window.earliest > exchange.end.window.latest + context.slack ? "RST" : "either";
}

// ── what the server sends
