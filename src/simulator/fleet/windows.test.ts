import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type FleetConnectivity, FleetEvent } from "../model/fleet-connectivity.ts";
import type { FleetSpan } from "../model/fleet-time.ts";
import { createDecisions } from "./decisions.ts";
import { affects, connectivityWindows, eventWindow, type OfflineSpan, type WindowStream } from "./windows.ts";

const decide = createDecisions("windows");
const device = fc.integer({ min: 0, max: 9_999_999 });
const milliseconds = (max: number): fc.Arbitrary<number> => fc.integer({ min: 1, max });
const span: fc.Arbitrary<FleetSpan> = fc.oneof(
  fc.integer({ min: 0, max: 100_000 }),
  fc.record({ kind: fc.constant("exponential" as const), mean: milliseconds(100_000), atLeast: fc.constant(0) }),
  milliseconds(10_000).map((from) => ({ kind: "uniform" as const, from, to: from * 3 })),
);

const take = (stream: WindowStream | undefined, count: number): readonly OfflineSpan[] =>
  Array.from({ length: count }, () => stream?.()).filter((window) => window !== undefined);
const windows = (connectivity: FleetConnectivity, of: number, count = 20): readonly OfflineSpan[] =>
  take(connectivityWindows(connectivity, of, decide), count);
const areApart = (all: readonly OfflineSpan[]): boolean =>
  all.every(({ from, until }, at) => from < until && from > (all[at - 1]?.until ?? Number.NEGATIVE_INFINITY));

describe("a cycle of connectivity", () => {
  const cycle = fc.record({
    kind: fc.constant("cycle" as const),
    online: span,
    offline: span,
    inStep: fc.boolean(),
  });

  it("has windows in order with time between them, whatever the distributions", () => {
    fc.assert(fc.property(cycle, device, (connectivity, of) => areApart(windows(connectivity, of))));
  });

  it("only shifts its windows when it is not in step: by less than its first online time, and not into the past", () => {
    fc.assert(
      fc.property(cycle, device, (connectivity, of) => {
        const [inStep, own] = [true, false].map((value) => windows({ ...connectivity, inStep: value }, of));
        const shift = (inStep?.[0]?.from ?? 0) - (own?.[0]?.from ?? 0);
        expect(shift).toBeGreaterThanOrEqual(0);
        expect(own?.[0]?.from).toBeGreaterThan(0);
        expect(own?.map(({ from, until }) => ({ from: from + shift, until: until + shift }))).toEqual(inStep);
      }),
    );
  });
});

describe("the decisions of a cycle", () => {
  it("are one for each time, online or offline, and never the same twice", () => {
    const asked: number[] = [];
    const recording = (of: number, part: number, kind: number, index: number): number => {
      asked.push(index);
      return decide(of, part, kind, index);
    };
    const cycle = { kind: "cycle" as const, online: 10, offline: 5, inStep: false };
    take(connectivityWindows(cycle, 0, recording), 5);
    // -1 is where in its first online time it begins; even numbers are online times, odd ones offline times.
    expect(asked).toEqual([0, -1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });
});

describe("day and night", () => {
  const dayNight = fc
    .record({
      day: fc.integer({ min: 100, max: 90_000_000 }),
      parts: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 4, maxLength: 4 }),
    })
    .map(({ day, parts: [first = 0, second = 0, third = 0, fourth = 0] }) => {
      const onlineFrom = Math.floor(first * (day - 2));
      const onlineUntil = onlineFrom + 1 + Math.floor(second * (day - onlineFrom - 1));
      const jitter = Math.floor(third * (day - (onlineUntil - onlineFrom)));
      return {
        kind: "day-night" as const,
        day,
        onlineFrom,
        onlineUntil,
        jitter,
        startsAt: Math.floor(fourth * (day - 1)),
      };
    })
    .filter(({ day, onlineFrom, onlineUntil }) => onlineUntil - onlineFrom < day);

  it("is offline once a day, equally long, at the same time of day, later by at most the jitter", () => {
    fc.assert(
      fc.property(dayNight, device, (connectivity, of) => {
        const { day, onlineFrom, onlineUntil, jitter, startsAt } = connectivity;
        const nights = windows(connectivity, of);
        const first = nights[0]?.from ?? 0;
        const late = (((first + startsAt - onlineUntil) % day) + day) % day;
        expect(late).toBeLessThanOrEqual(jitter);
        expect(nights).toEqual(
          nights.map((_, night) => ({
            from: first + night * day,
            until: first + night * day + day - (onlineUntil - onlineFrom),
          })),
        );
      }),
    );
  });

  it("says of every moment of the run what the clock of the device says", () => {
    fc.assert(
      fc.property(dayNight, device, fc.double({ min: 0, max: 3, noNaN: true }), (connectivity, of, days) => {
        const { day, onlineFrom, onlineUntil, startsAt } = connectivity;
        const nights = windows({ ...connectivity, jitter: 0 }, of);
        const moment = Math.floor(days * day);
        const clock = (moment + startsAt) % day;
        const isOffline = nights.some(({ from, until }) => from <= moment && moment < until);
        expect(isOffline).toBe(clock < onlineFrom || clock >= onlineUntil);
      }),
    );
  });
});

