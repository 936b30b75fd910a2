/** What a fleet or a load has measured, as it is on disk: spans in histograms, counts, each under a name with labels. */
import { z } from "zod";

export const Count = z.number().int().min(0);

/** A histogram of spans. */
export const LatencyCounts = z.strictObject({
  count: Count,
  /** Microseconds. */
  max: z.number().min(0),
  sum: z.number().min(0),
  /** HDR histogram V2, compressed, in Base64. */
  hdr: z.string(),
});
export type LatencyCounts = z.infer<typeof LatencyCounts>;

export const Labels = z.record(z.string(), z.string());
export type Labels = Readonly<z.infer<typeof Labels>>;

/** Names of spans, with what they say; and the labels that they may have. */
export const SPANS = [
  { name: "task.creation", labels: ["operation", "status"], about: "from the intended time to the answer to the POST" },
  {
    name: "task.completion",
    labels: ["operation"],
    about: "from the intended time until all devices were seen settled",
  },
  {
    name: "device.completion",
    labels: ["operation", "code"],
    about: "the same for each device; code is succeeded, cancelled or the error code",
  },
  { name: "poll", labels: ["status"], about: "how long a look at the statuses of a task took" },
  { name: "register", labels: ["code"], about: "from the scheduled time of a Register to its answer" },
  { name: "update", labels: ["code"], about: "from an Update to its answer" },
  { name: "deregister", labels: ["code"], about: "from a De-register to its answer" },
  {
    name: "generator.lag",
    labels: [],
    about: "how late this process was: intended against real times, and its event loop",
  },
] as const;
export type SpanName = (typeof SPANS)[number]["name"];

/** Names of counts, each with what it is a part of. */
export const COUNTS = [
  { name: "failed", of: "settled", labels: ["operation", "code"], about: "devices on which a task failed" },
  { name: "succeeded", of: "settled", labels: ["operation"], about: "devices on which a task succeeded" },
  { name: "cancelled", of: "settled", labels: ["operation"], about: "devices on which a task was cancelled" },
  { name: "settled", of: "asked", labels: ["operation"], about: "devices on which a task came to an end" },
  {
    name: "unsettled",
    of: "asked",
    labels: ["operation"],
    about: "devices on which a task had not come to an end when the time was over",
  },
  { name: "refused", of: "requested", labels: ["operation", "status"], about: "tasks that the server refused" },
  { name: "unanswered", of: "requested", labels: ["operation"], about: "requests for tasks without an answer" },
  { name: "asked", of: "asked", labels: ["operation"], about: "devices of tasks that were created" },
  { name: "requested", of: "requested", labels: ["operation"], about: "requests for tasks" },
] as const;
export type CountName = (typeof COUNTS)[number]["name"];

const names = <T extends string>(rows: readonly { readonly name: T }[]) => z.enum(rows.map(({ name }) => name));

/** Sorted by name and labels. */
export const SavedSeries = z.strictObject({
  spans: z.array(z.strictObject({ name: names(SPANS), labels: Labels, counts: LatencyCounts })).readonly(),
  counts: z.array(z.strictObject({ name: names(COUNTS), labels: Labels, count: Count })).readonly(),
});
export type SavedSeries = z.infer<typeof SavedSeries>;

/** Devices of a fleet on which something went wrong, to be run again with `--only-device`. */
export const FailingDevices = z.strictObject({
  count: Count,
  /** The lowest numbers of them, in order; 100 at most. */
  first: z.array(Count).readonly(),
});
export type FailingDevices = z.infer<typeof FailingDevices>;

/** How many of them a record names. */
const NAMED = 100;

/** @param devices without repetition, in any order */
export function failingDevices(devices: Iterable<number>): FailingDevices {
  const sorted = [...devices].sort((a, b) => a - b);
  return { count: sorted.length, first: sorted.slice(0, NAMED) };
}

/** Of several parts of a fleet that have no device in common. */
export function joinFailing(parts: readonly FailingDevices[]): FailingDevices {
  const { first } = failingDevices(parts.flatMap((part) => part.first));
  return { count: parts.reduce((sum, { count }) => sum + count, 0), first };
}
