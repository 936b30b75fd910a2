import { describe, expect, it } from "vitest";
import type { Verdict } from "../harness/record/verdict.ts";
import { annotation, renderGithub } from "./github.ts";
import type { ReportView } from "./report-view.ts";
import { FAILED_VERDICT, failure } from "./test-kit.ts";

const VIEW: ReportView = {
  verdict: FAILED_VERDICT,
  catalogue: [{ id: "R-04", sentence: "A task is sent again.", source: "task page" }],
  evidence: new Map(),
  replayCommand: ({ id }) => `fleetproof replay ${id}`,
  coverage: "",
};
const linesOf = (view: ReportView): readonly string[] => renderGithub(view).split("\n").slice(0, -1);

describe("annotation", () => {
  it("cannot be ended or followed by another command, whatever a server says", () => {
    expect(annotation("error", "a:b,c\n%", "50 % of\r\n::error::x")).toBe(
      "::error title=a%3Ab%2Cc%0A%25::50 %25 of%0D%0A::error::x",
    );
  });
});

describe("renderGithub", () => {
  it("gives an error for a broken MUST and a warning for a SHOULD, a line each, with how to see it again", () => {
    expect(linesOf(VIEW)).toEqual([
      "::error title=R-04 is broken::A task is sent again.%0Aexpected: sent again within 5 s after the Update at 12.000 s%0Aactual: no request until 60.000 s%0Aseen in 37 of 1000 plans%0Aagain: fleetproof replay R-04-retry-17",
      expect.stringMatching(/^::warning title=Q-05 is broken::/),
    ]);
  });

  it("gives a notice for what is known to be broken, and an error for an entry that is kept", () => {
    const expectations = { known: ["R-04"], unexpected: [], unseen: ["E-02", "G-08"], stale: ["M-01"] } as const;
    const lines = linesOf({ ...VIEW, expectations: expectations as unknown as ReportView["expectations"] });
    expect(lines.map((line) => line.split("::")[1])).toEqual([
      "warning title=Q-05 is broken",
      "notice title=R-04 is broken",
      "error title=M-01 is kept",
      "notice title=not seen this time",
    ]);
    expect(lines.at(-1)).toContain("E-02, G-08");
  });

  it("warns of a campaign that concludes nothing, and says nothing of one that passes", () => {
    const inconclusive: Verdict = { ...FAILED_VERDICT, outcome: "inconclusive", failures: [], reason: "interrupted" };
    expect(linesOf({ ...VIEW, verdict: inconclusive })).toEqual([
      "::warning title=Fleetproof%3A inconclusive::interrupted",
    ]);
    expect(renderGithub({ ...VIEW, verdict: { ...FAILED_VERDICT, outcome: "pass", failures: [] } })).toBe("");
  });

  it("shows no more than GitHub does, and counts the others; what comes with another failure is left out", () => {
    const failures = Array.from({ length: 14 }, (_, index) => failure(`R-04-${index}`, "R-04"));
    const lines = linesOf({ ...VIEW, verdict: { ...FAILED_VERDICT, failures } });
    expect(lines).toHaveLength(10);
    expect(lines[9]).toMatch(/^::error title=5 other failures::R-04-9, /);
    const second = { ...failure("R-04-b", "R-04"), belongsTo: "R-04-a" };
    expect(
      linesOf({ ...VIEW, verdict: { ...FAILED_VERDICT, failures: [failure("R-04-a", "R-04"), second] } }),
    ).toHaveLength(1);
  });
});
