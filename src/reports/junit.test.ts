import { describe, expect, it } from "vitest";
import type { Verdict } from "../harness/record/verdict.ts";
import { renderJunit } from "./junit.ts";
import type { ReportView } from "./report-view.ts";
import { FAILED_VERDICT } from "./test-kit.ts";

const junit = (changes: Partial<Verdict> = {}): string => {
  const view: ReportView = {
    verdict: { ...FAILED_VERDICT, ...changes },
    catalogue: [{ id: "R-04", sentence: 'Sent "again" & again.', source: "" }],
    evidence: new Map(),
    replayCommand: ({ id }) => `fleetproof replay ${id}`,
    coverage: "",
  };
  return renderJunit(view);
};

describe("renderJunit", () => {
  it("counts a broken MUST as a failure, tells expected, actual and the replay, and escapes", () => {
    const text = junit();
    expect(text).toContain('name="R-04 MUST: Sent &quot;again&quot; &amp; again."');
    expect(text).toContain('<failure message="37 violations in 812 examined" type="MUST">expected  sent again');
    expect(text).toContain("replay    fleetproof replay R-04-retry-17</failure>");
    expect(text).toContain('<testsuites name="fleetproof sim" tests="6" failures="1" errors="0" skipped="2">');
  });

  it("counts a SHOULD that is not kept only where the campaign does", () => {
    expect(junit()).toContain("<system-out>SHOULD not kept\n");
    expect(junit({ reason: "broken: R-04, Q-05" })).toContain('failures="2"');
  });

  it("skips what was not examined, with the reason", () => {
    expect(junit()).toContain('<skipped message="not-exercised: no plan of this campaign brought it about">');
  });

  it("makes a campaign that says nothing, or that was interrupted, an error", () => {
    expect(junit({ outcome: "inconclusive", reason: "nobody answers" })).toContain('<error message="nobody answers"');
    expect(junit({ interrupted: true })).toContain('errors="1"');
    expect(junit({ harnessErrors: [{ plan: "queue-1", reason: "refused" }] })).toContain(">queue-1: refused</error>");
  });
});
