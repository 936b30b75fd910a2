import { describe, expect, it } from "vitest";
import type { RecheckSummary } from "../harness/record/recheck-summary.ts";
import { renderRecheck } from "./recheck-text.ts";
import { requirement } from "./test-kit.ts";

const SUMMARY: RecheckSummary = {
  outcome: "fail",
  reason: "broken: R-04",
  requirements: [requirement("Q-01"), requirement("R-04", { outcome: "fail", violations: 2 })],
  observedChoices: [],
  harnessErrors: [],
  cutOff: 0,
  targets: ["sim"],
  profiles: ["artik"],
  histories: 3,
  found: 3,
  interrupted: false,
  same: 1,
  uncompared: 0,
  leftOut: [],
  differences: [],
  unreadable: [],
  edited: [],
  incomplete: [],
};

const render = (changes: Partial<RecheckSummary> = {}): string =>
  renderRecheck({ ...SUMMARY, ...changes }, { columns: 80, colours: false });

const difference = (kind: "new" | "gone", history = "failures/a/history.ndjson") => ({
  kind,
  history,
  requirement: "R-04",
  expected: "sent again",
  actual: "nothing",
});

describe("renderRecheck", () => {
  it("shows the matrix, and the conclusion last", () => {
    const text = render();
    expect(text).toMatch(/^The same as recorded: 1 finding\.\n/);
    expect(text).toContain("✗04");
    expect(text).toMatch(/FAIL {2}broken: R-04\n {6}3 histories · sim · profile artik\n$/);
    const targets = ["a", "b", "c", "d"];
    expect(render({ targets })).toMatch(/ {6}3 histories · 4 targets · profile artik\n$/);
    expect(render({ same: 0 })).toMatch(/^No findings, as recorded\.\n/);
  });

  it("tells what is new and what is gone, twelve at length, then how many", () => {
    const text = render({ differences: [difference("new"), difference("gone")] });
    expect(text).toContain(
      "NEW   R-04  failures/a/history.ndjson\n      expected  sent again\n      actual    nothing\n",
    );
    expect(text).toContain(
      "GONE  R-04  failures/a/history.ndjson\n      expected  sent again\n      recorded  nothing\n",
    );
    expect(text).toContain("\nFindings: 1 new, 1 gone, 1 as recorded\n");
    const many = render({ differences: Array.from({ length: 15 }, () => difference("new")) });
    expect(many.match(/^NEW /gm)).toHaveLength(12);
    expect(many).toContain("… and 3 more; --json has all");
  });

  it("says what was left out, edited, unreadable and not reached", () => {
    const text = render({
      interrupted: true,
      found: 9,
      leftOut: ["E-01"],
      uncompared: 2,
      edited: ["a.ndjson"],
      incomplete: ["out"],
      unreadable: [{ file: "b.ndjson", reason: "b.ndjson:3: kind: expected one of uplink" }],
    });
    expect(text).toContain("E-01 broken too: the campaign was told to leave them out (--only).");
    expect(text).toContain("2 further findings: without verdict.json nobody knows whether new.");
    expect(text).toContain("Interrupted: 3 of 9 histories were judged.");
    expect(text).toContain("unreadable  b.ndjson:3: kind: expected one of uplink");
    expect(text).toContain("incomplete  out: its campaign was cut short");
    expect(text).toContain("edited      a.ndjson is not the history that the plan has the hash of");
  });
});
