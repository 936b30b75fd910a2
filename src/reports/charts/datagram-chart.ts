/** The chart of what a fleet sent and received over time, as rates. */
import type { Timeline } from "../../harness/record/timeline.ts";
import { type Chart, type ChartSeries, countAxis, type Point, timeAxis } from "./chart.ts";

const NAMES = [
  { key: "sent", name: "sent by devices", colour: "#2f6fbf" },
  { key: "received", name: "received by devices", colour: "#2e8b57" },
  { key: "retransmissions", name: "of those sent, sent again", colour: "#d1495b" },
] as const;

const UNITS = [
  { name: "second", seconds: 1 },
  { name: "minute", seconds: 60 },
  { name: "hour", seconds: 3_600 },
] as const;
/** Below that a rate has no round numbers. */
const SMALLEST = 5;

/** Nothing where the record does not have it: it is older, or nothing was sent. */
export function datagramChart({ times, series }: Timeline): readonly Chart[] {
  const lines = NAMES.flatMap(({ key, name, colour }) => {
    const values = series.find((each) => each.name === key)?.values ?? [];
    const points = ratesOf(times, values);
    const total = values.at(-1) ?? 0;
    return total > 0 && points.length > 0 ? [{ name, colour, points, total }] : [];
  });
  if (lines.length === 0) return [];
  const most = Math.max(...lines.flatMap(({ points }) => points.map(({ y }) => y)));
  const unit = UNITS.find(({ seconds }) => most * seconds >= SMALLEST) ?? UNITS[2];
  const scaled = lines.map(
    ({ name, colour, points }): ChartSeries => ({
      name,
      colour,
      points: points.map(({ x, y }) => ({ x, y: y * unit.seconds })),
    }),
  );
  const totals = lines.map(({ name, total }) => `${total.toLocaleString("en-US")} ${name}`);
  return [
    {
      name: "datagrams",
      title: "Datagrams over time",
      says: `Datagrams: ${totals.join(", ")}; at most ${(most * unit.seconds).toFixed(0)} per ${unit.name} in one direction.`,
      kind: "steps",
      x: timeAxis("time since the start of the fleet", times.at(-1) ?? 0),
      y: countAxis(`datagrams per ${unit.name}`, most * unit.seconds),
      series: scaled,
    },
  ];
}

/** Per second, from each time to the next; the last one ends the line. */
function ratesOf(times: readonly number[], sums: readonly number[]): readonly Point[] {
  const points = times.slice(1).map((time, at) => {
    const since = times[at] ?? 0;
    return { x: since, y: ((sums[at + 1] ?? 0) - (sums[at] ?? 0)) / (time - since) };
  });
  const last = points.at(-1);
  return last === undefined ? [] : [...points, { x: times.at(-1) ?? 0, y: last.y }];
}
