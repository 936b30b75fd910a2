/**
 * Reads the datagrams of a history: registrations and exchanges.
 *
 * The vantage point is the server's wire, so an uplink datagram that was lost says nothing here.
 */
import { codeClass } from "../../protocol/coap/codes.ts";
import { decodeMessage } from "../../protocol/coap/message.ts";
import { LOCATION_PATH, stringOptions, URI_PATH } from "../../protocol/coap/options.ts";
import type { CoapMessage } from "../../protocol/coap/types.ts";
import { parseRegister, parseUpdate } from "../../protocol/lwm2m/registration.ts";
import type { DownlinkEvent, UplinkEvent } from "../history.ts";
import { answerExchange, blur, endExchange, giveUp, lifetimeEnd, owe, registeredDuring } from "./attempts.ts";
import type { OracleContext } from "./context.ts";
import { expect } from "./expectations.ts";
import type { Certainty } from "./facts.ts";
import type {
  DeviceTaskView,
  DeviceView,
  Exchange,
  RegistrationRequest,
  RegistrationRequestKind,
  ReplyOwed,
} from "./model.ts";
import { operationOfRequest } from "./operation-key.ts";
import { type Window, windowOf } from "./window.ts";

/** Requests and replies kept per device: enough to recognise copies, bounded for long runs. */
const REMEMBERED = 16;
const DEFAULT_LIFETIME = 86_400;

export function readUplink(context: OracleContext, event: UplinkEvent, index: number): void {
  const device = context.devices[event.device];
  if (device === undefined || event.lost === true) return;
  const decoded = decodeMessage(event.bytes);
  if (!decoded.ok) return;
  const message = decoded.value;
  const window = windowOf(event);
  device.lastUplink = Math.max(device.lastUplink, window.earliest);
  const kind = codeClass(message.code);
  if (kind === 0 && message.code !== "0.00")
    readRegistrationRequest(context, device, message, event.address, window, index);
  else readAnswer(context, device, message, event.address, window, index);
}

// ── what a device asks

function readRegistrationRequest(
  context: OracleContext,
  device: DeviceView,
  message: CoapMessage,
  address: string,
  window: Window,
  event: number,
): void {
  const copy = device.requests.find(
    (r) => r.messageId === message.messageId && r.address === address && r.token === message.token,
  );
  if (copy !== undefined) {
    copy.copies++;
    return;
  }
  const path = stringOptions(message, URI_PATH);
  const kind: RegistrationRequestKind | undefined =
    message.code === "0.04"
      ? "deregister"
      : message.code !== "0.02"
        ? undefined
        : path.length === 1
          ? "register"
          : "update";
  if (kind === undefined) return;
  const location = path.join("/");
  const registration = device.registration;
  const request: RegistrationRequest = {
    kind,
    messageId: message.messageId,
    token: message.token,
    address,
    window,
    event,
    location,
    ...parameters(kind, message),
    before: registration,
    alive: registration?.location === location ? registeredDuring(context, device, window) : "no",
    copies: 1,
    missed: false,
    answer: undefined,
    answers: 0,
  };
  device.requests.push(request);
  if (device.requests.length > REMEMBERED) device.requests.shift();
}

function parameters(
  kind: RegistrationRequestKind,
  message: CoapMessage,
): Pick<RegistrationRequest, "lifetime" | "queueMode"> {
  if (kind === "register") {
    const parsed = parseRegister(message);
    return parsed.ok
      ? { lifetime: parsed.value.lifetime, queueMode: parsed.value.queueMode }
      : { lifetime: undefined, queueMode: undefined };
  }
  const parsed = kind === "update" ? parseUpdate(message) : undefined;
  return parsed?.ok === true
    ? { lifetime: parsed.value.lifetime, queueMode: parsed.value.queueMode }
    : { lifetime: undefined, queueMode: undefined };
}

/** The server's answer to Register, Update or De-register. */
function readRegistrationAnswer(
  context: OracleContext,
  device: DeviceView,
  request: RegistrationRequest,
  message: CoapMessage,
  bytes: Uint8Array,
  window: Window,
  event: number,
): void {
  const first = request.answer === undefined;
  request.answers++;
  const location = stringOptions(message, LOCATION_PATH);
  const sameBytes = request.answer !== undefined && equalBytes(request.answer.bytes, bytes);
  const fact = {
    kind: "registration-answered",
    device,
    request,
    code: message.code,
    location,
    first,
    sameBytes,
    event,
  } as const;
  if (first) request.answer = { bytes, window, event };
  context.emit(fact);
  if (!first) return;
  const took: Window = { earliest: request.window.earliest, latest: window.latest };
  if (request.kind === "register" && message.code === "2.01")
    registered(context, device, request, location, took, event);
  if (request.kind === "update" && message.code === "2.04") updated(context, device, request, took, event);
  if (request.kind === "deregister" && message.code === "2.02") unregister(context, device, took, "removed");
}

