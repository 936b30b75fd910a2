import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FleetFile, type FleetGroup } from "../model/fleet.ts";
import { createDecisions } from "./decisions.ts";
import { registrationTime } from "./start.ts";

const decide = createDecisions("start");

const PARSED = FleetFile.parse({ formatVersion: 1, groups: [{ name: "g", share: 1 }] });

function starts(start: FleetGroup["start"], count: number, events: FleetFile["events"] = []): readonly number[] {
  const file = { ...PARSED, events };
  const [group] = file.groups;
  if (group === undefined) return [];
  return Array.from({ length: count }, (_, index) =>
    registrationTime(file, { ...group, start }, { index, within: index, count }, decide),
  );
}
const count = fc.integer({ min: 1, max: 300 });
const over = fc.integer({ min: 0, max: 1_000_000 });
const after = fc.integer({ min: 0, max: 1_000_000 });

describe("registrationTime", () => {
  it("is within the time of the start, whatever its kind", () => {
    const start = fc.oneof(
      fc.record({ kind: fc.constant("linear" as const), over, after }),
      fc.record({ kind: fc.constant("storm" as const), over, after }),
      fc.record({ kind: fc.constant("step" as const), over, after, steps: fc.integer({ min: 1, max: 50 }) }),
    );
    fc.assert(
      fc.property(start, count, (profile, many) =>
        starts(profile, many).every(
          (at) => at >= profile.after && at < profile.after + Math.max(1, profile.over) && Number.isInteger(at),
        ),
      ),
    );
  });

  it("is linear: in the order of the devices, at distances that differ by a millisecond at most", () => {
    fc.assert(
      fc.property(count, over, (many, within) => {
        const times = [...starts({ kind: "linear", over: within, after: 0 }, many), within];
        const gaps = times.slice(1).map((at, index) => at - (times[index] ?? 0));
        expect(Math.max(...gaps) - Math.min(...gaps)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it("goes in steps: of sizes that differ by a device at most, as many as there are, or as there are devices", () => {
    fc.assert(
      fc.property(count, fc.integer({ min: 1, max: 50 }), (many, steps) => {
        const times = starts({ kind: "step", over: steps * 1_000, after: 0, steps }, many);
        const sizes = [...new Set(times)].map((at) => times.filter((other) => other === at).length);
        expect(sizes).toHaveLength(Math.min(steps, many));
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
        expect(times.every((at) => at % 1_000 === 0)).toBe(true);
      }),
    );
  });

  it("is never while the power of the device is cut, however many cuts follow and overlap", () => {
    const cut = fc.record({ at: fc.integer({ min: 0, max: 1_000 }), lasts: fc.integer({ min: 1, max: 500 }) });
    fc.assert(
      fc.property(fc.array(cut, { maxLength: 6 }), (cuts) => {
        const events = cuts.map(({ at, lasts }) => ({
          kind: "power-cut" as const,
          at,
          lasts,
          percent: 100,
          spread: 0,
        }));
        const times = starts({ kind: "linear", over: 1_000, after: 0 }, 50, events);
        const isCut = (moment: number) => cuts.some(({ at, lasts }) => at <= moment && moment < at + lasts);
        expect(times.filter(isCut)).toEqual([]);
        const planned = starts({ kind: "linear", over: 1_000, after: 0 }, 50);
        times.forEach((at, index) => {
          const wanted = planned[index] ?? 0;
          // Not a millisecond later than it has to be.
          expect(at === wanted || (at > wanted && isCut(at - 1))).toBe(true);
        });
      }),
    );
  });
});
