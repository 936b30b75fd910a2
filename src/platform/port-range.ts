/** The UDP ports that the system gives to sockets that ask for any, as Linux tells; the range holds for IPv6 as well. */
import { readFileSync } from "node:fs";

export interface PortRange {
  readonly first: number;
  readonly last: number;
}

/** `undefined` where the system does not tell. */
export function localPortRange(): PortRange | undefined {
  try {
    return parsePortRange(readFileSync("/proc/sys/net/ipv4/ip_local_port_range", "utf8"));
  } catch {
    return undefined;
  }
}

/** @param text content of `/proc/sys/net/ipv4/ip_local_port_range`: two numbers, both of which are given out. ip(7) */
export function parsePortRange(text: string): PortRange | undefined {
  const [, first, last] = /^\s*(\d+)\s+(\d+)\s*$/.exec(text) ?? [];
  return first === undefined ? undefined : { first: Number(first), last: Number(last) };
}
