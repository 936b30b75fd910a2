import { describe, expect, it } from "vitest";
import type { FailureSummary } from "../harness/record/verdict.ts";
import { seenIn } from "./requirement-lines.ts";

const failure: FailureSummary = {
  id: "R-04-retry-17",
  requirement: "R-04",
  plan: "p",
  history: "h",
  shrunk: "s",
  operations: 2,
  faults: 1,
  expected: "e",
  actual: "a",
  plans: 3,
  historyHash: "sha256:0",
  replay: "r",
};

describe("seenIn", () => {
  it("says in how many plans, and nothing about repetition in simulation, where every run repeats", () => {
    expect(seenIn(failure, 200)).toBe("3 of 200 plans");
  });

  it("says live whether the plan failed again, because what came once is evidence too", () => {
    expect(seenIn({ ...failure, reproduced: true }, 200)).toBe("3 of 200 plans; the plan run again failed again");
    expect(seenIn({ ...failure, reproduced: false }, 200)).toMatch(/did not fail again: the evidence is its history$/);
  });
});
