/**
 * The LwM2M registration interface: what a device's own requests do, and how they are answered.
 *
 * The answer leaves before any request to the device: that is what `afterwards` is for. Copies of a request never come here: the CoAP endpoint
 * answers them again by itself (G-03).
 *
 * Source: OMA LwM2M Core §5.3, Transport Table 6; docs/semantics.md rows 4, 13–16, 27.
 */
import type { Address } from "../protocol/address.ts";
import { LOCATION_PATH, stringOption, stringOptions, URI_PATH } from "../protocol/coap/options.ts";
import type { CoapContent, CoapMessage, Code } from "../protocol/coap/types.ts";
import {
  isRegister,
  parseUpdate,
  type Register,
  type RegistrationError,
  registrationLocation,
} from "../protocol/lwm2m/registration.ts";
import { encodeUtf8 } from "../protocol/lwm2m/scalar.ts";
import type { Instant } from "../protocol/time.ts";
import { isOwn, NOT_PROVEN } from "./admission.ts";
import type { Context } from "./context.ts";
import type { Dispatcher } from "./dispatcher.ts";
import type { Device, Registration } from "./entities.ts";
import { enrol } from "./provisioning.ts";
import type { Registrations } from "./registrations.ts";
import type { Loss } from "./server-rules.ts";

export interface Reply {
  readonly content: CoapContent;
  /** Done in the same step, but after the answer. Q-05. */
  readonly afterwards?: () => void;
}

export interface RegistrationInterface {
  /**
   * Handles a request of a device.
   *
   * @param identity that the transport has proved; `undefined`: none
   */
  handle(message: CoapMessage, from: Address, now: Instant, identity?: string): Reply;
  /** Any datagram, before it is looked at: its sender is awake. Row 13. */
  heard(from: Address, now: Instant): void;
  /** Ends registrations whose lifetime is over. Row 16. */
  tick(now: Instant): void;
}

const ROOT = "rd";
const DELETE: Code = "0.04";
const NO_PAYLOAD = new Uint8Array(0);

