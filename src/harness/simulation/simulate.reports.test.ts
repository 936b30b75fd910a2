import { describe, expect, it } from "vitest";
import { buildServer } from "../../mutants/mutant.ts";
import { ARTIK } from "../../protocol/profile.ts";
import { eventLine } from "../../reports/history-text.ts";
import { Plan } from "../../scenarios/plan.ts";
import { eventLine as fileLine } from "../history/history-file.ts";
import { HistoryEventLine } from "../history/history-schema.ts";
import { simulate } from "./simulate.ts";

/** A task at 5 s for a device that is offline from 4 s to 20 s; latency 100 ms. */
const plan = (reported: boolean): Plan =>
  Plan.parse({
    formatVersion: 1,
    id: "story",
    family: "test",
    simSeed: "seed",
    profile: ARTIK,
    deviceTypes: [{}],
    fleet: [{ registersAt: 1_000 }],
    latency: 100,
    operations: [
      {
        at: 5_000,
        kind: "create-task",
        task: 0,
        taskType: "R",
        property: "deviceProperties.device.timezone",
        devices: [0],
      },
    ],
    faults: [{ kind: "offline", device: 0, from: 4_000, until: 20_000, ...(reported ? { reported: true } : {}) }],
    quietFrom: 25_000,
    until: 30_000,
  });

describe("a device that is offline, and the network says so", () => {
  const { events } = simulate(plan(true), buildServer());
  const reports = events.filter((event) => event.kind === "unreachable");

  it("answers what the server sends by one report, the plan's latency later, and loses it", () => {
    const sent = events.find((event) => event.kind === "downlink" && event.at >= 5_000_000);
    expect(sent).toMatchObject({ at: 5_000_000, arrivals: [] });
    expect(reports).toEqual([{ kind: "unreachable", at: 5_100_000, device: 0, address: "10.0.0.0:40000" }]);
  });

  it("has the task tried again when the device is back: the reference server takes the report for a failed attempt", () => {
    const requests = events.filter((event) => event.kind === "downlink" && event.bytes[1] === 1);
    expect(requests.map(({ at }) => at)).toEqual([5_000_000, 20_100_000]);
  });

  it("is told in words, and survives a file", () => {
    expect(reports.map((event) => eventLine(event))).toEqual([
      expect.stringContaining("network: device 0 (10.0.0.0:40000) cannot be reached"),
    ]);
    expect(reports.map((event) => HistoryEventLine.parse(JSON.parse(fileLine(event))))).toEqual(reports);
  });

  it("without saying so is met by silence", () => {
    const silent = simulate(plan(false), buildServer()).events;
    expect(silent.filter(({ kind }) => kind === "unreachable")).toEqual([]);
  });
});
