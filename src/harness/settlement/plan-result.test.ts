import { describe, expect, it } from "vitest";
import { Plan } from "../../scenarios/plan.ts";
import type { History } from "../history/history.ts";
import { history } from "../oracle/test-history.ts";
import { isFailing, isSampled, planResult, sequenceOf } from "./plan-result.ts";

const plan = (id: string, operations: readonly object[] = []): Plan =>
  Plan.parse({
    formatVersion: 1,
    id,
    family: "test",
    simSeed: id,
    profile: {},
    deviceTypes: [{}],
    fleet: [{}, {}],
    latency: 0,
    operations,
    faults: [],
    quietFrom: 0,
    until: 0,
  });

const update = (at: number, device: number) => ({ at, kind: "update", device });

describe("sequenceOf", () => {
  it("tells who does what in which order, not when", () => {
    expect(sequenceOf(plan("a", [update(5, 1), update(1, 0)]))).toBe(
      sequenceOf(plan("b", [update(7, 2), update(90, 3)])),
    );
    expect(sequenceOf(plan("a", [update(1, 0), update(2, 1)]))).not.toBe(
      sequenceOf(plan("a", [update(1, 1), update(2, 0)])),
    );
  });

  it("is empty for a plan without operations", () => {
    expect(sequenceOf(plan("a"))).toBe("");
  });
});

describe("planResult", () => {
  const empty: History = {
    header: { formatVersion: 1, plan: "a", mode: "sim", startedAt: 0, devices: [], deviceTypes: [] },
    events: [],
  };
  const judged = history().judge();

  it("is data that can cross threads: no plan, no history, no model", () => {
    const result = planResult(7, plan("a", [update(1, 0)]), empty, judged);
    expect(structuredClone(result)).toEqual(result);
    expect(result).toMatchObject({ index: 7, id: "a", devices: 2, deviceTasks: 0, cutOff: false });
    expect(result).not.toHaveProperty("context");
  });

  it("says why the run did not come to its end", () => {
    const mark = { kind: "mark", mark: "cut-off", at: 5, reason: "this process was 5380 ms late" } as const;
    const result = planResult(7, plan("a"), { ...empty, events: [mark] }, { ...judged, cutOff: true });
    expect(result).toMatchObject({ cutOff: true, cutOffBecause: "this process was 5380 ms late" });
    expect(planResult(7, plan("a"), empty, judged)).not.toHaveProperty("cutOffBecause");
  });

  it("has one key for one sequence", () => {
    const key = (operations: readonly object[]) => planResult(0, plan("a", operations), empty, judged).sequence;
    expect(key([update(1, 0)])).toBe(key([update(900, 0)]));
    expect(key([update(1, 0)])).not.toBe(key([update(1, 1)]));
  });
});

describe("isSampled", () => {
  it("takes one plan in ten, by its index alone", () => {
    expect([...Array(40).keys()].filter(isSampled)).toEqual([0, 10, 20, 30]);
  });
});

describe("isFailing", () => {
  it("asks for a finding, not for an examined event", () => {
    const tally = { requirement: "R-04", examined: 3, undecided: 0, findings: [] };
    expect(isFailing({ tallies: [tally] })).toBe(false);
    const finding = { requirement: "R-04", events: [1], expected: "so", actual: "not so" };
    expect(isFailing({ tallies: [{ ...tally, findings: [finding] }] })).toBe(true);
  });
});
