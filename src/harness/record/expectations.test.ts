import { describe, expect, it } from "vitest";
import { Expectations, meet, updated } from "./expectations.ts";
import type { RequirementOutcome, RequirementVerdict, Verdict } from "./verdict.ts";

const row = (
  id: string,
  outcome: RequirementOutcome,
  level: RequirementVerdict["level"] = "MUST",
  changes: Partial<RequirementVerdict> = {},
) => ({
  id,
  level,
  subject: "server" as const,
  outcome,
  examined: 1,
  plans: 1,
  undecided: 0,
  violations: 0,
  ...changes,
});

const VERDICT = {
  failures: [],
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
    expect(meet(VERDICT, file("Q-01"))).toEqual({ known: ["Q-01"], unexpected: ["Q-02"], unseen: [], stale: [] });
    expect(meet(VERDICT, file())).toEqual({ known: [], unexpected: ["Q-01", "Q-02"], unseen: [], stale: [] });
  });

  it("calls an entry stale when its requirement is kept or does not exist, and not when it was not examined", () => {
    expect(meet(VERDICT, file("Q-03", "Q-04", "X-99")).stale).toEqual(["Q-03", "X-99"]);
  });

  it("needs no entry for a SHOULD that does not fail the campaign; an entry for it is not stale either", () => {
    expect(meet(VERDICT, file("Q-05"))).toEqual({ known: [], unexpected: ["Q-01", "Q-02"], unseen: [], stale: [] });
    const strict = { ...VERDICT, reason: "broken: Q-01, Q-02, Q-05" };
    expect(meet(strict, file("Q-05")).known).toEqual(["Q-05"]);
  });
});

describe("meet, of what is seldom seen", () => {
  const seldom = { plans: 2, of: 400 };
  const entry = { requirement: "Q-03", seen: seldom };
  const meeting = (plans: number, more: object = {}, verdict: Partial<Verdict> = {}) =>
    meet(
      { ...VERDICT, requirements: [row("Q-01", "fail"), row("Q-03", "pass", "MUST", { plans })], ...verdict },
      { formatVersion: 1, broken: [{ ...entry, ...more }] },
    );

  it("calls it not seen where fewer than five plans would have shown it, and stale where more would have", () => {
    expect(meeting(999)).toMatchObject({ unseen: ["Q-03"], stale: [] });
    expect(meeting(1_000)).toMatchObject({ unseen: [], stale: ["Q-03"] });
  });

  it("calls it stale where the same simulated plans do not show it", () => {
    const seen = { ...seldom, again: { seed: "7", runs: 10 } };
    const same = { historyHash: "sha256:0", seed: "7", runs: 10 };
    expect(meeting(400, { seen }, same).stale).toEqual(["Q-03"]);
    expect(meeting(400, { seen }, { ...same, seed: "8" }).unseen).toEqual(["Q-03"]);
    expect(meeting(400, { seen }, { ...same, runs: 11 }).unseen).toEqual(["Q-03"]);
    const { historyHash: _none, ...live } = same;
    expect(meeting(400, { seen }, live).unseen).toEqual(["Q-03"]);
  });

  it("asks for nothing that comes with another failure while that is there", () => {
    expect(meeting(5_000, { comesWith: "Q-01" }).unseen).toEqual(["Q-03"]);
    expect(meeting(5_000, { comesWith: "Q-02" }).stale).toEqual(["Q-03"]);
  });
});

describe("updated", () => {
  it("tells of what broke how often, and with what; of what did not, what was known before", () => {
    const alone = { id: "Q-01-a", requirement: "Q-01" };
    const verdict = {
      ...VERDICT,
      seed: "7",
      runs: 900,
      historyHash: "sha256:0",
      requirements: [
        row("Q-01", "fail", "MUST", { plans: 300, brokenPlans: 40 }),
        row("Q-02", "fail", "MUST", { plans: 200, brokenPlans: 3 }),
        row("Q-03", "pass", "MUST", { plans: 10 }),
      ],
      failures: [alone, { id: "Q-02-b", requirement: "Q-02", belongsTo: "Q-01-a" }],
    } as unknown as Verdict;
    const before = { requirement: "Q-03", note: "flaky", seen: { plans: 1, of: 50 } };
    const again = { seed: "7", runs: 900 };
    const broken = [
      { requirement: "Q-01", seen: { plans: 40, of: 300, again } },
      { requirement: "Q-02", seen: { plans: 3, of: 200, again }, comesWith: "Q-01" },
      before,
    ];
    const written = updated(verdict, { formatVersion: 1, broken: [before] });
    expect(written).toEqual({ formatVersion: 1, broken });
    expect(Expectations.parse(JSON.parse(JSON.stringify(written)))).toEqual(written);
  });

  it("adds what is newly broken, drops what is stale, and keeps notes and what was not examined", () => {
    expect(updated(VERDICT, file("Q-04", "Q-03", "Q-02")).broken).toEqual([
      { requirement: "Q-01" },
      { requirement: "Q-02", note: "note of Q-02" },
      { requirement: "Q-04", note: "note of Q-04" },
    ]);
  });

  it("gives a file that the verdict meets, also from none", () => {
    expect(meet(VERDICT, updated(VERDICT, undefined))).toEqual({
      known: ["Q-01", "Q-02"],
      unexpected: [],
      unseen: [],
      stale: [],
    });
  });
});
