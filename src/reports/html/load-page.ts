/**
 * A load or a fleet as one HTML page that needs nothing else: thresholds first, what is broken, latencies, charts.
 *
 * Pure: gives text.
 */
import type { CheckedRequirement } from "../../harness/record/load-result.ts";
import { loadCharts } from "../charts/load-charts.ts";
import { PERCENTS, percentName } from "../charts/percents.ts";
import { fleetRows } from "../fleet-rows.ts";
import type { LoadView } from "../load-view.ts";
import { count } from "../text.ts";
import { chartFigures } from "./chart-section.ts";
import { type Column, renderDocument, table } from "./document.ts";
import { type Content, element } from "./markup.ts";

export function renderLoadHtml(view: LoadView): string {
  const { what, outcome, target, reason, facts } = view;
  return renderDocument(
    {
      title: `${outcome.word}: ${what} on ${target} · Fleetproof`,
      outcome,
      subject: `${what} on ${target}`,
      reason,
      facts,
      more: [],
    },
    SECTIONS.map(({ id, title, content }) => ({ id, title, content: content(view) })),
  );
}

const SECTIONS: readonly {
  readonly id: string;
  readonly title: string;
  readonly content: (view: LoadView) => readonly Content[];
}[] = [
  { id: "caveats", title: "Read this first", content: caveats },
  { id: "thresholds", title: "Thresholds", content: thresholds },
  { id: "broken", title: "What is broken", content: broken },
  { id: "latencies", title: "Latencies", content: latencies },
  { id: "charts", title: "Charts", content: (view) => chartFigures(loadCharts(view)) },
  { id: "counts", title: "Tasks in numbers", content: counts },
  { id: "correctness", title: "Correctness of the watched devices", content: correctness },
  { id: "fleet", title: "The fleet", content: fleet },
  { id: "parts", title: "Processes that took part", content: parts },
];

function caveats({ caveats: lines }: LoadView): readonly Content[] {
  if (lines.length === 0) return [];
  const items = lines.map((line) => element("li", {}, line));
  return [element("ul", {}, items)];
}

const MARKS = {
  held: { word: "✓ held", colour: "green" },
  crossed: { word: "✗ crossed", colour: "red" },
  unknown: { word: "? not measured", colour: "yellow" },
} as const;

function thresholds({ thresholds: rows, load }: LoadView): readonly Content[] {
  if (load === undefined) return [];
  if (rows.length === 0) return [element("p", {}, "The workload file has none: nothing was judged but correctness.")];
  const cells = rows.map(({ text, outcome, measured }) => [
    element("code", {}, text),
    element("span", { class: MARKS[outcome].colour }, MARKS[outcome].word),
    measured,
  ]);
  return [
    table(count(rows.length, "threshold"), [{ name: "threshold" }, { name: "outcome" }, { name: "measured" }], cells),
  ];
}

/** Findings of a requirement that are told; the others are counted. */
const MOST_FINDINGS = 3;

function broken({ load, catalogue }: LoadView): readonly Content[] {
  const rows = (load?.check.requirements ?? []).filter(({ outcome }) => outcome === "fail" || outcome === "warn");
  return rows.map(({ id, outcome, findings }) => {
    const requirement = catalogue.find((each) => each.id === id);
    const left = findings.length - MOST_FINDINGS;
    return element(
      "article",
      { class: outcome === "warn" ? "failure should" : "failure" },
      element(
        "h3",
        {},
        `${id} is broken, ${count(findings.length, "time")}${outcome === "warn" ? "; it is a SHOULD" : ""}`,
      ),
      requirement === undefined
        ? ""
        : element("blockquote", {}, element("p", {}, requirement.sentence), element("small", {}, requirement.source)),
      findings
        .slice(0, MOST_FINDINGS)
        .map(({ expected, actual, devices, events, shard }) =>
          element(
            "dl",
            { class: "said" },
            said("expected", expected),
            said("actual", actual, "actual"),
            said("devices", devices.join(", ")),
            said(
              "events",
              `${events.join(", ")} of sample/history.ndjson, counted from 0${shard === 0 ? "" : `, shard ${shard}`}`,
            ),
          ),
        ),
      left > 0 ? element("p", {}, `and ${left} more, in load.json`) : "",
    );
  });
}

