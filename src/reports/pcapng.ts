/**
 * A history as a capture file that Wireshark and tshark read: every datagram as IPv4 and UDP, at its time.
 *
 * The vantage point is the server's network card. What a capture cannot show stands in comments: what the network did
 * to a datagram, and what happened since the datagram before it. Simulated runs have their virtual time.
 *
 * Pure. Spec: draft-ietf-opsawg-pcapng (Section Header, Interface Description and Enhanced Packet Blocks); RFC 791, 768.
 */
import type { History, HistoryEvent } from "../harness/history/history.ts";
import { eventLine, planStart } from "./history-text.ts";

/** Little-endian, as the byte-order magic says. */
const SECTION_HEADER = 0x0a0d0d0a;
const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
const INTERFACE_DESCRIPTION = 1;
const ENHANCED_PACKET = 6;
/** LINKTYPE_RAW: the packet begins with the IP header. */
const LINK_TYPE_RAW = 101;
const OPTION = { end: 0, comment: 1, interfaceName: 2, application: 4, timeResolution: 9 } as const;
/** 10^-6 s. */
const MICROSECONDS = 6;

/** Where the server of a simulated run listens; Wireshark knows CoAP by this port. */
const SIMULATED_SERVER = "192.0.2.1:5683";
const LIVE_SERVER = "127.0.0.1:5683";
/** RFC 5737: an address for documentation, where a history has one that is not IPv4. */
const UNKNOWN = { host: [192, 0, 2, 255], port: 0 } as const;

/** Most events told in the comment of one packet. */
const MOST_TOLD = 20;

export function renderPcapng({ header, events }: History): Uint8Array {
  const server = header.mode === "sim" ? SIMULATED_SERVER : LIVE_SERVER;
  const start = planStart(events);
  const blocks: Uint8Array[] = [sectionHeader(), interfaceDescription(`${header.mode} ${header.plan}`)];
  let told: string[] = [];
  for (const event of events) {
    if (event.kind !== "uplink" && event.kind !== "downlink") {
      if (isWorthTelling(event)) told.push(eventLine(event, start).trim());
      continue;
    }
    const [from, to] = event.kind === "uplink" ? [event.address, server] : [server, event.address];
    const fate = fateOf(event);
    const left = told.length - MOST_TOLD;
    const comments = [
      ...(fate === undefined ? [] : [fate]),
      ...(left > 0 ? [`${left} events before`] : []),
      ...told.slice(-MOST_TOLD).map((line) => `before: ${line}`),
    ];
    told = [];
    blocks.push(enhancedPacket(header.startedAt * 1_000 + event.at, udpPacket(from, to, event.bytes), comments));
  }
  return joined(blocks);
}

/** A datagram tells for itself when it arrives. */
const isWorthTelling = ({ kind }: HistoryEvent): boolean => kind !== "delivery";

function fateOf(event: Extract<HistoryEvent, { kind: "uplink" | "downlink" }>): string | undefined {
  if (event.kind === "uplink") {
    if (event.lost) return "fault: lost on the way to the server";
    return event.copy ? "fault: a copy made by the network" : undefined;
  }
  if (event.arrivals.length === 0) return "fault: lost on the way to the device";
  return event.arrivals.length > 1 ? `fault: arrives ${event.arrivals.length} times` : undefined;
}

// ── blocks

const sectionHeader = (): Uint8Array =>
  block(SECTION_HEADER, [
    u32(BYTE_ORDER_MAGIC),
    u16(1),
    u16(0),
    // The length of the section is not said.
    u32(0xffffffff),
    u32(0xffffffff),
    ...options([[OPTION.application, utf8("Fleetproof")]]),
  ]);

const interfaceDescription = (name: string): Uint8Array =>
  block(INTERFACE_DESCRIPTION, [
    u16(LINK_TYPE_RAW),
    u16(0),
    u32(0),
    ...options([
      [OPTION.interfaceName, utf8(name)],
      [OPTION.timeResolution, Uint8Array.of(MICROSECONDS)],
    ]),
  ]);

/** @param time microseconds since the Unix epoch */
const enhancedPacket = (time: number, packet: Uint8Array, comments: readonly string[]): Uint8Array =>
  block(ENHANCED_PACKET, [
    u32(0),
    u32(Math.floor(time / 2 ** 32)),
    u32(time % 2 ** 32),
    u32(packet.length),
    u32(packet.length),
    padded(packet),
    ...(comments.length === 0 ? [] : options([[OPTION.comment, utf8(comments.join("\n"))]])),
  ]);

function block(type: number, body: readonly Uint8Array[]): Uint8Array {
  const content = joined(body);
  const length = u32(content.length + 12);
  return joined([u32(type), length, content, length]);
}

const options = (rows: readonly (readonly [number, Uint8Array])[]): readonly Uint8Array[] => [
  ...rows.flatMap(([code, value]) => [u16(code), u16(value.length), padded(value)]),
  u16(OPTION.end),
  u16(0),
];

// ── packets

interface Endpoint {
  readonly host: readonly number[];
  readonly port: number;
}

function endpointOf(address: string): Endpoint {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3}):(\d{1,5})$/.exec(address);
  if (match === null) return UNKNOWN;
  const [, ...numbers] = match.map(Number);
  return { host: numbers.slice(0, 4), port: numbers[4] ?? 0 };
}

const UDP = 17;

function udpPacket(from: string, to: string, payload: Uint8Array): Uint8Array {
  const [source, destination] = [endpointOf(from), endpointOf(to)];
  const length = payload.length + 8;
  const addresses = Uint8Array.of(...source.host, ...destination.host);
  const header = [be16(source.port), be16(destination.port), be16(length)];
  const pseudo = [addresses, Uint8Array.of(0, UDP), be16(length)];
  // 0 means that there is none. Spec: RFC 768.
  const sum = checksum(joined([...pseudo, ...header, be16(0), payload])) || 0xffff;
  return joined([ipHeader(addresses, length), ...header, be16(sum), payload]);
}

function ipHeader(addresses: Uint8Array, payload: number): Uint8Array {
  const before = Uint8Array.of(0x45, 0, ...be16(payload + 20), 0, 0, 0x40, 0, 64, UDP);
  const sum = checksum(joined([before, be16(0), addresses]));
  return joined([before, be16(sum), addresses]);
}

/** Ones' complement of the ones' complement sum of all 16-bit words. Spec: RFC 1071. */
function checksum(bytes: Uint8Array): number {
  let sum = 0;
  for (let index = 0; index < bytes.length; index += 2) sum += ((bytes[index] ?? 0) << 8) | (bytes[index + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

// ── bytes

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text).slice(0, 0xffff);
const u16 = (value: number): Uint8Array => Uint8Array.of(value & 255, value >>> 8);
const u32 = (value: number): Uint8Array =>
  Uint8Array.of(value & 255, (value >>> 8) & 255, (value >>> 16) & 255, (value >>> 24) & 255);
const be16 = (value: number): Uint8Array => Uint8Array.of(value >>> 8, value & 255);

/** To a multiple of four bytes. */
function padded(bytes: Uint8Array): Uint8Array {
  const whole = new Uint8Array(Math.ceil(bytes.length / 4) * 4);
  whole.set(bytes);
  return whole;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
