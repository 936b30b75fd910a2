/** A result of a load, for tests of what is made of it. */

import { createFleetMeter } from "../../harness/fleet/meter.ts";
import { createLatencies } from "../../harness/load/latencies.ts";
import type { FleetSummary } from "../../harness/record/fleet-result.ts";
import type { LoadResult } from "../../harness/record/load-result.ts";

const FLEET: FleetSummary = {
  at: 30_000_000,
  phase: "leaving",
  devices: 50,
  started: 50,
  registered: 0,
  asleep: 0,
  waiting: 0,
  inFlight: 0,
  counts: createFleetMeter().counts,
  responses: { "register 2.01": 50 },
  worstLateness: 1_000,
  refusals: 0,
  ended: "interrupted",
  registeredAtEnd: 50,
  deregistered: 50,
  leftBehind: 0,
  placeWaits: createLatencies().counts(),
  latencies: {},
  failing: { count: 0, first: [] },
};

export const loadResult = (changes: Partial<LoadResult> = {}): LoadResult => ({
  formatVersion: 1,
  fleetproof: "0.1.0",
  outcome: "pass",
  seed: "s",
  target: "reference-live",
  devices: 50,
  workloadDigest: "w",
  fleetDigest: "f",
  shard: { index: 0, of: 1 },
  parts: [
    {
      index: 0,
      devices: 50,
      interrupted: false,
      generator: { valid: true, sentence: "generator lag p99 1 ms" },
      asking: { from: 1_000, until: 11_000 },
    },
  ],
  maxLag: 100_000,
  generator: { valid: true, sentence: "generator lag p99 1 ms" },
  thresholds: [],
  check: { devices: 5, of: 50, requirements: [] },
  registered: { devices: 50, of: 50 },
  tasks: 10,
  failing: { count: 0, first: [] },
  series: { spans: [], counts: [] },
  fleet: FLEET,
  ...changes,
});
