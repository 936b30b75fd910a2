/**
 * What the CoAP side of a hosted server needs of a transport: datagrams with their sender, and a way back.
 *
 * A sender is known by an address, and by what the transport has proved about it. UDP proves nothing; a transport with
 * DTLS would give the identity of the pre-shared key, which in LwM2M is the endpoint client name.
 *
 * Spec: OMA LwM2M Transport §5.2.8 (endpoint name and identity must agree).
 */
import type { Address } from "../../protocol/address.ts";

/** Who sent a datagram. */
export interface Peer {
  readonly address: Address;
  /** Proved by the transport; absent: nothing is. */
  readonly identity?: string | undefined;
}

export type OnDatagram = (from: Peer, bytes: Uint8Array) => void;

export interface DatagramFront {
  /** Where it listens. */
  readonly address: Address;
  send(to: Address, bytes: Uint8Array): void;
  /** Settles when the port is free again. May be called twice. */
  close(): Promise<void>;
}
