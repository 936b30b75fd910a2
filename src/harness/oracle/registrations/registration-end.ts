/**
 * How a registration ends: by De-register, by its lifetime, by another Register, or with the server's process; and what
 * the oracle remembers of it.
 *
 * Rules: docs/semantics.md, choices 15 and 16; OMA LwM2M Core §5.3.
 */
import type { OracleContext } from "../context.ts";
import { endExchange, lifetimeEnd } from "../exchanges/attempts.ts";
import { stopTimer } from "../exchanges/failed-attempts.ts";
import { updatesUnregistered } from "../firmware/notes.ts";
import { expect } from "../tasks/expectations.ts";
import type { DeviceView } from "../views/device-view.ts";
import type { ExchangeEnd } from "../views/exchange-view.ts";
import type { RegistrationEnd } from "../views/registration-view.ts";
import type { Window } from "../window.ts";

/** Locations kept per device, bounded for long runs. */
const REMEMBERED = 16;

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
export function waitOn(device: DeviceView, window: Window, after: ExchangeEnd): void {
  for (const deviceTask of device.pending) {
    if (deviceTask.operation === undefined || deviceTask.settled !== undefined) continue;
    expect(deviceTask, "pending", window, { after });
  }
}

/** A location that is in force no more, and why. */
export function remember(device: DeviceView, location: string, why: RegistrationEnd): void {
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
