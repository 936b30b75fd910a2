import { describe, expect, it } from "vitest";
import { Workload } from "./workload.ts";
import { workloadSettings } from "./workload-settings.ts";

const PROPERTY = "deviceProperties.device.timezone";
const settings = (arrival: object, tasks: readonly object[]) =>
  workloadSettings(Workload.parse({ formatVersion: 1, arrival, duration: "90s", tasks }));

describe("workloadSettings", () => {
  it("says how fast, for how long, and what is asked of whom", () => {
    const read = { operation: "read", weight: 6, property: PROPERTY };
    const execute = { operation: "execute", property: PROPERTY, targets: { kind: "share", percent: 1 } };
    expect(settings({ kind: "open", perSecond: 50, ramp: "5s" }, [read, execute])).toEqual({
      arrival: "50 per second, even, ramp 5s",
      "duration of asking": "90s",
      tasks: "read (one) × 6, execute (1 %) × 1",
      "watched devices": "20",
    });
  });

  it("tells arrivals apart that differ in one field", () => {
    const read = { operation: "read", property: PROPERTY };
    const arrivals = [
      { kind: "open", perSecond: 10 },
      { kind: "open", perSecond: 10, spacing: "random" },
      { kind: "open", perSecond: 10, devices: "in-turn" },
      { kind: "open", perSecond: 10, ramp: "1s" },
      { kind: "closed", atOnce: 10 },
    ];
    expect(new Set(arrivals.map((arrival) => settings(arrival, [read]).arrival)).size).toBe(arrivals.length);
  });
});
