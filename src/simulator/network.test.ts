import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { after, type Instant, millis, SIMULATION_START } from "../protocol/time.ts";
import type { Fault } from "./model/fault.ts";
import { createNetwork } from "./network.ts";

const plan = (milliseconds: number): Instant => after(SIMULATION_START, millis(milliseconds));
const network = (faults: readonly Fault[], seed = "seed") =>
  createNetwork({ seed, latency: 20, faults, start: SIMULATION_START });
const always = { device: 0, from: 0, until: 1_000_000, direction: "both", permille: 1_000 } as const;
/** The fates of the first datagrams of a link, one every millisecond. */
const fates = (faults: readonly Fault[], count: number, device = 0, direction: "up" | "down" = "up", seed = "seed") => {
  const links = network(faults, seed);
  return Array.from({ length: count }, (_, index) => links.fate(device, direction, plan(index)));
};

describe("createNetwork", () => {
  it("carries every datagram once after the plan's latency when there is no fault, and allocates nothing for it", () => {
    const links = network([]);
    const fate = links.fate(7, "down", plan(0));
    expect(fate).toEqual([20_000]);
    expect(links.fate(8, "up", plan(5))).toBe(fate);
    expect(Object.isFrozen(fate)).toBe(true);
  });

  it("loses all at 1000 of 1000, none at 0, and about a quarter at 250", () => {
    const lost = (permille: number) =>
      fates([{ ...always, kind: "loss", permille }], 4_000).filter((fate) => fate.length === 0).length;
    expect([lost(1_000), lost(0)]).toEqual([4_000, 0]);
    expect(lost(250)).toBeGreaterThan(880);
    expect(lost(250)).toBeLessThan(1_120);
  });

  it("strikes from the start of the window up to, not including, its end", () => {
    const links = network([{ ...always, kind: "loss", from: 10, until: 20 }]);
    const lost = (at: number) => links.fate(0, "up", plan(at)).length === 0;
    expect([lost(9), lost(10), lost(19), lost(20)]).toEqual([false, true, true, false]);
    expect(links.fate(0, "up", (plan(10) - 1) as Instant)).toEqual([20_000]);
  });

  it("strikes its own device and direction only", () => {
    const links = network([{ ...always, kind: "loss", direction: "up" }]);
    expect(links.fate(0, "up", plan(1))).toEqual([]);
    expect(links.fate(0, "down", plan(1))).toEqual([20_000]);
    expect(links.fate(1, "up", plan(1))).toEqual([20_000]);
  });

  it("delivers a duplicated datagram twice, the copy later by `delay`", () => {
    expect(fates([{ ...always, kind: "duplication", delay: 300 }], 1)).toEqual([[20_000, 320_000]]);
  });

  it("holds a reordered datagram back by `delay`, so that the next one overtakes it", () => {
    expect(fates([{ ...always, kind: "reordering", delay: 70 }], 1)).toEqual([[90_000]]);
    const times = fates([{ ...always, kind: "reordering", permille: 300, delay: 70 }], 50).map(
      (fate, index) => index * 1_000 + (fate[0] ?? 0),
    );
    expect(times.some((time, index) => index > 0 && time < (times[index - 1] ?? 0))).toBe(true);
  });

  it("replaces the plan's latency within a latency fault, and adds what else strikes", () => {
    const slow: Fault = { kind: "latency", device: 0, direction: "both", from: 0, until: 10, delay: 900 };
    expect(fates([slow], 1)).toEqual([[900_000]]);
    expect(
      fates([slow, { ...always, kind: "reordering", delay: 70 }, { ...always, kind: "duplication", delay: 5 }], 1),
    ).toEqual([[970_000, 975_000]]);
    expect(fates([slow, { ...slow, delay: 1 }], 1)).toEqual([[900_000]]);
  });

  it("ignores faults that are not about links", () => {
    expect(fates([{ kind: "offline", device: 0, from: 0, until: 1_000 }], 1)).toEqual([[20_000]]);
  });

  it("loses these datagrams of this seed on every machine", () => {
    const pattern = fates([{ ...always, kind: "loss", permille: 300 }], 40).map((fate) =>
      fate.length === 0 ? "x" : ".",
    );
    expect(pattern.join("")).toBe(LITERAL_PATTERN);
  });
});

