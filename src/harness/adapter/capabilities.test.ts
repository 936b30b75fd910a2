import { describe, expect, it } from "vitest";
import { REQUIREMENTS } from "../../scenarios/requirements.ts";
import { createSettlement } from "../settlement/settle.ts";
import { applicable } from "./applicable.ts";
import { CAPABILITY_ROWS, Capabilities, limitsOf } from "./capabilities.ts";
import { NEEDED_VERBS, VERB_NAMES, type Verb } from "./verbs.ts";

const ALL = Capabilities.parse({
  cancel: true,
  mirror: true,
  attempts: true,
  errorCodes: true,
  history: true,
  counts: true,
  restart: true,
  expiry: { minSeconds: 1 },
  schedule: true,
  serverProperties: true,
});
const NONE = Capabilities.parse({});
const every = new Set<Verb>(VERB_NAMES);

describe("limitsOf", () => {
  it("leaves out firmware updates and access for every adapter, and nothing else where all is declared", () => {
    const { notApplicable, families } = limitsOf(ALL, every);
    expect([...notApplicable.keys()].sort()).toEqual([
      "A-01",
      ...["O-01", "O-02", "O-03", "O-04", "O-05", "O-06", "O-07", "O-08"],
    ]);
    expect([...families]).toEqual(["ota"]);
  });

  it("says of what a capability stands for that it does not apply, and why", () => {
    const { notApplicable, families } = limitsOf({ ...ALL, attempts: false, cancel: false }, every);
    expect(notApplicable.get("R-08")).toBe("the adapter declares no attempts: attempts are not counted");
    expect(notApplicable.get("T-04")).toContain("tasks cannot be cancelled");
    expect([...families].sort()).toEqual(["cancel", "ota"]);
  });

  it("leaves the queue, registration, retry, and what a device answers to every adapter", () => {
    const { notApplicable, families } = limitsOf(NONE, new Set(NEEDED_VERBS));
    const left = REQUIREMENTS.filter(({ id }) => !notApplicable.has(id)).map(({ id }) => id);
    expect(left).toEqual(expect.arrayContaining(["Q-01", "R-01", "G-01", "I-01", "T-01", "M-11"]));
    expect(families.has("queue")).toBe(false);
    expect(notApplicable.get("T-02")).toContain("no getTask");
  });

  it("knows a reason for every capability, and a verb that there is", () => {
    for (const { verb, without, requirements } of Object.values(CAPABILITY_ROWS)) {
      expect(without).not.toBe("");
      expect(verb === undefined || VERB_NAMES.includes(verb)).toBe(true);
      for (const id of requirements) expect(REQUIREMENTS.map((row) => row.id)).toContain(id);
    }
  });
});

describe("a settlement of a target that cannot do everything", () => {
  const finding = { requirement: "T-04", events: [1], expected: "x", actual: "y" };
  const tally = { requirement: "T-04", examined: 1, undecided: 0, findings: [finding] };
  const plan = {
    index: 0,
    id: "cancel-0",
    tallies: [tally],
    choices: [],
    cutOff: false,
    unanswered: [],
    devices: 1,
    sequence: "s",
  };

  it("says not-applicable with the reason, never pass or fail", () => {
    const { notApplicable } = limitsOf(NONE, every);
    const settlement = createSettlement({ live: true, only: [], require: [], strict: false, notApplicable });
    settlement.add(plan);
    const { requirements, outcome } = settlement.conclude(false);
    expect(requirements.find(({ id }) => id === "T-04")).toMatchObject({
      outcome: "not-applicable",
      reason: "the adapter declares no cancel: tasks cannot be cancelled",
      violations: 0,
    });
    expect([outcome, settlement.violated]).toEqual(["inconclusive", []]);
    expect(applicable([tally], { notApplicable, families: new Set() })).toEqual([]);
  });

  it("fails by the same finding where nothing is left out", () => {
    const settlement = createSettlement({ live: true, only: [], require: [], strict: false });
    settlement.add(plan);
    expect(settlement.conclude(false).requirements.find(({ id }) => id === "T-04")).toMatchObject({ outcome: "fail" });
    expect(applicable([tally], undefined)).toEqual([tally]);
  });
});
