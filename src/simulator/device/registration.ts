/**
 * How a virtual device keeps itself registered: when it sends Register, Update and De-register, and what it makes of
 * the answers.
 *
 * Spec: OMA LwM2M Core §5.3 (registration interface); how long to wait after a failure is our choice.
 */
import type { CoapContent, CoapMessage, OutgoingId } from "../../protocol/coap/types.ts";
import type { Link } from "../../protocol/lwm2m/link-format.ts";
import { SERVER } from "../../protocol/lwm2m/objects.ts";
import { registrationLocation } from "../../protocol/lwm2m/registration.ts";
import { deregisterContent, registerContent, updateContent } from "../../protocol/lwm2m/registration-requests.ts";
import { after, type Instant, type Micros, micros, millis, NEVER, seconds } from "../../protocol/time.ts";
import type { Lwm2mVersion } from "../model/device.ts";
import { type Device, type RegistrationExchange, request, take } from "./state.ts";
import { DEFAULT_LIFETIME, keep, LIFETIME, lifetimeOf } from "./values.ts";

/** Time before the next Register: the least, and how much more by chance. */
const WAIT = {
  "register-unanswered": { least: seconds(30), jitter: seconds(5) },
  "register-refused": { least: seconds(60), jitter: micros(0) },
  "update-failed": { least: seconds(2), jitter: seconds(3) },
} as const;

/** Which version of LwM2M a device goes on with where the server refuses one. */
const VERSION_BEFORE: Readonly<Record<Lwm2mVersion, Lwm2mVersion | undefined>> = {
  "1.2": "1.1",
  "1.1": "1.0",
  "1.0": undefined,
};

/** Below the device's root; a root link goes before them when that is not `/`. */
const OBJECTS: readonly Link[] = ["/1/0", "/3/0"].map((path) => ({ path, attributes: new Map() }));
const WITH_FIRMWARE: readonly Link[] = [...OBJECTS, { path: "/5/0", attributes: new Map() }];

const objectsOf = ({ firmware }: Device): readonly Link[] => (firmware === undefined ? OBJECTS : WITH_FIRMWARE);

/** What a Register of this device says. */
export const ownRegister = (device: Device): CoapContent =>
  registerContent({
    endpoint: device.options.name,
    lifetime: lifetimeOf(device),
    version: device.registration.version,
    binding: "U",
    queueMode: device.queueMode,
    rootPath: device.rootPath,
    objects: objectsOf(device),
  });

/** What a device changes about itself, from now on. Absent fields stay. */
export interface DeviceChanges {
  /** Seconds. */
  readonly lifetime?: number | undefined;
  readonly queueMode?: boolean | undefined;
  readonly rootPath?: string | undefined;
  /** The version of LwM2M; only a Register tells it. */
  readonly lwm2m?: Lwm2mVersion | undefined;
}

/** What a plan changes about a device; it tells the server by its next Register or Update. */
export function change(device: Device, { lifetime, queueMode, rootPath, lwm2m }: DeviceChanges): void {
  if (lifetime !== undefined) keep(device, SERVER, LIFETIME, lifetime);
  device.queueMode = queueMode ?? device.queueMode;
  device.binding = device.queueMode ? "UQ" : "U";
  device.rootPath = rootPath ?? device.rootPath;
  device.registration.version = lwm2m ?? device.registration.version;
}

/** Sends a Register, whatever the state; offline, it is due as soon as the device is back. */
export function register(device: Device, now: Instant): void {
  const { registration } = device;
  abandonExchange(device, now);
  forgetLocation(device);
  registration.wanted = true;
  registration.registerAt = now;
  if (!device.online) return;
  start(device, "register", ownRegister(device), now);
}

/**
 * Sends an Update, even when the lifetime is over: the caller decides about that. It tells what is changed, and the
 * lifetime when that was changed since the server was told. From LwM2M 1.1 on queue mode is told by a Register.
 *
 * @returns whether it was sent: not offline, without a registration, or while that is being given up
 */
export function update(device: Device, now: Instant, changes: DeviceChanges = {}): boolean {
  const { location, exchange, toldLifetime, version } = device.registration;
  if (location === undefined || !device.online || exchange?.purpose === "deregister") return false;
  change(device, changes);
  if (changes.queueMode !== undefined && version !== "1.0") {
    register(device, now);
    return true;
  }
  const lifetime = lifetimeOf(device);
  const content = updateContent(location, {
    ...(changes.lifetime === undefined && lifetime === toldLifetime ? {} : { lifetime }),
    ...(changes.queueMode === undefined ? {} : { binding: device.binding }),
    ...(changes.rootPath === undefined ? {} : { rootPath: device.rootPath, objects: objectsOf(device) }),
  });
  start(device, "update", content, now);
  return true;
}

/**
 * Sends a De-register and means it, whatever the answer will be.
 *
 * @returns whether it was sent, as with `update`
 */
export function deregister(device: Device, now: Instant): boolean {
  const { location, exchange } = device.registration;
  if (location === undefined || !device.online || exchange?.purpose === "deregister") return false;
  start(device, "deregister", deregisterContent(location), now);
  device.registration.wanted = false;
  return true;
}

