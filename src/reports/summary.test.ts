import { describe, expect, it } from "vitest";
import { renderBadge } from "./badge.ts";
import { renderSummary } from "./summary.ts";
import { FAILED_VERDICT, failure } from "./test-kit.ts";

const view = (verdict = FAILED_VERDICT) => ({
  verdict,
  catalogue: [],
  evidence: new Map(),
  replayCommand: ({ id }: { readonly id: string }) => `fleetproof replay ${id}`,
  coverage: "",
});

describe("renderSummary", () => {
  it("says the outcome, the counts and the seed, and for each failure how to see it again", () => {
    const [first, , counts, , head, , must] = renderSummary(view()).split("\n");
    expect(first).toBe("**Fleetproof: FAIL** on sim: broken: R-04");
    expect(counts).toBe(
      "✓ 1 pass · ✗ 1 fail · ! 1 SHOULD not kept · · 1 not exercised · ○ 1 not checked · 1000 plans · seed `4711`",
    );
    expect(head).toBe("| broken | expected | actual | see it again |");
    expect(must).toContain("| R-04 | sent again within 5 s after the Update at 12.000 s |");
    expect(must).toContain("`fleetproof replay R-04-retry-17`");
  });

  it("lists ten failures and counts the others; what comes with another one is not told", () => {
    const failures = Array.from({ length: 13 }, (_, index) => failure(`R-04-retry-${index}`, "R-04"));
    const [one] = failures;
    if (one === undefined) throw new Error("there are 13");
    const text = renderSummary(
      view({ ...FAILED_VERDICT, failures: [...failures, { ...one, id: "x", belongsTo: one.id }] }),
    );
    expect(text.match(/^\| R-04/gm)).toHaveLength(10);
    expect(text).toContain("and 3 other failures\n");
  });

  it("lets no answer of a server become markup", () => {
    const [one] = FAILED_VERDICT.failures;
    if (one === undefined) throw new Error("the verdict of the tests has failures");
    const text = renderSummary(view({ ...FAILED_VERDICT, failures: [{ ...one, actual: "<img src=x> | `a`" }] }));
    expect(text).toContain("\\<img src=x\\> \\| \\`a\\`");
  });
});

describe("renderBadge", () => {
  it("says in words what was kept or broken", () => {
    expect(renderBadge(FAILED_VERDICT)).toContain('aria-label="fleetproof: 2 of 3 requirements broken"');
    expect(renderBadge({ ...FAILED_VERDICT, outcome: "pass" })).toContain("1 requirements kept");
    expect(renderBadge({ ...FAILED_VERDICT, outcome: "inconclusive" })).toContain("fleetproof: inconclusive");
  });
});
