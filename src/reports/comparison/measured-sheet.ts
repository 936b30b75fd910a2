/** Several loads, or several fleets, side by side. Pure. */
import { letterOf } from "../../harness/record/comparison.ts";
import type {
  ComparedMeasurement,
  ComparedSpan,
  ComparedThreshold,
  MeasuredComparison,
} from "../../harness/record/measured-comparison.ts";
import type { ComparedNumber } from "../../harness/record/measured-numbers.ts";
import { spanWords } from "../../harness/record/span-words.ts";
import { comparisonCharts } from "../charts/comparison-charts.ts";
import { percentName } from "../charts/percents.ts";
import { countName } from "../fleet-rows.ts";
import { count, spanText } from "../text.ts";
import { changeItems, fromTo, NOTHING_CHANGED, outcomeOf } from "./changes.ts";
import type { Cell, Sheet, SheetItem, SheetTable } from "./sheet.ts";

export function measuredSheet(comparison: MeasuredComparison): Sheet {
  const { what, records, differences, cautions } = comparison;
  const items = [...thresholdItems(comparison), ...changeItems(comparison.changes)];
  const obstacle = obstacleOf(comparison);
  const said = items.length === 0 ? NOTHING_SAID[what] : items.map(({ label, text }) => `${label}: ${text}`).join("; ");
  return {
    title: `${count(records.length, what)} compared`,
    outcome: obstacle === "" ? outcomeOf(items) : { word: "NOT COMPARABLE", tone: "inconclusive" },
    reason: `${obstacle}${said}`,
    warnings: [...differences, ...cautions],
    sections: [
      { id: "records", title: "Records", table: recordTable(records) },
      { id: "changes", title: fromTo(records), items },
      { id: "thresholds", title: "Thresholds", table: thresholdTable(comparison) },
      { id: "latencies", title: "Latencies", about: CHANCE, table: spanTable(comparison) },
      { id: "charts", title: "Charts", charts: comparisonCharts(comparison) },
      { id: "numbers", title: "In numbers", table: numberTable(comparison) },
      { id: "correctness", title: "Correctness of the watched devices", table: checkTable(comparison) },
      { id: "settings", title: "What was asked for", table: settingTable(records) },
    ],
  };
}

/** Why the change is not one of the server; empty: nothing speaks against it. */
function obstacleOf({ differences, records }: MeasuredComparison): string {
  if (differences.length > 0) return "Not the same was asked for, so numbers do not compare. ";
  const spoilt = records.find(({ outcome }) => UNUSABLE.has(outcome));
  return spoilt === undefined ? "" : `${spoilt.name} is ${spoilt.outcome}, so its numbers do not compare. `;
}

const UNUSABLE: ReadonlySet<string> = new Set(["invalid", "interrupted", "unheard"]);

const NOTHING_SAID = {
  load: `${NOTHING_CHANGED.slice(0, -1)} in thresholds and requirements.`,
  fleet: "A fleet is not judged: there are numbers only.",
} as const;
const CHANCE =
  "The change is from the first record to the last. The same load run twice differs, too: run it several times before you believe a small change, and the largest value least.";

const letters = (records: readonly unknown[]) => records.map((_, index) => ({ name: letterOf(index), number: true }));

function recordTable(records: readonly ComparedMeasurement[]): SheetTable {
  const names = ["", "record", "outcome", "target", "seed", "Fleetproof"].map((name) => ({ name }));
  return {
    caption: "Records in the order in which they were named",
    columns: [...names, { name: "devices", number: true }, { name: "lasted", number: true }],
    groups: [
      {
        rows: records.map(({ name, outcome, target, seed, fleetproof, devices, lasted }, index) => [
          letterOf(index),
          name,
          outcome,
          target,
          seed,
          fleetproof,
          devices.toLocaleString("en-US"),
          spanText(Math.round(lasted / 100_000) * 100),
        ]),
      },
    ],
  };
}

// ── thresholds and requirements

const THRESHOLD_CHANGES = [
  { change: "crossed", label: "Newly crossed", tone: "bad" },
  { change: "held", label: "Newly held", tone: "good" },
  { change: "unknown", label: "Not measured any more", tone: "open" },
] as const;

const thresholdItems = ({ thresholds }: MeasuredComparison): readonly SheetItem[] =>
  THRESHOLD_CHANGES.flatMap(({ change, label, tone }) => {
    const rows = thresholds.filter((row) => row.change === change);
    const texts = rows.map(
      ({ text, outcomes }) => `${text} (${valueText(outcomes[0])} → ${valueText(outcomes.at(-1))})`,
    );
    return rows.length === 0 ? [] : [{ label, text: texts.join(", "), tone }];
  });

type OneThreshold = ComparedThreshold["outcomes"][number];

function valueText(threshold: OneThreshold): string {
  if (threshold?.value === undefined) return "not measured";
  const { value, quantity } = threshold;
  if (quantity === "span") return spanWords(value);
  return quantity === "count" ? String(value) : percentText(value);
}