describe("a timetable", () => {
  const timetable = fc
    .array(fc.tuple(milliseconds(10_000), milliseconds(10_000)), { minLength: 1, maxLength: 8 })
    .map((gaps) => {
      let at = 0;
      return gaps.map(([before, lasts]) => {
        const from = at + before;
        at = from + lasts;
        return { from, until: at };
      });
    });

  it("is what is listed, once", () => {
    fc.assert(
      fc.property(timetable, (offline) => {
        expect(windows({ kind: "timetable", offline }, 0, 20)).toEqual(offline);
      }),
    );
  });

  it("begins anew every so often, without touching the round before", () => {
    fc.assert(
      fc.property(timetable, milliseconds(10_000), (offline, rest) => {
        const repeatEvery = (offline.at(-1)?.until ?? 0) + rest;
        const all = windows({ kind: "timetable", offline, repeatEvery }, 0, offline.length * 3);
        expect(areApart(all)).toBe(true);
        all.forEach(({ from, until }, at) => {
          const round = Math.floor(at / offline.length) * repeatEvery;
          expect({ from: from - round, until: until - round }).toEqual(offline[at % offline.length]);
        });
      }),
    );
  });
});

describe("an event", () => {
  const eventOf = (fields: object): FleetEvent => FleetEvent.parse(fields);
  const at = fc.integer({ min: 0, max: 1_000_000 });
  const ms = (value: number): string => `${value}ms`;

  it("of a swizzle: everybody is offline during the pause, and nobody before it begins or after it has ended", () => {
    const times = fc.record({
      at,
      stop: milliseconds(1e6),
      hold: fc.integer({ min: 0, max: 1e6 }),
      resume: milliseconds(1e6),
    });
    fc.assert(
      fc.property(times, device, (t, of) => {
        const event = eventOf({
          kind: "swizzle",
          at: ms(t.at),
          stop: ms(t.stop),
          hold: ms(t.hold),
          resume: ms(t.resume),
        });
        const { from, until } = eventWindow(event, 0, of, decide);
        const back = t.at + t.stop + t.hold;
        expect([from >= t.at, from < t.at + t.stop, until > back, until <= back + t.resume]).toEqual([
          true,
          true,
          true,
          true,
        ]);
      }),
    );
  });

  it("of a cut lasts as long as it says and not less, and begins for all at once", () => {
    const kind = fc.constantFrom("power-cut" as const, "outage" as const);
    fc.assert(
      fc.property(kind, at, milliseconds(1e6), device, (what, begins, lasts, of) => {
        const spread = { kind: "uniform", from: "1s", to: "5s" };
        const event = eventOf({ kind: what, at: ms(begins), lasts: ms(lasts), spread });
        const { from, until } = eventWindow(event, 3, of, decide);
        expect(from).toBe(begins);
        expect(until - begins - lasts).toBeGreaterThanOrEqual(1_000);
        expect(until - begins - lasts).toBeLessThanOrEqual(5_000);
      }),
    );
  });

  it("affects with a greater share all that it affects with a smaller one, and no group that is not named", () => {
    const percent = fc.integer({ min: 0, max: 100 });
    fc.assert(
      fc.property(percent, percent, device, (one, other, of) => {
        const outage = (share: number) =>
          eventOf({ kind: "outage", at: "1s", lasts: "1s", percent: share, groups: ["a", "b"] });
        const hit = (share: number, group: string) => affects(outage(share), 0, group, of, decide);
        const [less, more] = [Math.min(one, other), Math.max(one, other)];
        expect(!hit(less, "a") || hit(more, "a")).toBe(true);
        expect(hit(one, "b")).toBe(hit(one, "a"));
        expect([hit(100, "c"), hit(0, "a"), hit(100, "a")]).toEqual([false, false, true]);
      }),
    );
  });
});
