/** Charts of several loads or fleets: a line for each record. */
import { letterOf } from "../../harness/record/comparison.ts";
import type { MeasuredComparison } from "../../harness/record/measured-comparison.ts";
import { spanWords } from "../../harness/record/span-words.ts";
import { stateColour } from "../state-colours.ts";
import { type Chart, type ChartSeries, countAxis, nameAxis, spanAxis, timeAxis } from "./chart.ts";
import { percentName } from "./percents.ts";

/** Lines that can still be told apart. */
const MOST_RECORDS = 6;
/** What is waited for most; the first spans of a comparison. */
const MOST_SPANS = 3;

export const comparisonCharts = (comparison: MeasuredComparison): readonly Chart[] =>
  comparison.records.length > MOST_RECORDS ? [] : [...spanCharts(comparison), ...registeredChart(comparison)];

const nameOf = ({ records }: MeasuredComparison, index: number): string =>
  `${letterOf(index)} ${records[index]?.name ?? ""}`;

function spanCharts(comparison: MeasuredComparison): readonly Chart[] {
  const { spans, percents } = comparison;
  const compared = spans.filter(({ ratios }) => ratios !== undefined).slice(0, MOST_SPANS);
  return compared.map((span, number) => {
    const series = span.spans.flatMap((each, index): readonly ChartSeries[] => {
      if (each === undefined) return [];
      const points = each.percentiles.map((value, x) => ({ x, y: Math.max(value, 100) / 1_000_000 }));
      return [{ name: nameOf(comparison, index), colour: stateColour("", index), points }];
    });
    const [half, almost] = [percents.indexOf(50), percents.indexOf(99)];
    const said = span.spans.flatMap((each, index) =>
      each === undefined
        ? []
        : [
            `${letterOf(index)} p50 ${spanWords(each.percentiles[half] ?? 0)}, p99 ${spanWords(each.percentiles[almost] ?? 0)}`,
          ],
    );
    return {
      name: `latencies-${number + 1}`,
      title: `Latency of ${span.name}`,
      says: `${said.join("; ")}.`,
      kind: "lines",
      x: nameAxis("percentile", percents.map(percentName)),
      y: spanAxis(
        "latency",
        series.flatMap(({ points }) => points.map(({ y }) => y)),
      ),
      series,
    };
  });
}

function registeredChart(comparison: MeasuredComparison): readonly Chart[] {
  const rows = comparison.records.map(({ registered }) => registered);
  const series = rows.flatMap((row, index): readonly ChartSeries[] => {
    if (row === undefined || row.times.length === 0) return [];
    const points = row.times.map((x, at) => ({ x, y: row.values[at] ?? 0 }));
    return [{ name: nameOf(comparison, index), colour: stateColour("", index), points }];
  });
  if (series.length === 0) return [];
  const all = series.flatMap(({ points }) => points);
  const most = series.map(({ name, points }) => `${name} ${Math.max(...points.map(({ y }) => y))}`);
  return [
    {
      name: "registered",
      title: "Registered devices over time",
      says: `At most registered: ${most.join("; ")}.`,
      kind: "steps",
      x: timeAxis("time since the start of the fleet", Math.max(...all.map(({ x }) => x))),
      y: countAxis("devices", Math.max(...all.map(({ y }) => y))),
      series,
    },
  ];
}
