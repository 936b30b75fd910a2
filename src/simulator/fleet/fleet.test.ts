import { describe, expect, it } from "vitest";
import { readContent, writeContent } from "../../protocol/lwm2m/operations.ts";
import { after, millis, SIMULATION_START } from "../../protocol/time.ts";
import { FleetFile, type FleetFileText } from "../model/fleet.ts";
import { createFleet, shardMembers } from "./fleet.ts";
import { FLEET_PRESETS } from "./presets.ts";
import type { Fleet } from "./types.ts";

type GroupText = Partial<FleetFileText["groups"][number]>;
const fileOf = (group: GroupText, rest: Partial<FleetFileText> = {}): FleetFile =>
  FleetFile.parse({ formatVersion: 1, groups: [{ name: "g", share: 1, ...group }], ...rest });
const HOUR = 3_600_000;

/** Everything that a fleet says about one device, with the fates of 40 datagrams each way and of 40 requests. */
function decisions(fleet: Fleet, index: number): unknown {
  const timeline = fleet.timeline(index);
  const happenings = [];
  for (let next = timeline.take(); next !== undefined && happenings.length < 200; next = timeline.take())
    happenings.push(next);
  const link = fleet.link(index);
  const fates = Array.from({ length: 40 }, (_, n) => [
    link.fate("up", 90, n * 20_000),
    link.fate("down", 20, n * 20_000),
  ]);
  const misbehaves = fleet.misbehaves(index, SIMULATION_START);
  const answers = Array.from({ length: 40 }, (_, n) =>
    misbehaves?.(request(n % 2 === 0), after(SIMULATION_START, millis(n))),
  );
  return { member: fleet.member(index), happenings, fates, answers };
}

const request = (isWrite: boolean) => ({
  ...(isWrite ? writeContent([3, 0, 15], 0, new Uint8Array(3)) : readContent([3, 0, 9])),
  type: "CON" as const,
  messageId: 1,
  token: "01",
});

describe("createFleet", () => {
  it.each(Object.keys(FLEET_PRESETS) as (keyof typeof FLEET_PRESETS)[])(
    "decides the same about each device of %s whether 1, 2 or 5 shards make it, in whatever order, or it is alone",
    (preset) => {
      const make = () =>
        createFleet(FleetFile.parse(FLEET_PRESETS[preset]), { seed: "s", devices: 60, duration: 3 * HOUR });
      const whole = make();
      const expected = Array.from({ length: 60 }, (_, index) => decisions(whole, index));
      for (const count of [1, 2, 5]) {
        for (let shard = 0; shard < count; shard++) {
          const fleet = make();
          for (const index of [...shardMembers(fleet, { index: shard, count })].reverse())
            expect(decisions(fleet, index)).toEqual(expected[index]);
        }
      }
      expect(decisions(make(), 37)).toEqual(expected[37]);
    },
  );

  it("decides otherwise with another seed, and for another device", () => {
    const file = FleetFile.parse(FLEET_PRESETS["flaky-cellular"]);
    const make = (seed: string) => createFleet(file, { seed, devices: 2, duration: 24 * HOUR });
    const [a, b] = [decisions(make("a"), 0), decisions(make("b"), 0)];
    expect(a).not.toEqual(b);
    expect({ ...(decisions(make("a"), 1) as object), member: 0 }).not.toEqual({ ...(a as object), member: 0 });
  });

  it("gives every device to exactly one of N shards, by the remainder of its number", () => {
    const fleet = createFleet(fileOf({}), { seed: "s", devices: 13 });
    const shards = [0, 1, 2, 3, 4].map((index) => [...shardMembers(fleet, { index, count: 5 })]);
    expect(shards[3]).toEqual([3, 8]);
    expect(shards.flat().sort((x, y) => x - y)).toEqual(Array.from({ length: 13 }, (_, index) => index));
  });

  it("names devices by the pattern of the file, and refuses a number beyond the fleet", () => {
    const fleet = createFleet(fileOf({}, { endpoint: "lab-{group}-{index}" }), { seed: "s", devices: 3 });
    expect(fleet.member(2)).toMatchObject({ name: "lab-g-2", group: "g", index: 2 });
    expect(() => fleet.member(3)).toThrow(/no device 3/);
  });

  it("sends Update after 70 to 80 percent of the lifetime at share 80 and jitter 10, and shares models", () => {
    const fleet = createFleet(fileOf({ device: { lifetime: "1000s" } }), { seed: "s", devices: 2_000 });
    const models = Array.from({ length: 2_000 }, (_, index) => fleet.member(index).model);
    const times = models.map(({ updateEvery = 0 }) => updateEvery);
    expect(models[0]?.lifetime).toBe(1_000);
    expect(Math.max(...times)).toBe(800_000);
    expect(Math.min(...times)).toBeGreaterThan(700_000);
    expect(Math.min(...times)).toBeLessThan(702_000);
    expect(new Set(models).size).toBe(64);
  });
});

