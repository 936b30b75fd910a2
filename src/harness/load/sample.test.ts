import { describe, expect, it } from "vitest";
import type { Address } from "../../protocol/address.ts";
import { ARTIK } from "../../protocol/profile.ts";
import type { Instant } from "../../protocol/time.ts";
import { createFleet } from "../../simulator/fleet/fleet.ts";
import { FleetFile } from "../../simulator/model/fleet.ts";
import type { HistoryEvent } from "../history/history.ts";
import { WHOLE } from "../record/shards.ts";
import type { LoadTask } from "./arrivals.ts";
import { createSample, type Sample } from "./sample.ts";
import { Workload } from "./workload.ts";

const READ = { operation: "read", property: "deviceProperties.device.timezone" };

function sampleOf(
  devices: number,
  changes: { check?: object; tasks?: object[]; group?: object; keepHistory?: boolean } = {},
) {
  const file = FleetFile.parse({ formatVersion: 1, groups: [{ name: "a", share: 1, ...changes.group }] });
  const workload = Workload.parse({
    formatVersion: 1,
    arrival: { kind: "open", perSecond: 1 },
    tasks: changes.tasks ?? [READ],
    ...(changes.check === undefined ? {} : { check: changes.check }),
  });
  const fleet = createFleet(file, { seed: "s", devices });
  const numbers = Array.from({ length: devices }, (_, index) => index);
  const settings = { fleet, devices: numbers, shard: WHOLE, workload, profile: ARTIK, deviceType: "T", seed: "s" };
  return createSample({ ...settings, keepHistory: changes.keepHistory !== false });
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
    const { kept, devices, deviceOf } = sample.judge(END);
    const { events = [], header } = kept?.history ?? {};
    expect(devices).toEqual([0, 25, 50, 75]);
    expect([0, 1, 2, 3, 4, 5, 6].map(deviceOf)).toEqual([undefined, 0, 25, 50, 75, undefined, undefined]);
    expect(header?.devices).toEqual(["fleet-0", "fleet-25", "fleet-50", "fleet-75"]);
    expect(events.filter(({ kind }) => kind !== "mark")).toEqual([0, 1, 2, 3].map(reboot));
  });

  it("says the same when it is judged as it goes, whatever is known when, and keeps no history for nobody", () => {
    const uplink = (at: number): HistoryEvent => ({
      kind: "uplink",
      device: 0,
      address: "127.64.0.1:1" as Address,
      bytes: Uint8Array.of(0x40, 0, 0, at & 0xff),
      at: at * SECOND + 7,
      earliest: at * SECOND,
      sentAt: at * SECOND,
    });
    const events = [uplink(0), ...taskSeenAs("SUCCEEDED"), uplink(3), uplink(4)];
    const task = { number: 0, row: Workload.shape.tasks.element.parse(READ), devices: [0] } as LoadTask;
    const give = (sample: Sample, event: HistoryEvent): void =>
      event.kind === "uplink" ? sample.onFleetEvent(event) : sample.onTaskEvent(task, event);
    const verdict = (knownAfter: number, keepHistory: boolean) => {
      const sample = sampleOf(1, { keepHistory });
      const until = (second: number) => (sent: number) => (sent < second * SECOND ? sent + 9 : ("not yet" as const));
      events.forEach((event, index) => {
        give(sample, event);
        sample.advance({ startedAt: END.startedAt, handledBy: until(Math.min(4, index - knownAfter)) });
      });
      return sample.judge({ ...END, handledBy: until(4) });
    };
    const late = verdict(100, true);
    expect(late.tallies.some(({ findings }) => findings.length > 0)).toBe(true);
    expect(late.kept?.history.events.flatMap((event) => (event.kind === "uplink" ? [event.at] : []))).toEqual([
      9,
      3 * SECOND + 9,
      4 * SECOND + 7,
    ]);
    for (const knownAfter of [-3, 0, 1, 3]) {
      const found = verdict(knownAfter, true);
      expect([found.tallies, found.kept]).toEqual([late.tallies, late.kept]);
    }
    const { kept, tallies } = verdict(0, false);
    expect([kept, tallies]).toEqual([undefined, late.tallies]);
  });

  it("waits with all that came later until it is known when an uplink was read, or that nobody will know", () => {
    const asked: number[] = [];
    const sample = sampleOf(1);
    const uplink = {
      kind: "uplink",
      device: 0,
      address: "127.64.0.1:1" as Address,
      bytes: Uint8Array.of(0x40, 0, 0, 1),
    };
    for (const at of [1, 2]) sample.onFleetEvent({ ...uplink, at, earliest: at, sentAt: at } as HistoryEvent);
    const knowing = (handled: number | "not yet" | undefined) => ({
      startedAt: END.startedAt,
      handledBy(sent: number) {
        asked.push(sent);
        return handled;
      },
    });
    sample.advance(knowing("not yet"));
    sample.advance(knowing("not yet"));
    expect(asked).toEqual([1, 1]);
    sample.advance(knowing(5));
    expect(asked).toEqual([1, 1, 1, 2]);
    sample.onFleetEvent({ ...uplink, at: 3, earliest: 3, sentAt: 3 } as HistoryEvent);
    sample.advance(knowing(undefined));
    sample.advance(knowing(undefined));
    expect(asked).toEqual([1, 1, 1, 2, 3]);
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
