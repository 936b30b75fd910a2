import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countAxis, nameAxis, percentAxis, placeOn, spanAxis, timeAxis } from "./chart.ts";

describe("axes", () => {
  it.each([
    [0, 1, "0 1"],
    [3, 3, "0 1 2 3"],
    [18, 20, "0 5 10 15 20"],
    [531, 600, "0 200 400 600"],
  ])("counts to %d on an axis to %d, at whole and round numbers", (most, to, ticks) => {
    const axis = countAxis("x", most);
    expect([axis.to, axis.ticks.map(({ text }) => text).join(" ")]).toEqual([to, ticks]);
  });

  it.each([
    [60, "seconds", 0, 60],
    [3_600, "minutes", 0, 3_600],
    [20_000, "hours", 0, 20_000],
    [700_000, "days", 0, 700_000],
  ])("measures %d s in %s, to the last moment", (last, unit, from, to) => {
    expect(timeAxis("time", last)).toMatchObject({ title: `time (${unit})`, from, to });
  });

  it("spans orders of magnitude from a named span to a named span, thirty days a little rounded up included", () => {
    const axis = spanAxis("x", [0.04, 2_600_000]);
    expect([axis.ticks[0]?.text, axis.ticks.at(-1)?.text]).toEqual(["10 ms", "30 d"]);
    expect(spanAxis("x", [1, 1]).ticks.map(({ text }) => text)).toEqual(["1 s", "10 s"]);
    expect(spanAxis("x", []).ticks.length).toBeGreaterThan(1);
  });

  it("has a finite place between its ends for every value, and keeps their order", () => {
    const axes = [
      countAxis("x", 7),
      percentAxis("x"),
      timeAxis("x", 90),
      spanAxis("x", [0.001, 1e9]),
      nameAxis("x", ["a"]),
    ];
    fc.assert(
      fc.property(fc.constantFrom(...axes), fc.double({ noNaN: true }), fc.double({ noNaN: true }), (axis, a, b) => {
        for (const value of [a, b]) {
          expect(placeOn(axis, value)).toBeGreaterThanOrEqual(0);
          expect(placeOn(axis, value)).toBeLessThanOrEqual(1);
        }
        expect(placeOn(axis, Math.min(a, b))).toBeLessThanOrEqual(placeOn(axis, Math.max(a, b)));
      }),
    );
  });
});
