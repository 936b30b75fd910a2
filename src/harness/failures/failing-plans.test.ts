import { describe, expect, it } from "vitest";
import type { Sightings, Violated } from "../settlement/settle.ts";
import { chooseFailingPlans } from "./failing-plans.ts";

const violated = (
  first: number,
  shapes: Readonly<Record<string, Sightings>>,
  more: Partial<Violated> = {},
): Violated => ({
  requirement: "R-07",
  plan: { index: 3, id: "retry-3" },
  finding: { requirement: "R-07", events: [1], expected: "so", actual: "not so" },
  plans: 40,
  violations: 90,
  first,
  examined: 100,
  seenIn: [],
  shapes: new Map(Object.entries(shapes)),
  ...more,
});
const range = (from: number, count: number): readonly number[] => Array.from({ length: count }, (_, i) => from + i);
const told = (violation: Violated) =>
  chooseFailingPlans(violation).map(({ shape, index, round }) => `${shape ?? "joined"} ${index} in round ${round}`);

describe("chooseFailingPlans", () => {
  it("takes five plans, spread over the campaign, of those in which the requirement broke first", () => {
    const plans = chooseFailingPlans(violated(100, { a: { first: range(0, 100), later: range(200, 50) } }));
    expect(plans.map(({ index }) => index)).toEqual([0, 20, 40, 60, 80]);
    expect(plans.map(({ plans: seen }) => seen)).toEqual([150, 150, 150, 150, 150]);
  });

  it("takes one of each shape first, so that a rare defect has its turn, and the frequent one what is left", () => {
    const shapes = { often: { first: range(0, 90), later: [] }, rare: { first: [7], later: [] } };
    expect(told(violated(91, shapes))).toEqual([
      "often 0 in round 0",
      "rare 7 in round 0",
      "often 22 in round 1",
      "often 45 in round 2",
      "often 67 in round 3",
    ]);
  });

  it("takes a single plan of what never broke first", () => {
    expect(told(violated(0, { a: { first: [], later: range(5, 30) }, b: { first: [], later: [9] } }))).toEqual([
      "a 5 in round 0",
    ]);
  });

  it("takes all when there are few", () => {
    expect(told(violated(2, { a: { first: [4, 9], later: [] } }))).toEqual(["a 4 in round 0", "a 9 in round 1"]);
  });

  it("takes the two plans of a conflict together", () => {
    expect(told(violated(0, {}, { joinedWith: { index: 8, id: "retry-8" } }))).toEqual(["joined 3 in round 0"]);
  });
});
