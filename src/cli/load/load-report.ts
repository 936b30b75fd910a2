/** Reports of loads and fleets: what they show, from the records, and the formats that there are. */
import { createLatencies } from "../../harness/load/latencies.ts";
import type { FleetResult } from "../../harness/record/fleet-result.ts";
import type { LoadResult, ThresholdOutcome } from "../../harness/record/load-result.ts";
import type { LatencyCounts } from "../../harness/record/measured.ts";
import { spanWords } from "../../harness/record/span-words.ts";
import { formatDuration } from "../../protocol/duration.ts";
import { loadCharts } from "../../reports/charts/load-charts.ts";
import { PERCENTS } from "../../reports/charts/percents.ts";
import { chartFiles, type ReportFile, type ReportTools, svgFiles } from "../../reports/formats.ts";
import { renderLoadHtml } from "../../reports/html/load-page.ts";
import { renderLoadGithub, renderLoadMarkdown } from "../../reports/load-markdown.ts";
import type { LatencyRow, LoadView } from "../../reports/load-view.ts";
import { count } from "../../reports/text.ts";
import { REQUIREMENTS } from "../../scenarios/requirements.ts";
import { loadJunit } from "./load-junit.ts";
import { labelText, measuredText } from "./load-text.ts";

export interface LoadFormat {
  readonly name: string;
  /** Nothing: it says nothing about such a record. */
  readonly files: (view: LoadView, tools: ReportTools) => readonly ReportFile[] | Promise<readonly ReportFile[]>;
  /** For standard output, instead of files. */
  readonly printed?: (view: LoadView) => string;
}

/** Those of all formats that a load or a fleet has. */
export const LOAD_FORMATS: readonly LoadFormat[] = [
  { name: "html", files: (view) => [{ path: "report.html", content: renderLoadHtml(view) }] },
  { name: "md", files: (view) => [{ path: "report.md", content: renderLoadMarkdown(view) }] },
  { name: "summary", files: (view) => [{ path: "summary.md", content: renderLoadMarkdown(view) }] },
  {
    name: "junit",
    files: ({ load }) => (load === undefined ? [] : [{ path: "junit.xml", content: loadJunit(load) }]),
  },
  { name: "png", files: (view, tools) => chartFiles(loadCharts(view), tools) },
  { name: "svg", files: (view) => svgFiles(loadCharts(view)) },
  { name: "github", files: () => [], printed: renderLoadGithub },
];

export function viewOfLoad(load: LoadResult): LoadView {
  const { outcome, target, fleet, thresholds, series } = load;
  const { word, tone } = OUTCOMES[outcome];
  return {
    what: "load",
    outcome: { word, tone },
    reason: REASONS[outcome](load),
    target,
    facts: [...factsOf(load), ["tasks asked for", String(load.tasks)], ...registeredFact(load)],
    thresholds: [...thresholds]
      .sort((a, b) => ORDER.indexOf(a.outcome) - ORDER.indexOf(b.outcome))
      .map((each) => ({ text: each.text, outcome: each.outcome, measured: measuredText(each).replace(/^: /, "") })),
    caveats: caveatsOf(load),
    load,
    fleet,
    parts: load.parts.map(({ index, devices, interrupted, generator }) => ({
      index,
      devices,
      remark: `${generator.sentence}${interrupted ? "; interrupted" : ""}`,
    })),
    latencies: series.spans
      .map(({ name, labels, counts }) =>
        latencyRow(labelText(labels) === "" ? name : `${name}{${labelText(labels)}}`, counts),
      )
      .sort((a, b) => placeOf(a) - placeOf(b) || (a.name < b.name ? -1 : 1)),
    catalogue: REQUIREMENTS,
  };
}

export function viewOfFleet(result: FleetResult): LoadView {
  const { outcome, target, fleet, virtual, parts } = result;
  const { word, tone } = FLEET_OUTCOMES[outcome];
  const waits = fleet.placeWaits.count === 0 ? {} : { "wait for a place": fleet.placeWaits };
  return {
    what: "fleet",
    outcome: { word, tone },
    reason: FLEET_REASONS[outcome],
    target,
    facts: [...factsOf(result), ...endFacts(result), ...digestFact(result)],
    thresholds: [],
    caveats: shardCaveat(result),
    fleet,
    virtual,
    parts: parts.map(({ index, devices, interrupted, digest }) => ({
      index,
      devices,
      remark: [digest === undefined ? "" : `digest ${digest}`, interrupted ? "interrupted" : ""]
        .filter((text) => text !== "")
        .join("; "),
    })),
    latencies: Object.entries({ ...fleet.latencies, ...waits })
      .map(([name, counts]) => latencyRow(name, counts))
      .sort((a, b) => placeOf(a) - placeOf(b) || (a.name < b.name ? -1 : 1)),
    catalogue: [],
  };
}

