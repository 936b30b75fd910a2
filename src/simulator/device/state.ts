/**
 * Everything that a virtual device keeps, and the few steps that its parts share: sending, waking up.
 *
 * The parts (`registration.ts`, `answering.ts`, `power.ts`, `commands.ts`) change this record and nothing else. What
 * an endpoint makes happen is queued in `work`, and `device.ts` performs it, so no part calls another in a circle.
 */
import type { Address } from "../../protocol/address.ts";
import { type BlockwiseEndpointOptions, createBlockwiseEndpoint } from "../../protocol/coap/blockwise-endpoint.ts";
import type { CoapEndpoint } from "../../protocol/coap/endpoint.ts";
import { readMessageId, readType } from "../../protocol/coap/message.ts";
import type { CoapContent, CoapEffect, Code, IncomingId, OutgoingId } from "../../protocol/coap/types.ts";
import type { RandomSource, RandomStream } from "../../protocol/random.ts";
import { type Instant, NEVER } from "../../protocol/time.ts";
import type { Lwm2mVersion } from "../model/device.ts";
import type { PlannedBehaviour } from "./behaviour.ts";
import { type Firmware, largestImageOf } from "./firmware.ts";
import type { Outcome } from "./outcome.ts";
import { DEVICE_RULES, type DeviceRules } from "./rules.ts";
import type { DeviceEffect, VirtualDeviceOptions } from "./types.ts";
import type { ValueOwner } from "./values.ts";

/** The record of one device, changed in place. */
export interface Device extends ValueOwner {
  readonly options: VirtualDeviceOptions;
  readonly rules: DeviceRules;
  readonly behaviours: readonly PlannedBehaviour[];
  /** Those that are for one request, and have had theirs; kept in flash. */
  spent: Set<PlannedBehaviour> | undefined;
  readonly registration: Registration;
  /** As its model says, until it is changed. */
  queueMode: boolean;
  /** `/`, or its alternate path; as its model says, until it is changed. */
  rootPath: string;
  /** Absent: it has no object 5. */
  readonly firmware: Firmware | undefined;

  // ── power and connectivity
  on: boolean;
  /** How often it was switched on before: part of the keys of its message ids and tokens. */
  boots: number;
  /** While it is off: when it is up again. */
  bootsAt: Instant;
  /** In order, without overlap; the first `windowsPassed` are over. */
  readonly offlineWindows: readonly OfflineWindow[];
  windowsPassed: number;
  online: boolean;
  asleep: boolean;

  // ── messages; all of it is lost in a reboot
  endpoint: CoapEndpoint;
  /** `undefined`: nothing was sent since it was switched on. */
  lastSentAt: Instant | undefined;
  /** Of the last Confirmable or Non-confirmable message that it started. */
  lastMessageId: number;
  /** Own requests that have not ended. */
  openRequests: number;
  /** Separate responses that the server may still have to acknowledge, by message id: until when to wait for that. */
  unacknowledged: Map<number, Instant> | undefined;
  pending: readonly PendingAnswer[];
  /** Requests that were acknowledged and are to be reset. */
  pendingResets: readonly { readonly at: Instant; readonly id: IncomingId }[];
  lastAnswer: { readonly token: string; readonly code: Code } | undefined;
  strayResponses: number;
  /** Message id of the last request that came in. */
  lastRequest: number | undefined;

  // ── the present call of `handle`
  readonly work: Work[];
  effects: DeviceEffect[];
  deadline: Instant;
}

/** From `opens` inclusive to `closes` exclusive. */
export interface OfflineWindow {
  readonly opens: Instant;
  readonly closes: Instant;
}

/** How a device stands with its server, as far as it knows. */
export interface Registration {
  /** Whether the device means to be registered: not before its first Register, nor after it de-registered. */
  wanted: boolean;
  /** Location-Path of the registration, option by option, as the server gave it. */
  location: readonly string[] | undefined;
  /** The last one that is no longer valid; kept for `stale-update` alone, also in a reboot. */
  formerLocation: readonly string[] | undefined;
  /** When the lifetime is over, counted from when the request was sent: never later than the server counts. */
  endsAt: Instant;
  updateAt: Instant;
  registerAt: Instant;
  /** The lifetime that the server was told last. */
  toldLifetime: number | undefined;
  exchange: RegistrationExchange | undefined;
  version: Lwm2mVersion;
  /** Waits with jitter so far; keys the next one. */
  waits: number;
}

