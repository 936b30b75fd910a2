/**
 * What a load measures: spans and counts under names with labels. A threshold selects from them by name and labels.
 */
import type { CountName, Labels, LatencyCounts, SavedSeries, SpanName } from "../record/measured.ts";
import { createLatencies, type Latencies } from "./latencies.ts";

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

interface Row<Name, T> {
  readonly name: Name;
  readonly labels: Labels;
  value: T;
}

export function createSeries(): Series {
  const spans = new Map<string, Row<SpanName, Latencies>>();
  const counts = new Map<string, Row<CountName, number>>();
  const selected = <T>(rows: ReadonlyMap<string, Row<string, T>>, name: string, labels: Labels): readonly T[] =>
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
      spans: inOrder(spans).map(({ name, labels, value }) => ({ name, labels, counts: value.counts() })),
      counts: inOrder(counts).map(({ name, labels, value }) => ({ name, labels, count: value })),
    }),
  };
}

/** What was saved by several, together. */
export function joinSeries(parts: readonly SavedSeries[]): Series {
  const series = createSeries();
  for (const { spans, counts } of parts) {
    for (const row of spans) series.add(row.name, row.labels, row.counts);
    for (const row of counts) series.count(row.name, row.labels, row.count);
  }
  return series;
}

const inOrder = <R>(rows: ReadonlyMap<string, R>): readonly R[] =>
  [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);

const has = (labels: Labels, wanted: Labels): boolean =>
  Object.entries(wanted).every(([name, value]) => labels[name] === value);

function rowOf<N, T>(rows: Map<string, Row<N, T>>, name: N, labels: Labels, first: () => T): Row<N, T> {
  const key = `${name} ${Object.entries(labels).sort().join(" ")}`;
  const known = rows.get(key);
  if (known !== undefined) return known;
  const fresh = { name, labels, value: first() };
  rows.set(key, fresh);
  return fresh;
}
