import { describe, expect, it } from "vitest";
import { atLeastByChance, goesWith } from "./by-chance.ts";

const first = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);

describe("atLeastByChance", () => {
  it("is the share to the power of the plans when all of them show it", () => {
    expect(atLeastByChance(1, 1, 0.25)).toBeCloseTo(0.25, 12);
    expect(atLeastByChance(4, 4, 0.5)).toBeCloseTo(0.0625, 12);
  });

  it("adds up all ways in which some of them show it", () => {
    // Two or three heads of three coins.
    expect(atLeastByChance(2, 3, 0.5)).toBeCloseTo(0.5, 12);
  });

  it("is certain of nothing at all, and of what every plan shows; and never above 1 with many plans", () => {
    expect(atLeastByChance(0, 5, 0.1)).toBe(1);
    expect(atLeastByChance(5, 5, 1)).toBe(1);
    expect(atLeastByChance(1, 5, 0)).toBe(0);
    expect(atLeastByChance(1, 20_000, 0.4)).toBeLessThanOrEqual(1);
    expect(atLeastByChance(1, 20_000, 0.4)).toBeCloseTo(1, 6);
  });
});

describe("goesWith", () => {
  it("takes two of 1058 plans for chance beside what 274 of them show, and not beside what no other plan shows", () => {
    expect(goesWith([3, 4], first(274), 1058)).toBe(false);
    expect(goesWith([3], [3], 1071)).toBe(true);
  });

  it("needs more plans the oftener the other shows", () => {
    expect(goesWith(first(3), first(250), 1000)).toBe(false);
    expect(goesWith(first(4), first(250), 1000)).toBe(true);
  });

  it("says no where the plans are others, where there are none, and beside what every plan shows", () => {
    expect(goesWith([900], first(20), 1000)).toBe(false);
    expect(goesWith([], first(20), 1000)).toBe(false);
    expect(goesWith(first(9), first(1000), 1000)).toBe(false);
  });
});
