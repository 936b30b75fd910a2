/** The catalogue and the checkers know the same: nothing is called checked without a checker, nor judged unseen. */
import { describe, expect, it } from "vitest";
import { CHECKERS } from "../src/harness/oracle/checkers/all.ts";
import { MUTANTS } from "../src/mutants/all-mutants.ts";
import { CHECKED_REQUIREMENT_IDS } from "../src/scenarios/requirements.ts";

describe("the catalogue", () => {
  it("calls a requirement checked exactly when a checker names it", () => {
    const judged = new Set(CHECKERS.flatMap(({ requirements }) => requirements));
    expect([...judged].sort()).toEqual([...CHECKED_REQUIREMENT_IDS].sort());
  });

  it("has a mutant for at least 25 of them", () => {
    expect(new Set(MUTANTS.map(({ requirement }) => requirement)).size).toBeGreaterThanOrEqual(25);
  });
});
