import { describe, expect, it } from "vitest";
import { renderReplay, replayLine } from "./replay-text.ts";
import { historyOf, SMALL_PLAN } from "./test-kit.ts";

const saved = { formatVersion: 1, fleetproof: "0.1.0", target: "sim", requirement: "R-04", plan: SMALL_PLAN } as const;
const style = { columns: 100, colours: false };
const marks = Array.from(
  { length: 20 },
  (_, index) => ({ kind: "mark", at: index * 1_000_000, mark: "quiet" }) as const,
);
const finding = { requirement: "R-04", events: [15], expected: "sent again", actual: "no request" };
const judged = { broken: ["R-04"], kept: [], looks: [] } as const;
const passes = {
  kind: "passes",
  broken: [],
  kept: ["R-04"],
  looks: [
    { requirement: "R-04", examined: 5, undecided: 2 },
    { requirement: "Q-01", examined: 7, undecided: 0 },
    { requirement: "R-06", examined: 0, undecided: 1 },
  ],
  examined: 12,
  history: historyOf([]),
} as const;
const reproduced = { kind: "reproduced", ...judged, finding, history: historyOf(marks), sameHistory: true } as const;

describe("renderReplay", () => {
  it("says that the failure is there again, and shows the events up to it", () => {
    const lines = renderReplay({ saved, outcome: reproduced, target: "sim" }, style).split("\n");
    expect(lines[0]).toBe("REPRODUCED  plan retry-17 on sim");
    expect(lines).toContain("  actual    no request");
    expect(lines).toContain("  history   the same as the recorded one, event by event");
    expect(lines.filter((line) => line.includes("──"))).toHaveLength(9);
    expect(lines.findLast((line) => line.includes("──"))).toMatch(/^> +15\.000 s/);
  });

  it("says where the history leaves the recorded one", () => {
    const outcome = { ...reproduced, sameHistory: false };
    const text = renderReplay({ saved, outcome, target: "sim", divergence: "event 7, recorded as a, now b" }, style);
    expect(text).toContain("  history   differs from the recorded one, first at event 7, recorded as a, now b\n");
  });

  it("lists other failures, and says how much was examined when there is none", () => {
    const other = {
      kind: "different-failure",
      ...judged,
      findings: [{ ...finding, requirement: "T-01" }],
      history: historyOf([]),
    } as const;
    expect(renderReplay({ saved, outcome: other, target: "sim" }, style)).toMatch(
      /^DIFFERENT FAILURE[\s\S]*R-04 failed when it was recorded; now:\n {2}T-01\n/,
    );
    expect(renderReplay({ saved, outcome: passes, target: "sim" }, style)).toContain("holds now: 12 events examined.");
  });

  it("says of a pass what it rests on: the requirement that failed once, then the others, and what stayed open", () => {
    const text = renderReplay({ saved, outcome: passes, target: "sim", written: "again" }, style);
    expect(text).toContain(
      "\n  R-04      5 events examined, 2 undecided\n  examined  Q-01 7\n  undecided R-06 1\n  written   again\n",
    );
    const without = { ...passes, kept: [], looks: passes.looks.slice(1) };
    expect(renderReplay({ saved, outcome: without, target: "sim" }, { ...style, columns: 120 })).toContain(
      "now nothing fails, and R-04 was not examined: 12 events examined.\n  R-04      0 events examined, 0 undecided\n",
    );
  });
});

describe("replayLine", () => {
  const view = { saved, outcome: reproduced, target: "sim" };
  const none = { known: [], unexpected: [], stale: [], warnings: [] };

  it("calls a plan fixed only when what failed was examined and held", () => {
    expect(replayLine({ ...view, outcome: passes })).toEqual({ word: "FIXED", about: "R-04" });
    const unseen = { ...passes, kept: ["Q-01"] };
    expect(replayLine({ ...view, outcome: unseen })).toEqual({ word: "PASSES", about: "R-04 was not examined" });
  });

  it("calls a failure known only when all that broke is, and a SHOULD a warning", () => {
    expect(replayLine(view).word).toBe("REPRODUCED");
    expect(replayLine(view, { ...none, known: ["R-04"] })).toEqual({ word: "KNOWN", about: "R-04" });
    expect(replayLine(view, { ...none, known: ["R-04"], unexpected: ["T-01"] }).word).toBe("REPRODUCED");
    expect(replayLine(view, { ...none, warnings: ["R-04"] })).toEqual({ word: "WARNS", about: "R-04" });
    expect(replayLine(view, none).word).toBe("REPRODUCED");
  });
});
