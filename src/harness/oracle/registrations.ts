/**
 * Reads what a device asks of the server, and what follows: registrations that begin, are refreshed and end, and the
 * triggers that drain its queue.
 *
 * Rules: docs/semantics.md, choices 4, 13 to 16, 28; OMA LwM2M Core §5.3.
 */
import { LOCATION_PATH, stringOptions } from "../../protocol/coap/options.ts";
import type { CoapMessage } from "../../protocol/coap/types.ts";
import { endExchange, giveUp, lifetimeEnd, owe, registeredDuring } from "./attempts.ts";
import type { OracleContext } from "./context.ts";
import {
  afterDeregister,
  leaveOpen,
  mayBeInForce,
  mayBeRefreshed,
  mayOutliveRegister,
  noteRivals,
  resolveRivals,
  wasNotRefreshed,
} from "./crossing.ts";
import type { DeviceView } from "./device-view.ts";
import type { ExchangeEnd } from "./exchange-view.ts";
import { expect } from "./expectations.ts";
import type { Certainty } from "./facts.ts";
import { stopTimer } from "./failed-attempts.ts";
import { triggerUpdate } from "./firmware/life.ts";
import { noteRegistered, updatesUnregistered } from "./firmware/notes.ts";
import { afterMove, NO_FORMER_ADDRESSES } from "./former-addresses.ts";
import { noteOtherRequest, reusesMessageId } from "./message-ids.ts";
import type { RegistrationEnd, RegistrationRequest } from "./registration-view.ts";
import { formOfRequest } from "./request-forms.ts";
import { blur } from "./settling.ts";
import type { DeviceTaskView, Owed } from "./task-view.ts";
import type { Window } from "./window.ts";

/** Requests and locations kept per device: enough to recognise copies, bounded for long runs. */
const REMEMBERED = 16;
const DEFAULT_LIFETIME = 86_400;

/** Register, Update or De-register, or one more copy of it. */
export function readRegistrationRequest(
  context: OracleContext,
  device: DeviceView,
  message: CoapMessage,
  address: string,
  window: Window,
  event: number,
): void {
  // After EXCHANGE_LIFETIME the same message id is another message (RFC 7252 §4.5).
  const copy = device.requests.findLast(
    (r) =>
      r.messageId === message.messageId &&
      r.address === address &&
      r.token === message.token &&
      window.earliest <= r.window.latest + context.exchangeLifetime,
  );
  if (copy !== undefined) {
    copy.copies++;
    if (copy.answer !== undefined) copy.openCopy ??= { window, event };
    copy.lastCopy = window;
    if (copy.kind === "update") {
      device.updateCopy = event;
      maybeRefreshed(device, copy, window);
    }
    return;
  }
  const before = device.registration;
  const form = formOfRequest(message, device.name, before?.version);
  const reused = reusesMessageId(context, device, message, address, window);
  if (form === undefined) noteOtherRequest(device, message.messageId, message.token, address, window);
  if (form === undefined || reused) return;
  const { kind, location } = form;
  forgetOldRequests(context, device, window);
  const alive = aliveness(context, device, location, window);
  if (kind === "update" && alive !== "no") mayBeRefreshed(device, location, window);
  const request: RegistrationRequest = {
    ...form,
    confirmable: message.type === "CON",
    messageId: message.messageId,
    token: message.token,
    address,
    window,
    event,
    before,
    alive,
    mayBeCopy: device.formerRequests.some(
      (former) => former.messageId === message.messageId && former.address === address,
    ),
    copies: 1,
    openCopy: undefined,
    lastCopy: window,
    missed: false,
    answer: undefined,
    overtakenBy: undefined,
  };
  device.requests.push(request);
  if (form.defect !== undefined || form.leeway === "stranger") device.malformed = { request, window, event };
}

/** A server may act on the copy of an Update like on another one: an Update is idempotent (RFC 7252 §4.5). */
function maybeRefreshed(
  device: DeviceView,
  { location, answer, queueMode }: RegistrationRequest,
  window: Window,
): void {
  const { registration } = device;
  if (answer?.code !== "2.04" || registration === undefined || registration.location !== location) return;
  const { earliest, latest } = registration.refreshed;
  const otherwise = queueMode !== undefined && queueMode !== registration.queueMode;
  device.registration = {
    ...registration,
    refreshed: { earliest, latest: Math.max(latest, window.latest) },
    // For who is asleep or not, nothing is owed; for who is not or asleep, nothing is forbidden.
    ...(otherwise ? { queueMode: true, queueModeOpen: true } : {}),
  };
}

