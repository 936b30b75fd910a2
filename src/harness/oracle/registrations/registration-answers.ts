/**
 * Reads what the server answers to Register, Update and De-register, and what follows: registrations that begin, are
 * refreshed, move and end.
 *
 * Rules: docs/semantics.md, choices 4, 13 to 16; OMA LwM2M Core §5.3.
 */
import { LOCATION_PATH, stringOptions } from "../../../protocol/coap/options.ts";
import type { CoapMessage } from "../../../protocol/coap/types.ts";
import type { OracleContext } from "../context.ts";
import { endExchange, giveUp } from "../exchanges/attempts.ts";
import { blur } from "../tasks/settling.ts";
import type { DeviceView } from "../views/device-view.ts";
import type { RegistrationRequest } from "../views/registration-view.ts";
import type { Window } from "../window.ts";
import {
  afterDeregister,
  leaveOpen,
  mayOutliveRegister,
  noteRivals,
  resolveRivals,
  wasNotRefreshed,
} from "./crossing.ts";
import { afterMove, NO_FORMER_ADDRESSES } from "./former-addresses.ts";
import { remember, unregister, waitOn } from "./registration-end.ts";
import { triggered } from "./trigger.ts";

/** Seconds. */
const DEFAULT_LIFETIME = 86_400;

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
