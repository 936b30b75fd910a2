import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { percentOf } from "./percents.ts";

describe("percentOf", () => {
  it("is the smallest value that so many percent do not exceed", () => {
    const counted = [
      [10, 50],
      [20, 49],
      [900, 1],
    ] as const;
    expect([50, 51, 99, 99.9, 100].map((percent) => percentOf(counted, percent))).toEqual([10, 20, 20, 900, 900]);
    expect(percentOf([], 50)).toBe(0);
  });

  it("agrees with looking it up in the sorted list", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20), { minLength: 1 }), fc.constantFrom(50, 90, 99, 100), (values, percent) => {
        const sorted = [...values].sort((a, b) => a - b);
        const counted = [...new Set(sorted)].map(
          (each) => [each, sorted.filter((other) => other === each).length] as const,
        );
        expect(percentOf(counted, percent)).toBe(sorted[Math.ceil((sorted.length * percent) / 100) - 1]);
      }),
    );
  });
});