const said = (name: string, value: string, kind?: string): readonly Content[] => [
  element("dt", {}, name),
  element("dd", { class: kind }, value),
];

function latencies({ what, latencies: rows }: LoadView): readonly Content[] {
  if (rows.length === 0) return [];
  const columns: readonly Column[] = [
    { name: "span" },
    { name: "count", number: true },
    ...PERCENTS.map((percent) => ({ name: percentName(percent), number: true })),
  ];
  return [
    table(
      what === "load"
        ? "Spans count from the intended time of a task, so that a server that stalls is seen"
        : "What devices waited for, faults of their links included; a first Register from its time in the schedule",
      columns,
      rows.map(({ name, count: times, words }) => [name, times, ...words]),
    ),
  ];
}

function counts({ load }: LoadView): readonly Content[] {
  const rows = load?.series.counts ?? [];
  if (rows.length === 0) return [];
  const names = [...new Set(rows.map(({ name }) => name))];
  const operations = [...new Set(rows.map(({ labels }) => labels.operation ?? ""))].sort();
  const sum = (name: string, operation: string): number =>
    rows
      .filter((row) => row.name === name && (row.labels.operation ?? "") === operation)
      .reduce((total, row) => total + row.count, 0);
  const codes = rows.filter(({ name, labels }) => name === "failed" && labels.code !== undefined);
  return [
    table(
      "Requests for tasks are counted by task, the others by device",
      [{ name: "operation" }, ...names.map((name) => ({ name, number: true }))],
      operations.map((operation) => [
        operation === "" ? "all" : operation,
        ...names.map((name) => sum(name, operation)),
      ]),
    ),
    codes.length === 0
      ? ""
      : element(
          "p",
          {},
          "Failed with: ",
          codes.map(({ labels, count: times }) => `${labels.code} (${labels.operation ?? "any"}) ${times}×`).join(", "),
        ),
  ];
}

const OUTCOMES: Readonly<Record<CheckedRequirement["outcome"], { readonly word: string; readonly colour: string }>> = {
  pass: { word: "✓ kept", colour: "green" },
  fail: { word: "✗ broken", colour: "red" },
  warn: { word: "! SHOULD not kept", colour: "yellow" },
  undecided: { word: "· not exercised", colour: "grey" },
};

function correctness({ load, catalogue }: LoadView): readonly Content[] {
  if (load === undefined) return [];
  const { devices, of, reason, requirements } = load.check;
  if (reason !== undefined) return [element("p", {}, `It was not checked: ${reason}.`)];
  const examined = requirements.filter(({ outcome }) => outcome !== "undecided");
  const cells = examined.map(({ id, outcome, examined: times, undecided, findings }) => [
    id,
    element("span", { class: OUTCOMES[outcome].colour }, OUTCOMES[outcome].word),
    times,
    undecided,
    findings.length,
    catalogue.find((each) => each.id === id)?.sentence ?? "",
  ]);
  const left = requirements.length - examined.length;
  return [
    element("p", {}, `${devices} of ${of} devices were watched. ${count(left, "requirement")} did not come up.`),
    examined.length === 0
      ? ""
      : table(
          `${count(examined.length, "requirement")} that came up`,
          [
            { name: "id" },
            { name: "outcome" },
            { name: "examined", number: true },
            { name: "undecided", number: true },
            { name: "violations", number: true },
            { name: "promise" },
          ],
          cells,
        ),
  ];
}

function fleet({ fleet: summary, virtual }: LoadView): readonly Content[] {
  const { failing } = summary;
  return [
    table(
      `${count(summary.devices, "device")}, ${summary.registeredAtEnd} registered ${virtual === undefined ? "when they began to leave" : "at the end"}`,
      [{ name: "what" }, { name: "how often", number: true }],
      fleetRows(summary, virtual),
    ),
    failing.count === 0
      ? ""
      : element(
          "p",
          {},
          `${count(failing.count, "device")} had an error or no answer; the first: ${failing.first.slice(0, 10).join(", ")}. Run one of them again with --only-device.`,
        ),
  ];
}

function parts({ parts: rows }: LoadView): readonly Content[] {
  if (rows.length < 2) return [];
  return [
    table(
      count(rows.length, "process", "processes"),
      [{ name: "shard" }, { name: "devices", number: true }, { name: "remark" }],
      rows.map(({ index, devices, remark }) => [index, devices, remark]),
    ),
  ];
}
