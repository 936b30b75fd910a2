/**
 * What the kernel threw away because a socket's receive buffer was full, as Linux tells in `/proc/net/udp`.
 *
 * It counts per socket since that was opened, for sockets of any process on this machine, so a server on loopback can
 * be asked about as well. Elsewhere nobody knows. Format: proc(5); little-endian words of the address in hexadecimal.
 */
import { readFile } from "node:fs/promises";
import { endianness } from "node:os";
import type { Address } from "../protocol/address.ts";

/** Datagrams dropped, by local address of the socket; a wildcard socket is under `0.0.0.0:5683`. IPv4 only. */
export type UdpDrops = ReadonlyMap<Address, number>;

/** `undefined` where the system does not tell. */
export async function readUdpDrops(): Promise<UdpDrops | undefined> {
  try {
    return parseUdpDrops(await readFile("/proc/net/udp", "utf8"), endianness() === "LE");
  } catch {
    return undefined;
  }
}

/** @param text content of `/proc/net/udp`: a line of titles, then a line for each socket; its last field counts the drops */
export function parseUdpDrops(text: string, littleEndian: boolean): UdpDrops {
  const drops = new Map<Address, number>();
  for (const line of text.split("\n").slice(1)) {
    const fields = line.trim().split(/\s+/);
    const local = /^([0-9A-F]{8}):([0-9A-F]{4})$/.exec(fields[1] ?? "");
    if (local === null) continue;
    const [, host = "", port = ""] = local;
    const count = Number(fields.at(-1));
    if (!Number.isInteger(count)) continue;
    const at = `${dotted(host, littleEndian)}:${Number.parseInt(port, 16)}` as Address;
    drops.set(at, (drops.get(at) ?? 0) + count);
  }
  return drops;
}

function dotted(word: string, littleEndian: boolean): string {
  const bytes = [0, 2, 4, 6].map((at) => Number.parseInt(word.slice(at, at + 2), 16));
  return (littleEndian ? bytes.reverse() : bytes).join(".");
}
