import { describe, expect, it } from "vitest";
import type { FailureSummary } from "../harness/record/verdict.ts";
import { comesWith, failuresFirst, seenIn, whichOf } from "./requirement-lines.ts";
import { FAILED_VERDICT } from "./test-kit.ts";

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
    expect(seenIn({ ...failure, reproduced: true, repeats: { failed: 5, of: 5 } }, 200)).toBe(
      "3 of 200 plans; the small plan failed 5 of 5 runs",
    );
    expect(seenIn({ ...failure, reproduced: false, repeats: { failed: 0, of: 5 } }, 200)).toMatch(/did not fail again/);
    expect(seenIn({ ...failure, reproduced: false }, 200)).toMatch(/did not fail again: the evidence is its history$/);
  });
});

describe("failuresFirst", () => {
  it("puts a MUST before a SHOULD, and behind both what belongs to another failure", () => {
    const [q05, r04] = FAILED_VERDICT.failures;
    if (q05 === undefined || r04 === undefined) throw new Error("the verdict of the tests has two failures");
    const side = { ...r04, id: "side", belongsTo: r04.id };
    const verdict = { ...FAILED_VERDICT, failures: [side, q05, r04] };
    expect(failuresFirst(verdict).map(({ id }) => id)).toEqual(["R-04-retry-17", "Q-05-queue-3", "side"]);
    expect(comesWith(r04, verdict)).toEqual(["side"]);
    expect(whichOf(r04, verdict)).toBe("");
    expect(whichOf(r04, { ...verdict, failures: [{ ...r04, id: "other" }, r04] })).toBe(" (2 of 2)");
  });
});