const percentText = (share: number): string => `${Number((share * 100).toFixed(3))} %`;

const MARKS = {
  held: { symbol: "✓", tone: "good" },
  crossed: { symbol: "✗", tone: "bad" },
  unknown: { symbol: "?", tone: "open" },
} as const;

function thresholdCell(threshold: OneThreshold): Cell {
  if (threshold === undefined) return { text: "–", tone: "soft" };
  const { symbol, tone } = MARKS[threshold.outcome];
  return { text: `${symbol} ${valueText(threshold)}`, tone };
}

const thresholdTable = ({ thresholds, records }: MeasuredComparison): SheetTable => ({
  caption: "✓ held · ✗ crossed · ? not measured · – not in this workload",
  columns: [{ name: "threshold" }, ...letters(records)],
  groups: [{ rows: thresholds.map(({ text, outcomes }) => [text, ...outcomes.map(thresholdCell)]) }],
});

const CHECKS = {
  pass: { text: "✓ kept", tone: "good" },
  fail: { text: "✗ broken", tone: "bad" },
  warn: { text: "! SHOULD not kept", tone: "open" },
  undecided: { text: "· not exercised", tone: "soft" },
} as const satisfies Readonly<Record<string, Cell>>;

const checkTable = ({ requirements, records }: MeasuredComparison): SheetTable => ({
  caption: `${count(requirements.length, "requirement")} that came up`,
  columns: [{ name: "requirement" }, ...records.map((_, index) => ({ name: letterOf(index) }))],
  groups: [
    {
      rows: requirements.map(({ id, outcomes }) => [
        id,
        ...outcomes.map((outcome): Cell => (outcome === undefined ? "–" : CHECKS[outcome])),
      ]),
    },
  ],
});

// ── measurements

/** What changed less is shown without judgement: one run is not like the other. */
const NOTABLE = 1.1;

function ratioCell(ratio: number | undefined, judged: boolean): Cell {
  if (ratio === undefined || !Number.isFinite(ratio)) return "";
  const text = `× ${ratio >= 0.095 || ratio === 0 ? ratio.toFixed(2) : ratio.toPrecision(2)}`;
  if (!judged || (ratio < NOTABLE && ratio > 1 / NOTABLE)) return { text, tone: "soft" };
  return { text, tone: ratio > 1 ? "bad" : "good" };
}

const CLOCKS = {
  load: "Spans count from the intended time of a task",
  fleet: "What devices waited for, faults of their links included",
} as const;

const spanTable = ({ what, spans, records, percents }: MeasuredComparison): SheetTable => ({
  caption: `${CLOCKS[what]}; × is the last record divided by the first`,
  columns: [{ name: "span" }, ...letters(records), { name: "change", number: true }],
  groups: spans.map((span) => ({
    title: span.name,
    rows: [
      ["count", ...span.spans.map((each) => each?.count.toLocaleString("en-US") ?? "–"), ""],
      ...percents.map((percent, at) => percentRow(span, percent, at)),
    ],
  })),
});

/** Tells of this program, not of the server. */
const OWN_LAG = "generator.lag";

const percentRow = ({ name, spans, ratios }: ComparedSpan, percent: number, at: number): readonly Cell[] => [
  percentName(percent),
  ...spans.map((each) => (each === undefined ? "–" : spanWords(each.percentiles[at] ?? 0))),
  ratioCell(ratios?.[at], name !== OWN_LAG),
];

/** Rows in which nobody counted anything say nothing. */
function numberTable({ numbers, records }: MeasuredComparison): SheetTable {
  const shown = numbers.filter(({ values }) => values.some((value) => value !== undefined && value > 0));
  const groups = [...new Set(shown.map(({ group }) => group))];
  return {
    caption: "What was counted; shares are in percent",
    columns: [{ name: "what" }, ...letters(records), { name: "change", number: true }],
    groups: groups.map((group) => ({
      title: group,
      rows: shown.filter((row) => row.group === group).map(numberRow),
    })),
  };
}

function numberRow({ group, name, unit, values, trouble }: ComparedNumber): readonly Cell[] {
  const [first, last] = [values[0], values.at(-1)];
  const ratio = first === undefined || last === undefined || first === 0 ? undefined : last / first;
  const text = (value: number | undefined): string => {
    if (value === undefined) return "–";
    return unit === "share" ? percentText(value) : value.toLocaleString("en-US");
  };
  return [group === "Fleet" ? countName(name) : name, ...values.map(text), ratioCell(ratio, trouble)];
}

function settingTable(records: readonly ComparedMeasurement[]): SheetTable {
  const names = [...new Set(records.flatMap(({ settings }) => Object.keys(settings)))];
  return {
    caption: "The main settings; a record of an older version has none",
    columns: [{ name: "setting" }, ...records.map((_, index) => ({ name: letterOf(index) }))],
    groups: [{ rows: names.map((name) => [name, ...records.map(({ settings }) => settings[name] ?? "–")]) }],
  };
}
