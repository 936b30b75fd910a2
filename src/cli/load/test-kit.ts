/** A result of a load, for tests of what is made of it. */

import { createFleetMeter } from "../../harness/fleet/meter.ts";
import type { FleetSummary } from "../../harness/fleet/snapshot.ts";
import { createLatencies } from "../../harness/load/latencies.ts";
import type { LoadResult } from "../../harness/load/load-result.ts";

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
};

export const loadResult = (changes: Partial<LoadResult> = {}): LoadResult => ({
  formatVersion: 1,
  outcome: "pass",
  seed: "s",
  target: "reference-live",
  generator: { valid: true, sentence: "generator lag p99 1 ms" },
  thresholds: [],
  check: { devices: 5, of: 50, requirements: [] },
  registered: 1,
  tasks: 10,
  series: { spans: [], counts: [] },
  fleet: FLEET,
  ...changes,
});
