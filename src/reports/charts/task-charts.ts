/** Charts of the device tasks of a campaign: when they came to an end, after how many attempts, and how long it took. */
import type { RecordedEnd, TaskRecord } from "../../harness/record/task-record.ts";
import { stateColour } from "../state-colours.ts";
import { count } from "../text.ts";
import { type Chart, countAxis, nameAxis, percentAxis, spanAxis } from "./chart.ts";
import { PERCENTS, percentName, percentOf } from "./percents.ts";

/** Attempts that have a bar of their own; those beyond share the last one. */
const MOST_ATTEMPTS = 10;

type Row = TaskRecord["ends"][number];

/** Those that have something to show. */
export function taskCharts({ ends }: TaskRecord): readonly Chart[] {
  const ended = ends.filter(({ milliseconds }) => Object.keys(milliseconds).length > 0);
  return [
    ...(ended.length === 0 ? [] : [completionChart(ended, ends)]),
    ...(ends.length === 0 ? [] : [attemptsChart(ends)]),
    ...(ended.length === 0 ? [] : [latencyChart(ended)]),
  ];
}

const pairsOf = (counts: Readonly<Record<string, number>>): readonly (readonly [number, number])[] =>
  Object.entries(counts).map(([key, value]) => [Number(key), value] as const);

const sumOf = (rows: readonly Row[]): number => rows.reduce((sum, { deviceTasks }) => sum + deviceTasks, 0);

const NAMES: Readonly<Record<RecordedEnd, string>> = {
  succeeded: "succeeded",
  failed: "failed",
  expired: "expired (4004)",
  cancelled: "cancelled",
  open: "open",
};

function completionChart(ended: readonly Row[], all: readonly Row[]): Chart {
  const total = sumOf(all);
  const spans = [...new Set(ended.flatMap(({ milliseconds }) => pairsOf(milliseconds).map(([span]) => span)))];
  spans.sort((a, b) => a - b);
  const x = spanAxis("time since the task began", spans.map(seconds));
  const open = total - sumOf(ended);
  const shares = ended.map(({ end, deviceTasks }) => `${percent(deviceTasks, total)} ${NAMES[end]}`);
  return {
    name: "completion",
    title: "Task completion over time: device tasks that have come to an end, and to which, in all plans",
    says: `Of ${count(total, "device task")}: ${shares.join(", ")}${open === 0 ? "" : `, ${percent(open, total)} still open when their plans ended`}.`,
    kind: "areas",
    x,
    y: percentAxis("of all device tasks"),
    series: ended.map(({ end, milliseconds }) => {
      // What happens at once and what takes a millisecond share a place.
      const shares = new Map([[x.from, 0]]);
      let done = 0;
      for (const span of spans) {
        done += milliseconds[String(span)] ?? 0;
        shares.set(Math.min(x.to, seconds(span)), (done / total) * 100);
      }
      shares.set(x.to, (done / total) * 100);
      const points = [...shares].map(([at, y]) => ({ x: at, y }));
      return { name: NAMES[end], colour: stateColour(NAMES[end]), points };
    }),
  };
}

function attemptsChart(ends: readonly Row[]): Chart {
  const groups = ends.map(({ end, attempts }) => ({ end, bars: barsOf(attempts) }));
  const length = Math.max(1, ...groups.map(({ bars }) => bars.length));
  const sums = Array.from({ length }, (_, at) => groups.reduce((sum, { bars }) => sum + (bars[at] ?? 0), 0));
  const names = sums.map((_, at) => (at === MOST_ATTEMPTS ? `${at} or more` : String(at)));
  const said = sums.flatMap((sum, at) => (sum === 0 ? [] : [`${sum} after ${names[at]}`]));
  return {
    name: "attempts",
    title: "Attempts per device task, in all plans",
    says: `Device tasks by the number of attempts: ${said.join(", ")}.`,
    kind: "bars",
    x: nameAxis("attempts", names),
    y: countAxis("device tasks", Math.max(...sums)),
    series: groups.map(({ end, bars }) => ({
      name: NAMES[end],
      colour: stateColour(NAMES[end]),
      points: bars.map((y, x) => ({ x, y })),
    })),
  };
}

function barsOf(attempts: Readonly<Record<string, number>>): readonly number[] {
  const bars: number[] = [];
  for (const [times, value] of pairsOf(attempts)) {
    const at = Math.min(times, MOST_ATTEMPTS);
    while (bars.length <= at) bars.push(0);
    bars[at] = (bars[at] ?? 0) + value;
  }
  return bars;
}

function latencyChart(ended: readonly Row[]): Chart {
  const series = ended.map(({ end, milliseconds }) => ({
    name: NAMES[end],
    colour: stateColour(NAMES[end]),
    points: PERCENTS.map((each, x) => ({ x, y: seconds(percentOf(pairsOf(milliseconds), each)) })),
  }));
  const said = ended.map(({ end, milliseconds }) => {
    const at = (each: number) => roughly(percentOf(pairsOf(milliseconds), each));
    return `${NAMES[end]}: half within ${at(50)}, 99 % within ${at(99)}`;
  });
  return {
    name: "latencies",
    title: "Latency percentiles: from when a task began to its end, in all plans",
    says: `${said.join("; ")}.`,
    kind: "lines",
    x: nameAxis("percentile", PERCENTS.map(percentName)),
    y: spanAxis(
      "time to the end",
      series.flatMap(({ points }) => points.map(({ y }) => y)),
    ),
    series,
  };
}

const UNITS = [
  { name: "d", size: 86_400_000 },
  { name: "h", size: 3_600_000 },
  { name: "min", size: 60_000 },
  { name: "s", size: 1_000 },
] as const;

/** Buckets know two digits, and so do words. */
function roughly(milliseconds: number): string {
  const unit = UNITS.find(({ size }) => milliseconds >= size) ?? { name: "ms", size: 1 };
  return `${Number((milliseconds / unit.size).toPrecision(2))} ${unit.name}`;
}

/** What happens at once has no place on an axis of orders of magnitude: it stands at a millisecond. */
const seconds = (milliseconds: number): number => Math.max(1, milliseconds) / 1_000;

const percent = (part: number, whole: number): string => `${Number(((part / whole) * 100).toFixed(1))} %`;
