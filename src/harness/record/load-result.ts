/** What a load came to, as it stands in `load.json`: of one process, of one shard, or joined of several. */
import { z } from "zod";
import { FleetSummary } from "./fleet-result.ts";
import { Count, FailingDevices, Labels, SavedSeries } from "./measured.ts";
import { Shard } from "./shards.ts";
import { Timeline } from "./timeline.ts";

export const LOAD_FORMAT_VERSION = 1;

export const GeneratorVerdict = z.strictObject({ valid: z.boolean(), sentence: z.string() });
export type GeneratorVerdict = Readonly<z.infer<typeof GeneratorVerdict>>;

export const ThresholdOutcome = z.strictObject({
  /** As it was written. */
  text: z.string(),
  outcome: z.enum(["held", "crossed", "unknown"]),
  /** In the unit of the limit; absent when nothing was measured. */
  value: z.number().optional(),
  quantity: z.enum(["span", "rate", "count", "registered"]),
});
export type ThresholdOutcome = Readonly<z.infer<typeof ThresholdOutcome>>;

export const LoadFinding = z.strictObject({
  requirement: z.string(),
  /** Places in `sample/history.ndjson` of the shard: the last one is where it became certain. */
  events: z.array(Count).readonly(),
  expected: z.string(),
  actual: z.string(),
  shard: Count,
  /** Numbers of the devices that those events are about. */
  devices: z.array(Count).readonly(),
});
export type LoadFinding = Readonly<z.infer<typeof LoadFinding>>;

export const CheckedRequirement = z.strictObject({
  id: z.string(),
  /** `warn`: broken, but only a SHOULD. */
  outcome: z.enum(["pass", "fail", "warn", "undecided"]),
  examined: Count,
  undecided: Count,
  findings: z.array(LoadFinding).readonly(),
});
export type CheckedRequirement = Readonly<z.infer<typeof CheckedRequirement>>;

/** Correctness during the load. */
export const LoadCheck = z.strictObject({
  /** Devices that were watched, of how many. */
  devices: Count,
  of: Count,
  /** Why none was. */
  reason: z.string().optional(),
  /** Sorted by id. */
  requirements: z.array(CheckedRequirement).readonly(),
});
export type LoadCheck = Readonly<z.infer<typeof LoadCheck>>;

/** Devices that were registered when the last task was asked for, of how many. */
export const RegisteredDevices = z.strictObject({ devices: Count, of: Count });
export type RegisteredDevices = Readonly<z.infer<typeof RegisteredDevices>>;

/** What one process did of a load. */
export const LoadPart = z.strictObject({
  /** Of its shard. */
  index: Count,
  devices: Count,
  interrupted: z.boolean(),
  generator: GeneratorVerdict,
  /** When it asked for tasks: milliseconds since the Unix epoch, by its clock. Absent: it never did. */
  asking: z.strictObject({ from: z.number(), until: z.number() }).optional(),
});
export type LoadPart = Readonly<z.infer<typeof LoadPart>>;

export const LoadResult = z.strictObject({
  formatVersion: z.literal(LOAD_FORMAT_VERSION),
  /** Version of Fleetproof that ran it. */
  fleetproof: z.string(),
  /**
   * `invalid`: the generator lagged; `fail`: a broken requirement; `crossed`: a threshold; `unknown`: one could not be
   * judged. The outcome of a shard leaves the thresholds out: they are about the whole.
   */
  outcome: z.enum(["pass", "fail", "crossed", "unknown", "invalid", "interrupted"]),
  seed: z.string(),
  target: z.string(),
  /** Devices of the whole fleet. */
  devices: Count,
  /** SHA-256 of the workload, and of the fleet file with the options that say what the devices do. */
  workloadDigest: z.string(),
  fleetDigest: z.string(),
  /** The main settings of both, in words, for people; absent in records of older versions. */
  workloadSettings: Labels.optional(),
  fleetSettings: Labels.optional(),
  shard: Shard,
  /** In the order of their shards. */
  parts: z.array(LoadPart).min(1).readonly(),
  /** Microseconds that the 99th percentile of the generator's lag may be. */
  maxLag: z.number(),
  generator: GeneratorVerdict,
  thresholds: z.array(ThresholdOutcome).readonly(),
  check: LoadCheck,
  /** Absent: no last task was ever asked for. */
  registered: RegisteredDevices.optional(),
  /** Tasks that were asked for, Updates included. */
  tasks: Count,
  /** Devices on which a task failed or did not come to an end, and those that break a requirement. */
  failing: FailingDevices,
  series: SavedSeries,
  /** Devices of tasks that were asked for, and how many had come to which end, over time; absent: nobody looked. */
  timeline: Timeline.optional(),
  fleet: FleetSummary,
});
export type LoadResult = Readonly<z.infer<typeof LoadResult>>;
