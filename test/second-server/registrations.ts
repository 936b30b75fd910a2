/**
 * The registration interface of the second server: who is registered, where, and until when.
 *
 * What follows for the tasks of a device is the matter of its actor, which hears of it.
 *
 * Spec: OMA LwM2M Core §5.3; docs/semantics.md, choices 14 to 16.
 */
import type { Address } from "../../src/protocol/address.ts";
import { LOCATION_PATH, stringOption } from "../../src/protocol/coap/options.ts";
import type { CoapContent, CoapMessage, Code } from "../../src/protocol/coap/types.ts";
import { isRegister, parseRegister, parseUpdate, registrationLocation } from "../../src/protocol/lwm2m/registration.ts";
import type { RandomStream } from "../../src/protocol/random.ts";
import { after, seconds } from "../../src/protocol/time.ts";
import type { Agenda, Appointment } from "./agenda.ts";
import type { DeviceActor } from "./device-actor.ts";
import type { RegistrationHabits } from "./habits.ts";
import type { Served } from "./messages.ts";

export interface Registration {
  /** Joined by `/`. */
  readonly location: string;
  readonly version: string;
  address: Address;
  /** Seconds. */
  lifetime: number;
  queueMode: boolean;
  rootPath: string;
  end: Appointment;
}

export interface RegistrationsOutside {
  readonly agenda: Agenda;
  readonly habits: RegistrationHabits;
  readonly random: RandomStream;
  readonly actor: (endpoint: string) => DeviceActor | undefined;
}

const DEFAULT_LIFETIME = 86_400;
const nothingMore = (): void => {};

export class Registrations {
  private readonly outside: RegistrationsOutside;
  private readonly byLocation = new Map<string, DeviceActor>();
  private readonly lastLocation = new Map<DeviceActor, string>();

  constructor(outside: RegistrationsOutside) {
    this.outside = outside;
  }

  serve(from: Address, request: CoapMessage): Served {
    if (isRegister(request)) return this.register(from, request);
    const location = registrationLocation(request)?.join("/");
    if (location === undefined) return refused("4.04", "there is nothing here");
    const actor = this.byLocation.get(location);
    const registration = actor?.registration;
    if (actor === undefined || registration === undefined) return refused("4.04", "no such registration");
    if (request.code === "0.04") {
      this.end(actor, registration);
      return { content: content("2.02"), sent: nothingMore };
    }
    return this.update(from, request, actor, registration);
  }

  private register(from: Address, request: CoapMessage): Served {
    const parsed = parseRegister(request);
    if (!parsed.ok) return refused(parsed.error.code, parsed.error.diagnostic);
    const actor = this.outside.actor(parsed.value.endpoint);
    if (actor === undefined) return refused("4.03", "unknown endpoint client name");
    const before = actor.registration;
    if (before !== undefined) this.forget(before);
    const location = this.locationFor(actor);
    const { rootPath, queueMode, version } = parsed.value;
    const lifetime = parsed.value.lifetime || DEFAULT_LIFETIME;
    const registration: Registration = { location, version, address: from, lifetime, queueMode, rootPath, end: NO_END };
    this.byLocation.set(location, actor);
    this.lastLocation.set(actor, location);
    this.refresh(actor, registration);
    const options = location.split("/").map((segment) => stringOption(LOCATION_PATH, segment));
    return { content: { ...content("2.01"), options }, sent: actor.registered(registration) };
  }

  private update(from: Address, request: CoapMessage, actor: DeviceActor, registration: Registration): Served {
    const parsed = parseUpdate(request, registration.version);
    if (!parsed.ok) return refused(parsed.error.code, parsed.error.diagnostic);
    const moved = registration.address !== from;
    if (moved && this.outside.habits.newAddress === "must-register")
      return refused("4.04", "register from your new address");
    const { lifetime, queueMode, rootPath } = parsed.value;
    if (lifetime !== undefined) registration.lifetime = lifetime || DEFAULT_LIFETIME;
    registration.queueMode = queueMode ?? registration.queueMode;
    registration.rootPath = rootPath ?? registration.rootPath;
    registration.address = from;
    this.refresh(actor, registration);
    return { content: content("2.04"), sent: actor.updated(moved) };
  }

  private refresh(actor: DeviceActor, registration: Registration): void {
    const { agenda } = this.outside;
    agenda.cancel(registration.end);
    registration.end = agenda.at(after(agenda.now, seconds(registration.lifetime)), () =>
      this.end(actor, registration),
    );
  }

  private end(actor: DeviceActor, registration: Registration): void {
    this.forget(registration);
    actor.unregistered();
  }

  private forget(registration: Registration): void {
    this.outside.agenda.cancel(registration.end);
    this.byLocation.delete(registration.location);
  }

  private locationFor(actor: DeviceActor): string {
    const last = this.lastLocation.get(actor);
    if (last !== undefined && this.outside.habits.reRegister === "same-location") return last;
    const segments = Array.from({ length: this.outside.habits.locationDepth }, () =>
      this.outside.random().toString(36),
    );
    return ["rd", ...segments].join("/");
  }
}

const NO_END: Appointment = { at: 0 as Appointment["at"], keep: nothingMore };

const content = (code: Code, diagnostic = ""): CoapContent => ({
  code,
  options: [],
  payload: new TextEncoder().encode(diagnostic),
});
const refused = (code: Code, diagnostic: string): Served => ({ content: content(code, diagnostic), sent: nothingMore });
