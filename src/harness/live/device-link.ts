/**
 * The link between one virtual device and a live server: its sockets, its faults in both directions, and their record.
 *
 * The record is made at the device's socket, which on a real network is not the server's wire. So an uplink says when
 * it can have reached the server, a downlink when it can have left, at the earliest and at the latest. A device that
 * moves keeps its old sockets until the end, as a network address translator does: what the server still sends there
 * is recorded, and reaches nobody.
 */
import { type HarnessError, systemCode } from "../../platform/errors.ts";
import type { UdpSocket } from "../../platform/udp.ts";
import type { Address } from "../../protocol/address.ts";
import { after, before, type Instant, type Micros } from "../../protocol/time.ts";
import type { Network } from "../../simulator/network.ts";
import type { HistoryEvent, RunTime } from "../history/history.ts";
import type { Agenda } from "./agenda.ts";

export interface LinkOptions {
  /** Place of the device in the fleet. */
  readonly index: number;
  readonly agenda: Agenda;
  readonly record: (event: HistoryEvent) => void;
  /** Microseconds from the start of the run. */
  readonly runTime: (instant: Instant) => RunTime;
  /** How long what was read at that moment may have waited for us. */
  readonly lateness: (now: Instant) => Micros;
  /** How long a datagram may take, at most, from our socket to the server. */
  readonly uplinkSpan: Micros;
  /** A datagram has come through to the present address. */
  readonly onArrival: (from: Address, bytes: Uint8Array) => void;
  /** Whether there is a server to be reached; what is sent while there is none is lost. Absent: there always is. */
  readonly isServerThere?: () => boolean;
  /** The system says that nobody listens at the server's port. */
  readonly onRefused: () => void;
}

export interface DeviceLink {
  /** From now on the link has faults; before, nothing comes through. */
  begin(network: Network): void;
  /** The first address, or a new one. */
  attach(socket: UdpSocket): void;
  /** From the present address. */
  send(bytes: Uint8Array): void;
  /** Nothing is sent, recorded or delivered any more; settles when all sockets are closed. */
  close(): Promise<void>;
}

export function createDeviceLink(options: LinkOptions): DeviceLink {
  const { index, agenda, record, runTime } = options;
  const sockets: UdpSocket[] = [];
  let network: Network | undefined;
  let closed = false;

  const delayed = (start: Instant, delay: Micros, task: () => void): void => {
    if (delay === 0) task();
    else agenda.once(after(start, delay), task);
  };

  const transmit = (socket: UdpSocket, bytes: Uint8Array, sentAt: RunTime, copy: boolean): void => {
    if (closed) return;
    const leaves = agenda.now();
    const earliest = runTime(leaves);
    if (options.isServerThere?.() === false) {
      const lost = { kind: "uplink", device: index, address: socket.address, bytes, at: earliest, sentAt } as const;
      record({ ...lost, lost: true, ...(copy ? { copy } : {}) });
      return;
    }
    const at = earliest + Math.max(options.uplinkSpan, options.lateness(leaves));
    socket.send(socket.address, bytes);
    const event = { kind: "uplink", device: index, address: socket.address, bytes, at, earliest, sentAt } as const;
    record(copy ? { ...event, copy: true } : event);
  };

  const arrive = (socket: UdpSocket, from: Address, bytes: Uint8Array): void => {
    if (!closed && socket === sockets.at(-1)) options.onArrival(from, bytes);
  };

  const receive = (socket: UdpSocket, from: Address, bytes: Uint8Array): void => {
    if (closed) return;
    const read = agenda.now();
    const delays = network?.fate(index, "down", read) ?? [];
    record({
      kind: "downlink",
      device: index,
      address: socket.address,
      bytes,
      at: runTime(read),
      earliest: runTime(before(read, options.lateness(read))),
      arrivals: delays.map((delay) => runTime(after(read, delay))),
    });
    for (const delay of delays) delayed(read, delay, () => arrive(socket, from, bytes));
  };

  return {
    begin(started) {
      network = started;
    },
    attach(socket) {
      sockets.push(socket);
      socket.onMessage((from, bytes) => receive(socket, from, bytes));
      socket.onError((error) => {
        if (!closed && wasRefused(error)) options.onRefused();
      });
    },
    send(bytes) {
      const socket = sockets.at(-1);
      if (closed || socket === undefined) return;
      const sent = agenda.now();
      const sentAt = runTime(sent);
      const delays = network?.fate(index, "up", sent) ?? [];
      if (delays.length === 0) {
        record({ kind: "uplink", device: index, address: socket.address, bytes, at: sentAt, sentAt, lost: true });
      }
      delays.forEach((delay, copies) => {
        delayed(sent, delay, () => transmit(socket, bytes, sentAt, copies > 0));
      });
    },
    async close() {
      closed = true;
      await Promise.all(sockets.map((socket) => socket.close()));
    },
  };
}

const wasRefused = (error: HarnessError): boolean => systemCode(error.cause) === "ECONNREFUSED";
