import { describe, expect, it } from "vitest";
import { createRandomSource, freshSeed, hashText } from "./random.ts";

const draws = (seed: string, key: string, count: number): number[] => {
  const stream = createRandomSource(seed)(key);
  return Array.from({ length: count }, stream);
};

/** Pearson's statistic of values 0..2^32-1 over 100 equal buckets: 99 on average, above 180 once in a million. */
function chiSquare(values: readonly number[]): number {
  const buckets = new Array<number>(100).fill(0);
  for (const value of values) {
    const bucket = Math.floor((value / 2 ** 32) * 100);
    buckets[bucket] = (buckets[bucket] ?? 0) + 1;
  }
  const expected = values.length / 100;
  return buckets.reduce((sum, seen) => sum + (seen - expected) ** 2 / expected, 0);
}

describe("createRandomSource", () => {
  it("gives the same stream for the same seed and key, on every machine", () => {
    expect(draws("seed", "mid/192.0.2.1:5683", 4)).toEqual(draws("seed", "mid/192.0.2.1:5683", 4));
    expect(draws("seed", "a", 3)).toEqual(LITERAL_DRAWS);
  });

  it("gives another stream for another seed, key or split between them", () => {
    expect(draws("seed", "a", 2)).not.toEqual(draws("seed", "b", 2));
    expect(draws("seed", "a", 2)).not.toEqual(draws("seee", "a", 2));
    expect(draws("", "", 2)).not.toEqual(draws("", "/", 2));
  });

  it("starts a key's stream from its beginning each time it is opened, whatever was drawn elsewhere", () => {
    const random = createRandomSource("seed");
    const first = random("a")();
    random("b")();
    expect(random("a")()).toBe(first);
  });

  it("has uniform first draws over 2,000 keys that differ in a number, and over 2,000 seeds that do", () => {
    const source = createRandomSource("seed");
    expect(chiSquare(Array.from({ length: 2_000 }, (_, index) => source(`device/${index}`)()))).toBeLessThan(180);
    expect(chiSquare(Array.from({ length: 2_000 }, (_, index) => createRandomSource(`${index}`)("a")()))).toBeLessThan(
      180,
    );
  });

  it("has unsigned 32-bit draws that are uniform along a stream", () => {
    const values = draws("seed", "a", 20_000);
    expect(values.every((value) => Number.isInteger(value) && value >= 0 && value < 2 ** 32)).toBe(true);
    expect(chiSquare(values)).toBeLessThan(180);
  });
});

describe("freshSeed", () => {
  it("is 16 hexadecimal characters and never the same twice", () => {
    expect(freshSeed()).toMatch(/^[0-9a-f]{16}$/);
    expect(new Set(Array.from({ length: 100 }, freshSeed)).size).toBe(100);
  });
});

describe("hashText", () => {
  it("has these values on every machine", () => {
    expect([hashText(""), hashText("a"), hashText("queue-17"), hashText("queue-18"), hashText("a", 1)]).toEqual(
      LITERAL_HASHES,
    );
  });
});

const LITERAL_DRAWS = [963_135_971, 61_425_153, 3_320_433_134];
const LITERAL_HASHES = [0, 721_651_713, 1_381_372_530, 240_003_184, 3_663_734_039];
