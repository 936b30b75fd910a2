/**
 * Secrets: making them, and recognising them by their SHA-256 digest, which is all that is ever kept.
 *
 * A digest that needs no salt and no slow hash is right for what `newSecret` makes, 256 random bits; a word that a
 * person has chosen can be guessed from its digest.
 */
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { RandomSource } from "../protocol/random.ts";
import { sha256 } from "./hash.ts";

/** 256 bits of the operating system's randomness: 43 characters of A–Z, a–z, 0–9, `-` and `_`. */
export const newSecret = (): string => randomBytes(32).toString("base64url");

/** Lower-case hex, 64 characters. */
export const digestOf = (secret: string): string => sha256(secret);

/** In a time that does not depend on where they differ. */
export function isSameDigest(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

const WORDS_IN_BLOCK = 8;

/**
 * Keyed streams that nobody can continue who has seen a part of them: for ids that a stranger must not guess.
 * HMAC-SHA-256 in counter mode, under a key of this process; a stream begins anew whenever it is asked for.
 */
export function createSecretRandomSource(): RandomSource {
  const secret = randomBytes(32);
  return (key) => {
    let block: Buffer = Buffer.alloc(0);
    let blocks = 0;
    let word = WORDS_IN_BLOCK;
    return () => {
      if (word === WORDS_IN_BLOCK) {
        block = createHmac("sha256", secret).update(`${blocks}/${key}`).digest();
        blocks += 1;
        word = 0;
      }
      word += 1;
      return block.readUInt32BE((word - 1) * 4);
    };
  };
}