export function createRegistrationInterface(
  context: Context,
  registrations: Registrations,
  dispatcher: Dispatcher,
): RegistrationInterface {
  const { rules, profile } = context;

  const endRegistration = (registration: Registration, loss: Loss, keepsLocation: boolean, now: Instant): void => {
    registrations.remove(registration, keepsLocation);
    dispatcher.lost(registration.device, loss, now);
  };

  /** Whoever registers here already is known by its address. G-07. */
  const refused = (from: Address, now: Instant): void => {
    const device = registrations.from(from)?.device;
    if (device !== undefined) dispatcher.occasion(device, "refused-register", now);
  };

  const register = (message: CoapMessage, from: Address, now: Instant, identity: string | undefined): Reply => {
    if (!rules.takesRegister(message.type)) return reply("4.00", "Register must be Confirmable");
    const request = rules.readRegister(message);
    if (!request.ok) return { ...refusal(request.error), afterwards: () => refused(from, now) };
    const device = context.devices.get(request.value.endpoint) ?? enrol(context, request.value.endpoint, now);
    if (device === undefined) return refusal(rules.unknownEndpoint);
    if (device.registration !== undefined && rules.errorAtReRegister !== undefined)
      return refusal(rules.errorAtReRegister);
    const occasion = device.registration === undefined ? "register" : "re-register";
    const previous = device.registration;
    const fresh = context.identifiers.next("location", (id) => registrations.at(id) !== undefined);
    if (previous !== undefined) endRegistration(previous, "replaced", !rules.forgetsReplaced, now);
    const location = previous === undefined ? fresh : rules.locationAtReRegister(previous.location, fresh, profile);
    const registration = {
      ...newRegistration(context, device, request.value, location, from, now),
      ...(identity === undefined ? {} : { identity }),
    };
    registrations.add(registration);
    return {
      content: created(rules.registered, registration),
      afterwards: () => dispatcher.occasion(device, occasion, now),
    };
  };

  const update = (registration: Registration, message: CoapMessage, from: Address, now: Instant): Reply => {
    const request = parseUpdate(message, registration.version);
    if (!request.ok) return refusal(request.error);
    const { device, address: before } = registration;
    const address = rules.addressAfterUpdate(before, from, profile);
    if (address === undefined) return reply(rules.unknownLocation);
    const { lifetime, queueMode, rootPath } = request.value;
    registration.address = address;
    registration.updatedAt = rules.refreshedAt(registration.updatedAt, now);
    registration.lifetime = rules.lifetimeAfterUpdate(registration.lifetime, lifetime, profile);
    if (rules.keepsAwake("update")) registration.heardAt = now;
    if (queueMode !== undefined)
      registration.queueMode = rules.queueModeOf({ queueMode, version: registration.version });
    if (rootPath !== undefined) registration.rootPath = rootPath;
    registrations.changed(registration, before);
    return {
      content: UPDATED,
      afterwards: () => {
        if (before !== address) dispatcher.moved(device, now);
        dispatcher.occasion(device, "update", now);
      },
    };
  };

  const deregister = (registration: Registration, now: Instant): Reply => {
    if (rules.forgetsRemoved) endRegistration(registration, "removed", false, now);
    return {
      content: REMOVED,
      afterwards: () => dispatcher.occasion(registration.device, "deregister", now),
    };
  };

  return {
    handle(message, from, now, identity) {
      if (isRegister(message)) return register(message, from, now, identity);
      const location = registrationLocation(message);
      if (location === undefined) return reply(stringOptions(message, URI_PATH)[0] === ROOT ? "4.05" : "4.04");
      const registration = registrations.at(locationName(location));
      if (registration === undefined) return reply(rules.unknownLocation);
      if (!isOwn(registration, identity)) return { content: NOT_PROVEN };
      return message.code === DELETE ? deregister(registration, now) : update(registration, message, from, now);
    },
    heard(from, now) {
      const registration = registrations.from(from);
      if (registration === undefined) return;
      if (rules.keepsAwake("datagram")) registration.heardAt = now;
      dispatcher.occasion(registration.device, "datagram", now);
    },
    tick(now) {
      for (let over = registrations.takeExpired(now); over !== undefined; over = registrations.takeExpired(now)) {
        endRegistration(over, "lifetime", false, now);
        dispatcher.occasion(over.device, "lifetime", now);
      }
    },
  };
}

const newRegistration = (
  { rules, profile }: Context,
  device: Device,
  request: Register,
  location: string,
  from: Address,
  now: Instant,
): Registration => ({
  location,
  device,
  version: request.version,
  address: from,
  lifetime: rules.lifetimeOf(request.lifetime, profile),
  queueMode: rules.queueModeOf(request),
  rootPath: request.rootPath,
  updatedAt: now,
  heardAt: now,
  gone: false,
});

/** Devices are seen to send the location as one option, with or without a slash in front. */
function locationName(path: readonly string[]): string {
  const second = path[1] ?? "";
  if (path.length === 2 && path[0] === ROOT && !second.includes("/")) return second;
  const [root = "", ...rest] = path.join("/").replace(/^\//, "").split("/");
  return root === ROOT && rest.length === 1 ? (rest[0] ?? "") : "";
}

const reply = (code: Code, diagnostic = ""): Reply => ({
  content: { code, options: [], payload: diagnostic === "" ? NO_PAYLOAD : encodeUtf8(diagnostic) },
});

const refusal = ({ code, diagnostic }: RegistrationError): Reply => reply(code, diagnostic);

const UPDATED: CoapContent = { code: "2.04", options: [], payload: NO_PAYLOAD };
const REMOVED: CoapContent = { code: "2.02", options: [], payload: NO_PAYLOAD };

const created = (code: Code, { location }: Registration): CoapContent => ({
  code,
  options: [stringOption(LOCATION_PATH, ROOT), stringOption(LOCATION_PATH, location)],
  payload: NO_PAYLOAD,
});
