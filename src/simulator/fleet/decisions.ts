/**
 * The random decisions about a device of a fleet: each is a hash of (seed, device, part, kind, number).
 *
 * No decision depends on another one, nor on which other devices there are, so a device does the same in every shard,
 * and alone. The numbers of parts and kinds are for life: with others, a seed would mean something else.
 */
import { hashSeed, keyedHash } from "../keyed-hash.ts";

/** What a decision is about. Those of events and of answer rules are counted from their first. */
export const PART = {
  up: 0,
  down: 1,
  start: 2,
  updates: 3,
  connectivity: 4,
  reboots: 5,
  "factory-resets": 6,
  "registration-loss": 7,
  rebinding: 8,
  events: 1_000,
  answers: 10_000,
} as const;

/** @returns an unsigned 32-bit integer */
export type Decide = (device: number, part: number, kind: number, index: number) => number;

/** The decisions of one seed: a hash of 32 bits each. */
export function createDecisions(seed: string): Decide {
  const hash = hashSeed(`fleet/${seed}`);
  return (device, part, kind, index) => keyedHash(hash, device, part, kind, index);
}

/** Whether what holds for `percent` of 100 holds for this hash. What holds for 10 also holds for 20. */
export const strikes = (hash: number, percent: number): boolean => hash < percent * 42_949_672.96;

/** 0 up to below `end`, evenly. */
export const below = (hash: number, end: number): number => Math.floor((hash / 4_294_967_296) * end);
