import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { finishHash } from "../../platform/random.ts";
import { exponential } from "./exponential.ts";
import { drawMillis } from "./spans.ts";

const HASHES = Array.from({ length: 20_000 }, (_, index) => finishHash(index, 7));

describe("exponential", () => {
  it("has its mean, and the median of 0.693 means, to 3 percent", () => {
    const draws = HASHES.map((hash) => exponential(hash, 1_000)).sort((a, b) => a - b);
    const mean = draws.reduce((sum, draw) => sum + draw, 0) / draws.length;
    expect(mean).toBeGreaterThan(970);
    expect(mean).toBeLessThan(1_030);
    expect(draws[10_000]).toBeGreaterThan(672);
    expect(draws[10_000]).toBeLessThan(714);
  });

  it("has a tail: one of 1,000 is beyond 6.9 means, and the greatest of 20,000 between 8 and 16", () => {
    const draws = HASHES.map((hash) => exponential(hash, 1));
    const beyond = draws.filter((draw) => draw > 6.9078).length;
    expect(beyond).toBeGreaterThan(8);
    expect(beyond).toBeLessThan(36);
    expect(Math.max(...draws)).toBeGreaterThan(8);
    expect(Math.max(...draws)).toBeLessThan(16);
  });

  it("is total and never negative", () => {
    const hash = fc.integer({ min: 0, max: 0xffffffff });
    fc.assert(fc.property(hash, (value) => Number.isFinite(exponential(value, 5)) && exponential(value, 5) >= 0));
    expect(exponential(0, 5)).toBe(0);
    expect(exponential(0xffffffff, 5)).toBeGreaterThan(5 * 5.5);
  });
});

describe("drawMillis", () => {
  it("is the duration itself, or even between its ends, both of them included", () => {
    expect(drawMillis(250, 0xffffffff)).toBe(250);
    const draws = HASHES.map((hash) => drawMillis({ kind: "uniform", from: 10, to: 12 }, hash));
    expect(new Set(draws)).toEqual(new Set([10, 11, 12]));
    expect(draws.filter((draw) => draw === 10).length).toBeGreaterThan(9_000);
  });

  it("adds what an exponential is at least", () => {
    expect(drawMillis({ kind: "exponential", mean: 1_000, atLeast: 300 }, 0)).toBe(300);
  });
});
