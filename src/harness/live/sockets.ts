/**
 * The addresses of virtual devices on real networks.
 *
 * On loopback every socket gets an IP address of its own, 127.64.0.1 and so on. A port that was just given back is
 * then never a device's again: what a server still sends to a device of an earlier run reaches nobody of this one, and
 * no server takes a new device's first message for a copy of an old one's.
 */
import { HarnessError } from "../../platform/errors.ts";
import { hashText } from "../../platform/random.ts";
import { isLoopback, openUdp, type UdpSocket } from "../../platform/udp.ts";
import { type Address, splitAddress } from "../../protocol/address.ts";

/** Whether the devices of a server at this host can have an IP address each; else they share one, and its ports. */
export const hasManyAddresses = (host: string): boolean => isLoopback(host) && !host.includes(":");

/** Opens the socket of a device that talks to `server`. */
export type OpenSocket = (server: Address) => Promise<UdpSocket>;

/** Bursts of a server that has many requests for one device; Linux counts about 0.8 KiB for each datagram. */
const RECEIVE_BUFFER = 1024 * 1024;
/** 127.64.0.0/10: 4,194,304 addresses. */
const FIRST_NETWORK = 64;
const ADDRESSES = 1 << 22;

/** @param scope a name that no other process has: it decides where in the loopback network the addresses begin */
export function createSocketOpener(scope: string): OpenSocket {
  let opened = hashText(scope) % ADDRESSES;
  let plainLoopback = false;
  return async (peer) => {
    const { host } = splitAddress(peer);
    if (!hasManyAddresses(host) || plainLoopback) return openUdp({ peer, receiveBuffer: RECEIVE_BUFFER });
    try {
      return await openUdp({ host: loopbackAddress(opened++), peer, receiveBuffer: RECEIVE_BUFFER });
    } catch (error) {
      if (!(error instanceof HarnessError) || error.code !== "address-not-available") throw error;
      // Some systems have 127.0.0.1 only.
      plainLoopback = true;
      return openUdp({ peer, receiveBuffer: RECEIVE_BUFFER });
    }
  };
}

/** The addresses that end in .0 and .255 are left out: some systems take them for a network and a broadcast. */
function loopbackAddress(number: number): string {
  const place = number % ADDRESSES;
  const last = (place % 254) + 1;
  const rest = Math.floor(place / 254);
  return `127.${FIRST_NETWORK + (rest >>> 8)}.${rest & 0xff}.${last}`;
}
