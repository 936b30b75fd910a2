import { describe, expect, it } from "vitest";
import { renderTerminal, type VerdictView } from "./terminal.ts";
import { FAILED_VERDICT, requirement, SMALL_PLAN } from "./test-kit.ts";

const view = (changes: Partial<VerdictView["verdict"]> = {}): VerdictView => ({
  verdict: { ...FAILED_VERDICT, ...changes },
  catalogue: [{ id: "R-04", sentence: "A requeued task is sent again after the next Update." }],
  shrunk: new Map([["R-04-retry-17", SMALL_PLAN]]),
  replayCommand: (failure) => `fleetproof replay out/${failure.shrunk}`,
});
const plain = (width = 80) => ({ columns: width, colours: false });

describe("renderTerminal", () => {
  it("tells a broken MUST before a broken SHOULD: sentence, expected, actual, how often, smallest plan, replay", () => {
    const text = renderTerminal(view(), plain());
    expect(text).toContain(" ✗ R-04 MUST  A requeued task is sent again after the next Update.");
    expect(text).toContain("   expected  sent again within 5 s after the Update at 12.000 s\n");
    expect(text).toContain("   actual    no request until 60.000 s\n");
    expect(text).toContain("   seen in   37 of 1000 plans\n");
    expect(text).toContain("   replay    fleetproof replay out/failures/R-04-retry-17/shrunk.json\n");
    expect(text.indexOf("R-04 MUST")).toBeLessThan(text.indexOf(" Q-05 SHOULD"));
  });

  it("shows every requirement in its group with the group's sums of examined, undecided and violations", () => {
    const lines = renderTerminal(view(), plain(100)).split("\n");
    const row = (title: string) =>
      lines
        .find((line) => line.includes(title))
        ?.replace(/ +/g, " ")
        .trim();
    expect(row(" Queue")).toBe("Q Queue 20 0 2 ✓01 !05");
    expect(row(" Retry")).toBe("R Retry 812 4 37 ✗04 ○11");
    expect(row(" Expiry")).toBe("E Expiry 0 0 0 ·01");
    expect(lines).toContain(" ✓ 1 pass   ✗ 1 fail   ! 1 SHOULD not kept   · 1 not exercised   ○ 1 not checked");
  });

  it("ends with the verdict, its reason and what was run", () => {
    const text = renderTerminal(view(), plain(200));
    expect(
      text.endsWith("FAIL  broken: R-04\n      sim · profile artik · 1000 plans · 3260 devices · seed 4711\n"),
    ).toBe(true);
  });

  it("says what kept a campaign from being conclusive", () => {
    const text = renderTerminal(
      view({
        outcome: "inconclusive",
        reason: "interrupted after 12 plans",
        interrupted: true,
        cutOff: 2,
        harnessErrors: [{ plan: "queue-3", reason: "connection refused" }],
        failures: [],
        requirements: [requirement("G-05", { outcome: "inconclusive", reason: "within the uncertainty" })],
      }),
      plain(),
    );
    expect(text).toContain("Interrupted: the verdict is about the plans that ran until then.");
    expect(text).toContain("2 plans did not run to the end.");
    expect(text).toContain("1 plan cannot be relied on, first queue-3: connection refused");
    expect(text).toContain("? G-05  within the uncertainty");
    expect(text).toContain("INCONCLUSIVE  interrupted after 12 plans");
  });

  it("never exceeds the width that it is given, from 60 characters on, but for commands that are to be copied", () => {
    for (const width of [60, 80, 100]) {
      const lines = renderTerminal(view(), plain(width)).split("\n");
      expect(lines.filter((line) => line.length > width && !line.includes("replay"))).toEqual([]);
    }
  });

  it("colours nothing unless it is told to", () => {
    expect(renderTerminal(view(), plain())).not.toContain("\u001b");
    expect(renderTerminal(view(), { columns: 80, colours: true })).toContain("\u001b[31m");
  });

  it("tells a plan that breaks two requirements once", () => {
    const shrunk = new Map([
      ["R-04-retry-17", SMALL_PLAN],
      ["Q-05-queue-3", SMALL_PLAN],
    ]);
    const text = renderTerminal({ ...view(), shrunk }, plain());
    expect(text).toContain("   plan      the smallest one that shows it: 1 device, 2 operations, 1 fault\n");
    expect(text.match(/device 0 updates its registration/g)).toHaveLength(1);
    expect(text).toContain("   plan      the same as for R-04 above\n");
  });

  it("does not call a plan the smallest that more time could make smaller, and gives the command for that", () => {
    const failures = FAILED_VERDICT.failures.map((failure) => ({ ...failure, minimal: false }));
    const told = renderTerminal(
      { ...view({ failures }), shrinkCommand: ({ plan }) => `fleetproof shrink ${plan}` },
      plain(100),
    );
    expect(told).toContain(
      "   plan      one that shows it, not yet as small as it can be: 1 device, 2 operations, 1 fault\n",
    );
    expect(told).toContain("   smaller   fleetproof shrink failures/R-04-retry-17/plan.json\n");
    const gone = failures.map((failure) => ({ ...failure, reproduced: false }));
    const toldOfGone = renderTerminal(view({ failures: gone }), plain(100));
    expect(toldOfGone).toContain("   plan      the one that showed it, which did not fail again: 1 device");
    expect(toldOfGone).not.toContain("   smaller ");
  });

  it("shows in a plan that is too long the lines that show the violation and those before them", () => {
    const [, update] = SMALL_PLAN.operations;
    if (update === undefined) throw new Error("the plan has two operations");
    const operations = Array.from({ length: 30 }, (_, index) => ({ ...update, at: 20_000 + index * 1_000 }));
    const evident = new Map([["R-04-retry-17", [{ at: 49_000, text: "49.020 s → device 0 CON GET /3/0/0" }]]]);
    const shrunk = new Map([["R-04-retry-17", { ...SMALL_PLAN, operations }]]);
    const text = renderTerminal({ ...view(), shrunk, evident }, plain());
    expect(text).toContain("    at 49 s device 0 updates its registration\n    ▶ 49.020 s → device 0 CON GET /3/0/0\n");
    expect(text).toMatch(/\n {4}… \d+ lines more in the report\n {4}at 3\d s/);
  });

  it("says of failures that are known to be broken that the campaign ended as expected", () => {
    const expectations = { known: ["R-04"], unexpected: [], unseen: [], stale: [] };
    const text = renderTerminal({ ...view(), expectations }, plain(200));
    expect(text).toContain(" ✗ R-04 MUST, known  ");
    expect(text).toContain("AS EXPECTED  known to be broken: R-04\n");
    expect(text).not.toContain("FAIL");
  });

  it("says of a rare failure that it is perhaps another's defect, and leaves it in its place", () => {
    const [, r04] = FAILED_VERDICT.failures;
    if (r04 === undefined) throw new Error("the verdict of the tests has two failures");
    const failures = [
      { ...r04, plans: 15 },
      { ...r04, id: "T-01-retry-17", requirement: "T-01", plans: 1, alsoBroke: ["R-04"] },
    ];
    const text = renderTerminal(view({ failures }), plain());
    expect(text).toContain(" ✗ T-01 ");
    expect(text.match(/ {3}perhaps {3}the same defect as R-04-retry-17\n/g)).toHaveLength(1);
  });

  it("tells five failures at length and names the others", () => {
    const failures = Array.from({ length: 7 }, (_, index) => ({
      ...(FAILED_VERDICT.failures[1] as (typeof FAILED_VERDICT.failures)[number]),
      id: `f${index}`,
    }));
    const text = renderTerminal(view({ failures }), plain());
    expect(text.match(/ {3}expected/g)).toHaveLength(5);
    expect(text).toContain(
      "2 more failures:\n ✗ R-04  A requeued task is sent again after the next Update.\n   fleetproof replay",
    );
  });

  it("tells the ways in which one requirement is broken apart, and names what comes with a failure, once", () => {
    const [, r04] = FAILED_VERDICT.failures;
    if (r04 === undefined) throw new Error("the verdict of the tests has two failures");
    const failures = [
      { ...r04, id: "R-04-retry-17", alike: { plans: 3, of: 5 } },
      { ...r04, id: "R-04-queue-2" },
      { ...r04, id: "T-01-retry-17", requirement: "T-01", belongsTo: "R-04-retry-17" },
    ];
    const text = renderTerminal(view({ failures }), plain());
    expect(text).toContain(" ✗ R-04 (1 of 2) MUST  ");
    expect(text).toContain(" ✗ R-04 (2 of 2) MUST  ");
    expect(text).toContain("   seen in   37 of 1000 plans; 3 of 5 made small came to this\n");
    expect(text).toContain("   with it   T-01-retry-17\n");
    expect(text).toContain(" most likely come with these: 1 failure, in the report");
    expect(text).not.toContain("✗ T-01");
  });

  it("is readable for an empty campaign", () => {
    const text = renderTerminal(
      view({ outcome: "inconclusive", reason: "nothing was examined", requirements: [], failures: [], runs: 0 }),
      plain(),
    );
    expect(text.split("\n")[0]).toBe("INCONCLUSIVE  nothing was examined");
  });
});
