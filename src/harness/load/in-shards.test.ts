/** What the devices of a load meet does not depend on how many processes share it. */
import { describe, expect, it } from "vitest";
import { ARTIK } from "../../protocol/profile.ts";
import { createFleet, shardMembers } from "../../simulator/fleet/fleet.ts";
import { FleetFile } from "../../simulator/model/fleet.ts";
import type { HistoryEvent } from "../history/history.ts";
import { createTaskSource, intendedTimes, isOurs, type LoadTask, placesOf } from "./arrivals.ts";
import { createSample } from "./sample.ts";
import { Workload } from "./workload.ts";

const READ = { operation: "read", property: "deviceProperties.device.timezone" };
const ROWS = [
  { ...READ, weight: 4 },
  { ...READ, targets: { kind: "count", count: 7 } },
  { ...READ, operation: "write", value: "zone {number}", targets: { kind: "share", percent: 10 } },
  { ...READ, targets: { kind: "group", group: "b" } },
  { operation: "update", targets: { kind: "all" } },
];
const workloadOf = (tasks: readonly object[], changes: object = {}): Workload =>
  Workload.parse({ formatVersion: 1, arrival: { kind: "open", perSecond: 20, spacing: "random" }, tasks, ...changes });

const GROUPS = [
  { name: "a", share: 70 },
  { name: "b", share: 30 },
];
const fleet = createFleet(FleetFile.parse({ formatVersion: 1, groups: GROUPS }), { seed: "s", devices: 61 });
const ownOf = (index: number, of: number) => [...shardMembers(fleet, { index, count: of })];
const shardsOf = (of: number) => Array.from({ length: of }, (_, index) => ({ index, of, own: ownOf(index, of) }));

const IN_TURN = { arrival: { kind: "open", perSecond: 61, devices: "in-turn" } };

/** The tasks of 30 seconds on each device: when, which, what is written. */
function tasksByDevice(of: number, workload = workloadOf(ROWS)): ReadonlyMap<number, readonly string[]> {
  if (workload.arrival.kind !== "open") throw new Error("it is open");
  const found = new Map<number, string[]>();
  for (const { own } of shardsOf(of)) {
    const source = createTaskSource(workload, "s", { fleet, own });
    [...intendedTimes(workload.arrival, 30_000_000, "s")].forEach((at, number) => {
      const { row, devices, value = "" } = source(number);
      for (const device of devices)
        found.set(device, [...(found.get(device) ?? []), `${at} ${row.operation} ${row.targets.kind} ${value}`]);
    });
  }
  return found;
}

describe("an open arrival in shards", () => {
  it.each([2, 5, 61])("asks each device for the same tasks at the same times in %d shards as in one", (of) => {
    const alone = tasksByDevice(1);
    expect(alone.size).toBe(61);
    expect(tasksByDevice(of)).toEqual(alone);
  });

  it.each([1, 2, 5, 61])(
    "asks each of 61 devices once a second in %d shards, with 61 a second and devices in turn",
    (of) => {
      const found = tasksByDevice(of, workloadOf([READ], IN_TURN));
      expect([...found.keys()].sort((a, b) => a - b)).toEqual(Array.from({ length: 61 }, (_, device) => device));
      for (const tasks of found.values()) {
        // A microsecond more: times are rounded.
        const seconds = tasks.map((task) => Math.floor((Number(task.split(" ")[0]) + 1) / 1_000_000));
        expect(seconds).toEqual(Array.from({ length: 30 }, (_, second) => second));
      }
    },
  );

  it("asks in each shard for devices of that shard only, and for nothing where it has none of them", () => {
    for (const { own } of shardsOf(5)) {
      const source = createTaskSource(workloadOf([READ]), "s", { fleet, own });
      const tasks = Array.from({ length: 500 }, (_, number) => source(number));
      const ours = tasks.filter(isOurs);
      expect(ours.length).toBeGreaterThan(50);
      expect(ours.length).toBeLessThan(150);
      expect(ours.flatMap(({ devices }) => devices).every((device) => own.includes(device))).toBe(true);
    }
  });

  it("asks one device that runs alone for what it is asked for in the whole", () => {
    const whole = createTaskSource(workloadOf([READ]), "s", { fleet, own: ownOf(0, 1) });
    const alone = createTaskSource(workloadOf([READ]), "s", { fleet, own: [17] });
    const numbers = Array.from({ length: 1_000 }, (_, number) => number);
    const asked = numbers.filter((number) => isOurs(alone(number)));
    expect(asked).toEqual(numbers.filter((number) => whole(number).devices.includes(17)));
    expect(asked.length).toBeGreaterThan(5);
  });
});

