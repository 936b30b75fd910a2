import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createTaskSource, intendedTimes } from "./arrivals.ts";
import { Workload } from "./workload.ts";

const workload = (tasks: unknown[]): Workload =>
  Workload.parse({ formatVersion: 1, arrival: { kind: "open", perSecond: 10 }, tasks });
const READ = { operation: "read", property: "deviceProperties.device.timezone" };
const devices = Array.from({ length: 100 }, (_, index) => index);
const loaded = { fleet: { devices: 100, groups: [{ name: "a", first: 3, count: 4 }] }, own: devices };

describe("intendedTimes", () => {
  const open = { kind: "open", perSecond: 100, ramp: 0, spacing: "even" } as const;

  it("gives 100 tasks a second, 10 ms apart, and none at or after the end", () => {
    const times = [...intendedTimes(open, 1_000_000, "s")];
    expect(times.slice(0, 3)).toEqual([0, 10_000, 20_000]);
    expect([times.length, times.at(-1)]).toEqual([100, 990_000]);
  });

  it("grows within a ramp of 10 s from about 5 to 100 a second", () => {
    const times = [...intendedTimes({ ...open, ramp: 10_000 }, 20_000_000, "s")];
    const within = (from: number, until: number): number =>
      times.filter((at) => at >= from * 1e6 && at < until * 1e6).length;
    expect(within(0, 1)).toBeGreaterThanOrEqual(5);
    expect(within(0, 1)).toBeLessThanOrEqual(15);
    expect(within(5, 6)).toBeGreaterThanOrEqual(50);
    expect(within(5, 6)).toBeLessThanOrEqual(65);
    expect(within(11, 12)).toBe(100);
  });

  it("keeps the rate with random spacing, and repeats it with the same seed only", () => {
    const random = { ...open, spacing: "random" } as const;
    const times = [...intendedTimes(random, 20_000_000, "s")];
    expect(times.length).toBeGreaterThan(1_800);
    expect(times.length).toBeLessThan(2_200);
    expect([...intendedTimes(random, 20_000_000, "s")]).toEqual(times);
    expect([...intendedTimes(random, 20_000_000, "t")]).not.toEqual(times);
  });
});

describe("createTaskSource", () => {
  it("gives task k the same devices and operation whatever was asked for before", () => {
    const rows = [{ ...READ, targets: { kind: "count", count: 5 } }, { operation: "update" }];
    const source = createTaskSource(workload(rows), "s", loaded);
    const task = source(41);
    source(7);
    expect(createTaskSource(workload(rows), "s", loaded)(41)).toEqual(task);
  });

  it("chooses different devices of the fleet, by the kind of targets", () => {
    const targetsOf = (targets: unknown) => createTaskSource(workload([{ ...READ, targets }]), "s", loaded)(1).devices;
    for (const [targets, count] of [
      [{ kind: "one" }, 1],
      [{ kind: "count", count: 40 }, 40],
      [{ kind: "count", count: 400 }, 100],
      [{ kind: "share", percent: 25 }, 25],
    ] as const) {
      const chosen = targetsOf(targets);
      expect([chosen.length, new Set(chosen).size]).toEqual([count, count]);
      expect(chosen.every((index) => devices.includes(index))).toBe(true);
    }
    expect(targetsOf({ kind: "all" })).toEqual(devices);
    expect(targetsOf({ kind: "group", group: "a" })).toEqual([3, 4, 5, 6]);
  });

  it("gives an update the place of its image, once for each version and size, and no devices where a filter finds them", () => {
    const firmware = { operation: "firmware", version: "2.0", size: 100 };
    const filter = { kind: "filter", filter: "serverProperties.group=a" };
    const rows = [firmware, { ...firmware, size: 200 }, { ...firmware, weight: 2, targets: filter }, READ];
    const source = createTaskSource(workload(rows), "s", loaded);
    const tasks = Array.from({ length: 200 }, (_, number) => source(number));
    const images = (match: (task: (typeof tasks)[number]) => boolean) =>
      new Set(tasks.filter(match).map(({ image }) => image));
    expect(images(({ row }) => row.operation === "firmware" && row.size === 100)).toEqual(new Set([0]));
    expect(images(({ row }) => row.operation === "firmware" && row.size === 200)).toEqual(new Set([1]));
    expect(images(({ row }) => row.operation === "read")).toEqual(new Set([undefined]));
    expect(tasks.every(({ row, devices: chosen }) => chosen.length === (row.targets.kind === "filter" ? 0 : 1))).toBe(
      true,
    );
  });

  it("reaches every device of 100 with 2,000 tasks for one device each", () => {
    const source = createTaskSource(workload([READ]), "s", loaded);
    const reached = new Set(Array.from({ length: 2_000 }, (_, number) => source(number).devices[0]));
    expect(reached.size).toBe(100);
  });

  it("lets devices take turns: after k × 100 + r tasks r devices had k + 1 and the others k, whatever their operations", () => {
    const rows = [
      { ...READ, weight: 3 },
      { ...READ, operation: "write", value: "x" },
    ];
    const inTurn = Workload.parse({
      formatVersion: 1,
      arrival: { kind: "open", perSecond: 10, devices: "in-turn" },
      tasks: rows,
    });
    const source = createTaskSource(inTurn, "s", loaded);
    fc.assert(
      fc.property(fc.nat(500), (asked) => {
        const tasks = Array.from({ length: asked }, (_, number) => source(number));
        const counts = devices.map((device) => tasks.filter((task) => task.devices[0] === device).length);
        const [rounds, rest] = [Math.floor(asked / 100), asked % 100];
        expect(tasks.every((task) => task.devices.length === 1)).toBe(true);
        expect(counts).toEqual(devices.map((device) => (device < rest ? rounds + 1 : rounds)));
      }),
      { numRuns: 30 },
    );
    const operations = new Set(Array.from({ length: 60 }, (_, round) => source(round * 100 + 7).row.operation));
    expect(operations).toEqual(new Set(["read", "write"]));
  });

  it("asks for operations by their weights: 3 reads for each write", () => {
    const rows = [
      { ...READ, weight: 3 },
      { ...READ, operation: "write", value: "zone {number}" },
    ];
    const source = createTaskSource(workload(rows), "s", loaded);
    const tasks = Array.from({ length: 2_000 }, (_, number) => source(number));
    const writes = tasks.filter(({ row }) => row.operation === "write");
    expect(writes.length).toBeGreaterThan(400);
    expect(writes.length).toBeLessThan(600);
    expect(writes[0]?.value).toBe(`zone ${writes[0]?.number}`);
  });
});
