/**
 * The mutants and the legal variants as tables, and one mutant of each kind from its first catch to its saved plan.
 * All of them are run by `selftest`.
 */
import { describe, expect, it } from "vitest";
import { judge } from "../src/harness/oracle/oracle.ts";
import { SavedPlan } from "../src/harness/record/verdict.ts";
import { replaySavedPlan } from "../src/harness/saved/replay.ts";
import { shrink } from "../src/harness/shrink/shrink.ts";
import { simulate } from "../src/harness/simulation/simulate.ts";
import { MUTANTS, mutantById } from "../src/mutants/all-mutants.ts";
import { LEGAL_VARIANTS, variantById } from "../src/mutants/legal-variants.ts";
import { buildServer, type Mutant, type ServerVariant } from "../src/mutants/mutant.ts";
import { ARTIK } from "../src/protocol/profile.ts";
import { generatePlan } from "../src/scenarios/generate.ts";
import type { Plan } from "../src/scenarios/plan.ts";
import { CHECKED_REQUIREMENT_IDS, isChecked, requirementById } from "../src/scenarios/requirements.ts";

const SEED = "mutants";
const MOST_PLANS = 2_000;

/** One of each file, and none that comes up in the first plans only. */
const REPRESENTATIVES = [
  "one-task-per-trigger",
  "fails-on-reset",
  "sends-expired",
  "forbidden-as-not-found",
  "cancel-takes-back-success",
  "old-location-stays",
  "refused-value-mirrored",
  "timer-of-another-exchange",
  "device-read-unsupported",
] as const;

/** `owner/repository#number`: a report that anybody can read. */
const PUBLIC_REPORT = /[\w.-]+\/[\w.-]+#\d+/;

const planOf = (index: number, { profile = ARTIK }: ServerVariant = { id: "", sentence: "" }): Plan =>
  generatePlan({ seed: SEED, index, profile, mode: "sim" });

/** What a mutant breaks in a plan, and whether its defect made a difference there. */
function outcome(plan: Plan, mutant?: Mutant): { readonly broken: readonly string[]; readonly active: boolean } {
  let active = false;
  const note = () => {
    active = true;
  };
  const { tallies } = judge(plan, simulate(plan, buildServer(mutant, note)));
  return { broken: tallies.flatMap(({ requirement, findings }) => (findings.length > 0 ? [requirement] : [])), active };
}

const breaks = (plan: Plan, mutant: Mutant): boolean => outcome(plan, mutant).broken.includes(mutant.requirement);

function firstCaught(mutant: Mutant): Plan {
  for (let index = 0; index < MOST_PLANS; index++) {
    const plan = planOf(index, mutant);
    const { broken, active } = outcome(plan, mutant);
    if (active && broken.includes(mutant.requirement)) return plan;
  }
  throw new Error(`${mutant.id} is not caught in ${MOST_PLANS} plans`);
}

describe("MUTANTS", () => {
  it("have ids of their own, also beside the legal variants, and are found by them", () => {
    const ids = [...MUTANTS, ...LEGAL_VARIANTS].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const mutant of MUTANTS) expect(mutantById(mutant.id)).toBe(mutant);
    expect(mutantById("none")).toBeUndefined();
  });

  it("break requirements that are checked, and replace at least one rule", () => {
    for (const { id, requirement, rules, coapRules, deviceRules, store } of MUTANTS) {
      const row = requirementById(requirement);
      expect(row !== undefined && isChecked(row), `${id}: ${requirement}`).toBe(true);
      const replaced = [rules, coapRules, deviceRules].flatMap((make) => Object.keys(make?.(() => {}) ?? {}));
      expect(replaced.length + (store === undefined ? 0 : 1), id).toBeGreaterThan(0);
    }
  });

  it("are 64 at least, with one for every requirement that is checked", () => {
    expect(MUTANTS.length).toBeGreaterThanOrEqual(64);
    const broken = new Set(MUTANTS.map(({ requirement }) => requirement));
    expect(CHECKED_REQUIREMENT_IDS.filter((id) => !broken.has(id))).toEqual([]);
  });

  it("re-create defects that were reported in public, at least 14 of them", () => {
    const reported = MUTANTS.filter(({ source }) => PUBLIC_REPORT.test(source));
    expect(reported.length).toBeGreaterThanOrEqual(14);
  });

  it("are servers of their own: what one run makes a rule remember is not there in the next", () => {
    const mutant = mutantById("timer-of-another-exchange");
    const shown = (index: number) => JSON.stringify(simulate(planOf(index), buildServer(mutant)).events);
    const build = buildServer(mutant);
    simulate(planOf(1), build);
    expect(JSON.stringify(simulate(planOf(0), build).events)).toBe(shown(0));
  });

  it.each(REPRESENTATIVES)("%s is caught by its requirement, made small, saved and replayed", async (id) => {
    const mutant = mutantById(id);
    if (mutant === undefined) throw new Error(`no mutant ${id}`);
    const caught = firstCaught(mutant);
    expect(outcome(caught).broken, "the unmutated server passes this plan").toEqual([]);
    const { plan } = await shrink(caught, {
      fails: async (candidate) => breaks(candidate, mutant),
      mayContinue: () => true,
    });
    expect(plan.operations.length).toBeLessThanOrEqual(10);
    expect(breaks(plan, mutant)).toBe(true);

    const { requirement } = mutant;
    const file = JSON.stringify({ formatVersion: 1, fleetproof: "test", target: "sim", requirement, plan });
    const saved = SavedPlan.parse(JSON.parse(file));
    const again = await replaySavedPlan(saved, { kind: "sim", name: "sim", build: buildServer(mutant) });
    expect(again.kind).toBe("reproduced");
    const healthy = await replaySavedPlan(saved, { kind: "sim", name: "sim", build: buildServer() });
    expect(["passes", "inconclusive"]).toContain(healthy.kind);
  });
});

describe("LEGAL_VARIANTS", () => {
  it("are 24 at least, each allowed by something, each with a rule, a profile or a start of its own", () => {
    expect(LEGAL_VARIANTS.length).toBeGreaterThanOrEqual(24);
    for (const variant of LEGAL_VARIANTS) {
      const { id, choice, profile, rules, coapRules, takesToStart } = variant;
      expect(choice, id).not.toBe("");
      expect(profile ?? rules ?? coapRules ?? takesToStart, id).toBeDefined();
      expect(variantById(id)?.choice).toBe(choice);
    }
    expect(variantById("none")).toBeUndefined();
  });

  it("are accused of nothing: 8 plans each", () => {
    const accused = LEGAL_VARIANTS.flatMap((variant) =>
      Array.from({ length: 8 }, (_, index) => planOf(index, variant)).flatMap((plan) => {
        const { tallies } = judge(plan, simulate(plan, buildServer(variant)));
        return tallies.flatMap(({ findings }) =>
          findings.map((finding) => ({ variant: variant.id, plan: plan.id, finding })),
        );
      }),
    );
    expect(accused).toEqual([]);
  });
});