describe("a closed arrival in shards", () => {
  it.each([1, 3, 4, 10])("has 10 places in %d shards, none lost, none twice", (of) => {
    const places = shardsOf(of).map((shard) => placesOf(10, shard));
    expect(places.reduce((sum, count) => sum + count, 0)).toBe(10);
    expect(Math.max(...places) - Math.min(...places)).toBeLessThanOrEqual(1);
  });

  it("has no place in some shards where there are fewer places than shards", () => {
    expect(shardsOf(4).map((shard) => placesOf(3, shard))).toEqual([1, 1, 1, 0]);
  });

  it("chooses among the devices of the shard", () => {
    const workload = workloadOf([READ], { arrival: { kind: "closed", atOnce: 4 } });
    const own = ownOf(1, 2);
    const source = createTaskSource(workload, "s", { fleet, own });
    const chosen = Array.from({ length: 500 }, (_, number) => source(number).devices);
    expect(chosen.every((devices) => devices.length === 1 && own.includes(devices[0] ?? -1))).toBe(true);
  });
});

const SETTINGS = { fleet, profile: ARTIK, deviceType: "T", seed: "s", keepHistory: true };
const END = { at: 60_000_000, startedAt: 0 as never, complete: true, handledBy: () => undefined };

/** Endpoint names of the watched devices, in all shards together. */
function watched(of: number, workload: Workload): readonly string[] {
  return shardsOf(of)
    .flatMap(({ own, ...shard }) => {
      const sample = createSample({ ...SETTINGS, devices: own, shard, workload });
      return sample.size === 0 ? [] : (sample.judge(END).kept?.history.header.devices ?? []);
    })
    .sort();
}

/** By requirement and device: what a sample finds about a device that answered a task never asked of it. */
function findings(of: number): readonly string[] {
  const workload = workloadOf([READ], { check: { devices: 20 } });
  return shardsOf(of)
    .flatMap(({ own, ...shard }) => {
      const sample = createSample({ ...SETTINGS, devices: own, shard, workload });
      for (const device of own) for (const event of succeededUnasked(device)) give(sample, device, event);
      const { tallies, devices, kept } = sample.judge(END);
      return tallies.flatMap((tally) =>
        tally.findings.map(({ requirement, events }) => {
          const task = events.flatMap((at) => taskOf(kept?.history.events[at]));
          return `${requirement} ${task.join(",")} ${devices.length > 0}`;
        }),
      );
    })
    .sort();
}

const taskOf = (event: HistoryEvent | undefined): readonly number[] =>
  event?.kind === "rest-request" && event.purpose?.kind === "poll-statuses" ? [event.purpose.task] : [];

function give(sample: ReturnType<typeof createSample>, device: number, event: HistoryEvent): void {
  const task: LoadTask = { number: device, row: workloadOf([READ]).tasks[0] as never, devices: [device] };
  sample.onTaskEvent(task, event);
}

/** A task whose device never registered, and that the server shows as succeeded. */
function succeededUnasked(device: number): readonly HistoryEvent[] {
  const body = { dtid: "T", dids: [`fleet-${device}`], taskType: "R", property: READ.property };
  const id = `t${device}`;
  const counts = { totalDevices: 1, numCompleted: 1, numSucceeded: 1, numFailed: 0, numCancelled: 0 };
  const ticket = device * 2 + 1;
  const looked = {
    total: 1,
    offset: 0,
    count: 1,
    data: { id, dtid: "T", taskType: "R", status: "COMPLETE", ...counts, statuses: statusesOf(device) },
  };
  const path = ["devicemgmt", "tasks"];
  return [
    {
      kind: "rest-request",
      ticket,
      purpose: { kind: "create-task", task: device, devices: [device] },
      request: { method: "POST", path, query: {}, body },
      at: 1_000_000,
    },
    {
      kind: "rest-answer",
      ticket,
      response: { status: 201, body: { data: { id, dtid: "T", status: "REQUESTED" } } },
      at: 1_000_000,
    },
    {
      kind: "rest-request",
      ticket: ticket + 1,
      purpose: { kind: "poll-statuses", task: device },
      request: { method: "GET", path: [...path, id, "statuses"], query: {} },
      at: 2_000_000,
    },
    { kind: "rest-answer", ticket: ticket + 1, response: { status: 200, body: looked }, at: 2_000_000 },
  ];
}

const statusesOf = (device: number) => [{ did: `fleet-${device}`, status: "SUCCEEDED", numAttempts: 1 }];

describe("a sample in shards", () => {
  it.each([2, 5])("watches the same devices in %d shards as in one", (of) => {
    const workload = workloadOf([READ], { check: { devices: 20 } });
    expect(watched(1, workload)).toHaveLength(20);
    expect(watched(of, workload)).toEqual(watched(1, workload));
  });

  it("is judged in shards where it is judged as a whole: tasks for several devices need all of them watched", () => {
    const several = workloadOf([{ ...READ, targets: { kind: "all" } }], { check: { devices: 60 } });
    expect(watched(1, several)).toEqual([]);
    expect(watched(5, several)).toEqual([]);
    expect(watched(5, workloadOf([{ ...READ, targets: { kind: "all" } }], { check: { devices: 61 } }))).toHaveLength(
      61,
    );
  });

  it.each([2, 5])("finds the same in %d shards as in one", (of) => {
    const alone = findings(1);
    expect(alone.length).toBeGreaterThanOrEqual(20);
    expect(findings(of)).toEqual(alone);
  });
});
