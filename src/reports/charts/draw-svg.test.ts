import { describe, expect, it } from "vitest";
import { type Chart, countAxis, nameAxis, timeAxis } from "./chart.ts";
import { drawSvg } from "./draw-svg.ts";
import { stateChart } from "./state-charts.ts";

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

describe("drawSvg", () => {
  const { markup } = drawSvg(stateChart(SERIES));

  it("stacks areas in steps: what one leaves free the next one takes, and what never occurs has none", () => {
    const polygons = [...markup.matchAll(/<polygon points="([^"]*)"/g)].map(([, points = ""]) => points.split(" "));
    expect(polygons).toHaveLength(3);
    // Left at 76, right at 874; top at 10, bottom at 234: 4 device tasks are 224 units high. Ceiling, then floor back.
    expect(polygons[0]).toEqual(["76,10", "475,10", "475,122", "874,122", "874,234", "874,234", "76,234"]);
    expect(polygons[1]?.slice(0, 3)).toEqual(["76,10", "874,10", "874,66"]);
  });

  it("says in words what it shows, for who cannot see it", () => {
    expect(markup).toContain(
      'aria-label="Device tasks by state over time, in the plan with most of them (queue-1). Of up to 4 device tasks of plan queue-1, at the end 3 succeeded, 1 failed."',
    );
    expect(markup).toContain('role="img"');
  });

  it("draws a plan without a moment or a task, without a number that is none", () => {
    for (const series of [
      { plan: "x", times: [], series: [] },
      { ...SERIES, times: [0] },
    ])
      expect(drawSvg(stateChart(series)).markup).not.toMatch(/NaN|Infinity|undefined/);
  });

  it("draws bars on each other, and lines that differ by more than their colour", () => {
    const chart: Chart = {
      name: "x",
      title: "x",
      says: "x",
      kind: "bars",
      x: nameAxis("x", ["a", "b"]),
      y: countAxis("y", 4),
      series: [
        {
          name: "one",
          colour: "#111111",
          points: [
            { x: 0, y: 1 },
            { x: 1, y: 0 },
          ],
        },
        { name: "two", colour: "#222222", points: [{ x: 0, y: 3 }] },
      ],
    };
    const bars = [...drawSvg(chart).markup.matchAll(/<rect x="[^"]*" y="([^"]*)" width="279.3" height="([^"]*)"/g)];
    expect(bars.map(([, y, height]) => [y, height])).toEqual([
      ["178", "56"],
      ["10", "168"],
    ]);
    const lines = drawSvg({ ...chart, kind: "lines", x: timeAxis("x", 1) }).markup;
    expect([...lines.matchAll(/<polyline[^>]*>/g)].map(([line]) => line.includes("dasharray"))).toEqual([false, true]);
  });

  it("escapes names, which may come from outside", () => {
    const chart = stateChart({ plan: "<b>", times: [0, 1], series: [{ status: "<i>", counts: [1, 1] }] });
    expect(drawSvg(chart).markup).not.toMatch(/<[bi]>/);
  });
});
