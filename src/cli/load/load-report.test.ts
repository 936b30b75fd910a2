import { describe, expect, it } from "vitest";
import { createLatencies } from "../../harness/load/latencies.ts";
import type { LoadResult } from "../../harness/record/load-result.ts";
import { loadCharts } from "../../reports/charts/load-charts.ts";
import { renderLoadHtml } from "../../reports/html/load-page.ts";
import { renderLoadGithub, renderLoadMarkdown } from "../../reports/load-markdown.ts";
import { viewOfFleet, viewOfLoad } from "./load-report.ts";
import { loadResult } from "./test-kit.ts";

const spans = (...milliseconds: readonly number[]) => {
  const latencies = createLatencies();
  for (const each of milliseconds) latencies.record(each * 1_000);
  return latencies.counts();
};

const finding = {
  requirement: "M-05",
  events: [3, 9],
  expected: "4005",
  actual: "<5000>\n::error::x",
  shard: 0,
  devices: [7],
};
const BASE = loadResult();
const LOAD: LoadResult = loadResult({
  outcome: "crossed",
  thresholds: [
    { text: "registered >= 99.9%", outcome: "held", value: 1, quantity: "registered" },
    { text: "p99(task.completion) < 1s", outcome: "crossed", value: 2_500_000, quantity: "span" },
  ],
  check: {
    devices: 5,
    of: 50,
    requirements: [
      { id: "M-05", outcome: "fail", examined: 4, undecided: 0, findings: [finding] },
      { id: "Q-01", outcome: "pass", examined: 9, undecided: 1, findings: [] },
    ],
  },
  series: {
    spans: [
      { name: "generator.lag", labels: {}, counts: spans(1) },
      { name: "task.completion", labels: { operation: "read" }, counts: spans(100, 200, 2_500) },
    ],
    counts: [
      { name: "asked", labels: { operation: "read" }, count: 5 },
      { name: "unsettled", labels: { operation: "read" }, count: 2 },
    ],
  },
  timeline: {
    times: [1, 2, 3],
    series: [
      { name: "asked", values: [0, 3, 5] },
      { name: "succeeded", values: [0, 1, 3] },
    ],
  },
  fleet: { ...BASE.fleet, timeline: { times: [1, 2], series: [{ name: "registered", values: [20, 50] }] } },
});

describe("the report of a load", () => {
  const page = renderLoadHtml(viewOfLoad(LOAD));

  it("leads with the outcome and why, then what has to be known first, then the thresholds, the crossed one first", () => {
    const places = [
      "THRESHOLD CROSSED</span>",
      "crossed: p99(task.completion) &lt; 1s: 2.50 s",
      "2 of 5 device tasks had not come to an end",
      "<code>p99(task.completion) &lt; 1s</code>",
      "<code>registered &gt;= 99.9%</code>",
      "M-05 is broken",
      '<h2 id="latencies-title">',
    ];
    const found = places.map((text) => page.indexOf(text));
    expect(found).not.toContain(-1);
    expect(found).toEqual([...found].sort((a, b) => a - b));
  });

  it("shows percentiles, what users wait for before our own lag, and takes nothing that a server says for markup", () => {
    expect(viewOfLoad(LOAD).latencies.map(({ name, words }) => [name, words[0], words.at(-1)])).toEqual([
      ["task.completion{operation=read}", "200 ms", "2.50 s"],
      ["generator.lag", "1.00 ms", "1.00 ms"],
    ]);
    expect(page).toContain("&lt;5000&gt;");
    expect(page).not.toMatch(/<script|<link|https?:/);
  });

  it("begins the chart of tasks with the first of them, not with the time in which devices register", () => {
    const values = (...numbers: readonly number[]) => [...Array.from({ length: 60 }, () => 0), ...numbers];
    const timeline = {
      times: values(0, 0).map((_, at) => at),
      series: [
        { name: "asked", values: values(7, 8) },
        { name: "succeeded", values: values(5, 8) },
      ],
    };
    const [chart] = loadCharts(viewOfLoad({ ...LOAD, timeline }));
    expect(chart?.says).toContain("Of 8 device tasks asked for, at the end 8 succeeded");
    expect(chart?.says).toContain("The first was asked for 59 s after the start of the fleet.");
    expect(chart?.x.to).toBe(2);
    expect(chart?.series.find(({ name }) => name === "succeeded")?.points).toEqual([
      { x: 0, y: 0 },
      { x: 1, y: 5 },
      { x: 2, y: 8 },
    ]);
  });

  it("has charts of tasks, latencies and the fleet, and none of what a record does not have", () => {
    expect(loadCharts(viewOfLoad(LOAD)).map(({ name, says }) => [name, says])).toEqual([
      [
        "completion",
        "Of 5 device tasks asked for, at the end 3 succeeded, 0 failed, 0 cancelled, 2 open. The first was asked for 1 s after the start of the fleet.",
      ],
      ["latencies", "task.completion{operation=read}: p50 200 ms, p99 2.50 s."],
      ["fleet", "At most 50 devices registered, first at 2 s; at most 0 asleep at once."],
    ]);
    expect(loadCharts(viewOfLoad(loadResult()))).toEqual([]);
  });

  it.each([
    ["pass", "PASS", "0 thresholds held"],
    ["fail", "FAIL", "broken: M-05"],
    ["invalid", "INVALID", "generator lag p99 1 ms"],
    ["interrupted", "INTERRUPTED", "what was measured until then"],
  ] as const)("says of outcome %s that it is %s, and why", (outcome, word, reason) => {
    const text = renderLoadMarkdown(viewOfLoad(loadResult({ outcome, check: LOAD.check })));
    expect(text).toContain(`**Fleetproof load: ${word}**`);
    expect(text).toContain(reason);
  });

  it("says of one shard that it is one, and that the whole is judged by merge", () => {
    const view = viewOfLoad(loadResult({ shard: { index: 0, of: 3 } }));
    expect(view.caveats).toEqual([expect.stringContaining("this is 1 shard of 3")]);
  });

  it("gives annotations for what is crossed and broken, each on one line", () => {
    const lines = renderLoadGithub(viewOfLoad(LOAD)).split("\n");
    expect(lines).toEqual([
      "::error title=threshold crossed::p99(task.completion) < 1s: 2.50 s",
      "::error title=M-05 is broken::expected: 4005%0Aactual: <5000>%0A::error::x",
      "",
    ]);
  });
});

describe("the report of a fleet", () => {
  it("has latencies and the fleet over time, and no thresholds", () => {
    const { fleetproof, seed, target, devices, fleetDigest, shard } = BASE;
    const fleet = { ...LOAD.fleet, latencies: { "register 2.01": spans(30) } };
    const part = { index: 0, devices: 50, from: 0, until: 1, interrupted: false };
    const common = { fleetproof, seed, target, devices, fleetDigest, shard };
    const view = viewOfFleet({ ...common, formatVersion: 1, outcome: "pass", parts: [part], fleet });
    const page = renderLoadHtml(view);
    expect(page).toContain("DONE</span>");
    expect(page).toContain("register 2.01");
    expect(page).toContain('id="chart-fleet"');
    expect(page).not.toContain('id="thresholds"');
  });
});
