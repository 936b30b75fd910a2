import { describe, expect, it } from "vitest";
import type { TaskRecord } from "../../harness/record/task-record.ts";
import { taskCharts } from "./task-charts.ts";

const RECORD: TaskRecord = {
  formatVersion: 1,
  ends: [
    {
      end: "succeeded",
      deviceTasks: 6,
      attempts: { 0: 1, 1: 4, 12: 1 },
      milliseconds: { 0: 1, 1: 1, 40: 3, 90000: 1 },
    },
    { end: "expired", deviceTasks: 2, attempts: { 0: 2 }, milliseconds: { 604800000: 2 } },
    { end: "open", deviceTasks: 2, attempts: { 3: 2 }, milliseconds: {} },
  ],
};
const [completion, attempts, latencies] = taskCharts(RECORD);

describe("taskCharts", () => {
  it("shows which share of all device tasks had come to which end after which time", () => {
    expect(completion?.series.map(({ name }) => name)).toEqual(["succeeded", "expired (4004)"]);
    expect(completion?.series[0]?.points).toEqual([
      { x: 0.001, y: 20 },
      { x: 0.04, y: 50 },
      { x: 90, y: 60 },
      { x: 604_800, y: 60 },
    ]);
    expect(completion?.says).toBe(
      "Of 10 device tasks: 60 % succeeded, 20 % expired (4004), 20 % still open when their plans ended.",
    );
  });

  it("counts device tasks by attempts, the many together in the last bar", () => {
    expect(attempts?.x.ticks.map(({ text }) => text)).toEqual([..."0123456789", "10 or more"]);
    expect(attempts?.series.map(({ name, points }) => [name, points.map(({ y }) => y).join(" ")])).toEqual([
      ["succeeded", "1 4 0 0 0 0 0 0 0 0 1"],
      ["expired (4004)", "2"],
      ["open", "0 0 0 2"],
    ]);
    expect(attempts?.says).toBe(
      "Device tasks by the number of attempts: 3 after 0, 4 after 1, 2 after 3, 1 after 10 or more.",
    );
  });

  it("shows percentiles of the time to each end, from milliseconds to days", () => {
    expect(latencies?.series[0]?.points.map(({ y }) => y)).toEqual([0.04, 90, 90, 90, 90]);
    expect(latencies?.says).toBe(
      "succeeded: half within 40 ms, 99 % within 1.5 min; expired (4004): half within 7 d, 99 % within 7 d.",
    );
  });

  it("has no chart where there is nothing to show", () => {
    expect(taskCharts({ formatVersion: 1, ends: [] })).toEqual([]);
    const open = RECORD.ends.slice(2);
    expect(taskCharts({ formatVersion: 1, ends: open }).map(({ name }) => name)).toEqual(["attempts"]);
  });
});
