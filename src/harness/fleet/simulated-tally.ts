/**
 * What is counted of a simulated fleet, and the digest by which two runs are compared.
 *
 * The digest covers every datagram with its time and its fate, so two runs with the same one did the same.
 */
import { finishHash, mixWord } from "../../platform/random.ts";
import { readMessageId, readType } from "../../protocol/coap/message.ts";
import { type Instant, SIMULATION_START } from "../../protocol/time.ts";
import type { DeviceEffect } from "../../simulator/device/types.ts";
import type { Fleet, HappeningKind, LinkFate } from "../../simulator/fleet/types.ts";

type StateEvent = Extract<DeviceEffect, { readonly kind: "state" }>["event"];

export interface SimulatedFleetSummary {
  readonly seed: string;
  /** Of the whole fleet, and those that took part. */
  readonly devices: number;
  readonly simulated: number;
  /** Milliseconds of virtual time. */
  readonly duration: number;
  /** How many devices hold a registration, at the end of each part of the run; milliseconds. */
  readonly registered: readonly { readonly at: number; readonly devices: number }[];
  /** 2.01, 2.04 and 2.02 that the server sent, copies included, and its errors. */
  readonly registrations: number;
  readonly updates: number;
  readonly deregistrations: number;
  readonly refusals: number;
  /** Requests of the server to devices, and their answers. */
  readonly serverRequests: number;
  readonly deviceAnswers: number;
  readonly datagrams: { readonly up: number; readonly down: number };
  /** Confirmable messages of devices that were sent again. */
  readonly retransmissions: number;
  readonly lost: Readonly<Record<NonNullable<LinkFate["lost"]>, number>>;
  readonly duplicated: number;
  readonly corrupted: number;
  readonly newAddresses: number;
  /** Datagrams that reached no device: it slept, was off or offline, or had moved. */
  readonly missed: number;
  /** How often devices went offline, rebooted, fell asleep. */
  readonly offline: number;
  readonly reboots: number;
  readonly sleeps: number;
  readonly happenings: Readonly<Partial<Record<HappeningKind, number>>>;
  /** Events of the virtual world. */
  readonly events: number;
  /** Equal for equal fleets, seeds and servers. */
  readonly digest: string;
}

export interface FleetTally {
  readonly registered: number;
  mark(at: number): void;
  registration(registered: boolean): void;
  happened(kind: HappeningKind): void;
  state(event: StateEvent): void;
  up(slot: number, now: Instant, bytes: Uint8Array, fate: LinkFate): void;
  down(slot: number, now: Instant, bytes: Uint8Array, fate: LinkFate): void;
  /** A datagram arrived where nobody heard it. */
  missed(): void;
  summary(run: { readonly fleet: Fleet; readonly performed: number; readonly at: number }): SimulatedFleetSummary;
}

/** Message ids are 16 bits: this is none. */
const NO_MESSAGE = 0x1_0000;

export function createFleetTally(devices: number): FleetTally {
  return new Tally(devices);
}

class Tally implements FleetTally {
  registered = 0;
  private readonly devices: number;
  private readonly marks: { readonly at: number; readonly devices: number }[] = [];
  /** Of each device's last Confirmable message. */
  private readonly lastMessage: Uint32Array;
  private readonly answers = { registrations: 0, updates: 0, deregistrations: 0, refusals: 0 };
  private readonly traffic = { up: 0, down: 0 };
  private readonly lost = { loss: 0, burst: 0, "too-long": 0, "no-binding": 0 };
  private readonly counts = {
    serverRequests: 0,
    deviceAnswers: 0,
    retransmissions: 0,
    duplicated: 0,
    corrupted: 0,
    newAddresses: 0,
    missed: 0,
  };
  private readonly states = { offline: 0, online: 0, asleep: 0, awake: 0, reboot: 0, boot: 0 };
  private readonly happenings = new Map<HappeningKind, number>();
  private first = 1;
  private second = 2;

  constructor(devices: number) {
    this.devices = devices;
    this.lastMessage = new Uint32Array(devices).fill(NO_MESSAGE);
  }

  mark(at: number): void {
    this.marks.push({ at, devices: this.registered });
  }

  registration(registered: boolean): void {
    this.registered += registered ? 1 : -1;
  }

  happened(kind: HappeningKind): void {
    this.happenings.set(kind, (this.happenings.get(kind) ?? 0) + 1);
  }

  state(event: StateEvent): void {
    this.states[event] += 1;
  }

  up(slot: number, now: Instant, bytes: Uint8Array, fate: LinkFate): void {
    this.traffic.up += 1;
    const code = bytes[1] ?? 0;
    if (code >= 0x40) this.counts.deviceAnswers += 1;
    if (readType(bytes) === "CON") {
      const id = readMessageId(bytes);
      if (this.lastMessage[slot] === id) this.counts.retransmissions += 1;
      this.lastMessage[slot] = id;
    }
    if (fate.newAddress === true) this.counts.newAddresses += 1;
    this.note(slot * 2, now, bytes, fate);
  }

  down(slot: number, now: Instant, bytes: Uint8Array, fate: LinkFate): void {
    this.traffic.down += 1;
    const code = bytes[1] ?? 0;
    const field = code >= 0x80 ? "refusals" : ANSWERS.get(code);
    if (field !== undefined) this.answers[field] += 1;
    else if (code > 0 && code < 0x20) this.counts.serverRequests += 1;
    this.note(slot * 2 + 1, now, bytes, fate);
  }

  missed(): void {
    this.counts.missed += 1;
  }

  summary({ fleet, performed, at }: Parameters<FleetTally["summary"]>[0]): SimulatedFleetSummary {
    const { offline, reboot: reboots, asleep: sleeps } = this.states;
    return {
      seed: fleet.seed,
      devices: fleet.devices,
      simulated: this.devices,
      duration: at,
      registered: this.marks,
      ...this.answers,
      datagrams: this.traffic,
      lost: this.lost,
      ...this.counts,
      offline,
      reboots,
      sleeps,
      happenings: Object.fromEntries(this.happenings),
      events: performed,
      digest: [this.first, this.second].map((word) => finishHash(word, 0).toString(16).padStart(8, "0")).join(""),
    };
  }

  private note(flow: number, now: Instant, bytes: Uint8Array, { delays, lost, invertedBit }: LinkFate): void {
    if (lost !== undefined) this.lost[lost] += 1;
    if (delays.length > 1) this.counts.duplicated += 1;
    if (invertedBit !== undefined) this.counts.corrupted += 1;
    const time = now - SIMULATION_START;
    this.mix(flow);
    this.mix(time % 4_294_967_296);
    this.mix(bytes.length);
    for (const delay of delays) this.mix(delay);
    for (let at = 0; at < bytes.length; at += 4) this.mix(wordAt(bytes, at));
  }

  private mix(word: number): void {
    this.first = mixWord(this.first, word);
    this.second = mixWord(this.second, this.first);
  }
}

/** By code byte. */
const ANSWERS: ReadonlyMap<number, "registrations" | "updates" | "deregistrations"> = new Map([
  [0x41, "registrations"],
  [0x42, "deregistrations"],
  [0x44, "updates"],
] as const);

/** Four bytes; those beyond the end are 0. */
const wordAt = (bytes: Uint8Array, at: number): number =>
  ((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);
