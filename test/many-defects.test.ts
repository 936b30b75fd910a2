/**
 * Five defects in one server: each is reported, with a small plan of its own that the correct server passes.
 */
import { describe, expect, it } from "vitest";
import { recipeOf, serverOf } from "../src/cli/server-recipe.ts";
import { runCampaign } from "../src/harness/campaign/campaign.ts";
import { judge } from "../src/harness/oracle/oracle.ts";
import { simulate } from "../src/harness/simulation/simulate.ts";
import { ARTIK } from "../src/protocol/profile.ts";

/** What each breaks, and words that its failure is known by. */
const DEFECTS = [
  { id: "one-retransmission-too-many", requirement: "R-07", expected: /^at most 5 datagrams/ },
  { id: "no-exponential-back-off", requirement: "R-07", expected: /is repeated .* after its last copy$/ },
  { id: "fails-on-reset", requirement: "R-03", expected: /is pending: its last attempt was answered by RST$/ },
  { id: "register-drains-nothing", requirement: "Q-04", expected: /^after the Register/ },
  { id: "stray-response-ignored", requirement: "I-04", expected: /^the Confirmable response .* gets RST/ },
] as const;

const MOST_OPERATIONS = 6;

describe("a server with five defects", async () => {
  const recipe = recipeOf(DEFECTS.map(({ id }) => id).join(","));
  const { failures, verdict } = await runCampaign({
    target: { kind: "sim", name: "sim", build: serverOf(recipe), recipe },
    profile: ARTIK,
    seed: "many",
    runs: 300,
    only: [...new Set(DEFECTS.map(({ requirement }) => requirement))],
    strict: false,
    require: [],
    shrinkBudget: 3_600_000,
    version: "test",
  });

  it.each(DEFECTS)("$id is reported by $requirement, standing for itself, with a small plan", (defect) => {
    const { requirement, expected } = defect;
    const own = failures.filter(
      ({ shrunkFinding, belongsTo }) =>
        belongsTo === undefined && shrunkFinding.requirement === requirement && expected.test(shrunkFinding.expected),
    );
    expect(own.length).toBeGreaterThan(0);
    for (const { shrunk, shrunkFinding } of own) {
      expect(shrunk.operations.length).toBeLessThanOrEqual(MOST_OPERATIONS);
      const healthy = judge(shrunk, simulate(shrunk, serverOf({ mutants: [] }))).tallies;
      expect(healthy.flatMap(({ findings }) => findings)).toEqual([]);
      expect(shrunkFinding.expected).toMatch(expected);
    }
  });

  it("lists each in the verdict under a name of its own, with the number of plans that showed it", () => {
    expect(verdict.failures.map(({ id }) => id)).toEqual(failures.map(({ id }) => id));
    expect(new Set(verdict.failures.map(({ id }) => id)).size).toBe(verdict.failures.length);
    for (const { plans, alike } of verdict.failures) {
      expect(plans).toBeGreaterThan(0);
      expect(alike?.plans).toBeGreaterThan(0);
      expect(alike?.plans).toBeLessThanOrEqual(alike?.of ?? 0);
    }
  });

  it("is told each defect alone by what stands for itself: nothing else comes before", () => {
    const firstOthers = failures.findIndex(({ belongsTo }) => belongsTo !== undefined);
    const rest = firstOthers < 0 ? [] : failures.slice(firstOthers);
    expect(rest.every(({ belongsTo }) => failures.some(({ id }) => id === belongsTo))).toBe(true);
  });
});
