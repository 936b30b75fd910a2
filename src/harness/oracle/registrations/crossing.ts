/**
 * Registration requests of one device that cross: each came in before the other was answered.
 *
 * A server that answers later, in messages of their own (RFC 7252 §5.2.2), may carry them out when they come or when it
 * answers, and may answer them in any order. So the order of the answers says nothing about which registration is in
 * force; the next Update that is accepted, or said to be unknown, does.
 */

import { blur } from "../tasks/settling.ts";
import type { DeviceView } from "../views/device-view.ts";
import type { RegistrationRequest } from "../views/registration-view.ts";
import { FOREVER, type Window } from "../window.ts";

/** Whether a Register crossed this request: if it took effect, it may have done so before or after. */
function crossesRegister(device: DeviceView, request: RegistrationRequest, answered: number): boolean {
  return device.requests.some(
    (other) =>
      other !== request &&
      other.kind === "register" &&
      other.event < answered &&
      (other.answer === undefined
        ? !other.missed
        : other.answer.code.startsWith("2.") && other.answer.event > request.event),
  );
}

/** A Register is answered 2.01: the registration before it may still be the one in force. */
export function noteRivals(device: DeviceView, request: RegistrationRequest, location: string, answered: number): void {
  const before = device.registration?.location;
  if (!crossesRegister(device, request, answered)) device.rivals.clear();
  else if (before !== undefined && before !== location) device.rivals.add(before);
  device.rivals.delete(location);
}

/** Is it open which registration is in force, and may it be the one at this location? */
export const mayBeInForce = (device: DeviceView, location: string): boolean =>
  device.registration === undefined
    ? device.unregisteredSince?.latest === FOREVER
    : device.rivals.size > 0 && (device.registration.location === location || device.rivals.has(location));

/** The answer to an Update tells which of the registrations is in force, or which is not. */
export function resolveRivals(device: DeviceView, location: string, code: string): void {
  const { registration, rivals } = device;
  if (registration === undefined || !mayBeInForce(device, location)) return;
  const candidates = [registration.location, ...rivals];
  const [inForce = location, ...others] =
    code === "2.04" ? [location] : candidates.filter((candidate) => code !== "4.04" || candidate !== location);
  device.registration = { ...registration, location: inForce };
  rivals.clear();
  for (const other of others) rivals.add(other);
  for (const candidate of candidates)
    if (candidate !== inForce && !rivals.has(candidate)) device.oldLocations.set(candidate, "replaced");
  device.oldLocations.delete(inForce);
}

/**
 * A De-register is answered 2.02 that crossed a Register which is answered already.
 *
 * @returns `kept`: it was for the registration before; `open`: nobody knows which came first; `removed`: it is gone
 */
export function afterDeregister(
  device: DeviceView,
  request: RegistrationRequest,
  answered: number,
): "kept" | "open" | "removed" {
  if (!crossesRegister(device, request, answered)) return "removed";
  return device.registration?.location === request.location ? "open" : "kept";
}

/** From now on the device may be registered or not, until it registers again. */
export function leaveOpen(device: DeviceView, { earliest }: Window): void {
  device.unregisteredSince = { earliest, latest: FOREVER };
}

/**
 * A Register is answered while an exchange is open that began when the Register was in already: it may have begun under
 * the new registration, which then does not end it.
 */
export function mayOutliveRegister(device: DeviceView, request: RegistrationRequest): boolean {
  const { open } = device;
  if (open === undefined || open.started.earliest <= request.window.latest) return false;
  open.maybeDropped = true;
  if (open.task !== undefined) blur(open.task, "begun while a Register was under way, which may have ended it");
  return true;
}

/** An Update of a live registration came in: from now on the lifetime may run anew, though it is not answered yet. */
export function mayBeRefreshed(device: DeviceView, location: string, { latest }: Window): void {
  const { registration } = device;
  if (registration === undefined || registration.location !== location) return;
  const { refreshed } = registration;
  device.registration = { ...registration, refreshed: { ...refreshed, latest: Math.max(refreshed.latest, latest) } };
}

/** It was refused: nothing was refreshed. */
export function wasNotRefreshed(device: DeviceView, { before, location, window }: RegistrationRequest): void {
  const { registration } = device;
  if (registration === undefined || before === undefined || registration.location !== location) return;
  if (registration.refreshed.latest === window.latest)
    device.registration = { ...registration, refreshed: before.refreshed };
}
