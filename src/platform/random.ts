/**
 * Where streams of randomness come from: keyed ones, which repeat, and fresh seeds, which do not.
 *
 * A stream is `seedrandom`'s xor128, keyed by (seed, key) and made on first use. The pair is hashed before it seeds
 * the generator: generators with near seeds would otherwise agree in their first draws, and a fleet of devices
 * would make the same first decision.
 */
import { randomBytes } from "node:crypto";
import xor128 from "seedrandom/lib/xor128.js";
import type { RandomSource } from "../protocol/random.ts";

/**
 * Streams that depend on seed and key alone: the same on every machine, and untouched by draws elsewhere.
 *
 * @param seed any text; `/` separates it from the key, so a seed should not contain one
 */
export function createRandomSource(seed: string): RandomSource {
  return (key) => {
    const text = `${seed}/${key}`;
    const generator = xor128(hexadecimal(hashText(text, 0)) + hexadecimal(hashText(text, 0x9e3779b9)));
    return () => generator.int32() >>> 0;
  };
}

/** A seed that nobody had before: 16 hexadecimal characters from the operating system. For campaigns, never inside one. */
export const freshSeed = (): string => randomBytes(8).toString("hex");

/**
 * An unsigned 32-bit hash of a text: MurmurHash3 (x86, 32 bit) with one UTF-16 unit as one word.
 *
 * @param start another start gives an independent hash of the same text
 */
export function hashText(text: string, start = 0): number {
  let hash = start | 0;
  for (let at = 0; at < text.length; at++) hash = mixWord(hash, text.charCodeAt(at));
  return finishHash(hash, text.length);
}

/** Takes one 32-bit word into a running hash. */
export function mixWord(hash: number, word: number): number {
  const scrambled = Math.imul(word, 0xcc9e2d51);
  const mixed = hash ^ Math.imul((scrambled << 15) | (scrambled >>> 17), 0x1b873593);
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0;
}

/** Ends a running hash: every bit of the words reaches every bit of the result. */
export function finishHash(hash: number, words: number): number {
  let bits = hash ^ words;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}

const hexadecimal = (hash: number): string => hash.toString(16).padStart(8, "0");
