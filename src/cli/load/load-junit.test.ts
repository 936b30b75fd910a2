import { describe, expect, it } from "vitest";
import { loadJunit } from "./load-junit.ts";
import { loadResult } from "./test-kit.ts";

describe("loadJunit", () => {
  it("has a case for the generator, each threshold and each examined requirement, and counts what is wrong", () => {
    const text = loadJunit(
      loadResult({
        outcome: "fail",
        thresholds: [
          { text: "p99(task.completion) < 2s", quantity: "span", outcome: "crossed", value: 2_500_000 },
          { text: "registered >= 99%", quantity: "registered", outcome: "held", value: 1 },
          { text: "p99(poll) < 1s", quantity: "span", outcome: "unknown" },
        ],
        check: {
          devices: 5,
          of: 50,
          requirements: [
            { id: "Q-01", outcome: "pass", examined: 3, undecided: 0, findings: [] },
            { id: "Q-02", outcome: "undecided", examined: 0, undecided: 3, findings: [] },
            {
              id: "R-04",
              outcome: "fail",
              examined: 1,
              undecided: 0,
              findings: [
                { requirement: "R-04", events: [1], expected: '<a & "b">', actual: "nothing", shard: 0, devices: [] },
              ],
            },
          ],
        },
      }),
    );
    expect(text).toContain('<testsuite name="load" tests="6" failures="2" errors="1"');
    expect(text).toContain('<failure message="p99(task.completion) &lt; 2s: 2.50 s"/>');
    expect(text).toContain('<error message="p99(poll) &lt; 1s: nothing was measured"/>');
    expect(text).toContain("expected &lt;a &amp; &quot;b&quot;&gt;; actual nothing");
    expect(text).not.toContain("Q-02");
  });

  it("makes an error of a generator that lagged, and of an interruption", () => {
    const invalid = loadResult({ outcome: "invalid", generator: { valid: false, sentence: "INVALID: it lagged" } });
    expect(loadJunit(invalid)).toContain('<error message="INVALID: it lagged"/>');
    expect(loadJunit(loadResult({ outcome: "interrupted" }))).toContain('<error message="interrupted"/>');
  });
});
