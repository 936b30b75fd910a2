/** Results of shards of a load, from samples, for tests of what is made of them. */
import { createFleetMeter } from "../fleet/meter.ts";
import type { FleetSummary } from "../record/fleet-result.ts";
import type { LoadResult } from "../record/load-result.ts";
import { failingDevices } from "../record/measured.ts";
import { judgeLoad, type MeasuredLoad } from "./judge-load.ts";
import { createLatencies } from "./latencies.ts";
import { createSeries, type Series } from "./series.ts";
import { parseThreshold, type Threshold } from "./thresholds.ts";

export const thresholdOf = (text: string): Threshold => {
  const parsed = parseThreshold(text);
  if (parsed.ok) return parsed.value;
  throw new Error(parsed.error);
};

/** One task on one device. */
export interface TaskSample {
  readonly device: number;
  /** Microseconds until its end. */
  readonly span: number;
  readonly failed: boolean;
}

export const THRESHOLDS = [
  "p50(task.completion) < 5s",
  "p99(task.completion) < 9s",
  "max(task.completion) < 9.5s",
  "mean(task.completion{operation=read}) < 5s",
  "rate(failed) < 20%",
  "count(failed{code=5000}) < 5",
  "registered >= 90%",
  "p99(task.completion{operation=execute}) < 1s",
];

export function seriesOf(samples: readonly TaskSample[]): Series {
  const series = createSeries();
  series.record("generator.lag", {}, 1_000);
  for (const { device, span, failed } of samples) {
    const operation = device % 2 === 0 ? "read" : "write";
    series.count("requested", { operation });
    series.count("asked", { operation });
    series.count("settled", { operation });
    series.record("task.completion", { operation }, span);
    if (failed) series.count("failed", { operation, code: device % 3 === 0 ? "5000" : "4040" });
    else series.count("succeeded", { operation });
  }
  return series;
}

/** The result of a shard, of the devices 0 to `devices` - 1 of which it runs its own. */
export function shardOfLoad(
  index: number,
  of: number,
  samples: readonly TaskSample[] = [],
  changes: Partial<MeasuredLoad> = {},
  devices = 20,
): LoadResult {
  const own = Array.from({ length: devices }, (_, device) => device).filter((device) => device % of === index);
  const ours = samples.filter(({ device }) => device % of === index);
  const generator = { valid: true, sentence: "generator lag p99 1.00 ms" };
  return judgeLoad({
    fleetproof: "0.1.0",
    seed: "s",
    target: "http://127.0.0.1:1 coap://127.0.0.1:2",
    devices,
    workloadDigest: "w",
    fleetDigest: "f",
    shard: { index, of },
    parts: [{ index, devices: own.length, interrupted: false, generator, asking: { from: 100 + index, until: 9_000 } }],
    maxLag: 100_000,
    thresholds: THRESHOLDS.map(thresholdOf),
    check: { devices: 1, of: own.length, requirements: [] },
    registered: { devices: Math.max(0, own.length - 1), of: own.length },
    tasks: ours.length,
    failing: failingDevices(new Set(ours.filter(({ failed }) => failed).map(({ device }) => device))),
    series: seriesOf(ours),
    fleet: fleetOf(own.length, ours),
    ...changes,
  });
}

function fleetOf(devices: number, samples: readonly TaskSample[]): FleetSummary {
  const updates = createLatencies();
  for (const { span } of samples) updates.record(span);
  return {
    at: 10_000_000 + devices,
    phase: "leaving",
    devices,
    started: devices,
    registered: 0,
    asleep: 0,
    waiting: 0,
    inFlight: 0,
    counts: { ...createFleetMeter().counts, sent: samples.length, received: samples.length + 1 },
    responses: { "register 2.01": devices, "update 2.04": samples.length },
    worstLateness: 1_000 + samples.length,
    refusals: 0,
    ended: "interrupted",
    registeredAtEnd: devices,
    deregistered: devices,
    leftBehind: 0,
    kernelDrops: { devices: samples.length, server: 7 },
    placeWaits: createLatencies().counts(),
    latencies: { "update 2.04": updates.counts() },
    failing: failingDevices([]),
  };
}
