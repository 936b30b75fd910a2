import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createLatencies } from "../load/latencies.ts";
import { shardOfLoad } from "../load/test-kit.ts";
import { FleetResult, type FleetSummary } from "../record/fleet-result.ts";
import { failingDevices } from "../record/measured.ts";
import { fleetOutcome } from "./fleet-outcome.ts";
import { joinFleets, mergeFleets } from "./merge.ts";

const part = (
  index: number,
  of: number,
  spans: readonly number[],
  changes: Partial<FleetSummary> = {},
): FleetResult => {
  const own = spans.filter((_, device) => device % of === index);
  const updates = createLatencies();
  for (const span of own) updates.record(span);
  const fleet: FleetSummary = {
    ...shardOfLoad(index, of).fleet,
    ended: "duration",
    devices: own.length,
    latencies: { "update 2.04": updates.counts() },
    failing: failingDevices(spans.flatMap((span, device) => (device % of === index && span > 5_000 ? device : []))),
    ...changes,
  };
  const parts = [{ index, devices: own.length, from: index, until: 10, interrupted: fleet.ended === "interrupted" }];
  return {
    formatVersion: 1,
    fleetproof: "0.1.0",
    outcome: fleetOutcome(parts, fleet),
    seed: "s",
    target: "127.0.0.1:5683",
    devices: spans.length,
    fleetDigest: "f",
    shard: { index, of },
    parts,
    fleet,
  };
};
const all = (of: number, spans: readonly number[]) => Array.from({ length: of }, (_, index) => part(index, of, spans));

const Fleets = fc.record({
  of: fc.integer({ min: 1, max: 5 }),
  spans: fc.array(fc.integer({ min: 0, max: 10_000 }), { maxLength: 150 }),
});
const RUNS = { numRuns: 25 };

describe("mergeFleets", () => {
  it("depends neither on order nor on steps, and changes nothing about a whole", () => {
    fc.assert(
      fc.property(Fleets, fc.integer({ min: 1, max: 4 }), ({ of, spans }, cut) => {
        const shards = all(of, spans);
        const merged = mergeFleets(shards);
        expect(mergeFleets([...shards].reverse())).toEqual(merged);
        const steps = [shards.slice(cut), shards.slice(0, cut)].filter((group) => group.length > 0);
        expect(mergeFleets(steps.map((group) => joinFleets(group)))).toEqual(merged);
        expect(mergeFleets([merged])).toEqual(merged);
      }),
      RUNS,
    );
  });

  it("has the percentiles of all samples, and the lowest 100 of all failing devices", () => {
    fc.assert(
      fc.property(Fleets, ({ of, spans }) => {
        const [alone] = all(1, spans);
        const { latencies, failing, devices } = mergeFleets(all(of, spans)).fleet;
        expect({ latencies, failing, devices }).toEqual({
          latencies: alone?.fleet.latencies,
          failing: alone?.fleet.failing,
          devices: alone?.fleet.devices,
        });
        expect(failing.first.length).toBe(Math.min(100, failing.count));
      }),
      RUNS,
    );
  });

  it("survives the file", () => {
    const merged = mergeFleets(all(3, [1, 2, 3, 6_000]));
    expect(FleetResult.parse(JSON.parse(JSON.stringify(merged)))).toEqual(merged);
  });

  it("adds up what each process saw of its own, and not what all saw of the server's socket", () => {
    const [first, second] = [
      part(0, 2, [1, 2], { kernelDrops: { devices: 3, server: 9 }, worstLateness: 5 }),
      part(1, 2, [1, 2], { kernelDrops: { devices: 4, server: 11 }, worstLateness: 7 }),
    ];
    expect(mergeFleets([first, second]).fleet).toMatchObject({
      kernelDrops: { devices: 7, server: 11 },
      worstLateness: 7,
    });
  });

  it("is interrupted when one process was, and unheard when none heard of the server", () => {
    const stopped = mergeFleets([part(0, 2, [1, 2]), part(1, 2, [1, 2], { ended: "interrupted" })]);
    expect(stopped.outcome).toBe("interrupted");
    expect(stopped.parts.map(({ interrupted }) => interrupted)).toEqual([false, true]);
    const silent = (index: number) => {
      const { fleet } = part(index, 2, [1, 2]);
      return part(index, 2, [1, 2], { counts: { ...fleet.counts, received: 0 } });
    };
    expect(mergeFleets([silent(0), silent(1)]).outcome).toBe("unheard");
    expect(mergeFleets([silent(0), part(1, 2, [1, 2])]).outcome).toBe("pass");
  });

  it("names file and shard of what does not fit", () => {
    const [first, second] = [part(0, 2, [1, 2]), part(1, 2, [1, 2])];
    expect(() => mergeFleets([first], ["a/fleet.json"])).toThrow("shard 1 of 2 is missing");
    expect(() => mergeFleets([first, first], ["a/fleet.json", "b/fleet.json"])).toThrow(
      "shard 0 of 2 is there twice: a/fleet.json and b/fleet.json",
    );
    expect(() => mergeFleets([first, { ...second, seed: "t" }], ["a/fleet.json", "b/fleet.json"])).toThrow(
      "b/fleet.json (shard 1 of 2) is of another run than a/fleet.json (shard 0 of 2): its seed is t, not s",
    );
  });
});
