import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hashSeed, holds, keyedHash } from "./keyed-hash.ts";

const word = fc.integer({ min: 0, max: 0xffffffff });

describe("keyedHash", () => {
  it("has these values on every machine", () => {
    const seed = hashSeed("seed");
    expect([
      keyedHash(seed, 0, 0, 0, 0),
      keyedHash(seed, 0, 0, 0, 1),
      keyedHash(seed, 1, 0, 0, 0),
      keyedHash(hashSeed("seee"), 0, 0, 0, 0),
      keyedHash(0, 0xffffffff, 1, 2, 3),
    ]).toEqual(LITERAL);
  });

  it("is an unsigned 32-bit integer for any words", () => {
    fc.assert(
      fc.property(word, word, word, word, word, (seed, flow, part, kind, index) => {
        const hash = keyedHash(seed, flow, part, kind, index);
        return Number.isInteger(hash) && hash >= 0 && hash <= 0xffffffff;
      }),
    );
  });

  it("flips half of the 32 bits when one bit of one word flips", () => {
    for (let position = 0; position < 5; position++) {
      let flipped = 0;
      for (let sample = 0; sample < 2_000; sample++) {
        const words = [7, sample, 1, 2, sample * 31] as [number, number, number, number, number];
        const other = [...words] as typeof words;
        other[position] = (other[position] ?? 0) ^ (1 << (sample % 16));
        flipped += bitCount(keyedHash(...words) ^ keyedHash(...other));
      }
      expect(flipped / 2_000).toBeGreaterThan(15.5);
      expect(flipped / 2_000).toBeLessThan(16.5);
    }
  });

  it("spreads the first 100,000 indices of a flow evenly over 256 buckets, by the high and by the low bits", () => {
    const high = new Array<number>(256).fill(0);
    const low = new Array<number>(256).fill(0);
    for (let index = 0; index < 100_000; index++) {
      const hash = keyedHash(hashSeed("seed"), 3, 1, 0, index);
      high[hash >>> 24] = (high[hash >>> 24] ?? 0) + 1;
      low[hash & 255] = (low[hash & 255] ?? 0) + 1;
    }
    for (const buckets of [high, low]) {
      expect(Math.min(...buckets)).toBeGreaterThan(290);
      expect(Math.max(...buckets)).toBeLessThan(500);
    }
  });
});

describe("holds", () => {
  it("never holds for 0 and always for 1000 of 1000", () => {
    fc.assert(fc.property(word, (hash) => !holds(hash, 0) && holds(hash, 1_000)));
  });

  it("holds for every larger share when it holds for a smaller one", () => {
    const share = fc.integer({ min: 0, max: 1_000 });
    fc.assert(
      fc.property(word, share, share, (hash, a, b) => !holds(hash, Math.min(a, b)) || holds(hash, Math.max(a, b))),
    );
  });

  it("holds for 250 of 1000 in 25 % of decisions", () => {
    let count = 0;
    for (let index = 0; index < 20_000; index++) if (holds(keyedHash(1, 2, 3, 4, index), 250)) count += 1;
    expect(count / 20_000).toBeCloseTo(0.25, 1);
  });
});

function bitCount(value: number): number {
  let bits = 0;
  for (let rest = value >>> 0; rest !== 0; rest >>>= 1) bits += rest & 1;
  return bits;
}

const LITERAL = [1_044_463_360, 3_319_080_921, 4_122_975_443, 2_355_346_231, 2_074_081_184];
