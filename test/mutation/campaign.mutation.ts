/**
 * What kills the mutants of `npm run mutation`: a short simulated campaign that must find nothing wrong.
 *
 * No unit test takes part. A change of the server that survives this is one that the oracle or the generators miss, or
 * that makes no difference to an outsider.
 */
import { expect, it } from "vitest";
import { ARTIK } from "../../src/protocol/profile.ts";
import { generatePlan } from "../../src/scenarios/generate.ts";

const PLANS = 250;

it(`${PLANS} plans find nothing wrong with the server`, async () => {
  // Loaded here, when the change is already active: tables are made while their module is loaded.
  const { buildServer } = await import("../../src/mutants/mutant.ts");
  const { simulate } = await import("../../src/harness/simulate.ts");
  const { judge } = await import("../../src/harness/oracle/oracle.ts");
  for (let index = 0; index < PLANS; index++) {
    const plan = generatePlan({ seed: "mutation", index, profile: ARTIK, mode: "sim" });
    const { tallies } = judge(plan, simulate(plan, buildServer()));
    const broken = tallies.flatMap(({ findings }) => findings);
    expect(broken, plan.id).toEqual([]);
  }
});