/** Back online: an Update, or a Register when there is nothing left to update. */
export function comeBack(device: Device, now: Instant): void {
  const { registration } = device;
  if (!registration.wanted) return;
  if (registration.registerAt !== NEVER || registration.location === undefined) register(device, now);
  else refresh(device, now);
}

/** When the device next wants to register or update by itself. Nothing is sent offline or switched off. */
export function registrationDeadline({ on, online, registration }: Device): Instant {
  if (!on || !online) return NEVER;
  return registration.registerAt < registration.updateAt ? registration.registerAt : registration.updateAt;
}

/** Does what is due. */
export function keepRegistered(device: Device, now: Instant): void {
  if (registrationDeadline(device) > now) return;
  if (device.registration.registerAt <= now) register(device, now);
  else refresh(device, now);
}

/** One of the device's own requests was answered. */
export function onResponse(device: Device, id: OutgoingId, message: CoapMessage, now: Instant): void {
  device.openRequests -= 1;
  const exchange = endExchange(device, id);
  switch (exchange?.purpose) {
    case "register":
      onRegisterAnswer(device, exchange, message, now);
      break;
    case "update":
      onUpdateAnswer(device, exchange, message, now);
      break;
    case "deregister":
      forgetLocation(device);
  }
}

/** One of them was not. Which way it failed makes no difference to a device. */
export function onFailed(device: Device, id: OutgoingId, now: Instant): void {
  device.openRequests -= 1;
  const exchange = endExchange(device, id);
  switch (exchange?.purpose) {
    case "register":
      registerLater(device, "register-unanswered", now);
      break;
    case "update":
      registerLater(device, "update-failed", now);
      break;
    case "deregister":
      forgetLocation(device);
  }
}

/** A reboot: what the device knew about its registration is gone. */
export function loseRegistration(device: Device): void {
  forgetLocation(device);
  device.registration.exchange = undefined;
  device.registration.registerAt = NEVER;
}

/** After the end of its lifetime an Update is not enough. Spec: Core §5.3. */
function refresh(device: Device, now: Instant): void {
  if (device.registration.endsAt <= now) register(device, now);
  else update(device, now);
}

/** Takes the place of whatever was open or planned. */
function start(device: Device, purpose: RegistrationExchange["purpose"], content: CoapContent, now: Instant): void {
  const { registration } = device;
  abandonExchange(device, now);
  registration.updateAt = NEVER;
  registration.registerAt = NEVER;
  const id = request(device, content, now);
  registration.exchange = { id, purpose, sentAt: now, lifetime: lifetimeOf(device) };
}

function onRegisterAnswer(device: Device, exchange: RegistrationExchange, message: CoapMessage, now: Instant): void {
  const { registration } = device;
  const location = message.code === "2.01" ? registrationLocation(message) : undefined;
  const older = VERSION_BEFORE[registration.version];
  if (location !== undefined) {
    registration.location = location;
    refreshed(device, exchange, now);
  } else if (older !== undefined && device.rules.stepsDownAfter(message.code)) {
    // The server does not know this version: the one before it at once. Spec: Core §5.3.1.
    registration.version = older;
    register(device, now);
  } else {
    registerLater(device, "register-refused", now);
  }
}

/** 4.04 and 4.00 mean that the server does not know the registration: there is nothing to wait for. */
function onUpdateAnswer(device: Device, exchange: RegistrationExchange, { code }: CoapMessage, now: Instant): void {
  if (code.startsWith("2.")) refreshed(device, exchange, now);
  else if (code === "4.04" || code === "4.00") register(device, now);
  else registerLater(device, "update-failed", now);
}

function refreshed(device: Device, { sentAt, lifetime }: RegistrationExchange, now: Instant): void {
  const { registration, options } = device;
  const { updateEvery } = options.model;
  registration.toldLifetime = lifetime;
  // 0 is taken for "not given", as servers of LwM2M 1.0 do.
  registration.endsAt = after(sentAt, seconds(lifetime || DEFAULT_LIFETIME));
  registration.updateAt = updateEvery === undefined ? NEVER : after(now, millis(updateEvery));
}

function registerLater(device: Device, why: keyof typeof WAIT, now: Instant): void {
  const { registration } = device;
  const { least, jitter } = WAIT[why];
  registration.updateAt = NEVER;
  registration.registerAt = after(now, micros(least + chance(device, jitter)));
}

/** 0..most, from a stream of its own for each wait. */
function chance({ registration, options }: Device, most: Micros): number {
  const draw = options.random(`device/${options.index}/wait/${registration.waits++}`);
  return draw() % (most + 1);
}

function endExchange({ registration }: Device, id: OutgoingId): RegistrationExchange | undefined {
  const { exchange } = registration;
  if (exchange?.id !== id) return undefined;
  registration.exchange = undefined;
  return exchange;
}

/** A newer request takes the place of an open one. */
function abandonExchange(device: Device, now: Instant): void {
  const { exchange } = device.registration;
  if (exchange === undefined) return;
  device.registration.exchange = undefined;
  device.openRequests -= 1;
  take(device, device.endpoint.cancel(exchange.id, now));
}

function forgetLocation({ registration }: Device): void {
  registration.formerLocation = registration.location ?? registration.formerLocation;
  registration.location = undefined;
  registration.endsAt = NEVER;
  registration.updateAt = NEVER;
}
