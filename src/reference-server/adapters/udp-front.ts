/**
 * The CoAP side of a hosted server: one UDP socket. It carries bytes and judges none; garbage is the engine's to refuse.
 * What a source brings beyond its share is dropped here, before it costs more than a look at its address.
 */

import { now } from "../../platform/clock.ts";
import { LARGE_RECEIVE_BUFFER, openUdp, type UdpSocket } from "../../platform/udp.ts";
import type { DatagramFront, OnDatagram } from "./datagram-front.ts";
import type { DatagramGate } from "./datagram-gate.ts";

export interface UdpFrontOptions {
  readonly host: string;
  readonly port: number;
  readonly onDatagram: OnDatagram;
  /** Default: whatever comes is taken. */
  readonly gate?: DatagramGate | undefined;
  /** A datagram was dropped by the gate. */
  readonly onDropped?: (() => void) | undefined;
}

/** @throws HarnessError `address-in-use`, `address-not-available`, `permission-denied` */
export async function openUdpFront(options: UdpFrontOptions): Promise<DatagramFront> {
  const { host, port, onDatagram, gate, onDropped } = options;
  // Thousands of devices that register at once overflow the system's default buffer.
  const socket: UdpSocket = await openUdp({ host, port, receiveBuffer: LARGE_RECEIVE_BUFFER });
  socket.onMessage((from, bytes) => {
    if (gate === undefined || gate.admits(from, now())) onDatagram({ address: from }, bytes);
    else onDropped?.();
  });
  return {
    address: socket.address,
    send(to, bytes) {
      gate?.sent(to, bytes);
      socket.send(to, bytes);
    },
    close: () => socket.close(),
  };
}