function forgetOldRequests(context: OracleContext, device: DeviceView, now: Window): void {
  for (let oldest = device.requests[0]; oldest !== undefined; oldest = device.requests[0]) {
    const over =
      (oldest.answer !== undefined || oldest.missed) &&
      now.earliest > oldest.lastCopy.latest + context.exchangeLifetime;
    if (!over && device.requests.length < REMEMBERED) return;
    device.requests.shift();
  }
}

/** Whether the server should know the location. */
function aliveness(context: OracleContext, device: DeviceView, location: string, window: Window): Certainty {
  // A Register or De-register that is still on its way may be handled before or after.
  if (device.requests.some((r) => r.answer === undefined && !r.missed && r.kind !== "update")) return "maybe";
  if (mayBeInForce(device, location)) return "maybe";
  return device.registration?.location === location ? registeredDuring(context, device, window) : "no";
}

/** The server's answer to Register, Update or De-register. */
export function readRegistrationAnswer(
  context: OracleContext,
  device: DeviceView,
  request: RegistrationRequest,
  message: CoapMessage,
  window: Window,
  event: number,
): void {
  const known = request.answer;
  const location = stringOptions(message, LOCATION_PATH);
  const path = location.join("/");
  context.emit({
    kind: "registration-answered",
    device,
    request,
    code: message.code,
    location,
    first: known === undefined,
    same: known !== undefined && known.code === message.code && known.location === path,
    event,
  });
  request.openCopy = undefined;
  if (known !== undefined) return;
  request.answer = { code: message.code, location: path, window, event };
  // A server that enrols whoever registers has one more device, and nothing else has changed.
  if (request.leeway === "stranger") return;
  if (request.kind === "register" && /^[45]\./.test(message.code))
    device.malformed = { request, window, event: request.event };
  const took: Window = { earliest: request.window.earliest, latest: window.latest };
  if (request.kind === "register" && message.code === "2.01") registered(context, device, request, path, took, event);
  if (request.kind === "update") {
    if (request.leeway === undefined || message.code === "2.04") resolveRivals(device, request.location, message.code);
    if (message.code === "2.04") updated(context, device, request, took, event);
    else notUpdated(context, device, request, message.code, took);
  }
  if (request.kind === "deregister" && message.code === "2.02") deregistered(context, device, request, took, event);
}

function notUpdated(
  context: OracleContext,
  device: DeviceView,
  request: RegistrationRequest,
  code: string,
  window: Window,
): void {
  wasNotRefreshed(device, request);
  const { registration, registrationOpen } = device;
  // A server that was killed says which registrations it has lost; from a new address it may only ask for another one.
  if (!registrationOpen || code !== "4.04" || registration === undefined) return;
  if (registration.location === request.location && registration.address === request.address)
    unregister(context, device, window, "lost");
}

function deregistered(
  context: OracleContext,
  device: DeviceView,
  request: RegistrationRequest,
  window: Window,
  event: number,
): void {
  const after = afterDeregister(device, request, event);
  if (after === "kept") return;
  if (after === "open" && device.open?.task !== undefined)
    blur(device.open.task, "open while a De-register and a Register crossed");
  unregister(context, device, window, "removed");
  if (after === "open") leaveOpen(device, window);
}

function registered(
  context: OracleContext,
  device: DeviceView,
  request: RegistrationRequest,
  location: string,
  window: Window,
  event: number,
): void {
  noteRivals(device, request, location, event);
  if (device.open !== undefined && !mayOutliveRegister(device, request)) replace(context, device, window, event);
  if (device.registration !== undefined) {
    if (device.registration.location !== location) remember(device, device.registration.location, "replaced");
    waitOn(device, window, "replaced");
  }
  device.oldLocations.delete(location);
  device.registrationOpen = false;
  device.registration = {
    location,
    address: request.address,
    lifetime: lifetimeOf(context, request.lifetime ?? 0),
    refreshed: window,
    queueMode: request.queueMode ?? false,
    queueModeOpen: false,
    version: request.version ?? "1.0",
    rootPath: request.rootPath ?? "/",
    formerAddresses: NO_FORMER_ADDRESSES,
  };
  device.registrations++;
  device.lastUplink = Math.max(device.lastUplink, request.window.earliest);
  device.unregisteredSince = undefined;
  triggered(context, device, request, window, event);
}

/** A new Register ends the exchange in flight (choice 15); a server that does not say so may go on with it. */
function replace(context: OracleContext, device: DeviceView, window: Window, event: number): void {
  const exchange = device.open;
  if (exchange === undefined) return;
  const { latest } = giveUp(context, exchange);
  endExchange(context, exchange, "replaced", window, event);
  if (!context.endsWithRegistration) device.failingUntil = Math.max(device.failingUntil, latest);
}