/** The Register, Update or De-register that waits for its answer. */
export interface RegistrationExchange {
  readonly id: OutgoingId;
  readonly purpose: "register" | "update" | "deregister";
  readonly sentAt: Instant;
  /** `lt` as the server knows it once it has answered. */
  readonly lifetime: number | undefined;
}

/** A request that was acknowledged, and its answer that is still to be sent. */
export interface PendingAnswer {
  readonly at: Instant;
  readonly id: IncomingId;
  readonly token: string;
  readonly answer: CoapContent;
  readonly afterwards: Outcome["afterwards"];
  /** In a message of its own although nothing was acknowledged. */
  readonly unacknowledged?: "CON" | "NON";
}

/** Those of `options`, the others as a device should have them. */
export const rulesOf = ({ rules }: VirtualDeviceOptions): DeviceRules =>
  rules === undefined ? DEVICE_RULES : { ...DEVICE_RULES, ...rules };

/** `afterwards`: what an answer that has just left asks for. */
export type Work = CoapEffect | { readonly kind: "afterwards"; readonly what: NonNullable<Outcome["afterwards"]> };

/** By how much message ids jump at a boot: 65,535 by the golden ratio, so that those of many boots stay far apart. */
const IDS_PER_BOOT = 40_503;

/**
 * The random numbers of an endpoint after so many boots. The first of each stream, which message ids count up from, lies
 * far from those of the boots before: a device remembers in flash where it was. Else the ids of two boots would meet now and
 * then, and its server take the one request for a copy of the other. Spec: RFC 7252 §4.4.
 */
function randomAfterBoots({ random, index }: VirtualDeviceOptions, boots: number): RandomSource {
  const streamOf = (boot: number, key: string): RandomStream => random(`device/${index}/boot/${boot}/${key}`);
  if (boots === 0) return (key) => streamOf(0, key);
  return (key) => {
    const stream = streamOf(boots, key);
    let isFirst = true;
    return () => {
      const drawn = stream();
      if (!isFirst) return drawn;
      isFirst = false;
      return (streamOf(0, key)() + boots * IDS_PER_BOOT) >>> 0;
    };
  };
}

/** An endpoint without past. Its message ids and tokens differ from those before the last boot. */
export function newEndpoint(
  options: VirtualDeviceOptions,
  boots: number,
  blocks: Pick<BlockwiseEndpointOptions, "takesBlock" | "looksAtBlock"> = {},
): CoapEndpoint {
  const { coap, model } = options;
  const rules = rulesOf(options);
  return createBlockwiseEndpoint({
    params: coap,
    blockSize: model.blockSize,
    largestBody: model.firmware && largestImageOf(model.firmware),
    ...blocks,
    random: randomAfterBoots(options, boots),
    deduplicate: rules.deduplicates(model.deduplicates),
    // Absent where nothing is replaced: the rules are then those that all endpoints share.
    rules: rules === DEVICE_RULES ? undefined : rules.coap,
  });
}

/** Whether a datagram that arrives now reaches the device. */
export const isListening = (device: Device): boolean => device.on && device.online && !device.asleep;

/** Queues what the endpoint made happen. */
export function take(device: Device, effects: readonly CoapEffect[]): void {
  for (const effect of effects) device.work.push(effect);
}

/** Starts a request of its own; asleep, it wakes up for it. */
export function request(device: Device, content: CoapContent, now: Instant): OutgoingId {
  wake(device);
  const { id, effects } = device.endpoint.request(device.options.server, content, now);
  device.openRequests += 1;
  take(device, effects);
  return id;
}

/** Sends a datagram; offline it is lost. A retransmission that falls due in its sleep wakes the device. */
export function transmit(device: Device, to: Address, bytes: Uint8Array, now: Instant): void {
  if (!device.on || !device.online) return;
  wake(device);
  device.lastSentAt = now;
  const type = readType(bytes);
  if (type === "CON" || type === "NON") device.lastMessageId = readMessageId(bytes);
  const leaving = device.rules.datagram(bytes);
  if (leaving !== undefined) device.effects.push({ kind: "send", to, bytes: leaving });
}

/** Ends its sleep; nothing when it is awake. */
export function wake(device: Device): void {
  if (!device.asleep) return;
  device.asleep = false;
  device.effects.push({ kind: "state", event: "awake" });
}

/** Waiting for nothing: no registration, no exchange, no answer. */
export const newRegistration = (version: Lwm2mVersion, registerAt: Instant): Registration => ({
  wanted: false,
  location: undefined,
  formerLocation: undefined,
  endsAt: NEVER,
  updateAt: NEVER,
  registerAt,
  toldLifetime: undefined,
  exchange: undefined,
  version,
  waits: 0,
});
