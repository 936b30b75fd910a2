import { describe, expect, it } from "vitest";
import { shownEvents } from "./shown-events.ts";

const indices = (length: number, marked: readonly number[]) =>
  shownEvents(length, marked).map((shown) => (shown.kind === "event" ? shown.index : `${shown.events} left out`));

describe("shownEvents", () => {
  it("shows a history of up to 80 events whole", () => {
    expect(shownEvents(80, [3])).toHaveLength(80);
    expect(shownEvents(81, [3])).not.toHaveLength(81);
  });

  it("shows 12 events before and 4 after each one that shows the violation, and counts what is left out", () => {
    expect(indices(200, [100])).toEqual([
      "88 left out",
      ...Array.from({ length: 17 }, (_, index) => 88 + index),
      "95 left out",
    ]);
    expect(indices(200, [5, 14]).slice(-2)).toEqual([18, "181 left out"]);
  });

  it("shows at most 240 lines of a long history", () => {
    const shown = shownEvents(1_000, []);
    expect(shown).toHaveLength(241);
    expect(shown.at(-1)).toEqual({ kind: "left-out", events: 760 });
  });
});
