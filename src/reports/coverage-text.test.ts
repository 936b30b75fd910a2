import { describe, expect, it } from "vitest";
import type { CoverageNames } from "../harness/record/coverage-names.ts";
import { renderCoverage, renderCoveragePage } from "./coverage-text.ts";

const NAMES: CoverageNames = {
  themes: [
    {
      title: "Queue",
      conditions: [
        { id: "slept", sentence: "a device slept", reachable: "live-too" },
        { id: "waited-a-day", sentence: "a task waited a day", reachable: "sim" },
      ],
    },
  ],
  notYet: [{ id: "block-lost", sentence: "a block was lost", reason: "no blocks" }],
  transitions: ["a > b", "b > c", "c > d"],
  rareTransitions: ["d > e"],
};

describe("renderCoverage", () => {
  it("says how many were reached, and names what never was", () => {
    const text = renderCoverage({ formatVersion: 1, conditions: { slept: 3 }, transitions: { "a > b": 1 } }, NAMES, {
      most: 1,
    });
    expect(text).toBe(
      "Reached 1 of 2 conditions; never:\n- waited-a-day: a task waited a day\nReached 1 of 3 transitions; never:\n- b > c\n- and 1 other\n",
    );
  });

  it("tells a theme of which nothing was met in one line, as one that the target may not have", () => {
    const text = renderCoverage({ formatVersion: 1, conditions: {}, transitions: {} }, NAMES, { most: 0 });
    expect(text).toContain("Reached 0 of 2 conditions; never:\n- Queue: none of its 2 conditions\n");
  });

  it("says no more than that when all was reached", () => {
    const transitions = { "a > b": 1, "b > c": 1, "c > d": 1 };
    const text = renderCoverage({ formatVersion: 1, conditions: { slept: 1, "waited-a-day": 1 }, transitions }, NAMES);
    expect(text).toBe("Reached 2 of 2 conditions.\nReached 3 of 3 transitions.\n");
  });

  it("misses in a live campaign only what live runs can meet, and leaves out names that it does not know", () => {
    const text = renderCoverage({ formatVersion: 1, conditions: { elder: 1 }, transitions: {} }, NAMES, { live: true });
    expect(text).toBe("Reached 0 of 1 condition; never:\n- slept: a device slept\n");
  });
});

describe("renderCoveragePage", () => {
  it("lists every name once, with what is missing for those that cannot be met", () => {
    const page = renderCoveragePage(NAMES);
    expect(page).toContain("| `waited-a-day` | a task waited a day | no |");
    expect(page).toContain("| `block-lost` | a block was lost | no blocks |");
    expect(page).toContain("- `d > e`");
  });
});
