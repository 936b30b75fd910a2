/**
 * Hosts one device of a live fleet: its sockets, its link, its deadlines, and the events that show what it does.
 *
 * The link decides what becomes of each datagram, in our own process. When it, or the fleet's timeline, says that the
 * public address changes, the device gets a real new socket; what it sends meanwhile waits and leaves from there. Former
 * sockets stay open for a while, as a network address translator keeps its side: what the server still sends there is
 * seen, and reaches nobody. The device never knows.
 */
import { now } from "../../platform/clock.ts";
import { type HarnessError, systemCode } from "../../platform/errors.ts";
import type { UdpSocket } from "../../platform/udp.ts";
import type { Address } from "../../protocol/address.ts";
import { after, before, type Instant, type Micros, NEVER } from "../../protocol/time.ts";
import type { DeviceEffect, DeviceInput, VirtualDevice } from "../../simulator/device/types.ts";
import { invertBit } from "../../simulator/fleet/link.ts";
import type { FleetLink, LinkFate } from "../../simulator/fleet/types.ts";
import type { HistoryEvent, RunTime } from "../history/history.ts";
import type { Agenda } from "../live/agenda.ts";
import type { Downloads } from "./downloads.ts";

export interface FleetHostOptions {
  readonly index: number;
  readonly device: VirtualDevice;
  readonly link: FleetLink;
  /** Its first socket; the host closes it. */
  readonly socket: UdpSocket;
  readonly openSocket: () => Promise<UdpSocket>;
  /** Former sockets that stay open; the oldest is closed first. */
  readonly formerSockets: number;
  readonly agenda: Agenda;
  /** Of the whole fleet. */
  readonly downloads: Downloads;
  readonly record: (event: HistoryEvent) => void;
  /** Microseconds from the start of the run. */
  readonly runTime: (instant: Instant) => RunTime;
  /** How long what was read at that moment may have waited for us. */
  readonly lateness: (now: Instant) => Micros;
  /** How long a datagram may take, at most, from our socket to the server. */
  readonly uplinkSpan: Micros;
  /** A new address could not be had. */
  readonly onTrouble: (error: unknown) => void;
  /** The system says that nobody listens at the server's port. */
  readonly onRefused: () => void;
}

/** One device of a live fleet; a class, since a fleet has ten thousand of them. */
export class FleetHost {
  private readonly options: FleetHostOptions;
  private readonly waker: ReturnType<Agenda["waker"]>;
  private readonly former: UdpSocket[] = [];
  private socket: UdpSocket;
  /** While the socket of a new address is being opened: what is to be done then. */
  private held: (() => void)[] | undefined;
  private opening: Promise<void> | undefined;
  /** How to give up each download by HTTP that is under way. */
  private readonly downloads = new Set<() => void>();
  private closed = false;

  constructor(options: FleetHostOptions) {
    this.options = options;
    this.socket = options.socket;
    this.waker = options.agenda.waker(() => this.give({ kind: "time" }));
    this.attach(options.socket);
    this.waker.want(options.device.deadline);
  }

  get device(): VirtualDevice {
    return this.options.device;
  }

  /** Where its datagrams leave from, now and formerly, as far as the sockets are open. */
  get addresses(): readonly Address[] {
    return [this.socket, ...this.former].map(({ address }) => address);
  }

  give(input: DeviceInput): void {
    if (this.closed) return;
    const { device } = this.options;
    for (const effect of device.handle(input, now())) {
      if (this.held === undefined) this.perform(effect);
      else this.held.push(() => this.perform(effect));
    }
    this.waker.want(device.deadline);
  }

  /** Settles when all its sockets are closed. */
  async close(): Promise<void> {
    this.closed = true;
    for (const giveUp of this.downloads) giveUp();
    this.waker.want(NEVER);
    await this.opening;
    await Promise.all([this.socket, ...this.former].map((socket) => socket.close()));
  }

  private perform(effect: DeviceEffect): void {
    const { index, record, runTime } = this.options;
    const at = runTime(now());
    if (effect.kind === "send") this.send(effect.bytes);
    else if (effect.kind === "move") this.move();
    else if (effect.kind === "state") record({ kind: "device", device: index, at, event: effect.event });
    else if (effect.kind === "fetch") this.fetch(effect);
    else if (effect.kind !== "skipped") record({ ...effect, device: index, at });
  }

