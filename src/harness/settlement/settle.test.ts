import { describe, expect, it } from "vitest";
import { REQUIREMENTS } from "../../scenarios/requirements.ts";
import type { ObservedChoice } from "../oracle/oracle.ts";
import type { Tally } from "../record/finding.ts";
import { type SettleOptions, selected } from "./conclude.ts";
import { createSettlement, type PlanSummary } from "./settle.ts";

const OPTIONS: SettleOptions = { live: false, only: [], require: [], strict: false };
const settling = (options: Partial<SettleOptions> = {}) => createSettlement({ ...OPTIONS, ...options });

/** `a` is plan 0 of the campaign, `b` plan 1. */
const summary = (id: string, tallies: readonly Tally[], more: Partial<PlanSummary> = {}): PlanSummary => ({
  index: (id.codePointAt(0) ?? 0) - FIRST,
  id,
  devices: 2,
  sequence: id,
  tallies,
  choices: [],
  cutOff: false,
  unanswered: [],
  ...more,
});
const FIRST = "a".codePointAt(0) ?? 0;
const examined = (requirement: string, times = 1): Tally => ({
  requirement,
  examined: times,
  undecided: 0,
  findings: [],
});
const undecided = (requirement: string): Tally => ({ requirement, examined: 0, undecided: 3, findings: [] });
const broken = (requirement: string, findings = 1): Tally => ({
  requirement,
  examined: findings,
  undecided: 0,
  findings: Array.from({ length: findings }, () => ({ requirement, events: [1], expected: "so", actual: "not so" })),
});
const chosen = (choice: string, value: string): ObservedChoice => ({ requirement: "M-08", choice, value, event: 4 });

type Conclusion = ReturnType<ReturnType<typeof createSettlement>["conclude"]>;
const row = ({ requirements }: Conclusion, id: string) => requirements.find((verdict) => verdict.id === id);

describe("createSettlement, outcomes of requirements", () => {
  it("is fail by one violation among many passes, with the first expectation as the reason", () => {
    const settlement = settling();
    settlement.add(summary("a", [examined("R-04", 100)]));
    settlement.add(summary("b", [broken("R-04", 2)]));
    settlement.add(summary("c", [broken("R-04", 1)]));
    const verdict = settlement.conclude(false);
    expect(row(verdict, "R-04")).toEqual({
      id: "R-04",
      level: "MUST",
      subject: "server",
      outcome: "fail",
      reason: "expected: so; seen: not so",
      examined: 103,
      undecided: 0,
      plans: 3,
      violations: 3,
      brokenPlans: 2,
    });
    expect(settlement.violated).toMatchObject([
      { requirement: "R-04", plans: 2, violations: 3, seenIn: [1, 2], plan: { id: "b" } },
    ]);
    expect(verdict).toMatchObject({ outcome: "fail", reason: "broken: R-04", runs: 3, devices: 6 });
  });

  it("is pass by one examined event, however many were undecided", () => {
    const settlement = settling();
    settlement.add(summary("a", [undecided("R-04"), examined("R-05")]));
    settlement.add(summary("b", [examined("R-04")]));
    expect(row(settlement.conclude(false), "R-04")).toMatchObject({ outcome: "pass", undecided: 3, plans: 1 });
  });

  it("is inconclusive when all was undecided, or when the campaign was cut off before it came about", () => {
    const settlement = settling();
    settlement.add(summary("a", [undecided("R-04"), examined("R-05")]));
    expect(row(settlement.conclude(false), "R-04")).toMatchObject({
      outcome: "inconclusive",
      reason: "every event lay within the measuring uncertainty",
    });
    settlement.add(summary("b", [], { cutOff: true }));
    expect(row(settlement.conclude(false), "R-06")).toMatchObject({
      outcome: "inconclusive",
      reason: "the campaign was cut off before it was exercised",
    });
    expect(row(settling().conclude(true), "R-06")).toMatchObject({ outcome: "inconclusive" });
  });

  it("is not-exercised when no plan brought it about, with the reason why live runs cannot", () => {
    const reason = (live: boolean): string | undefined => {
      const settlement = settling({ live });
      settlement.add(summary("a", [examined("R-05")]));
      const verdict = row(settlement.conclude(false), "L-01");
      expect(verdict?.outcome).toBe("not-exercised");
      return verdict?.reason;
    };
    expect(reason(false)).toBe("no plan of this campaign brought it about");
    expect(reason(true)).toBe("30 days do not fit a live run");
  });

  it("is not-checked, with the catalogue's reason, or when --only leaves it out", () => {
    const settlement = settling({ only: ["Q-", "R-04"] });
    settlement.add(summary("a", [broken("R-05"), examined("R-04"), broken("G-07")]));
    const verdict = settlement.conclude(false);
    expect(row(verdict, "R-05")).toMatchObject({ outcome: "not-checked", reason: "left out by --only", violations: 0 });
    expect(row(verdict, "G-07")).toMatchObject({ outcome: "not-checked" });
    expect(verdict.outcome).toBe("pass");
    expect(settlement.violated).toEqual([]);
  });

  it("gives one row for each requirement of the catalogue, in its order, whatever was judged", () => {
    expect(
      settling()
        .conclude(false)
        .requirements.map(({ id }) => id),
    ).toEqual(REQUIREMENTS.map(({ id }) => id));
  });
});

