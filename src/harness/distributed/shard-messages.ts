/**
 * Shards of loads and fleets as they travel to a worker, and what it tells while it is at one. Files travel as their
 * text and are read there as the command reads them, so a shard is the same wherever it runs.
 */
import { z } from "zod";
import { Profile } from "../../protocol/profile.ts";
import { FleetResult, FleetSnapshot } from "../record/fleet-result.ts";
import { LoadResult } from "../record/load-result.ts";
import { SavedSeries } from "../record/measured.ts";
import { looked } from "./plan-messages.ts";

const Whole = z.number().int().nonnegative();
/** Milliseconds. */
const Span = z.number().positive();

/** Options of `load` and `fleet`, by their names. */
const Values = z.strictObject({
  devices: Whole.optional(),
  ramp: Span.optional(),
  "in-flight": Whole,
  "leave-within": Span,
  "ack-timeout": Span.optional(),
  "max-retransmit": Whole.optional(),
  "response-timeout": z.number().nonnegative().optional(),
});

/** A fleet file: one that comes with the program, by its name, or its text. */
const FleetSource = z.union([z.strictObject({ preset: z.string() }), z.strictObject({ text: z.string() })]);
export type FleetSource = Readonly<z.infer<typeof FleetSource>>;

const Shared = {
  values: Values,
  seed: z.string(),
  shard: z.strictObject({ index: Whole, count: z.number().int().positive() }),
  fleet: FleetSource,
} as const;

const FleetShard = z.strictObject({ ...Shared, duration: Span.optional(), server: z.string() });
export type FleetShard = Readonly<z.infer<typeof FleetShard>>;

const LoadShard = z.strictObject({
  ...Shared,
  /** The text of the file. */
  workload: z.string(),
  profile: Profile,
  scope: z.string().optional(),
  deviceType: z.string().optional(),
  target: z.strictObject({ http: z.string(), coap: z.string(), token: z.string().optional() }),
  targetName: z.string(),
  /** Whether plan and history of the watched devices are wanted. */
  withSample: z.boolean(),
});
export type LoadShard = Readonly<z.infer<typeof LoadShard>>;

export const readFleetShard = (value: unknown) => looked<FleetShard>(FleetShard, value, "a shard");
export const readLoadShard = (value: unknown) => looked<LoadShard>(LoadShard, value, "a shard");

const FleetAnswer = z.object({ result: FleetResult });
export type FleetAnswer = Readonly<z.infer<typeof FleetAnswer>>;

const LoadAnswer = z.object({
  result: LoadResult,
  /** The plan and the text of `sample/history.ndjson`. */
  sample: z.object({ plan: z.unknown(), history: z.string() }).optional(),
});
export type LoadAnswer = Readonly<z.infer<typeof LoadAnswer>>;

export const readFleetAnswer = (value: unknown) => looked<FleetAnswer>(FleetAnswer, value, "the result of a shard");
export const readLoadAnswer = (value: unknown) => looked<LoadAnswer>(LoadAnswer, value, "the result of a shard");

/** What a load has come to so far. */
const LoadSecond = z.strictObject({
  phase: z.enum(["registering", "asking", "settling"]),
  asked: Whole,
  underWay: Whole,
  series: SavedSeries,
});
export type LoadSecond = Readonly<z.infer<typeof LoadSecond>>;

const ShardProgress = z.discriminatedUnion("kind", [
  /** Everything is provisioned; it waits for the common start. */
  z.strictObject({ kind: z.literal("prepared"), worker: z.string() }),
  z.strictObject({ kind: z.literal("second"), snapshot: FleetSnapshot, load: LoadSecond.optional() }),
  z.strictObject({ kind: z.literal("silence"), server: z.string() }),
]);
export type ShardProgress = Readonly<z.infer<typeof ShardProgress>>;

/** @returns `undefined` for what is none */
export function readShardProgress(value: unknown): ShardProgress | undefined {
  const parsed = ShardProgress.safeParse(value);
  return parsed.success ? parsed.data : undefined;
}