/** Microseconds. Zero is no lifetime: the default counts (choice 16). */
const lifetimeOf = (context: OracleContext, said: number): number =>
  (said === 0 ? (context.profile.defaultLifetime ?? DEFAULT_LIFETIME) : said) * 1_000_000;

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
  device.registrationOpen = false;
  device.lastUplink = Math.max(device.lastUplink, request.window.earliest);
  if (moved && device.open !== undefined) {
    if (device.open.task !== undefined) device.open.task.optionalAttempts++;
    endExchange(context, device.open, "moved", window, event);
  }
  device.registration = {
    ...registration,
    address: request.address,
    formerAddresses: moved
      ? afterMove(registration.formerAddresses, registration.address, request.address, { window, event })
      : registration.formerAddresses,
    lifetime: request.lifetime === undefined ? registration.lifetime : lifetimeOf(context, request.lifetime),
    refreshed: window,
    queueMode: request.queueMode ?? registration.queueMode,
    queueModeOpen: request.queueMode === undefined && registration.queueModeOpen,
    rootPath: request.rootPath ?? registration.rootPath,
  };
  triggered(context, device, request, window, event);
}

/** Register and Update drain the queue (choice 4). */
function triggered(
  context: OracleContext,
  device: DeviceView,
  request: RegistrationRequest,
  window: Window,
  event: number,
): void {
  const kind = request.kind === "update" ? "update" : "register";
  device.trigger = { kind, window, event };
  stopTimer(device);
  device.triggers++;
  device.idleSince = Math.max(device.idleSince, window.latest);
  for (const deviceTask of device.pending) {
    deviceTask.neverRegistered = false;
    noteRegistered(deviceTask, window, context.bound);
    if (deviceTask.update !== undefined && !request.mayBeCopy && window.earliest > device.failingUntil)
      triggerUpdate(deviceTask, { kind, window, event });
    if (deviceTask.task.state !== "created" || deviceTask.operation === undefined || device.open?.task === deviceTask)
      continue;
    if (!deviceTask.begun || request.mayBeCopy) continue;
    // The failed attempt before may have ended after this trigger: the drain may have stopped again (choice 28).
    if (window.earliest <= device.failingUntil) continue;
    const requirement = promiseAt(kind, deviceTask);
    const because = `${kind === "update" ? "the Update" : "the Register"} of device ${device.index}`;
    owe(device, deviceTask, { requirement, because, since: window.latest, event });
  }
  context.emit({ kind: "trigger", device, window, event });
}

/**
 * Which requirement says that a waiting device task is sent now. A device without queue mode that is registered and has
 * a task that was never tried is one whose queue was stopped by a failed attempt: choice 4 has its Update drain it too.
 */
function promiseAt(kind: "register" | "update", { attempts, device }: DeviceTaskView): Owed["requirement"] {
  if (attempts.length > 0) return kind === "update" ? "R-04" : "R-05";
  return kind === "update" && device.registration?.queueMode === true ? "Q-08" : "Q-04";
}

/** The registration is gone: by De-register, or because its lifetime ended. */
export function unregister(
  context: OracleContext,
  device: DeviceView,
  window: Window,
  how: "removed" | "lifetime-over" | "lost",
): void {
  const registration = device.registration;
  if (registration === undefined) return;
  if (device.open !== undefined) endExchange(context, device.open, how === "lost" ? "removed" : how, window);
  remember(device, registration.location, how);
  device.registration = undefined;
  device.registrationOpen = false;
  device.rivals.clear();
  device.unregisteredSince = window;
  device.owed.clear();
  updatesUnregistered(device);
  stopTimer(device);
  waitOn(device, window, how === "lost" ? "restarted" : how);
  context.emit({ kind: "unregistered", device, registration, window });
}

/** Pending device tasks outlive the end of a registration. */
function waitOn(device: DeviceView, window: Window, after: ExchangeEnd): void {
  for (const deviceTask of device.pending) {
    if (deviceTask.operation === undefined || deviceTask.settled !== undefined) continue;
    expect(deviceTask, "pending", window, { after });
  }
}

function remember(device: DeviceView, location: string, why: RegistrationEnd): void {
  device.oldLocations.delete(location);
  device.oldLocations.set(location, why);
  const [oldest] = device.oldLocations.keys();
  if (device.oldLocations.size > REMEMBERED && oldest !== undefined) device.oldLocations.delete(oldest);
}

/** When the registration ends by itself, for the passing of time. */
export const registrationEnd = (context: OracleContext, device: DeviceView): Window | undefined =>
  device.registration === undefined
    ? undefined
    : lifetimeEnd(context, device.registration.refreshed, device.registration.lifetime);
