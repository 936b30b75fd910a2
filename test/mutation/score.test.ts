import { describe, expect, it } from "vitest";
import { renderMutationPage } from "./page.ts";
import { explainedBy, type MutationReport, percentKilled, scoreFiles, total } from "./score.ts";

const SOURCE = "export const isLate = (at: number): boolean =>\n  at >= 5 &&\n  at !== 7;\n";

const mutant = (
  status: string,
  replacement: string,
  start: readonly [number, number],
  end: readonly [number, number],
) => ({
  status,
  replacement,
  location: { start: { line: start[0], column: start[1] }, end: { line: end[0], column: end[1] } },
});

const REPORT: MutationReport = {
  files: {
    "src/reference-server/late.ts": {
      source: SOURCE,
      mutants: [
        mutant("Killed", "at > 5", [2, 3], [2, 10]),
        mutant("Timeout", "true", [2, 3], [2, 10]),
        mutant("Survived", "at < 5", [2, 3], [2, 10]),
        mutant("Survived", "at >= 5 ||\n  at !== 7", [2, 3], [3, 11]),
        mutant("Ignored", '""', [1, 1], [1, 2]),
      ],
    },
  },
};

const EQUIVALENT = { file: "late.ts", line: "at >= 5 &&", changes: ["at >= 5 → at < 5"], why: "Nobody is ever late." };

describe("scoreFiles", () => {
  it("counts a mutant that does not end as killed, and one that Stryker ignored not at all", () => {
    expect(scoreFiles(REPORT, () => undefined)).toMatchObject([
      { file: "late.ts", mutants: 4, killed: 2, equivalent: 0 },
    ]);
  });

  it("names a survivor by its line and its change, over several lines too", () => {
    expect(scoreFiles(REPORT, () => undefined)[0]?.survivors).toEqual([
      { file: "late.ts", line: "at >= 5 &&", change: "at >= 5 → at < 5", why: undefined },
      { file: "late.ts", line: "at >= 5 &&", change: "at >= 5 && at !== 7 → at >= 5 || at !== 7", why: undefined },
    ]);
  });

  it("takes an explanation only for the very change on the very line of that file", () => {
    const explained = (row: typeof EQUIVALENT): number => total(scoreFiles(REPORT, explainedBy([row]))).equivalent;
    expect(explained(EQUIVALENT)).toBe(1);
    expect(explained({ ...EQUIVALENT, file: "early.ts" })).toBe(0);
    expect(explained({ ...EQUIVALENT, line: "at > 5 &&" })).toBe(0);
    expect(explained({ ...EQUIVALENT, changes: ["at >= 5 → false"] })).toBe(0);
  });
});

describe("percentKilled", () => {
  it("leaves out what is equivalent and does not round up", () => {
    expect(percentKilled({ mutants: 4, killed: 2, equivalent: 1 })).toBe(66.6);
    expect(percentKilled({ mutants: 2, killed: 0, equivalent: 2 })).toBe(100);
  });
});

describe("renderMutationPage", () => {
  it("shows the score, what survived, and what is explained under its reason", () => {
    const page = renderMutationPage(scoreFiles(REPORT, explainedBy([EQUIVALENT])), "## What was learnt");
    expect(page).toContain("| late.ts | 4 | 2 | 1 | 1 | 50 % | 66.6 % |");
    expect(page).toContain("- late.ts: `at >= 5 &&`\n  - `at >= 5 && at !== 7 → at >= 5 || at !== 7`\n");
    expect(page).toContain("**Nobody is ever late.**\n\n- late.ts: `at >= 5 &&`\n  - `at >= 5 → at < 5`\n");
  });
});
