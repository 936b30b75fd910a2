/**
 * The links between server and devices: when, how often and whether a datagram arrives.
 *
 * A datagram's fate depends on (seed, device, direction, its number on that link) and on the faults whose window it
 * was sent in, not on any other datagram. Each kind of fault decides by a hash of its own, so leaving a fault out of a
 * plan changes nothing about the others, and raising a share keeps what the smaller share had chosen. Whether a
 * device can send or listen at all is the device's business, not the network's.
 */
import { after, type Instant, type Micros, micros, millis } from "../protocol/time.ts";
import { hashSeed, holds, keyedHash } from "./keyed-hash.ts";
import type { Fault } from "./model/fault.ts";

/** As the server sees it: `up` is from the device to the server. */
export type LinkDirection = "up" | "down";

/** All links of a fleet to one server. */
export interface Network {
  /**
   * Decides about the next datagram of a link. To be called once for each, in the order of sending.
   *
   * @returns the delays after which its copies arrive, the original first; empty: it is lost
   */
  fate(device: number, direction: LinkDirection, now: Instant): readonly Micros[];
}

/** What the fates of datagrams depend on. */
export interface NetworkOptions {
  readonly seed: string;
  /** One-way latency of every link, milliseconds. */
  readonly latency: number;
  /** Those that are not about links are ignored. `device` is an index into the fleet. */
  readonly faults: readonly Fault[];
  /** Where the windows of the faults begin to count. */
  readonly start: Instant;
}

type LinkFault = Extract<Fault, { readonly direction: unknown }>;

/** The faults of one link, by kind, and how many datagrams it has carried. */
interface Link {
  readonly losses: readonly Window<"loss">[];
  readonly duplications: readonly Window<"duplication">[];
  readonly reorderings: readonly Window<"reordering">[];
  readonly latencies: readonly Window<"latency">[];
  carried: number;
}

/** A fault with its window as points in time: from `opens` inclusive to `closes` exclusive. */
type Window<K extends LinkFault["kind"]> = Extract<LinkFault, { readonly kind: K }> & {
  readonly opens: Instant;
  readonly closes: Instant;
};

/** Part of the key of a decision: numbers for life, or saved plans would replay differently. */
const DECISION = { loss: 1, duplication: 2, reordering: 3 } as const;
const DIRECTION = { up: 0, down: 1 } as const;

const LOST: readonly Micros[] = Object.freeze([]);

/** Makes the links of a plan. */
export function createNetwork({ seed, latency, faults, start }: NetworkOptions): Network {
  const seedHash = hashSeed(seed);
  const undisturbed: readonly Micros[] = Object.freeze([millis(latency)]);
  const links = { up: linksOf(faults, "up", start), down: linksOf(faults, "down", start) };
  return {
    fate(device, direction, now) {
      const link = links[direction].get(device);
      if (link === undefined) return undisturbed;
      const index = link.carried++;
      const chosen = (fault: { readonly kind: keyof typeof DECISION; readonly permille: number }): boolean =>
        holds(keyedHash(seedHash, device, DIRECTION[direction], DECISION[fault.kind], index), fault.permille);
      return fateOn(link, now, undisturbed, chosen);
    },
  };
}

function fateOn(
  link: Link,
  now: Instant,
  undisturbed: readonly Micros[],
  chosen: (fault: Window<"loss" | "duplication" | "reordering">) => boolean,
): readonly Micros[] {
  const strikes = (fault: Window<"loss" | "duplication" | "reordering">): boolean =>
    isOpen(fault, now) && chosen(fault);
  if (link.losses.some(strikes)) return LOST;
  const latency = link.latencies.find((fault) => isOpen(fault, now));
  const held = link.reorderings.reduce((most, fault) => (strikes(fault) ? Math.max(most, fault.delay) : most), 0);
  const copies = link.duplications.filter(strikes);
  if (latency === undefined && held === 0 && copies.length === 0) return undisturbed;
  const base = latency === undefined ? (undisturbed[0] as Micros) : millis(latency.delay);
  const delay = micros(base + millis(held));
  return [delay, ...copies.map((copy) => micros(delay + millis(copy.delay)))];
}

const isOpen = (fault: { readonly opens: Instant; readonly closes: Instant }, now: Instant): boolean =>
  fault.opens <= now && now < fault.closes;

function linksOf(faults: readonly Fault[], direction: LinkDirection, start: Instant): ReadonlyMap<number, Link> {
  const windows = faults
    .filter((fault): fault is LinkFault => "direction" in fault)
    .filter((fault) => fault.direction === direction || fault.direction === "both")
    .map((fault) => ({ ...fault, opens: after(start, millis(fault.from)), closes: after(start, millis(fault.until)) }));
  const devices = new Set(windows.map((fault) => fault.device));
  return new Map([...devices].map((device) => [device, linkOf(windows.filter((fault) => fault.device === device))]));
}

const linkOf = (own: readonly Window<LinkFault["kind"]>[]): Link => ({
  losses: own.filter((fault) => fault.kind === "loss"),
  duplications: own.filter((fault) => fault.kind === "duplication"),
  reorderings: own.filter((fault) => fault.kind === "reordering"),
  latencies: own.filter((fault) => fault.kind === "latency"),
  carried: 0,
});