describe("createSettlement, a live target whose server may or may not be killed", () => {
  const outcomes = (options: Partial<SettleOptions>) => {
    const settlement = settling({ live: true, ...options });
    settlement.add(summary("a", [examined("Q-01")]));
    return ["S-01", "S-02"].map((id) => row(settlement.conclude(false), id));
  };

  it("says that restarts are not applicable where nobody can do that, and what to do", () => {
    for (const verdict of outcomes({})) {
      expect(verdict?.outcome).toBe("not-applicable");
      expect(verdict?.reason).toContain("give an adapter with `restart`, or verify --target reference-live");
    }
  });

  it("says that they did not come about where somebody can, and judges them like all others", () => {
    expect(outcomes({ restartable: true }).map((verdict) => verdict?.outcome)).toEqual([
      "not-exercised",
      "not-exercised",
    ]);
    const settlement = settling({ live: true, restartable: true });
    settlement.add(summary("a", [examined("S-01"), broken("S-02")]));
    const conclusion = settlement.conclude(false);
    expect([row(conclusion, "S-01")?.outcome, row(conclusion, "S-02")?.outcome]).toEqual(["pass", "fail"]);
  });

  it("keeps what can only be simulated not exercised, whatever can be done to the server", () => {
    const settlement = settling({ live: true, restartable: true });
    expect(row(settlement.conclude(false), "L-01")?.outcome).toBe("not-exercised");
  });

  it("says that thirty days do not fit, except where the clock of the server can be turned", () => {
    const reason = (turnsClock: boolean, id: string) =>
      row(settling({ live: true, turnsClock }).conclude(false), id)?.reason;
    expect(reason(false, "L-01")).toBe("30 days do not fit a live run");
    expect(reason(true, "L-01")).toBe("no plan of this campaign brought it about");
    expect(reason(true, "E-03")).toContain("the smallest taskExpiresAfter is 60 s");
  });
});

describe("createSettlement, outcome of the campaign", () => {
  it("passes with a warning when only a SHOULD is broken, and fails when it is strict", () => {
    const outcome = (strict: boolean) => {
      const settlement = settling({ strict });
      settlement.add(summary("a", [broken("R-08"), examined("R-04")]));
      const verdict = settlement.conclude(false);
      expect(row(verdict, "R-08")?.outcome).toBe("fail");
      return verdict;
    };
    expect(outcome(false)).toMatchObject({
      outcome: "pass",
      reason: "1 requirements kept in 1 plans, with 1 SHOULD not kept: R-08",
    });
    expect(outcome(true)).toMatchObject({ outcome: "fail", reason: "broken: R-08" });
  });

  it("is inconclusive when our own devices break their requirement, even if the server breaks one too", () => {
    const settlement = settling();
    settlement.add(summary("a", [broken("I-01"), broken("R-04")]));
    expect(settlement.conclude(false)).toMatchObject({
      outcome: "inconclusive",
      reason: "our own devices broke I-01: the instrument is at fault",
    });
  });

  it("is inconclusive when nothing was examined: that is never a pass", () => {
    expect(settling().conclude(false)).toMatchObject({
      outcome: "inconclusive",
      reason: "nothing was examined",
      runs: 0,
    });
    const settlement = settling();
    settlement.add(summary("a", []));
    expect(settlement.conclude(false).outcome).toBe("inconclusive");
    settlement.add(summary("b", [broken("R-08")]));
    expect(settlement.conclude(false)).toMatchObject({
      outcome: "inconclusive",
      reason: "nothing that decides was examined, with 1 SHOULD not kept: R-08",
    });
  });

  it("is inconclusive when it was interrupted, or a plan could not be run, unless something is broken", () => {
    const settlement = settling();
    settlement.add(summary("a", [examined("R-04")]));
    expect(settlement.conclude(true)).toMatchObject({ outcome: "inconclusive", reason: "interrupted after 1 plans" });
    settlement.addHarnessError("b", "refused");
    settlement.add(summary("c", [], { unanswered: ["time-out", "time-out"] }));
    expect(settlement.conclude(false)).toMatchObject({
      outcome: "inconclusive",
      reason: "2 plans cannot be relied on: refused",
      harnessErrors: [
        { plan: "b", reason: "refused" },
        { plan: "c", reason: "time-out" },
      ],
    });
    settlement.add(summary("d", [broken("R-04")]));
    expect(settlement.conclude(true).outcome).toBe("fail");
  });

  it("is inconclusive when something that --require names was not shown", () => {
    const settlement = settling({ require: ["R-04", "R-05"] });
    settlement.add(summary("a", [examined("R-04"), undecided("R-05")]));
    expect(settlement.conclude(false)).toMatchObject({
      outcome: "inconclusive",
      reason: "required but not shown: R-05",
    });
    settlement.add(summary("b", [examined("R-05")]));
    expect(settlement.conclude(false)).toMatchObject({ outcome: "pass", reason: "2 requirements kept in 2 plans" });
  });

  it("counts plans that were cut off, and plans whose sequence of operations no other one has", () => {
    const settlement = settling();
    settlement.add(summary("a", [], { sequence: "twice" }));
    settlement.add(summary("b", [], { sequence: "twice", cutOff: true }));
    settlement.add(summary("c", []));
    expect(settlement.conclude(false)).toMatchObject({ runs: 3, cutOff: 1, distinctSequences: 1 });
  });
});