const permille = fc.integer({ min: 0, max: 1_000 });
const delay = fc.integer({ min: 1, max: 500 });
const window = fc
  .tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 60 }))
  .map(([from, until]) => ({ from, until }));
const direction = fc.constantFrom("up", "down", "both");
const target = fc.record({ device: fc.integer({ min: 0, max: 2 }), direction });
const fault: fc.Arbitrary<Fault> = fc
  .tuple(target, window, permille, delay, fc.constantFrom("loss", "duplication", "reordering", "latency"))
  .map(([on, during, share, wait, kind]): Fault => {
    if (kind === "latency") return { kind, ...on, ...during, delay: wait };
    if (kind === "loss") return { kind, ...on, ...during, permille: share };
    return { kind, ...on, ...during, permille: share, delay: wait };
  });

describe("the laws of fate", () => {
  it("is the same in two runs", () => {
    fc.assert(
      fc.property(fc.array(fault), fc.string(), (faults, seed) => {
        expect(fates(faults, 60, 1, "up", seed)).toEqual(fates(faults, 60, 1, "up", seed));
      }),
    );
  });

  it("decides separately for devices, directions and kinds of fault", () => {
    const on = (device: number): Fault[] => [{ ...always, device, kind: "loss", permille: 500 }];
    const lost = (device: number, direction: "up" | "down") =>
      fates(on(device), 64, device, direction).map((fate) => (fate.length === 0 ? 1 : 0));
    const held = fates([{ ...always, kind: "reordering", permille: 500, delay: 1 }], 64).map(([delay]) =>
      delay === 21_000 ? 1 : 0,
    );
    const copied = fates([{ ...always, kind: "duplication", permille: 500, delay: 1 }], 64).map(
      (fate) => fate.length - 1,
    );
    const patterns = [lost(0, "up"), lost(0, "down"), lost(1, "up"), held, copied].map((pattern) => pattern.join(""));
    expect(new Set(patterns).size).toBe(5);
  });

  it("is not changed by what other links carry", () => {
    fc.assert(
      fc.property(
        fc.array(fault),
        fc.array(fc.tuple(fc.integer({ min: 0, max: 2 }), fc.boolean())),
        (faults, others) => {
          const links = network(faults);
          for (const [device, up] of others) if (device !== 1 || !up) links.fate(device, up ? "up" : "down", plan(0));
          const mine = Array.from({ length: 60 }, (_, index) => links.fate(1, "up", plan(index)));
          expect(mine).toEqual(fates(faults, 60, 1));
        },
      ),
    );
  });

  it("keeps for every remaining kind what it had chosen when a fault of another kind is removed", () => {
    const losses = fc
      .array(fc.tuple(target, window, permille))
      .map((all) => all.map(([on, during, share]): Fault => ({ kind: "loss", ...on, ...during, permille: share })));
    fc.assert(
      fc.property(losses, fc.array(fault.filter((each) => each.kind !== "loss")), (losing, others) => {
        const lost = (faults: readonly Fault[]) => fates(faults, 60, 1).map((fate) => fate.length === 0);
        expect(lost([...losing, ...others])).toEqual(lost(losing));
      }),
    );
  });

  it("loses no fewer datagrams, and each that it lost before, when the share is raised", () => {
    fc.assert(
      fc.property(permille, permille, (a, b) => {
        const lost = (share: number) =>
          fates([{ ...always, kind: "loss", permille: share }], 60).map((fate) => fate.length === 0);
        const more = lost(Math.max(a, b));
        expect(lost(Math.min(a, b)).every((was, index) => !was || more[index] === true)).toBe(true);
      }),
    );
  });
});

const LITERAL_PATTERN = "x.....x....xxx..........x.xx.x...x..x.xx";
