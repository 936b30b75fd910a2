/**
 * What a load measures: spans and counts under names with labels. A threshold selects from them by name and labels.
 */
import { createLatencies, type Latencies, type LatencyCounts } from "./latencies.ts";

export type Labels = Readonly<Record<string, string>>;

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

export interface Series {
  record(name: SpanName, labels: Labels, span: number): void;
  /** What was measured elsewhere. */
  add(name: SpanName, labels: Labels, counts: LatencyCounts): void;
  count(name: CountName, labels: Labels, by?: number): void;
  /** Merged over all that have these labels. */
  spans(name: SpanName, labels: Labels): Latencies;
  total(name: CountName, labels: Labels): number;
  /** As they are on disk. */
  saved(): SavedSeries;
}

export interface SavedSeries {
  readonly spans: readonly { readonly name: string; readonly labels: Labels; readonly counts: LatencyCounts }[];
  readonly counts: readonly { readonly name: string; readonly labels: Labels; readonly count: number }[];
}

interface Row<T> {
  readonly name: string;
  readonly labels: Labels;
  value: T;
}

export function createSeries(): Series {
  const spans = new Map<string, Row<Latencies>>();
  const counts = new Map<string, Row<number>>();
  const selected = <T>(rows: ReadonlyMap<string, Row<T>>, name: string, labels: Labels): readonly T[] =>
    [...rows.values()].filter((row) => row.name === name && has(row.labels, labels)).map(({ value }) => value);
  return {
    record: (name, labels, span) => rowOf(spans, name, labels, createLatencies).value.record(span),
    add: (name, labels, more) => rowOf(spans, name, labels, createLatencies).value.add(more),
    count(name, labels, by = 1) {
      rowOf(counts, name, labels, () => 0).value += by;
    },
    spans(name, labels) {
      const merged = createLatencies();
      for (const each of selected(spans, name, labels)) merged.add(each.counts());
      return merged;
    },
    total: (name, labels) => selected(counts, name, labels).reduce((sum, value) => sum + value, 0),
    saved: () => ({
      spans: [...spans.values()].map(({ name, labels, value }) => ({ name, labels, counts: value.counts() })),
      counts: [...counts.values()].map(({ name, labels, value }) => ({ name, labels, count: value })),
    }),
  };
}

const has = (labels: Labels, wanted: Labels): boolean =>
  Object.entries(wanted).every(([name, value]) => labels[name] === value);

function rowOf<T>(rows: Map<string, Row<T>>, name: string, labels: Labels, first: () => T): Row<T> {
  const key = `${name} ${Object.entries(labels).sort().join(" ")}`;
  const known = rows.get(key);
  if (known !== undefined) return known;
  const fresh = { name, labels, value: first() };
  rows.set(key, fresh);
  return fresh;
}