describe("the start of a fleet", () => {
  const starts = (start: GroupText["start"], devices: number, ramp?: number, events: FleetFileText["events"] = []) => {
    const fleet = createFleet(fileOf({ start }, { events }), { seed: "s", devices, ramp });
    return Array.from({ length: devices }, (_, index) => fleet.member(index).registersAt);
  };

  it("is even: 4 devices in 60 s at 0, 15, 30 and 45 s; --ramp replaces the time", () => {
    expect(starts({ kind: "linear", over: "60s" }, 4)).toEqual([0, 15_000, 30_000, 45_000]);
    expect(starts({ kind: "linear", over: "60s", after: "1s" }, 4, 4_000)).toEqual([1_000, 2_000, 3_000, 4_000]);
  });

  it("goes in steps: 6 devices in 3 steps of 10 s", () => {
    expect(starts({ kind: "step", over: "30s", steps: 3 }, 6)).toEqual([0, 0, 10_000, 10_000, 20_000, 20_000]);
  });

  it("is a storm: all within the time, in random order", () => {
    const times = starts({ kind: "storm", over: "10s" }, 1_000);
    expect(Math.max(...times)).toBeLessThan(10_000);
    expect(new Set(times).size).toBeGreaterThan(900);
    expect(starts({ kind: "storm", over: "0s" }, 3)).toEqual([0, 0, 0]);
  });

  it("waits for the power: who would start from 10 to 40 s while it is cut starts at 40 s", () => {
    const cut = [{ kind: "power-cut", at: "10s", lasts: "30s" } as const];
    expect(starts({ kind: "linear", over: "60s" }, 6, undefined, cut)).toEqual([
      0, 40_000, 40_000, 40_000, 40_000, 50_000,
    ]);
  });
});

describe("the groups of a fleet", () => {
  const sizes = (groups: readonly { share?: number; count?: number }[], devices?: number, inFile?: number) => {
    const file = FleetFile.parse({
      formatVersion: 1,
      ...(inFile === undefined ? {} : { devices: inFile }),
      groups: groups.map((group, at) => ({ name: `g${at}`, ...group })),
    });
    return createFleet(file, { seed: "s", devices }).groups.map(({ first, count }) => [first, count]);
  };

  it("have what they count, and share the rest by largest remainders", () => {
    expect(sizes([{ count: 10 }, { share: 1 }, { share: 2 }], 110)).toEqual([
      [0, 10],
      [10, 33],
      [43, 67],
    ]);
  });

  it("divide what there is in proportion when counts do not add up to it", () => {
    expect(sizes([{ count: 30 }, { count: 10 }], 100)).toEqual([
      [0, 75],
      [75, 25],
    ]);
    expect(sizes([{ count: 200 }, { share: 1 }], 100)).toEqual([
      [0, 100],
      [100, 0],
    ]);
  });

  it("are as many as the file says, as they count, or 100", () => {
    expect(sizes([{ count: 3 }, { count: 4 }])).toEqual([
      [0, 3],
      [3, 4],
    ]);
    expect(sizes([{ share: 1 }], undefined, 7)).toEqual([[0, 7]]);
    expect(sizes([{ share: 1 }])).toEqual([[0, 100]]);
  });
});

describe("misbehaving devices", () => {
  const answers = (rules: GroupText["answers"], count: number, devices = 1, at = 0) => {
    const fleet = createFleet(fileOf({ answers: rules }), { seed: "s", devices });
    return Array.from({ length: devices }, (_, index) => {
      const misbehaves = fleet.misbehaves(index, SIMULATION_START);
      return Array.from(
        { length: count },
        () => misbehaves?.(request(true), after(SIMULATION_START, millis(at)))?.kind,
      );
    });
  };
  const silent = { kind: "silent" } as const;
  const reset = { kind: "reset" } as const;

  it("go through the sequence, again and again, or once", () => {
    const sequence = [silent, { kind: "normal" } as const, reset];
    expect(answers([{ sequence }], 5)).toEqual([["silent", undefined, "reset", "silent", undefined]]);
    expect(answers([{ sequence, repeats: false }], 5)).toEqual([["silent", undefined, "reset", undefined, undefined]]);
  });

  it("do so for requests that fit, and leave the others to the next rule", () => {
    const next = { sequence: [reset] };
    expect(answers([{ operation: "read", sequence: [silent] }, next], 1)).toEqual([["reset"]]);
    expect(answers([{ path: "3/0/1", sequence: [silent] }, next], 1)).toEqual([["reset"]]);
    expect(answers([{ operation: "write", path: "3/0", sequence: [silent] }, next], 1)).toEqual([["silent"]]);
  });

  it("do so for a share of the requests, and a share of the devices", () => {
    const some = answers([{ percent: 25, sequence: [silent] }], 4_000)[0]?.filter((kind) => kind === "silent").length;
    expect(some).toBeGreaterThan(900);
    expect(some).toBeLessThan(1_100);
    const few = answers([{ devices: 25, sequence: [silent] }], 1, 4_000)
      .flat()
      .filter((kind) => kind === "silent").length;
    expect(few).toBeGreaterThan(900);
    expect(few).toBeLessThan(1_100);
  });

  it("do so from the start of their time up to, not including, its end", () => {
    const during = (at: number) => answers([{ from: "10ms", until: "20ms", sequence: [silent] }], 1, 1, at)[0]?.[0];
    expect([during(9), during(10), during(19), during(20)]).toEqual([undefined, "silent", "silent", undefined]);
  });

  it("are not asked about anything where the file has no rule for them", () => {
    expect(createFleet(fileOf({}), { seed: "s" }).misbehaves(0, SIMULATION_START)).toBeUndefined();
  });
});