describe("createSettlement, order of what is violated", () => {
  it("names first what broke first in most plans, since the rest is often its echo", () => {
    const settlement = settling();
    const brokenAt = (requirement: string, event: number): Tally => ({
      ...broken(requirement),
      findings: [{ requirement, events: [1, event], expected: "so", actual: "not so" }],
    });
    settlement.add(summary("a", [brokenAt("E-02", 90), brokenAt("R-03", 40), brokenAt("T-01", 40)]));
    settlement.add(summary("b", [brokenAt("E-02", 20), brokenAt("R-03", 10)]));
    settlement.add(summary("c", [brokenAt("Q-02", 7)]));
    expect(settlement.violated.map(({ requirement, first }) => `${requirement} ${first}`)).toEqual([
      "R-03 2",
      "Q-02 1",
      "T-01 1",
      "E-02 0",
    ]);
  });
});

describe("createSettlement, shapes of findings", () => {
  const seen = (event: number, actual: string) => ({ requirement: "R-07", events: [event], expected: "so", actual });
  const tally = (...findings: readonly ReturnType<typeof seen>[]): Tally => ({
    requirement: "R-07",
    examined: findings.length,
    undecided: 0,
    findings,
  });

  it("keeps each shape with its plans, apart those in which it broke first, numbers left out of account", () => {
    const settlement = settling();
    settlement.add(summary("a", [tally(seen(4, "datagram 6"), seen(5, "datagram 7"), seen(9, "after 2.000 s"))]));
    settlement.add(summary("b", [tally(seen(3, "after 4.000 s"))]));
    settlement.add(summary("c", [tally(seen(3, "after 4.000 s")), { ...broken("Q-02") }]));
    const [violated] = settlement.violated.filter(({ requirement }) => requirement === "R-07");
    expect([...(violated?.shapes ?? [])]).toEqual([
      ["so; datagram #", { first: [0], later: [] }],
      ["so; after # s", { first: [1], later: [0, 2] }],
    ]);
  });
});

describe("createSettlement, choices that must be one", () => {
  it("breaks M-08 when two plans see two codes for one CoAP code, and joins the two plans", () => {
    const settlement = settling({ strict: true });
    settlement.add(summary("a", [], { choices: [chosen("CoAP 4.03", "4030")] }));
    settlement.add(summary("b", [], { choices: [chosen("CoAP 4.03", "4040")] }));
    expect(settlement.violated).toEqual([
      {
        requirement: "M-08",
        plan: { index: 0, id: "a" },
        joinedWith: { index: 1, id: "b" },
        finding: {
          requirement: "M-08",
          events: [4],
          expected: "CoAP 4.03 becomes one code: 4030 as in plan a",
          actual: "4040",
        },
        plans: 1,
        first: 0,
        examined: 1,
        violations: 1,
        seenIn: [0],
        shapes: new Map(),
      },
    ]);
    expect(settlement.conclude(false)).toMatchObject({
      outcome: "fail",
      reason: "broken: M-08",
      observedChoices: [
        {
          choice: "M-08 CoAP 4.03",
          values: [
            { value: "4030", count: 1 },
            { value: "4040", count: 1 },
          ],
        },
      ],
    });
  });

  it("keeps M-08 when the same choice is seen again, and does not exercise it by a single one", () => {
    const settlement = settling();
    settlement.add(summary("a", [], { choices: [chosen("CoAP 4.03", "4030"), chosen("CoAP 4.04", "4040")] }));
    expect(row(settlement.conclude(false), "M-08")?.outcome).toBe("not-exercised");
    settlement.add(summary("b", [], { choices: [chosen("CoAP 4.03", "4030")] }));
    expect(row(settlement.conclude(false), "M-08")).toMatchObject({ outcome: "pass", examined: 1, plans: 1 });
  });

  it("leaves a conflict within one plan to that plan's own judgement", () => {
    const settlement = settling();
    const choices = [chosen("CoAP 4.03", "4030"), chosen("CoAP 4.03", "4040")];
    settlement.add(summary("a", [broken("M-08")], { choices }));
    expect(settlement.violated).toMatchObject([{ requirement: "M-08", violations: 1 }]);
    expect(settlement.violated[0]).not.toHaveProperty("joinedWith");
  });
});

describe("selected", () => {
  it("takes ids by their beginning, and all when nothing is named", () => {
    expect(selected("R-04", [])).toBe(true);
    expect(selected("R-04", ["Q-", "R-0"])).toBe(true);
    expect(selected("R-04", ["Q-", "R-05"])).toBe(false);
  });
});
