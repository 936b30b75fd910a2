import { describe, expect, it } from "vitest";
import { ARTIK } from "../../protocol/profile.ts";
import type { Instant } from "../../protocol/time.ts";
import { createFleet } from "../../simulator/fleet/fleet.ts";
import { FleetFile } from "../../simulator/model/fleet.ts";
import type { HistoryEvent } from "../history/history.ts";
import { WHOLE } from "../record/shards.ts";
import type { LoadTask } from "./arrivals.ts";
import { createSample } from "./sample.ts";
import { Workload } from "./workload.ts";

const READ = { operation: "read", property: "deviceProperties.device.timezone" };

function sampleOf(devices: number, changes: { check?: object; tasks?: object[]; group?: object } = {}) {
  const file = FleetFile.parse({ formatVersion: 1, groups: [{ name: "a", share: 1, ...changes.group }] });
  const workload = Workload.parse({
    formatVersion: 1,
    arrival: { kind: "open", perSecond: 1 },
    tasks: changes.tasks ?? [READ],
    ...(changes.check === undefined ? {} : { check: changes.check }),
  });
  const fleet = createFleet(file, { seed: "s", devices });
  const numbers = Array.from({ length: devices }, (_, index) => index);
  return createSample({ fleet, devices: numbers, shard: WHOLE, workload, profile: ARTIK, deviceType: "T", seed: "s" });
}

const SECOND = 1_000_000;
const END = { at: 60 * SECOND, startedAt: 0 as Instant, complete: true, handledBy: () => undefined };

/** A task for device 0, and a look at it after a second; the device never registered, and was never asked. */
function taskSeenAs(status: string): readonly HistoryEvent[] {
  const task = { id: "t", dtid: "T", taskType: "R", property: READ.property };
  const done = status === "QUEUED" ? 0 : 1;
  const counts = { totalDevices: 1, numCompleted: done, numSucceeded: done, numFailed: 0, numCancelled: 0 };
  return [
    {
      kind: "rest-request",
      ticket: 1,
      purpose: { kind: "create-task", task: 0, devices: [0] },
      request: {
        method: "POST",
        path: ["devicemgmt", "tasks"],
        query: {},
        body: { dtid: "T", dids: ["fleet-0"], taskType: "R", property: READ.property },
      },
      at: SECOND,
    },
    {
      kind: "rest-answer",
      ticket: 1,
      response: { status: 201, body: { data: { ...task, status: "REQUESTED" } } },
      at: SECOND,
    },
    {
      kind: "rest-request",
      ticket: 2,
      purpose: { kind: "poll-statuses", task: 0 },
      request: { method: "GET", path: ["devicemgmt", "tasks", "t", "statuses"], query: {} },
      at: 2 * SECOND,
    },
    {
      kind: "rest-answer",
      ticket: 2,
      response: {
        status: 200,
        body: {
          total: 1,
          data: {
            ...task,
            status: done === 0 ? "QUEUING" : "COMPLETE",
            statusCounts: counts,
            statuses: [{ did: "fleet-0", status, numAttempts: done }],
          },
        },
      },
      at: 2 * SECOND,
    },
  ];
}

function brokenBy(status: string): readonly string[] {
  const sample = sampleOf(1);
  const task = { number: 0, row: Workload.shape.tasks.element.parse(READ), devices: [0] } as LoadTask;
  for (const event of taskSeenAs(status)) sample.onTaskEvent(task, event);
  return sample
    .judge(END)
    .tallies.filter(({ findings }) => findings.length > 0)
    .map(({ requirement }) => requirement);
}

describe("createSample", () => {
  it("accuses a server that shows success on a device which it never asked", () => {
    expect(brokenBy("SUCCEEDED")).not.toEqual([]);
  });

  it("accuses nobody of queuing for a device that is not registered", () => {
    expect(brokenBy("QUEUED")).toEqual([]);
  });

  it("takes its devices evenly from the fleet, and only tasks that concern them", () => {
    const sample = sampleOf(100, { check: { devices: 4 } });
    const reboot = (device: number): HistoryEvent => ({ kind: "device", device, event: "reboot", at: 1 });
    for (let device = 0; device < 100; device++) sample.onFleetEvent(reboot(device));
    const task = { number: 0, row: Workload.shape.tasks.element.parse(READ), devices: [1] } as LoadTask;
    for (const event of taskSeenAs("SUCCEEDED")) sample.onTaskEvent(task, event);
    const { history } = sample.judge(END);
    expect(history.header.devices).toEqual(["fleet-0", "fleet-25", "fleet-50", "fleet-75"]);
    expect(history.events.filter(({ kind }) => kind !== "mark")).toEqual([0, 1, 2, 3].map(reboot));
  });

  it("watches nobody, and says why, where the oracle could not see everything", () => {
    const several = { ...READ, targets: { kind: "count", count: 3 } };
    expect(sampleOf(50, { tasks: [several] })).toMatchObject({ size: 0, reason: expect.stringContaining("all 50") });
    expect(sampleOf(15, { tasks: [several] })).toMatchObject({ size: 15 });
    expect(sampleOf(150, { tasks: [several], check: { devices: 150 } }).reason).toContain("more than 100");
    expect(sampleOf(5, { group: { link: { corruption: { up: 1 } } } }).reason).toContain("corrupt");
    expect(sampleOf(5, { check: { devices: 0 } }).reason).toContain("check.devices");
  });
});