function caveatsOf(load: LoadResult): readonly string[] {
  const total = (name: string): number =>
    load.series.counts.filter((row) => row.name === name).reduce((sum, row) => sum + row.count, 0);
  const unsettled = total("unsettled");
  const unanswered = total("unanswered");
  return [
    ...shardCaveat(load),
    ...(load.generator.valid ? [] : [load.generator.sentence]),
    ...(unsettled === 0
      ? []
      : [
          `${unsettled} of ${count(total("asked"), "device task")} had not come to an end when the time was over: no span of completion counts them`,
        ]),
    ...(unanswered === 0 ? [] : [`${count(unanswered, "request")} for tasks had no answer: no span counts them`]),
    ...(load.check.reason === undefined ? [] : [`correctness was not checked: ${load.check.reason}`]),
  ];
}

const shardCaveat = ({ shard, parts }: LoadResult | FleetResult): readonly string[] =>
  parts.length === shard.of
    ? []
    : [
        `this is ${count(parts.length, "shard")} of ${shard.of}: merge makes the whole of all of them, on which thresholds are judged`,
      ];

const ORDER: readonly ThresholdOutcome["outcome"][] = ["crossed", "unknown", "held"];

const OUTCOMES: Readonly<Record<LoadResult["outcome"], LoadView["outcome"]>> = {
  pass: { word: "PASS", tone: "pass" },
  fail: { word: "FAIL", tone: "fail" },
  crossed: { word: "THRESHOLD CROSSED", tone: "fail" },
  unknown: { word: "NOT MEASURED", tone: "inconclusive" },
  invalid: { word: "INVALID", tone: "inconclusive" },
  interrupted: { word: "INTERRUPTED", tone: "inconclusive" },
};

const named = (load: LoadResult, outcome: ThresholdOutcome["outcome"]): string =>
  load.thresholds
    .filter((each) => each.outcome === outcome)
    .map((each) => `${each.text}${measuredText(each)}`)
    .join("; ");

const REASONS: Readonly<Record<LoadResult["outcome"], (load: LoadResult) => string>> = {
  pass: ({ thresholds, check }) => {
    const kept = check.requirements.filter(({ outcome }) => outcome === "pass").length;
    return `${count(thresholds.length, "threshold")} held, ${count(kept, "requirement")} kept on the devices that were watched`;
  },
  fail: ({ check }) =>
    `broken: ${check.requirements
      .filter(({ outcome }) => outcome === "fail")
      .map(({ id }) => id)
      .join(", ")}`,
  crossed: (load) => `crossed: ${named(load, "crossed")}`,
  unknown: (load) => `nothing is known of ${named(load, "unknown")}`,
  invalid: ({ generator }) => generator.sentence,
  interrupted: () => "it was interrupted: what follows is what was measured until then",
};

const FLEET_OUTCOMES: Readonly<Record<FleetResult["outcome"], LoadView["outcome"]>> = {
  pass: { word: "DONE", tone: "pass" },
  unheard: { word: "UNHEARD", tone: "inconclusive" },
  interrupted: { word: "INTERRUPTED", tone: "inconclusive" },
};

const FLEET_REASONS: Readonly<Record<FleetResult["outcome"], string>> = {
  pass: "the fleet ran to its end",
  unheard: "nothing was ever heard of the server",
  interrupted: "it was interrupted: what follows is what was measured until then",
};

function factsOf(result: LoadResult | FleetResult): LoadView["facts"] {
  const { seed, devices, shard, fleetproof, fleet } = result;
  const virtual = "virtual" in result && result.virtual !== undefined;
  return [
    ["seed", seed],
    ["devices", shard.of === 1 ? String(devices) : `${fleet.devices} of ${devices}`],
    ...(shard.of === 1 ? [] : ([["shards", String(shard.of)]] as const)),
    [
      "lasted",
      virtual ? `${formatDuration(fleet.at / 1_000)} of virtual time` : `${(fleet.at / 1_000_000).toFixed(1)} s`,
    ],
    ["Fleetproof", fleetproof],
  ];
}

const endFacts = ({ fleet, virtual }: FleetResult): LoadView["facts"] => [
  ["registered at the end", `${fleet.registeredAtEnd} of ${fleet.devices}`],
  ...(virtual === undefined
    ? ([["this process was late by", `${spanWords(fleet.worstLateness)} at most`]] as const)
    : []),
];

/** Of one process; those of several stand in a table. */
const digestFact = ({ parts: [only, ...others] }: FleetResult): LoadView["facts"] =>
  only?.digest === undefined || others.length > 0 ? [] : [["digest", only.digest]];

const registeredFact = ({ registered }: LoadResult): LoadView["facts"] =>
  registered === undefined ? [] : [["registered at the last task", `${registered.devices} of ${registered.of}`]];

function latencyRow(name: string, counts: LatencyCounts): LatencyRow {
  const latencies = createLatencies();
  latencies.add(counts);
  const percentiles = PERCENTS.map((percent) => latencies.percentile(percent));
  return { name, count: latencies.count, percentiles, words: percentiles.map(spanWords) };
}

/** What a user waits for comes first, our own lag last. */
const SPAN_ORDER = [
  "task.completion",
  "task.creation",
  "device.completion",
  "register",
  "update",
  "deregister",
  "poll",
];
const placeOf = ({ name }: LatencyRow): number => {
  const place = SPAN_ORDER.findIndex((begin) => name.startsWith(begin));
  return place < 0 ? SPAN_ORDER.length : place;
};