function registered(
  context: OracleContext,
  device: DeviceView,
  request: RegistrationRequest,
  location: readonly string[],
  window: Window,
  event: number,
): void {
  if (device.open !== undefined) endExchange(context, device.open, "replaced", window, event);
  const name = location.join("/");
  if (device.registration !== undefined && device.registration.location !== name)
    remember(device, device.registration.location);
  device.oldLocations.delete(name);
  if (device.registration !== undefined) waitOn(device, window, "replaced");
  const lifetime =
    request.lifetime === undefined || request.lifetime === 0
      ? (context.profile.defaultLifetime ?? DEFAULT_LIFETIME)
      : request.lifetime;
  device.registration = {
    location: name,
    address: request.address,
    lifetime: lifetime * 1_000_000,
    refreshed: window,
    queueMode: request.queueMode ?? false,
  };
  device.registrations++;
  device.unregisteredSince = undefined;
  triggered(context, device, "register", window, event);
}

function updated(
  context: OracleContext,
  device: DeviceView,
  request: RegistrationRequest,
  window: Window,
  event: number,
): void {
  const registration = device.registration;
  // A server that takes an unknown location for good is judged by G-04 and G-05; nothing follows from it here.
  if (registration === undefined || registration.location !== request.location) return;
  const moved = registration.address !== request.address;
  if (moved && device.open !== undefined) {
    if (device.open.task !== undefined) device.open.task.optionalAttempts++;
    endExchange(context, device.open, "moved", window, event);
  }
  device.registration = {
    ...registration,
    address: request.address,
    lifetime: request.lifetime === undefined ? registration.lifetime : request.lifetime * 1_000_000,
    refreshed: window,
    queueMode: request.queueMode ?? registration.queueMode,
  };
  triggered(context, device, "update", window, event);
}

/** Register and Update drain the queue (choice 4). */
function triggered(
  context: OracleContext,
  device: DeviceView,
  kind: "register" | "update",
  window: Window,
  event: number,
): void {
  device.trigger = { kind, window, event };
  device.idleSince = Math.max(device.idleSince, window.latest);
  for (const deviceTask of device.pending) {
    deviceTask.neverRegistered = false;
    if (deviceTask.task.state !== "created" || deviceTask.operation === undefined || device.open?.task === deviceTask)
      continue;
    // The failed attempt before may have ended after this trigger: the drain may have stopped again (choice 28).
    if (window.earliest <= device.failingUntil) continue;
    const retry = deviceTask.attempts.length > 0;
    const requirement = retry ? (kind === "update" ? "R-04" : "R-05") : kind === "update" ? "Q-08" : "Q-04";
    const because = `${kind === "update" ? "the Update" : "the Register"} of device ${device.index}`;
    owe(device, deviceTask, { requirement, because, since: window.latest, event });
  }
  for (const deviceTask of device.tasks) if (deviceTask.settled !== undefined) deviceTask.triggersSettled++;
  context.emit({ kind: "trigger", device, window, event });
}

/** The registration is gone: by De-register, or because its lifetime ended. */
export function unregister(
  context: OracleContext,
  device: DeviceView,
  window: Window,
  how: "removed" | "lifetime-over",
): void {
  const registration = device.registration;
  if (registration === undefined) return;
  if (device.open !== undefined) endExchange(context, device.open, how, window);
  remember(device, registration.location);
  device.registration = undefined;
  device.unregisteredSince = window;
  device.owed.clear();
  waitOn(device, window, how);
  context.emit({ kind: "unregistered", device, registration, window });
}

/** Pending device tasks outlive the end of a registration. */
function waitOn(device: DeviceView, window: Window, after: "replaced" | "removed" | "lifetime-over"): void {
  for (const deviceTask of device.pending) {
    if (deviceTask.operation === undefined || deviceTask.settled !== undefined) continue;
    if (deviceTask.expectations.at(-1)?.since !== window) expect(deviceTask, "pending", window, { after });
  }
}

function remember(device: DeviceView, location: string): void {
  device.oldLocations.add(location);
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
  const isResponse = message.code !== "0.00";
  const exchange = isResponse
    ? device.exchanges.get(message.token)
    : [...device.exchanges.values()].findLast((e) => e.messageId === message.messageId && e.address === address);
  const belongs =
    exchange !== undefined &&
    exchange.address === address &&
    (message.type !== "ACK" || message.messageId === exchange.messageId);
  if (isResponse && message.type === "CON")
    expectReply(context, device, message, address, belongs ? exchange : undefined, window, event);
  if (!belongs || exchange === undefined) return;
  if (exchange.end !== undefined) {
    if (isResponse) lateResponse(context, exchange, window, event);
    return;
  }
  if (isResponse) answerExchange(context, exchange, message, window, event);
  else if (message.type === "ACK") exchange.acknowledged ??= window;
  else if (message.type === "RST") endExchange(context, exchange, "reset", window, event);
}

/** The exchange is over. If that is not certain, the answer may still have been taken. */
function lateResponse(context: OracleContext, exchange: Exchange, window: Window, event: number): void {
  const deviceTask = exchange.task;
  const end = exchange.end;
  if (deviceTask === undefined || end === undefined || end.how === "answered") return;
  deviceTask.lateResponse ??= event;
  const surelyLate = window.earliest > end.window.latest + (context.live ? context.bound : 0);
  if (!surelyLate) blur(deviceTask, "a response arrived about when the exchange ended");
  else if (end.how === "superseded" || end.how === "no-response")
    blur(deviceTask, "the server may still have waited for this response");
}

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
  if (device.replies.length > REMEMBERED) device.replies.shift();
}

