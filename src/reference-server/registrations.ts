/**
 * Which device is registered, where, and for how long.
 *
 * Keeps registrations by location, by device and by address; who may register and what a datagram says is not decided
 * here. A registration is dead at exactly its last update plus its lifetime.
 *
 * Source: OMA LwM2M Core §5.3; docs/semantics.md rows 13–16.
 */
import type { Address } from "../protocol/address.ts";
import { type Instant, NEVER } from "../protocol/time.ts";
import type { Context } from "./context.ts";
import { createDeadlines } from "./deadlines.ts";
import type { Registration } from "./entities.ts";
import { registrationRecord, TABLES } from "./records.ts";

export interface Registrations {
  /** When the next lifetime is over. */
  readonly deadline: Instant;
  /** A registration whose lifetime is over at `now`; call until there is none. */
  takeExpired(now: Instant): Registration | undefined;
  at(location: string): Registration | undefined;
  /** The registration whose device was last known at that address. */
  from(address: Address): Registration | undefined;
  /** A new registration, also one read back from the store. */
  add(registration: Registration): void;
  /** Lifetime, address or time of the last update have changed. */
  changed(registration: Registration, before: Address): void;
  /** @param keepsLocation whether its location is still answered */
  remove(registration: Registration, keepsLocation: boolean): void;
}

export function createRegistrations(context: Context): Registrations {
  const { rules, outbox } = context;
  const byLocation = new Map<string, Registration>();
  const byAddress = new Map<Address, Registration>();
  const lifetimes = createDeadlines<Registration>((registration) =>
    registration.gone ? NEVER : rules.endsAt(registration),
  );

  const note = (registration: Registration): void =>
    outbox.store(TABLES.registration, registration.location, () => registrationRecord(registration));

  const leaveAddress = (registration: Registration, address: Address): void => {
    if (byAddress.get(address) === registration) byAddress.delete(address);
  };

  return {
    get deadline() {
      return lifetimes.next;
    },
    takeExpired: lifetimes.take,
    at: (location) => byLocation.get(location),
    from: (address) => byAddress.get(address),
    add(registration) {
      byLocation.set(registration.location, registration);
      byAddress.set(registration.address, registration);
      registration.device.registration = registration;
      lifetimes.watch(registration);
      note(registration);
    },
    changed(registration, before) {
      if (before !== registration.address) leaveAddress(registration, before);
      byAddress.set(registration.address, registration);
      lifetimes.watch(registration);
      note(registration);
    },
    remove(registration, keepsLocation) {
      const { device, location, address } = registration;
      registration.gone = true;
      if (!keepsLocation && byLocation.get(location) === registration) byLocation.delete(location);
      leaveAddress(registration, address);
      device.former = registration;
      if (device.registration === registration) device.registration = undefined;
      outbox.remove(TABLES.registration, location);
    },
  };
}
