import { describe, expect, it } from "vitest";
import { type Expectations, meet, updated } from "./expectations.ts";
import type { RequirementOutcome, RequirementVerdict, Verdict } from "./verdict.ts";

const row = (id: string, outcome: RequirementOutcome, level: RequirementVerdict["level"] = "MUST") => ({
  id,
  level,
  subject: "server" as const,
  outcome,
  examined: 1,
  plans: 1,
  undecided: 0,
  violations: 0,
});

const VERDICT = {
  reason: "broken: Q-01, Q-02",
  requirements: [
    row("Q-01", "fail"),
    row("Q-02", "fail"),
    row("Q-03", "pass"),
    row("Q-04", "not-exercised"),
    row("Q-05", "fail", "SHOULD"),
  ],
} as unknown as Verdict;

const file = (...ids: readonly string[]): Expectations => ({
  formatVersion: 1,
  broken: ids.map((requirement) => ({ requirement, note: `note of ${requirement}` })),
});

describe("meet", () => {
  it("tells known failures from new ones", () => {
    expect(meet(VERDICT, file("Q-01"))).toEqual({ known: ["Q-01"], unexpected: ["Q-02"], stale: [] });
    expect(meet(VERDICT, file())).toEqual({ known: [], unexpected: ["Q-01", "Q-02"], stale: [] });
  });

  it("calls an entry stale when its requirement is kept or does not exist, and not when it was not examined", () => {
    expect(meet(VERDICT, file("Q-03", "Q-04", "X-99")).stale).toEqual(["Q-03", "X-99"]);
  });

  it("needs no entry for a SHOULD that does not fail the campaign; an entry for it is not stale either", () => {
    expect(meet(VERDICT, file("Q-05"))).toEqual({ known: [], unexpected: ["Q-01", "Q-02"], stale: [] });
    const strict = { ...VERDICT, reason: "broken: Q-01, Q-02, Q-05" };
    expect(meet(strict, file("Q-05")).known).toEqual(["Q-05"]);
  });
});

describe("updated", () => {
  it("adds what is newly broken, drops what is stale, and keeps notes and what was not examined", () => {
    expect(updated(VERDICT, file("Q-04", "Q-03", "Q-02")).broken).toEqual([
      { requirement: "Q-01" },
      { requirement: "Q-02", note: "note of Q-02" },
      { requirement: "Q-04", note: "note of Q-04" },
    ]);
  });

  it("gives a file that the verdict meets, also from none", () => {
    expect(meet(VERDICT, updated(VERDICT, undefined))).toEqual({ known: ["Q-01", "Q-02"], unexpected: [], stale: [] });
  });
});
