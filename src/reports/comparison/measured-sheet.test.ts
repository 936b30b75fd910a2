import { describe, expect, it } from "vitest";
import type { MeasuredComparison } from "../../harness/record/measured-comparison.ts";
import { renderSheetHtml } from "../html/sheet-page.ts";
import { measuredSheet } from "./measured-sheet.ts";
import { renderSheetMarkdown } from "./sheet-markdown.ts";
import { renderSheetText } from "./sheet-text.ts";

const record = (name: string) => ({
  name,
  outcome: "pass",
  target: "reference-live",
  seed: "s",
  devices: 1_000,
  fleetproof: "0.1.0",
  lasted: 30_000_000,
  settings: { arrival: "20 per second, even" },
  registered: { times: [1, 2], values: [500, 1_000] },
});

const COMPARISON: MeasuredComparison = {
  what: "load",
  percents: [50, 99],
  records: [record("before"), record("<after>")],
  differences: [],
  cautions: [],
  thresholds: [
    {
      text: "p99(task.completion) < 1s",
      outcomes: [
        { text: "", outcome: "crossed", quantity: "span", value: 2_500_000 },
        { text: "", outcome: "held", quantity: "span", value: 900_000 },
      ],
      change: "held",
    },
  ],
  requirements: [{ id: "R-04", outcomes: ["fail", "pass"] }],
  changes: [{ requirement: "R-04", kind: "fixed", before: "fail", after: "pass" }],
  spans: [
    {
      name: "task.completion{operation=read}",
      spans: [
        { count: 1_200, percentiles: [200_000, 2_500_000] },
        { count: 1_210, percentiles: [210_000, 900_000] },
      ],
      ratios: [1.05, 0.36],
    },
  ],
  numbers: [
    { group: "Tasks", name: "failed among settled", unit: "share", values: [0.1, 0.2], trouble: true },
    { group: "Fleet", name: "sent", unit: "number", values: [7, 9], trouble: false },
    { group: "Fleet", name: "moves", unit: "number", values: [0, 0], trouble: false },
  ],
};

describe("measuredSheet", () => {
  it("says in one sentence what got better or worse", () => {
    const { outcome, reason } = measuredSheet(COMPARISON);
    expect(outcome).toEqual({ word: "BETTER", tone: "pass" });
    expect(reason).toBe("Newly held: p99(task.completion) < 1s (2.50 s → 900 ms); Fixed: R-04");
    const broken = { ...COMPARISON, changes: [{ requirement: "Q-01", kind: "broken", before: "pass", after: "fail" }] };
    expect(measuredSheet(broken as MeasuredComparison).outcome.word).toBe("WORSE");
    const same = measuredSheet({ ...COMPARISON, thresholds: [], changes: [] });
    expect([same.outcome.word, same.reason]).toEqual(["UNCHANGED", "Nothing changed in thresholds and requirements."]);
  });

  it("concludes nothing where not the same was asked for, or where a run counts for nothing", () => {
    const differing = measuredSheet({ ...COMPARISON, differences: ["seeds differ: A s, B t"] });
    expect([differing.outcome.word, differing.warnings]).toEqual(["NOT COMPARABLE", ["seeds differ: A s, B t"]]);
    const invalid = { ...COMPARISON, records: [record("before"), { ...record("after"), outcome: "invalid" }] };
    expect(measuredSheet(invalid).reason).toMatch(/^after is invalid, so its numbers do not compare\. Newly held/);
  });

  it("judges a change of a span from a tenth on, and never the lag of our own process", () => {
    const changes = (name: string) => {
      const spans = COMPARISON.spans.map((each) => ({ ...each, name }));
      const table = measuredSheet({ ...COMPARISON, spans }).sections.find(({ id }) => id === "latencies")?.table;
      return table?.groups[0]?.rows.map((row) => row.at(-1));
    };
    expect(changes("poll")).toEqual(["", { text: "× 1.05", tone: "soft" }, { text: "× 0.36", tone: "good" }]);
    expect(changes("generator.lag")?.at(-1)).toEqual({ text: "× 0.36", tone: "soft" });
  });

  it("stands in columns as plain text, and leaves out what nobody counted", () => {
    const text = renderSheetText(measuredSheet(COMPARISON));
    expect(text).toContain("\n  span        A       B  change\n");
    expect(text).toContain("\n  p99    2.50 s  900 ms  × 0.36\n");
    expect(text).toMatch(/failed among settled +10 % +20 % +× 2\.00/);
    expect(text).not.toContain("new addresses");
    expect(text).toMatch(/datagrams sent by devices +7 +9 +× 1\.29/);
  });

  it("is the same as Markdown and as a page, where names are no markup", () => {
    const sheet = measuredSheet(COMPARISON);
    const markdown = renderSheetMarkdown(sheet);
    expect(markdown).toContain("| **task.completion{operation=read}** |  |  |  |");
    expect(markdown).toContain("| B | \\<after\\> | pass |");
    const page = renderSheetHtml(sheet);
    expect(page).toContain("&lt;after&gt;");
    expect(page).toContain('<span class="green">× 0.36</span>');
    expect(page).toContain('id="chart-registered"');
    expect(page).not.toMatch(/<script|<link|https?:/);
  });
});
