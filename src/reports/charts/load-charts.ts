/** Charts of a load or a fleet: tasks over time, latency percentiles, the fleet and its datagrams over time. */
import type { Timeline } from "../../harness/record/timeline.ts";
import type { LatencyRow, LoadView } from "../load-view.ts";
import { stateColour } from "../state-colours.ts";
import { count, spanText } from "../text.ts";
import { type Chart, type ChartSeries, countAxis, nameAxis, spanAxis, timeAxis } from "./chart.ts";
import { datagramChart } from "./datagram-chart.ts";
import { PERCENTS, percentName } from "./percents.ts";

/** Those that have something to show. */
export function loadCharts({ load, fleet, latencies }: LoadView): readonly Chart[] {
  return [
    ...(load?.timeline === undefined ? [] : tasksChart(load.timeline)),
    ...latencyChart(latencies),
    ...(fleet.timeline === undefined ? [] : [...fleetChart(fleet.timeline), ...datagramChart(fleet.timeline)]),
  ];
}

const NAMES = {
  started: "started",
  registered: "registered",
  asleep: "asleep",
  waiting: "waiting for a place",
} as const;

function fleetChart(timeline: Timeline): readonly Chart[] {
  const { times } = timeline;
  const last = times.at(-1);
  if (last === undefined) return [];
  const series = Object.entries(NAMES).flatMap(([key, name], index): readonly ChartSeries[] => {
    const values = valuesOf(timeline, key);
    const used = key === "registered" || values.some((value) => value > 0);
    return used ? [{ name, colour: stateColour(key, index), points: pointsOf(times, values) }] : [];
  });
  const registered = valuesOf(timeline, "registered");
  const most = Math.max(0, ...registered);
  const full = times[registered.indexOf(most)] ?? 0;
  const asleep = Math.max(0, ...valuesOf(timeline, "asleep"));
  return [
    {
      name: "fleet",
      title: "State of the fleet over time",
      says: `At most ${count(most, "device")} registered, first at ${spanText(full * 1_000)}; at most ${asleep} asleep at once.`,
      kind: "steps",
      x: timeAxis("time since the start of the fleet", last),
      y: countAxis("devices", Math.max(...series.flatMap(({ points }) => points.map(({ y }) => y)))),
      series,
    },
  ];
}

const ENDS = ["succeeded", "failed", "cancelled"] as const;

/** Begins with the first task: until then devices register, and there is nothing to see. */
function tasksChart(whole: Timeline): readonly Chart[] {
  const { timeline, begin } = fromFirstTask(whole);
  const { times } = timeline;
  const asked = valuesOf(timeline, "asked");
  const total = asked.at(-1) ?? 0;
  if (total === 0) return [];
  const ended = ENDS.map((name) => ({ name, values: valuesOf(timeline, name) }));
  const open = asked.map((value, at) => ended.reduce((left, { values }) => left - (values[at] ?? 0), value));
  const series = [...ended, { name: "open", values: open.map((value) => Math.max(0, value)) }];
  const said = series.map(({ name, values }) => `${values.at(-1) ?? 0} ${name}`).join(", ");
  return [
    {
      name: "completion",
      title: "Task completion over time: device tasks that were asked for, and what had become of them",
      says: `Of ${count(total, "device task")} asked for, at the end ${said}. The first was asked for ${spanText(begin * 1_000)} after the start of the fleet.`,
      kind: "areas",
      x: timeAxis("time since the first task", times.at(-1) ?? 0),
      y: countAxis("device tasks", Math.max(...asked)),
      series: series
        .filter(({ values }) => values.some((value) => value > 0))
        .map(({ name, values }) => ({ name, colour: stateColour(name), points: pointsOf(times, values) })),
    },
  ];
}

/** @returns begin: seconds from the start of the fleet */
function fromFirstTask(whole: Timeline): { readonly timeline: Timeline; readonly begin: number } {
  const first = valuesOf(whole, "asked").findIndex((value) => value > 0);
  const from = Math.max(0, first - 1);
  const begin = whole.times[from] ?? 0;
  const series = whole.series.map(({ name, values }) => ({ name, values: values.slice(from) }));
  return { begin, timeline: { times: whole.times.slice(from).map((time) => time - begin), series } };
}

/** Lines that can still be told apart. */
const MOST_LINES = 6;
/** Spans that say something of the server, those that matter most first. */
const SHOWN = /^(task\.completion|task\.creation|register|update)/;

function latencyChart(latencies: readonly LatencyRow[]): readonly Chart[] {
  const rows = latencies.filter(({ name }) => SHOWN.test(name)).slice(0, MOST_LINES);
  if (rows.length === 0) return [];
  const series = rows.map(({ name, percentiles }, index) => ({
    name,
    colour: stateColour(name, index),
    points: percentiles.map((span, x) => ({ x, y: Math.max(span, 100) / 1_000_000 })),
  }));
  const half = PERCENTS.indexOf(50);
  const almost = PERCENTS.indexOf(99);
  const said = rows.map(({ name, words }) => `${name}: p50 ${words[half] ?? "?"}, p99 ${words[almost] ?? "?"}`);
  return [
    {
      name: "latencies",
      title: "Latency percentiles",
      says: `${said.join("; ")}.`,
      kind: "lines",
      x: nameAxis("percentile", PERCENTS.map(percentName)),
      y: spanAxis(
        "latency",
        series.flatMap(({ points }) => points.map(({ y }) => y)),
      ),
      series,
    },
  ];
}

const valuesOf = ({ times, series }: Timeline, name: string): readonly number[] =>
  series.find((each) => each.name === name)?.values ?? times.map(() => 0);

const pointsOf = (times: readonly number[], values: readonly number[]) =>
  times.map((x, at) => ({ x, y: values[at] ?? 0 }));