/** While it is open that the server still waits for the response, either reply is right. */
function replyTo(context: OracleContext, exchange: Exchange | undefined, window: Window): ReplyOwed["expected"] {
  if (exchange === undefined) return "RST";
  const expiry = exchange.task?.task.expiry;
  if (context.live && expiry !== undefined && expiry.earliest <= window.latest) return "either";
  if (exchange.end === undefined) return "ACK";
  if (exchange.end.how === "answered") return "either";
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
  const request = device.requests.findLast((r) =>
    message.type === "ACK"
      ? r.messageId === message.messageId && r.address === event.address
      : r.token === message.token && message.code !== "0.00",
  );
  if (request !== undefined && message.code !== "0.00" && message.token === request.token) {
    readRegistrationAnswer(context, device, request, message, event.bytes, window, index);
    return;
  }
  if (message.code !== "0.00") return;
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
  if (known !== undefined && known.messageId === message.messageId && known.address === event.address) {
    retransmitted(context, known, window, index);
    return;
  }
  const operation = operationOfRequest(message);
  const matching =
    operation === undefined ? [] : device.tasks.filter((t) => t.operation === operation && t.task.state !== "refused");
  const candidates = matching.filter((t) => t.settled === undefined);
  const previous = device.open;
  const previousOpen = previous === undefined ? "no" : stillOpen(context, previous, window);
  const exchange: Exchange = {
    device,
    messageId: message.messageId,
    token: message.token,
    address: event.address,
    bytes: event.bytes,
    started: window,
    event: index,
    task: candidates.length === 1 ? candidates[0] : undefined,
    datagrams: 1,
    lastSent: window,
    firstGap: undefined,
    acknowledged: undefined,
    end: undefined,
    response: undefined,
    deliveries: 0,
    effects: 0,
  };
  const registered = registeredDuring(context, device, window);
  const unanswered = device.requests.find(
    (r) => r.answer === undefined && r.kind !== "deregister" && index > r.event && r.window.latest <= window.earliest,
  );
  if (previous !== undefined)
    endExchange(context, previous, previousOpen === "yes" ? "superseded" : "no-acknowledgement", window, index);
  begin(context, device, exchange, candidates, index);
  context.emit({
    kind: "attempt",
    device,
    exchange,
    candidates,
    settled: candidates.length === 0 ? matching.at(-1) : undefined,
    previous,
    previousOpen,
    registered,
    unanswered,
    event: index,
  });
  if (exchange.task !== undefined) exchange.task.attempts.push(exchange);
}

function begin(
  context: OracleContext,
  device: DeviceView,
  exchange: Exchange,
  candidates: readonly DeviceTaskView[],
  index: number,
): void {
  device.exchanges.set(exchange.token, exchange);
  if (device.exchanges.size > REMEMBERED * 4) {
    const oldest = device.exchanges.keys().next().value;
    if (oldest !== undefined) device.exchanges.delete(oldest);
  }
  device.open = exchange;
  if (candidates.length > 1)
    for (const candidate of candidates) blur(candidate, "two pending tasks ask for the same operation");
  const deviceTask = exchange.task;
  if (deviceTask === undefined) return;
  const owed = device.owed.get(deviceTask);
  device.owed.delete(deviceTask);
  if (owed !== undefined) context.emit({ kind: "owed-kept", deviceTask, owed, event: index });
  if (deviceTask.blurred === undefined && deviceTask.cancelAsked === undefined)
    expect(deviceTask, "in-flight", exchange.started);
}

/** Whether the server may have finished an exchange of which we saw no end. */
function stillOpen(context: OracleContext, exchange: Exchange, window: Window): Certainty {
  const end = giveUp(context, exchange);
  if (window.latest < end.earliest) return "yes";
  return window.earliest > end.latest ? "no" : "maybe";
}

function retransmitted(context: OracleContext, exchange: Exchange, window: Window, event: number): void {
  const previousGap = exchange.datagrams === 1 ? undefined : exchange.firstGap;
  const gap: Window = {
    earliest: window.earliest - exchange.lastSent.latest,
    latest: window.latest - exchange.lastSent.earliest,
  };
  const doubled = previousGap === undefined ? undefined : scale(previousGap, 2 ** (exchange.datagrams - 2));
  exchange.datagrams++;
  exchange.lastSent = window;
  exchange.firstGap ??= gap;
  context.emit({ kind: "retransmission", exchange, gap, previousGap: doubled, event });
}

const scale = (window: Window, factor: number): Window => ({
  earliest: window.earliest * factor,
  latest: window.latest * factor,
});

const equalBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, index) => byte === b[index]);

/** When the registration surely ends by itself, for the passing of time. */
export const registrationEnd = (context: OracleContext, device: DeviceView): Window | undefined =>
  device.registration === undefined
    ? undefined
    : lifetimeEnd(context, device.registration.refreshed, device.registration.lifetime);
