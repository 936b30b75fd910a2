/**
 * The CoAP side of a hosted server: one UDP socket. It carries bytes and judges none; garbage is the engine's to refuse.
 */

import { LARGE_RECEIVE_BUFFER, openUdp, type UdpSocket } from "../../platform/udp.ts";
import type { Address } from "../../protocol/address.ts";

export interface UdpFront {
  /** Where it listens. */
  readonly address: Address;
  send(to: Address, bytes: Uint8Array): void;
  close(): Promise<void>;
}

/** @throws HarnessError `address-in-use`, `address-not-available`, `permission-denied` */
export async function openUdpFront(
  host: string,
  port: number,
  onDatagram: (from: Address, bytes: Uint8Array) => void,
): Promise<UdpFront> {
  // Thousands of devices that register at once overflow the system's default buffer.
  const socket: UdpSocket = await openUdp({ host, port, receiveBuffer: LARGE_RECEIVE_BUFFER });
  socket.onMessage(onDatagram);
  return {
    address: socket.address,
    send: (to, bytes) => socket.send(to, bytes),
    close: () => socket.close(),
  };
}
