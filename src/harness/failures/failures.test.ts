import { describe, expect, it } from "vitest";
import { Plan } from "../../scenarios/plan.ts";
import { type CampaignFailure, failureSummary, withOwners } from "./failures.ts";

const plan = (operations: readonly object[]): Plan =>
  Plan.parse({
    formatVersion: 1,
    id: "a",
    family: "test",
    simSeed: "s",
    profile: {},
    deviceTypes: [{}],
    fleet: [{}],
    latency: 0,
    operations,
    faults: [],
    quietFrom: 0,
    until: 0,
  });
const SMALL = plan([{ at: 1, kind: "register", device: 0 }]);
const OTHER = plan([{ at: 1, kind: "update", device: 0 }]);

const failure = (id: string, changes: Partial<CampaignFailure> = {}, expected = "so"): CampaignFailure => {
  const finding = { requirement: id.slice(0, 4), events: [20], expected, actual: "not so" };
  const history = {
    header: { formatVersion: 1, plan: "a", mode: "sim", startedAt: 0, devices: [], deviceTypes: [] },
    events: [],
  } as const;
  return {
    id,
    finding,
    plan: SMALL,
    history,
    shrunk: SMALL,
    shrunkHistory: history,
    shrunkFinding: finding,
    historyHash: "sha256:0",
    plans: 3,
    alsoBroke: [],
    seenIn: [1, 2, 3],
    minimal: true,
    neverFirst: false,
    share: 0.5,
    ...changes,
  };
};
const RUNS = 1_000;
const told = (...failures: readonly CampaignFailure[]) =>
  withOwners(failures, RUNS).map(({ id, belongsTo }) => (belongsTo === undefined ? id : `${id} with ${belongsTo}`));
const broke = (requirement: string, at = 20) => [{ requirement, at }];

describe("withOwners", () => {
  it("lets two ways to break one requirement stand for themselves, and a second plan of one way belong to the first", () => {
    const [many, early] = [failure("R-07-a", {}, "at most 5"), failure("R-07-b", {}, "doubled")];
    expect(told(many, early, failure("R-07-c", { shrunk: OTHER }, "at most 9"))).toEqual([
      "R-07-a",
      "R-07-b",
      "R-07-c with R-07-a",
    ]);
  });

  it("takes the requirement that breaks more often when examined for the cause of two that break in one small plan", () => {
    const states = failure("T-01-a", { share: 0.1, alsoBroke: broke("R-03") });
    const reset = failure("R-03-a", { share: 1, alsoBroke: broke("T-01") });
    expect(told(states, reset)).toEqual(["R-03-a", "T-01-a with R-03-a"]);
  });

  it("keeps two requirements apart whose small plans do not do the same, or of which the other broke later", () => {
    const first = failure("R-03-a", { share: 1 });
    expect(told(first, failure("T-01-a", { shrunk: OTHER, alsoBroke: broke("R-03") }))).toEqual(["R-03-a", "T-01-a"]);
    expect(told(first, failure("T-01-a", { alsoBroke: broke("R-03", 21) }))).toEqual(["R-03-a", "T-01-a"]);
  });

  it("takes what never broke first for the echo of what breaks before it, whatever its plan does", () => {
    const echo = failure("E-02-a", { neverFirst: true, shrunk: OTHER, alsoBroke: broke("R-03", 4), share: 1 });
    expect(told(echo, failure("R-03-a"))).toEqual(["R-03-a", "E-02-a with R-03-a"]);
    expect(told(failure("E-02-a", { neverFirst: true }), failure("R-03-a"))).toEqual(["E-02-a", "R-03-a"]);
  });

  it("keeps two apart that may meet by chance: one plan beside what every fourth plan breaks", () => {
    const often = failure("R-07-a", { share: 1, seenIn: Array.from({ length: 250 }, (_, index) => index) });
    const seldom = { minimal: false, alsoBroke: broke("R-07", 4), seenIn: [3] };
    expect(told(often, failure("G-08-a", seldom))).toEqual(["R-07-a", "G-08-a"]);
    expect(told(often, failure("G-08-a", { ...seldom, neverFirst: true }))).toEqual(["R-07-a", "G-08-a"]);
    const fourPlans = { ...seldom, seenIn: [3, 4, 5, 6] };
    expect(told(often, failure("G-08-a", fourPlans))).toEqual(["R-07-a", "G-08-a with R-07-a"]);
    const elsewhere = { ...seldom, neverFirst: true, seenIn: [3, 4, 5, 600] };
    expect(told(often, failure("G-08-a", elsewhere))).toEqual(["R-07-a", "G-08-a"]);
  });
});

describe("failureSummary", () => {
  it("names what else the small plan breaks, and leaves out what there is not", () => {
    expect(failureSummary(failure("R-03-a", { alsoBroke: broke("T-01"), belongsTo: "x" }))).toMatchObject({
      id: "R-03-a",
      alsoBroke: ["T-01"],
      belongsTo: "x",
      plans: 3,
      operations: 1,
    });
    expect(Object.keys(failureSummary(failure("R-03-a")))).not.toContain("alsoBroke");
  });
});