  /** A firmware image by HTTP, which its link has no part in. */
  private fetch({ url, largest, number }: Extract<DeviceEffect, { readonly kind: "fetch" }>): void {
    const giveUp = this.options.downloads.start({ url, largest }, (outcome) => {
      this.downloads.delete(giveUp);
      this.give({ kind: "fetched", number, outcome });
    });
    this.downloads.add(giveUp);
  }

  // ── addresses

  private attach(socket: UdpSocket): void {
    socket.onMessage((from, bytes) => this.receive(socket, from, bytes));
    socket.onError((error) => {
      if (!this.closed && wasRefused(error)) this.options.onRefused();
    });
  }

  private move(): void {
    const held: (() => void)[] = [];
    this.held = held;
    this.opening = this.options.openSocket().then(
      (socket) => {
        this.former.push(this.socket);
        this.socket = socket;
        if (this.former.length > this.options.formerSockets) void this.former.shift()?.close();
        if (this.closed) return;
        this.attach(socket);
        const { index, record, runTime } = this.options;
        record({ kind: "device", device: index, at: runTime(now()), event: "address", address: socket.address });
        this.resume(held);
      },
      (error) => this.options.onTrouble(error),
    );
  }

  /** What waited is done in its order; when it makes the address change again, the rest waits for that. */
  private resume(held: readonly (() => void)[]): void {
    this.held = undefined;
    for (const task of held) {
      if (this.held === undefined) task();
      else (this.held as (() => void)[]).push(task);
    }
  }

  // ── datagrams

  private send(bytes: Uint8Array): void {
    const { link, runTime } = this.options;
    const sent = now();
    const fate = link.fate("up", bytes.length, runTime(sent) / 1_000);
    if (fate.newAddress === true) this.move();
    if (this.held === undefined) this.carry(bytes, fate, sent);
    else this.held.push(() => this.carry(bytes, fate, sent));
  }

  private carry(bytes: Uint8Array, { delays, invertedBit }: LinkFate, sent: Instant): void {
    const { index, record, runTime, agenda } = this.options;
    const { socket } = this;
    const sentAt = runTime(sent);
    if (delays.length === 0) {
      record({ kind: "uplink", device: index, address: socket.address, bytes, at: sentAt, sentAt, lost: true });
      return;
    }
    const arriving = invertedBit === undefined ? bytes : invertBit(bytes, invertedBit);
    delays.forEach((delay, copy) => {
      const transmit = (): void => this.transmit(socket, arriving, sentAt, copy > 0);
      if (delay === 0) transmit();
      else agenda.once(after(sent, delay), transmit);
    });
  }

  private transmit(socket: UdpSocket, bytes: Uint8Array, sentAt: RunTime, copy: boolean): void {
    if (this.closed) return;
    const { index, record, runTime, lateness, uplinkSpan } = this.options;
    const leaves = now();
    const earliest = runTime(leaves);
    socket.send(socket.address, bytes);
    const at = earliest + Math.max(uplinkSpan, lateness(leaves));
    const event = { kind: "uplink", device: index, address: socket.address, bytes, at, earliest, sentAt } as const;
    record(copy ? { ...event, copy: true } : event);
  }

  private receive(socket: UdpSocket, from: Address, bytes: Uint8Array): void {
    if (this.closed) return;
    const { index, link, agenda, record, runTime, lateness } = this.options;
    const read = now();
    const { delays, invertedBit } = link.fate("down", bytes.length, runTime(read) / 1_000);
    record({
      kind: "downlink",
      device: index,
      address: socket.address,
      bytes,
      at: runTime(read),
      earliest: runTime(before(read, lateness(read))),
      arrivals: delays.map((delay) => runTime(after(read, delay))),
    });
    const arriving = invertedBit === undefined ? bytes : invertBit(bytes, invertedBit);
    for (const delay of delays) {
      const arrive = (): void => this.arrive(socket, from, arriving);
      if (delay === 0) arrive();
      else agenda.once(after(read, delay), arrive);
    }
  }

  private arrive(socket: UdpSocket, from: Address, bytes: Uint8Array): void {
    if (this.closed || socket !== this.socket || this.held !== undefined) return;
    const { device, index, record, runTime } = this.options;
    // A device that should have fallen asleep by now does so before it could hear anything.
    if (device.deadline <= now()) this.give({ kind: "time" });
    if (!device.listening) return;
    record({ kind: "delivery", device: index, bytes, at: runTime(now()) });
    this.give({ kind: "datagram", from, bytes });
  }
}

const wasRefused = (error: HarnessError): boolean => systemCode(error.cause) === "ECONNREFUSED";
