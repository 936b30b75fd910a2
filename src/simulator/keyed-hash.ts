/**
 * Decisions by name instead of by draw: an unsigned 32-bit hash of (seed, flow, index).
 *
 * No generator and no state, so a decision depends on nothing that was decided before. Integer arithmetic only:
 * the same on every machine.
 */
import { finishHash, hashText, mixWord } from "../platform/random.ts";

/** The seed text as a number, hashed once per run. */
export const hashSeed = (seed: string): number => hashText(seed, 0);

/**
 * The hash of one decision.
 *
 * @param seed from `hashSeed`
 * @param flow what the decision is about, for example a device and a direction: two words
 * @param kind which decision about it
 * @param index its number within the flow
 * @returns 0..2^32-1
 */
export function keyedHash(seed: number, flow: number, part: number, kind: number, index: number): number {
  return finishHash(mixWord(mixWord(mixWord(mixWord(seed, flow), part), kind), index), 4);
}

/** Whether a decision that holds `permille` times out of 1000 holds for this hash. What holds for 100 also holds for 200. */
export const holds = (hash: number, permille: number): boolean => hash < permille * 4_294_967.296;
