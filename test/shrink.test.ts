/**
 * Large failing plans become small, and as small as an independent shrinker makes them: fast-check's, over the choice
 * of operations and faults. Only counts, no times.
 */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { judge } from "../src/harness/oracle/oracle.ts";
import { enlargePlan } from "../src/harness/plans/enlarge-plan.ts";
import { withoutDevice } from "../src/harness/plans/normalise-plan.ts";
import { shrink } from "../src/harness/shrink/shrink.ts";
import { simulate } from "../src/harness/simulation/simulate.ts";
import { mutantById } from "../src/mutants/all-mutants.ts";
import { buildServer } from "../src/mutants/mutant.ts";
import { ARTIK } from "../src/protocol/profile.ts";
import { generatePlan } from "../src/scenarios/generate.ts";
import type { Plan } from "../src/scenarios/plan.ts";

const SEED = "shrink-test";
/** Executions within which a plan should be small. */
const BOUND = 150;
const isSmall = ({ operations, faults }: Plan): boolean => operations.length <= 10 && faults.length <= 3;

type Breaks = (plan: Plan) => boolean;

const breaksBy = (build: ReturnType<typeof buildServer>, broken: string): Breaks => {
  return (plan) =>
    judge(plan, simulate(plan, build)).tallies.some((t) => t.requirement === broken && t.findings.length > 0);
};

function mutantOf(id: string) {
  const mutant = mutantById(id);
  if (mutant === undefined) throw new Error(`no mutant is called ${id}`);
  return {
    breaks: breaksBy(buildServer(mutant), mutant.requirement),
    healthyBreaks: breaksBy(buildServer(), mutant.requirement),
  };
}

const LONGEST = 3 * 3_600_000;
const plans = Array.from({ length: 200 }, (_, index) =>
  generatePlan({ seed: SEED, index, profile: ARTIK, mode: "sim" }),
).filter(({ until }) => until <= LONGEST);

/** The first plan that breaks the requirement and still does so in the company of others. */
function failingPlan(breaks: Breaks, size: { operations: number; faults: number }, arrangement: Arrangement): Plan {
  const companion = (index: number): Plan => plans[plans.length - 1 - (index % plans.length)] as Plan;
  for (const core of plans) {
    if (!breaks(core)) continue;
    const large = enlargePlan(core, { arrangement, companion, ...size, seed: SEED });
    if (breaks(large)) return large;
  }
  throw new Error("no plan catches the mutant");
}

type Arrangement = "side-by-side" | "one-after-another";

/** Every plan with one operation, fault, device or target less. */
function* oneLess(plan: Plan): Generator<Plan> {
  for (const index of plan.operations.keys()) yield { ...plan, operations: plan.operations.toSpliced(index, 1) };
  for (const index of plan.faults.keys()) yield { ...plan, faults: plan.faults.toSpliced(index, 1) };
  if (plan.fleet.length > 1) for (const index of plan.fleet.keys()) yield withoutDevice(plan, index);
  for (const [index, operation] of plan.operations.entries()) {
    if (operation.kind !== "create-task" || operation.devices === "all" || operation.devices.length < 2) continue;
    for (const target of operation.devices.keys()) {
      const fewer = { ...operation, devices: operation.devices.toSpliced(target, 1) };
      yield { ...plan, operations: plan.operations.with(index, fewer) };
    }
  }
}

describe("shrink", () => {
  it.each([
    ["one-device-at-a-time", "side-by-side"],
    ["mirror-at-send", "one-after-another"],
    ["complete-with-first-device", "side-by-side"],
    ["no-exponential-back-off", "one-after-another"],
  ] as const)(
    "%s, plans %s: from 1,000 operations and 100 faults to 10 and 3 within 150 executions, and 1-minimal",
    async (id, arrangement) => {
      const { breaks, healthyBreaks } = mutantOf(id);
      const large = failingPlan(breaks, { operations: 1_000, faults: 100 }, arrangement);
      expect(healthyBreaks(large), "the unmutated server passes it").toBe(false);

      let small: number | undefined;
      let executions = 0;
      const { plan, minimal } = await shrink(large, {
        fails: async (candidate) => {
          executions++;
          const broken = breaks(candidate);
          if (broken && isSmall(candidate)) small ??= executions;
          return broken;
        },
        mayContinue: () => true,
      });
      expect(small).toBeLessThanOrEqual(BOUND);
      expect(minimal).toBe(true);
      expect(breaks(plan)).toBe(true);
      expect(healthyBreaks(plan)).toBe(false);
      for (const candidate of oneLess(plan)) expect(breaks(candidate), JSON.stringify(candidate)).toBe(false);
    },
  );

  it("leaves, over three defects, at most one operation or fault more for each than fast-check does", async () => {
    const ids = ["fails-on-reset", "cancelled-count-lost", "queue-dropped-at-re-register"];
    let [ours, theirs] = [0, 0];
    for (const id of ids) {
      const { breaks } = mutantOf(id);
      const large = failingPlan(breaks, { operations: 60, faults: 6 }, "side-by-side");
      const { plan } = await shrink(large, { fails: async (p) => breaks(p), mayContinue: () => true });
      const minimum = fastCheckMinimum(large, breaks);
      expect(breaks(minimum)).toBe(true);
      ours += sizeOf(plan);
      theirs += sizeOf(minimum);
    }
    expect(ours).toBeLessThanOrEqual(theirs + ids.length);
  });
});

const sizeOf = ({ operations, faults }: Plan): number => operations.length + faults.length;

/** Begins with all operations and faults, and lets fast-check choose fewer. */
function fastCheckMinimum(large: Plan, breaks: Breaks): Plan {
  const subset = (count: number) => fc.uniqueArray(fc.nat(count - 1), { maxLength: count, size: "max" });
  const all = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
  const kept = <T>(rows: readonly T[], chosen: readonly number[]): T[] => rows.filter((_, i) => chosen.includes(i));
  const chosen = (operations: readonly number[], faults: readonly number[]): Plan => ({
    ...large,
    operations: kept(large.operations, operations),
    faults: kept(large.faults, faults),
  });
  const passes = (operations: number[], faults: number[]): boolean => !breaks(chosen(operations, faults));
  const found = fc.check(fc.property(subset(large.operations.length), subset(large.faults.length), passes), {
    examples: [[all(large.operations.length), all(large.faults.length)]],
    numRuns: 1,
    seed: 1,
  });
  if (found.counterexample === null) throw new Error("fast-check found no failing choice");
  const [operations = [], faults = []] = found.counterexample;
  return chosen(operations, faults);
}
