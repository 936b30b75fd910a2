import { describe, expect, it } from "vitest";
import type { HistoryEvent } from "../harness/history/history.ts";
import { eventLines } from "./event-lines.ts";
import { renderMarkdown } from "./markdown.ts";
import { FAILED_VERDICT, historyOf, REGISTER_BYTES, SMALL_PLAN } from "./test-kit.ts";

const register: HistoryEvent = {
  kind: "uplink",
  at: 5_000,
  sentAt: 0,
  device: 0,
  address: "a:1",
  bytes: REGISTER_BYTES,
};
const history = historyOf([
  { kind: "mark", at: 0, mark: "start" },
  register,
  { kind: "mark", at: 60_000_000, mark: "end" },
]);
const page = renderMarkdown({
  verdict: FAILED_VERDICT,
  catalogue: [{ id: "R-04", sentence: "A task | is sent again.", source: "task page" }],
  evidence: new Map([
    [
      "R-04-retry-17",
      { plan: SMALL_PLAN, history, finding: { requirement: "R-04", events: [1], expected: "", actual: "" } },
    ],
  ]),
  replayCommand: ({ id }) => `fleetproof replay ${id}`,
  coverage: "Reached 2 of 3 conditions; never:\n- late: An answer came late.\n",
  chart: "states.png",
});

describe("renderMarkdown", () => {
  it("leads with the outcome, the reason and the seed", () => {
    expect(page.startsWith("# FAIL: sim\n\nbroken: R-04\n")).toBe(true);
    expect(page).toContain("| seed | 4711 |");
  });

  it("tells a failure with its requirement, files, replay command and the decoded events, the violation marked", () => {
    expect(page).toContain("## R-04 is broken");
    expect(page).toContain("- **expected:** sent again within 5 s after the Update at 12.000 s");
    expect(page).toContain("`fleetproof replay R-04-retry-17`");
    expect(page).toContain("[plan made small](failures/R-04-retry-17/shrunk.json)");
    expect(page).toContain(">       0.005 s  ← device 0  CON POST /rd?ep=a [0x1a2b] tok 9f01");
    expect(page).toContain('"simSeed": "s"');
  });

  it("lists several failures before telling each, and tells in short what comes with another one", () => {
    const [q05, r04] = FAILED_VERDICT.failures;
    if (q05 === undefined || r04 === undefined) throw new Error("the verdict of the tests has two failures");
    const second = { ...r04, id: "R-04-queue-2", alsoBroke: ["T-01"] };
    const side = { ...r04, id: "T-01-retry-17", requirement: "T-01", belongsTo: "R-04-retry-17" };
    const finding = { requirement: "T-01", events: [1], expected: "", actual: "" };
    const text = renderMarkdown({
      verdict: { ...FAILED_VERDICT, failures: [side, r04, second] },
      catalogue: [],
      evidence: new Map([["T-01-retry-17", { plan: SMALL_PLAN, history, finding }]]),
      replayCommand: () => "",
      coverage: "",
    });
    expect(text.match(/^\| (↳ )?\[.*?\]/gm)).toEqual(["| [R-04-retry-17]", "| ↳ [T-01-retry-17]", "| [R-04-queue-2]"]);
    expect(text).toContain("| 2 operations, 1 fault |");
    expect(text).toContain("## R-04 is broken (1 of 2)");
    expect(text).toContain("- **its plan made small also breaks** T-01");
    expect(text).toContain("- **comes with** R-04-retry-17");
    expect(text).not.toContain("### The plan");
  });

  it("lists every requirement with its counts and its reason, without breaking the table", () => {
    expect(page).toContain("| ✗ | R-04 | MUST | fail | 812 | 4 | 37 | A task \\| is sent again.<br>*…* |");
    expect(page).toContain(
      "| · | E-01 | MUST | not exercised | 0 | 0 | 0 | <br>*no plan of this campaign brought it about* |",
    );
  });

  it("ends with what was reached and what never was", () => {
    expect(
      page.endsWith("## What was reached\n\nReached 2 of 3 conditions; never:\n- late: An answer came late.\n"),
    ).toBe(true);
  });

  it("shows the chart, and the choices that were observed", () => {
    expect(page).toContain("![Device tasks by state over time](states.png)");
    expect(page).toContain("| M-08 4.00 | 4000 (12×) |");
  });

  it("has no empty sections for a campaign without failures", () => {
    const clean = renderMarkdown({
      verdict: { ...FAILED_VERDICT, failures: [], observedChoices: [] },
      catalogue: [],
      evidence: new Map(),
      replayCommand: () => "",
      coverage: "",
    });
    expect(clean).not.toMatch(/## Failures|is broken|Observed choices|What went wrong|## States/);
  });
});

describe("eventLines", () => {
  const mark = (at: number): HistoryEvent => ({ kind: "mark", at, mark: "quiet" });

  it("shows up to 80 events whole", () => {
    expect(eventLines(historyOf(Array.from({ length: 80 }, (_, index) => mark(index))), [3])).toHaveLength(80);
  });

  it("shows 12 events before and 4 after each marked one of a longer history, and says how many are left out", () => {
    const lines = eventLines(historyOf(Array.from({ length: 200 }, (_, index) => mark(index * 1_000_000))), [100]);
    expect(lines).toHaveLength(19);
    expect(lines[0]).toContain("… 88 events left out");
    expect(lines[13]).toMatch(/^> +100\.000 s/);
    expect(lines.at(-1)).toContain("… 95 events left out");
  });

  it("is empty for an empty history", () => {
    expect(eventLines(historyOf([]), [])).toEqual([]);
  });
});
