/**
 * The harness bites: every mutant is caught by the requirement that it must break, within 2,000 plans, shrinks to at
 * most 10 operations, and fails again from the saved plan. The unmutated server passes the same plans.
 */
import { describe, expect, it } from "vitest";
import { runCampaign } from "../src/harness/campaign.ts";
import { judge } from "../src/harness/oracle/oracle.ts";
import { SavedPlan } from "../src/harness/record/verdict.ts";
import { replaySavedPlan } from "../src/harness/replay.ts";
import { shrink } from "../src/harness/shrink.ts";
import { simulate } from "../src/harness/simulate.ts";
import { MUTANTS } from "../src/mutants/all-mutants.ts";
import { buildServer } from "../src/mutants/mutant.ts";
import { ARTIK } from "../src/protocol/profile.ts";
import { generatePlan } from "../src/scenarios/generate.ts";
import type { Plan } from "../src/scenarios/plan.ts";
import { isChecked, requirementById } from "../src/scenarios/requirements.ts";

const SEED = "mutants";
const MOST_PLANS = 2_000;

const breaks = (plan: Plan, build: ReturnType<typeof buildServer>, requirement: string): boolean =>
  judge(plan, simulate(plan, build)).tallies.some(
    (tally) => tally.requirement === requirement && tally.findings.length > 0,
  );

describe("the mutants", () => {
  it("have ids of their own and break requirements that are checked", () => {
    expect(new Set(MUTANTS.map(({ id }) => id)).size).toBe(MUTANTS.length);
    for (const { requirement } of MUTANTS) {
      const row = requirementById(requirement);
      expect(row !== undefined && isChecked(row), requirement).toBe(true);
    }
  });

  it.each(MUTANTS.map((mutant) => [mutant.id, mutant] as const))(
    "%s is caught, shrunk and replayed",
    async (_id, mutant) => {
      let active = false;
      const build = buildServer(mutant, () => {
        active = true;
      });
      let index = 0;
      let caught: Plan | undefined;
      for (; index < MOST_PLANS && caught === undefined; index++) {
        const plan = generatePlan({ seed: SEED, index, profile: ARTIK, mode: "sim" });
        active = false;
        if (breaks(plan, build, mutant.requirement) && active) caught = plan;
      }
      if (caught === undefined) throw new Error(`not caught in ${MOST_PLANS} plans`);
      expect(breaks(caught, buildServer(), mutant.requirement), "the unmutated server passes this plan").toBe(false);

      const { plan } = await shrink(caught, {
        fails: async (p) => breaks(p, build, mutant.requirement),
        mayContinue: () => true,
      });
      expect(plan.operations.length).toBeLessThanOrEqual(10);

      const file = JSON.stringify({
        formatVersion: 1,
        fleetproof: "test",
        target: "sim",
        requirement: mutant.requirement,
        plan,
      });
      const saved = SavedPlan.parse(JSON.parse(file));
      const again = await replaySavedPlan(saved, { kind: "sim", name: "sim", build });
      expect(again.kind).toBe("reproduced");
      const healthy = await replaySavedPlan(saved, { kind: "sim", name: "sim", build: buildServer() });
      expect(["passes", "inconclusive"]).toContain(healthy.kind);
    },
  );
});

describe("the reference server", () => {
  it("passes 300 plans, every checked server requirement of the catalogue examined", async () => {
    const { verdict } = await runCampaign({
      target: { kind: "sim", name: "sim", build: buildServer() },
      profile: ARTIK,
      seed: SEED,
      runs: 300,
      only: [],
      strict: true,
      require: [],
      shrinkBudget: 1_000,
      version: "test",
    });
    expect(verdict.failures).toEqual([]);
    expect(verdict.outcome).toBe("pass");
    expect(verdict.requirements.filter(({ outcome }) => outcome !== "pass" && outcome !== "not-checked")).toEqual([]);
  });
});
