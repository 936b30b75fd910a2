import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { joinTimelines, type Timeline, TimelineRecorder } from "./timeline.ts";

const recorded = (rows: readonly (readonly [number, Readonly<Record<string, number>>])[]): Timeline => {
  const recorder = new TimelineRecorder();
  for (const [at, values] of rows) recorder.add(at, values);
  return recorder.saved();
};

describe("TimelineRecorder", () => {
  it("keeps a value of each name at whole seconds", () => {
    expect(
      recorded([
        [1.004, { registered: 3, asleep: 1 }],
        [2.001, { registered: 5, asleep: 0 }],
      ]),
    ).toEqual({
      times: [1, 2],
      series: [
        { name: "asleep", values: [1, 0] },
        { name: "registered", values: [3, 5] },
      ],
    });
  });

  it("needs little room for a day, and still has its beginning and its end", () => {
    const { times, series } = recorded(Array.from({ length: 86_400 }, (_, at) => [at, { registered: at }] as const));
    expect(times.length).toBeGreaterThan(100);
    expect(times.length).toBeLessThanOrEqual(300);
    expect(times[0]).toBe(0);
    expect(times.at(-1)).toBeGreaterThan(86_000);
    expect(series[0]?.values).toEqual(times);
  });

  it("has what holds at the end, also between two seconds that it keeps", () => {
    const recorder = new TimelineRecorder();
    recorder.add(1, { asked: 1 });
    recorder.add(2, { asked: 5 });
    recorder.end(2.0, { asked: 7 });
    expect(recorder.saved()).toEqual({ times: [1, 2], series: [{ name: "asked", values: [1, 7] }] });
    recorder.end(2.3, { asked: 8 });
    expect(recorder.saved()).toEqual({ times: [1, 2, 3], series: [{ name: "asked", values: [1, 7, 8] }] });
  });

  it("is empty when nothing was told, and keeps one of two that say the same second", () => {
    expect(recorded([])).toEqual({ times: [], series: [] });
    expect(
      recorded([
        [1, { a: 1 }],
        [1.2, { a: 2 }],
      ]).times,
    ).toEqual([1]);
  });
});

describe("joinTimelines", () => {
  const some = fc
    .array(fc.tuple(fc.nat(40), fc.nat(9), fc.nat(9)), { maxLength: 8 })
    .map((rows) => recorded(rows.sort(([a], [b]) => a - b).map(([at, a, b]) => [at, { a, b }] as const)));

  it("adds values that hold until the next one", () => {
    const one: Timeline = { times: [0, 4], series: [{ name: "a", values: [1, 5] }] };
    const other: Timeline = { times: [2, 6], series: [{ name: "a", values: [10, 20] }] };
    expect(joinTimelines([one, other])).toEqual({
      times: [0, 2, 4, 6],
      series: [{ name: "a", values: [1, 11, 15, 25] }],
    });
  });

  it("depends neither on order nor on steps, and leaves a single one as it is", () => {
    fc.assert(
      fc.property(some, some, some, (a, b, c) => {
        expect(joinTimelines([a])).toEqual(a);
        expect(joinTimelines([b, c, a])).toEqual(joinTimelines([a, b, c]));
        expect(joinTimelines([joinTimelines([a, b]), c])).toEqual(joinTimelines([a, b, c]));
      }),
    );
  });

  it("says nothing of the whole where a part is not known", () => {
    expect(joinTimelines([recorded([[1, { a: 1 }]]), undefined])).toBeUndefined();
  });
});
