import { describe, expect, it } from "vitest";
import { compare } from "./comparison.ts";
import type { RequirementOutcome, RequirementVerdict, Verdict } from "./verdict.ts";

const VERDICT: Verdict = {
  formatVersion: 1,
  outcome: "pass",
  reason: "",
  target: "sim",
  seed: "4711",
  profile: "artik",
  runs: 1000,
  distinctSequences: 1000,
  devices: 1,
  cutOff: 0,
  harnessErrors: [],
  interrupted: false,
  requirements: [],
  failures: [],
  observedChoices: [],
};

const requirement = (id: string, outcome: RequirementOutcome): RequirementVerdict => ({
  id,
  level: "MUST",
  subject: "server",
  outcome,
  examined: 1,
  plans: 1,
  undecided: 0,
  violations: 0,
});

const record = (
  name: string,
  outcomes: Readonly<Record<string, RequirementOutcome>>,
  changes: Partial<Verdict> = {},
) => ({
  name,
  verdict: {
    ...VERDICT,
    requirements: Object.entries(outcomes).map(([id, outcome]) => requirement(id, outcome)),
    ...changes,
  },
});

describe("compare", () => {
  it("tells what is newly broken, fixed, not decided any more and decided for the first time, first to last", () => {
    const { changes } = compare([
      record("a", {
        "A-1": "pass",
        "A-2": "fail",
        "A-3": "pass",
        "A-4": "not-exercised",
        "A-5": "pass",
        "A-6": "fail",
      }),
      record("b", { "A-5": "fail" }),
      record("c", {
        "A-1": "fail",
        "A-2": "pass",
        "A-3": "not-exercised",
        "A-4": "pass",
        "A-5": "pass",
        "A-7": "fail",
      }),
    ]);
    expect(changes.map(({ requirement: id, kind, before, after }) => `${id} ${kind} ${before} ${after}`)).toEqual([
      "A-1 broken pass fail",
      "A-2 fixed fail pass",
      "A-3 unseen pass not-exercised",
      "A-4 new not-exercised pass",
      "A-6 unseen fail absent",
      "A-7 broken absent fail",
    ]);
  });

  it("gives each requirement one outcome per record, and none where a record does not know it", () => {
    const { requirements } = compare([record("a", { "A-1": "pass" }), record("b", { "A-2": "fail" })]);
    expect(requirements.map(({ id, outcomes }) => [id, outcomes.map((row) => row?.outcome)])).toEqual([
      ["A-1", ["pass", undefined]],
      ["A-2", [undefined, "fail"]],
    ]);
  });

  it("says what makes records hard to compare", () => {
    const { cautions } = compare([record("a", {}), record("b", {}, { seed: "2", runs: 7, interrupted: true })]);
    expect(cautions).toEqual(["seeds differ: 4711, 2", "numbers of plans differ: 1000, 7", "b was interrupted"]);
    expect(compare([record("a", {}), record("b", {})]).cautions).toEqual([]);
  });
});
