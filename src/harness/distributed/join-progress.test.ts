import { describe, expect, it } from "vitest";
import { createFleetMeter } from "../fleet/meter.ts";
import { createSeries } from "../load/series.ts";
import type { FleetSnapshot } from "../record/fleet-result.ts";
import { joinSeconds, joinSnapshots } from "./join-progress.ts";

const SNAPSHOT: FleetSnapshot = {
  at: 1_000_000,
  phase: "running",
  devices: 10,
  started: 9,
  registered: 8,
  asleep: 7,
  waiting: 6,
  inFlight: 5,
  counts: { ...createFleetMeter().counts, sent: 20, received: 19 },
  responses: { "register 2.01": 8 },
  worstLateness: 300,
  refusals: 1,
};

describe("joinSnapshots", () => {
  it("adds up what is counted, and takes the worst of what is not", () => {
    const other: FleetSnapshot = {
      ...SNAPSHOT,
      at: 1_200_000,
      phase: "leaving",
      responses: { "register 2.01": 1, "update 4.04": 2 },
      worstLateness: 200,
    };
    expect(joinSnapshots([SNAPSHOT, other])).toMatchObject({
      at: 1_200_000,
      phase: "running",
      devices: 20,
      started: 18,
      registered: 16,
      asleep: 14,
      waiting: 12,
      inFlight: 10,
      counts: { sent: 40, received: 38, reboots: 0 },
      responses: { "register 2.01": 9, "update 4.04": 2 },
      worstLateness: 300,
      refusals: 2,
    });
  });

  it("is one shard's own where there is one", () => expect(joinSnapshots([SNAPSHOT])).toEqual(SNAPSHOT));
});

describe("joinSeconds", () => {
  const second = (phase: "registering" | "asking" | "settling", spans: readonly number[]) => {
    const series = createSeries();
    for (const span of spans) series.record("task.completion", { operation: "read" }, span);
    return { phase, asked: spans.length, underWay: 1, series: series.saved() };
  };

  it("adds tasks, joins what was measured, and is in the phase of whoever is furthest behind", () => {
    const joined = joinSeconds([second("settling", [100, 200]), second("asking", [300, 400])]);
    expect(joined).toMatchObject({ phase: "asking", asked: 4, underWay: 2 });
    const spans = joined.series.spans("task.completion", {});
    expect(spans.count).toBe(4);
    expect(spans.max).toBe(400);
  });
});
