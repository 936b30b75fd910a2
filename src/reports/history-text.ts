/**
 * One event of a history as one line of text, with its datagram decoded. Not a judgement of it.
 *
 * The arrows are drawn from the server: `←` came in, `→` went out.
 */

import type { DeviceEvent, HistoryEvent } from "../harness/history/history.ts";
import { COAP_CODES } from "../protocol/coap/codes.ts";
import { decodeMessage } from "../protocol/coap/message.ts";
import {
  ACCEPT,
  CONTENT_FORMAT,
  LOCATION_PATH,
  stringOptions,
  URI_PATH,
  URI_QUERY,
  uintValue,
} from "../protocol/coap/options.ts";
import type { CoapMessage } from "../protocol/coap/types.ts";
import type { RestRequest } from "../protocol/server-port.ts";
import type { EventPlace } from "./event-places.ts";
import { secondsText, shorten } from "./text.ts";

/** Longest JSON or payload shown on a line, in characters. */
const LONGEST_BODY = 300;

/**
 * @param start run time of plan time 0, microseconds: the line's time counts from there, as the plan's times do
 * @param place what the other events say of it
 */
export function eventLine(event: HistoryEvent, start = 0, place: EventPlace = { at: event.at }): string {
  return `${secondsText(place.at - start).padStart(14)}  ${eventText(event, place)}`;
}

/** Run time at which the plan's time 0 is, microseconds. */
export const planStart = (events: readonly HistoryEvent[]): number =>
  events.find((event) => event.kind === "mark" && event.mark === "start")?.at ?? 0;

/** The event without its time. */
export function eventText(event: HistoryEvent, { toOldAddress, fromNewAddress }: EventPlace): string {
  switch (event.kind) {
    case "uplink":
      return `← device ${event.device}${fromNewAddress === undefined ? "" : ` at its new address ${fromNewAddress}`}  ${datagramText(event.bytes)}${event.lost ? "  (lost on the way)" : ""}${event.copy ? "  (copy made by the network)" : ""}`;
    case "downlink":
      return `→ ${event.device === undefined ? event.address : `device ${event.device}`}${toOldAddress === undefined ? "" : ` at its old address ${toOldAddress}`}  ${datagramText(event.bytes)}${arrivalsText(event.arrivals.length)}`;
    case "unreachable":
      return `← network: device ${event.device} (${event.address}) cannot be reached`;
    case "delivery":
      return `  device ${event.device}  receives ${identityText(event.bytes)}`;
    case "effect":
      return `* device ${event.device}  ${event.effect} /${event.path}${event.value === undefined ? "" : ` = ${jsonText(event.value)}`}  [${hex16(event.messageId)}]`;
    case "device":
      return `* device ${event.device}  ${deviceText(event)}`;
    case "firmware":
      return `* device ${event.device}  firmware: ${event.event}, State ${event.state}, Result ${event.result}, runs ${event.version}`;
    case "download":
      return `* device ${event.device}  download of ${event.url} is over, ${event.result === 0 ? "complete" : `Result ${event.result}`}`;
    case "rest-request":
      return `⇒ REST ${event.ticket}  ${restText(event.request)}`;
    case "rest-answer":
      return `⇐ REST ${event.ticket}  ${event.response.status}${event.response.body === undefined ? "" : ` ${jsonText(event.response.body)}`}`;
    case "rest-failure":
      return `⇐ REST ${event.ticket}  no answer: ${event.reason}`;
    case "server":
      return `■ the server's process ${event.event === "down" ? "is killed" : "is started again"}`;
    case "mark":
      return `── ${MARKS[event.mark]}${event.reason === undefined ? "" : `: ${event.reason}`} ──`;
  }
}

const MARKS = {
  start: "the plan begins",
  quiet: "from here on nothing is wrong any more",
  end: "the plan is over",
  "cut-off": "cut off",
} as const;

const DEVICE_EVENTS: Readonly<Record<DeviceEvent["event"], string>> = {
  offline: "goes offline",
  online: "comes online",
  asleep: "falls asleep",
  awake: "wakes up",
  reboot: "reboots",
  boot: "has booted",
  address: "has a new address",
};

const deviceText = (event: DeviceEvent): string =>
  `${DEVICE_EVENTS[event.event]}${event.address === undefined ? "" : ` (${event.address})`}`;

function arrivalsText(arrivals: number): string {
  if (arrivals === 0) return "  (lost on the way)";
  return arrivals === 1 ? "" : `  (arrives ${arrivals} times)`;
}

/** `CON POST /rd?ep=a [0x1a2b] tok 9f01`: type, code, path, message id, token, options worth knowing, payload. */
export function datagramText(bytes: Uint8Array): string {
  const decoded = decodeMessage(bytes);
  return decoded.ok ? messageText(decoded.value) : `${bytes.length} bytes that are no CoAP message`;
}

function messageText(message: CoapMessage): string {
  const location = stringOptions(message, LOCATION_PATH);
  const format = uintValue(message, CONTENT_FORMAT);
  const accept = uintValue(message, ACCEPT);
  const parts = [
    message.type,
    message.code === "0.00" ? "" : codeText(message.code),
    pathText(message),
    `[${hex16(message.messageId)}]`,
    message.token === "" ? "" : `tok ${message.token}`,
    location.length === 0 ? "" : `location /${location.join("/")}`,
    accept === undefined ? "" : `accept ${accept}`,
    format === undefined ? "" : `format ${format}`,
    payloadText(message.payload),
  ];
  return parts.filter((part) => part !== "").join(" ");
}

function identityText(bytes: Uint8Array): string {
  const decoded = decodeMessage(bytes);
  return decoded.ok ? `${decoded.value.type} [${hex16(decoded.value.messageId)}]` : `${bytes.length} bytes`;
}

function codeText(code: string): string {
  const row = COAP_CODES.find((candidate) => candidate.code === code);
  if (row === undefined) return code;
  return row.kind === "request" ? row.name : `${code} ${row.name}`;
}

function pathText(message: CoapMessage): string {
  const path = stringOptions(message, URI_PATH);
  const query = stringOptions(message, URI_QUERY);
  if (path.length === 0 && query.length === 0) return "";
  return `/${path.join("/")}${query.length === 0 ? "" : `?${query.join("&")}`}`;
}

function payloadText(payload: Uint8Array): string {
  if (payload.length === 0) return "";
  const text = printable(payload);
  return text === undefined ? `${payload.length} bytes` : shorten(JSON.stringify(text), LONGEST_BODY);
}

/** The payload of a datagram as text; `undefined` when there is none, or it is no text. */
export function printablePayload(bytes: Uint8Array): string | undefined {
  const decoded = decodeMessage(bytes);
  return decoded.ok ? printable(decoded.value.payload) : undefined;
}

function printable(payload: Uint8Array): string | undefined {
  const text = new TextDecoder().decode(payload);
  return /^[\x20-\x7e]+$/.test(text) ? text : undefined;
}

function restText(request: RestRequest): string {
  const query = Object.entries(request.query).map(([name, value]) => `${name}=${value}`);
  const target = `/${request.path.join("/")}${query.length === 0 ? "" : `?${query.join("&")}`}`;
  return `${request.method} ${target}${request.body === undefined ? "" : ` ${jsonText(request.body)}`}`;
}

const jsonText = (value: unknown): string => shorten(JSON.stringify(value), LONGEST_BODY);

const hex16 = (number: number): string => `0x${number.toString(16).padStart(4, "0")}`;
