import { describe, expect, it } from "vitest";
import { drawStates } from "./state-chart.ts";

const SERIES = {
  plan: "queue-1",
  times: [0, 10, 20],
  series: [
    { status: "waiting", counts: [4, 2, 0] },
    { status: "succeeded", counts: [0, 2, 3] },
    { status: "failed", counts: [0, 0, 1] },
    { status: "cancelled", counts: [0, 0, 0] },
  ],
};

describe("drawStates", () => {
  const { markup } = drawStates(SERIES);

  it("stacks the states that occur, in steps: what one count leaves free the next one takes", () => {
    const polygons = [...markup.matchAll(/<polygon points="([^"]*)"/g)].map(([, points = ""]) => points.split(" "));
    expect(polygons).toHaveLength(3);
    // Top at 10, bottom at 234: 4 device tasks are 224 units high. Ceiling from left to right, then floor back.
    expect(polygons[0]).toEqual([
      "48,10",
      "468,10",
      "468,122",
      "888,122",
      "888,234",
      "888,234",
      "888,234",
      "468,234",
      "468,234",
      "48,234",
    ]);
    expect(polygons[1]?.slice(0, 5)).toEqual(["48,10", "468,10", "468,10", "888,10", "888,66"]);
  });

  it("says in words how it ends, for who cannot see it", () => {
    expect(markup).toContain(
      'aria-label="Device tasks by state over time, plan queue-1: at the end 3 device tasks succeeded, 1 device task failed"',
    );
  });

  it("draws a plan without a moment or a task", () => {
    expect(drawStates({ plan: "x", times: [], series: [] }).markup).toContain("at the end none");
    expect(drawStates({ plan: "x", times: [0], series: [{ status: "waiting", counts: [1] }] }).markup).not.toMatch(
      /NaN|Infinity/,
    );
  });
});
