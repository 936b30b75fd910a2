import { describe, expect, it } from "vitest";
import { headline, isKnown } from "./headline.ts";
import { FAILED_VERDICT } from "./test-kit.ts";

const NONE = { known: [], unexpected: [], unseen: [], stale: [] };

describe("headline", () => {
  it("is the verdict's own where nothing is expected", () => {
    expect(headline(FAILED_VERDICT, undefined)).toEqual({ word: "FAIL", tone: "fail", reason: "broken: R-04" });
    expect(headline({ ...FAILED_VERDICT, outcome: "pass", reason: "kept" }, NONE)).toEqual({
      word: "PASS",
      tone: "pass",
      reason: "kept",
    });
  });

  it("says of a campaign that breaks only what it is known to break that it is as expected", () => {
    expect(headline(FAILED_VERDICT, { ...NONE, known: ["R-04"] })).toEqual({
      word: "AS EXPECTED",
      tone: "pass",
      reason: "known to be broken: R-04",
    });
  });

  it("fails for what is newly broken, and for what is expected and kept, and names each", () => {
    expect(headline(FAILED_VERDICT, { ...NONE, known: ["R-04"], unexpected: ["R-07"], stale: ["Q-05"] })).toEqual({
      word: "FAIL",
      tone: "fail",
      reason: "newly broken: R-07; expected to be broken, but kept: Q-05; known to be broken: R-04",
    });
  });

  it("keeps the reason of a campaign that concludes nothing", () => {
    const open = { ...FAILED_VERDICT, outcome: "inconclusive" as const, reason: "interrupted" };
    expect(headline(open, { ...NONE, known: ["R-04"] })).toMatchObject({ word: "INCONCLUSIVE", reason: "interrupted" });
  });
});

describe("isKnown", () => {
  it("is so for what is expected to be broken alone", () => {
    expect(isKnown("R-04", { ...NONE, known: ["R-04"] })).toBe(true);
    expect(isKnown("R-04", { ...NONE, unexpected: ["R-04"] })).toBe(false);
    expect(isKnown("R-04", undefined)).toBe(false);
  });
});
