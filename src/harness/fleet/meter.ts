/**
 * What a fleet measures: counts and response times, folded over the events of its devices as they happen.
 *
 * Times are what a device waits, faults of its link included: from the moment at which it meant to begin, which for a
 * first Register is the moment in the fleet's schedule, until the response is delivered to it. So a generator that is
 * late, or paced, does not make the server look faster than it is. Pure; holds a few words for each device.
 */
import { codeFromByte } from "../../protocol/coap/codes.ts";
import { readMessageId } from "../../protocol/coap/message.ts";
import type { HistoryEvent, RunTime } from "../history/history.ts";
import { createLatencies, type Latencies } from "../load/latencies.ts";
import type { FleetCounts } from "../record/fleet-result.ts";

export type OwnRequest = "register" | "update" | "deregister" | "other";

export interface FleetMeter {
  readonly counts: Readonly<FleetCounts>;
  /** Response times in microseconds by operation and code: `register 2.01`. */
  readonly responses: ReadonlyMap<string, Latencies>;
  /** Devices that were answered an error, or not at all. */
  readonly failing: ReadonlySet<number>;
  /** The next request of a device was meant to begin at that moment, not when it is sent. */
  intend(device: number, at: RunTime): void;
  /** @returns the operation when the event was the delivery of its response */
  step(event: HistoryEvent): OwnRequest | undefined;
}

interface OpenRequest {
  readonly operation: OwnRequest;
  readonly token: string;
  readonly since: RunTime;
}

interface DeviceMeter {
  open: OpenRequest | undefined;
  intended: RunTime | undefined;
  /** Message ids of the last Confirmable request and response that it sent, and of the last request that came. */
  request: number;
  response: number;
  asked: number;
}

export function createFleetMeter(): FleetMeter {
  const counts: FleetCounts = {
    sent: 0,
    received: 0,
    retransmissions: 0,
    serverRetransmissions: 0,
    lostUp: 0,
    lostDown: 0,
    unanswered: 0,
    serverRequests: 0,
    reads: 0,
    writes: 0,
    executions: 0,
    reboots: 0,
    moves: 0,
  };
  const responses = new Map<string, Latencies>();
  const failing = new Set<number>();
  const devices = new Map<number, DeviceMeter>();

  const of = (device: number): DeviceMeter => {
    const known = devices.get(device);
    if (known !== undefined) return known;
    const fresh: DeviceMeter = { open: undefined, intended: undefined, request: -1, response: -1, asked: -1 };
    devices.set(device, fresh);
    return fresh;
  };

  return {
    counts,
    responses,
    failing,
    intend(device, at) {
      of(device).intended = at;
    },
    step(event) {
      switch (event.kind) {
        case "uplink":
          if (event.lost === true) counts.lostUp += 1;
          else counts.sent += 1;
          if (event.copy !== true && sent(of(event.device), event.bytes, event.sentAt, counts))
            failing.add(event.device);
          return undefined;
        case "downlink":
          counts.received += 1;
          if (event.arrivals.length === 0) counts.lostDown += 1;
          if (event.device !== undefined) asked(of(event.device), event.bytes, counts);
          return undefined;
        case "delivery":
          return delivered(of(event.device), event, responses, failing);
        case "effect":
          counts[EFFECT_COUNTS[event.effect]] += 1;
          return undefined;
        case "device":
          if (event.event === "reboot") {
            counts.reboots += 1;
            // What it had asked for is gone with its memory.
            of(event.device).open = undefined;
          }
          if (event.event === "address") counts.moves += 1;
          return undefined;
        default:
          return undefined;
      }
    },
  };
}

const EFFECT_COUNTS = { read: "reads", written: "writes", executed: "executions" } as const;

const CONFIRMABLE = 0;
const typeOf = (bytes: Uint8Array): number => ((bytes[0] ?? 0) >> 4) & 3;
/** 4.00. */
const FIRST_ERROR = 0x80;
const isRequestCode = (code: number): boolean => code > 0 && code < 0x20;

/** Token as hexadecimal text. Spec: RFC 7252 §3. */
const tokenOf = (bytes: Uint8Array): string => {
  const length = (bytes[0] ?? 0) & 15;
  let text = "";
  for (let at = 4; at < 4 + length; at++) text += (bytes[at] ?? 0).toString(16).padStart(2, "0");
  return text;
};

/** @returns whether a request before it was left without a response */
function sent(device: DeviceMeter, bytes: Uint8Array, at: RunTime, counts: FleetCounts): boolean {
  const code = bytes[1] ?? 0;
  if (typeOf(bytes) !== CONFIRMABLE || code === 0) return false;
  const messageId = readMessageId(bytes);
  const last = isRequestCode(code) ? "request" : "response";
  if (device[last] === messageId) {
    counts.retransmissions += 1;
    return false;
  }
  device[last] = messageId;
  if (last === "response") return false;
  const unanswered = device.open !== undefined;
  if (unanswered) counts.unanswered += 1;
  device.open = { operation: operationOf(bytes), token: tokenOf(bytes), since: device.intended ?? at };
  device.intended = undefined;
  return unanswered;
}

function asked(device: DeviceMeter, bytes: Uint8Array, counts: FleetCounts): void {
  if (!isRequestCode(bytes[1] ?? 0)) return;
  const messageId = readMessageId(bytes);
  if (device.asked === messageId) counts.serverRetransmissions += 1;
  else counts.serverRequests += 1;
  device.asked = messageId;
}

function delivered(
  device: DeviceMeter,
  { device: number, bytes, at }: Extract<HistoryEvent, { readonly kind: "delivery" }>,
  responses: Map<string, Latencies>,
  failing: Set<number>,
): OwnRequest | undefined {
  const { open } = device;
  const code = bytes[1] ?? 0;
  if (open === undefined || code < 0x40 || tokenOf(bytes) !== open.token) return undefined;
  device.open = undefined;
  const key = `${open.operation} ${codeFromByte(code)}`;
  const known = responses.get(key) ?? createLatencies();
  responses.set(key, known);
  known.record(at - open.since);
  if (code >= FIRST_ERROR) failing.add(number);
  return open.operation;
}

const POST = 0x02;
const DELETE = 0x04;
const URI_PATH = 11;

/** R and D in ASCII. */
const [R, D] = [0x72, 0x64];

/** By method and path: `POST /rd` registers, every other path is the location of a registration. Spec: Transport, Table 2. */
function operationOf(bytes: Uint8Array): OwnRequest {
  const code = bytes[1] ?? 0;
  if (code === DELETE) return "deregister";
  if (code !== POST) return "other";
  return isRegistrationPath(bytes) ? "register" : "update";
}

/** Whether there is one Uri-Path option, and that is `rd`: without making objects of them. Spec: RFC 7252 §3.1. */
function isRegistrationPath(bytes: Uint8Array): boolean {
  let at = 4 + ((bytes[0] ?? 0) & 15);
  let number = 0;
  let found = 0;
  let isRd = false;
  const extended = (nibble: number): number => {
    if (nibble < 13) return nibble;
    if (nibble === 13) return 13 + (bytes[at++] ?? 0);
    at += 2;
    return 269 + ((bytes[at - 2] ?? 0) << 8) + (bytes[at - 1] ?? 0);
  };
  while (at < bytes.length && bytes[at] !== 0xff && number <= URI_PATH) {
    const head = bytes[at++] ?? 0;
    number += extended(head >> 4);
    const length = extended(head & 15);
    if (number === URI_PATH) {
      found += 1;
      isRd = length === 2 && bytes[at] === R && bytes[at + 1] === D;
    }
    at += length;
  }
  return found === 1 && isRd;
}
