import { describe, expect, it } from "vitest";
import { percentile } from "../record/percentile.ts";
import type { MutantRow, VariantRow } from "../record/selftest.ts";
import type { SelfTestResult } from "./case.ts";
import { type SelfTestInput, settleSelfTest } from "./settle.ts";

const MUTANT: MutantRow = {
  id: "forgets",
  sentence: "Forgets a task.",
  requirement: "R-04",
  level: "MUST",
  source: "nowhere",
};
const VARIANT: VariantRow = { id: "slow", sentence: "Takes its time.", choice: "choice 5" };

const result = (fields: Partial<SelfTestResult>): SelfTestResult => ({
  id: "forgets",
  seed: "a",
  plans: 3,
  activated: 2,
  broken: {},
  notGreen: [],
  ...fields,
});
const CAUGHT = [
  result({ seed: "a", caughtAfter: 7, broken: { "R-04": 1, "T-02": 2 } }),
  result({ seed: "b", caughtAfter: 3, broken: { "R-04": 1 } }),
];
const HEALTHY = [result({ id: "slow", plans: 100, activated: 9 }), result({ id: "reference", plans: 100 })];

const settle = (results: readonly SelfTestResult[], fields: Partial<SelfTestInput> = {}) =>
  settleSelfTest({
    seeds: ["a", "b"],
    mutants: [MUTANT],
    variants: [VARIANT],
    results,
    interrupted: false,
    ...fields,
  });

describe("a self-test", () => {
  it("passes when every mutant is caught with every seed, and nobody else is accused", () => {
    const report = settle([...CAUGHT, ...HEALTHY]);
    expect(report).toMatchObject({
      outcome: "pass",
      caught: 1,
      must: { caught: 1, all: 1 },
      plansUntilCaught: { median: 3, p95: 7 },
      reference: { plans: 100 },
    });
    expect(report.mutants[0]).toMatchObject({ caughtAfter: [3, 7], broken: { "R-04": 2, "T-02": 2 } });
    expect(report.mutants[0]?.problem).toBeUndefined();
  });

  it.each<[string, Partial<SelfTestResult>, string]>([
    ["whose defect was never active", { activated: 0 }, "its defect was never active in 3 plans a seed"],
    ["that breaks another requirement only", { broken: { "T-02": 1 } }, "wrong reason: broke T-02, not R-04"],
    ["that breaks nothing", {}, "not caught with 2 of 2 seeds in 3 plans"],
    [
      "in plans that the unmutated server does not pass either",
      { broken: { "R-04": 1 }, notGreen: ["R-04 in retry-1"] },
      "the unmutated server broke R-04 in retry-1",
    ],
  ])("fails on a mutant %s", (_, fields, problem) => {
    const report = settle([result({ seed: "a", ...fields }), result({ seed: "b", ...fields }), ...HEALTHY]);
    expect(report).toMatchObject({ outcome: "fail", caught: 0, must: { caught: 0, all: 1 } });
    expect(report.mutants[0]?.problem).toBe(problem);
  });

  it("fails on a mutant that one seed of two does not catch, although the other does", () => {
    const report = settle([
      result({ seed: "a", caughtAfter: 2, broken: { "R-04": 1 } }),
      result({ seed: "b" }),
      ...HEALTHY,
    ]);
    expect(report.outcome).toBe("fail");
    expect(report.mutants[0]?.problem).toBe("not caught with 1 of 2 seeds in 3 plans");
  });

  it("fails on a legal variant that is accused, or that never was different", () => {
    const accused = settle([...CAUGHT, result({ id: "slow", accusation: "retry-3: R-04: …" }), ...HEALTHY.slice(1)]);
    expect([accused.outcome, accused.variants[0]?.problem]).toEqual(["fail", "retry-3: R-04: …"]);
    const idle = settle([...CAUGHT, result({ id: "slow", activated: 0 }), ...HEALTHY.slice(1)]);
    expect([idle.outcome, idle.variants[0]?.problem]).toEqual(["fail", "was never different"]);
  });

  it("fails when the unmutated server is accused", () => {
    const report = settle([...CAUGHT, ...HEALTHY.slice(0, 1), result({ id: "reference", accusation: "queue-1: …" })]);
    expect([report.outcome, report.reference.problem]).toEqual(["fail", "queue-1: …"]);
  });

  it("holds nothing against what was not tested to the end, but keeps what is broken", () => {
    const cut = settle([result({ seed: "a", stopped: true })], { interrupted: true });
    expect(cut).toMatchObject({
      outcome: "inconclusive",
      mutants: [{ unfinished: true, problem: "0 of 2 seeds were run" }],
    });
    expect(cut.variants[0]).toMatchObject({ unfinished: true, problem: "was not run" });
    const accused = result({ id: "slow", plans: 4, activated: 1, stopped: true, accusation: "retry-3: R-04: …" });
    const reference = result({ id: "reference", plans: 3, stopped: true });
    const broken = settle([...CAUGHT, accused, reference], { interrupted: true });
    expect([broken.outcome, broken.mutants[0]?.unfinished, broken.variants[0]?.unfinished]).toEqual([
      "fail",
      undefined,
      undefined,
    ]);
  });

  it("is inconclusive when it was interrupted, or when nothing was examined", () => {
    expect(settle([...CAUGHT, ...HEALTHY], { interrupted: true }).outcome).toBe("inconclusive");
    expect(settle([], { mutants: [], variants: [] }).outcome).toBe("inconclusive");
    expect(settle(CAUGHT, { variants: [] }).outcome).toBe("inconclusive");
  });
});

describe("a percentile", () => {
  it("is the smallest number that the share does not exceed; 0 of nothing", () => {
    expect([percentile([1, 2, 3, 4], 50), percentile([1, 2, 3, 4], 95), percentile([], 50)]).toEqual([2, 4, 0]);
  });
});
