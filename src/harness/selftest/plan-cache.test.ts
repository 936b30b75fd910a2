import { describe, expect, it } from "vitest";
import { ARTIK, EMPTY_PROFILE } from "../../protocol/profile.ts";
import { makePlan, rememberPlans } from "./plan-cache.ts";

describe("rememberPlans", () => {
  it("gives what is made without it, for each seed, index and profile", () => {
    const remembered = rememberPlans(2);
    for (const seed of ["a", "b"])
      for (const profile of [ARTIK, EMPTY_PROFILE])
        for (const index of [0, 1, 2, 0, 1, 2])
          expect(remembered(seed, index, profile)).toEqual(makePlan(seed, index, profile));
  });

  it("makes the first plans once, and the later ones each time", () => {
    const remembered = rememberPlans(1);
    expect(remembered("a", 0, ARTIK)).toBe(remembered("a", 0, ARTIK));
    expect(remembered("a", 1, ARTIK)).not.toBe(remembered("a", 1, ARTIK));
  });
});
