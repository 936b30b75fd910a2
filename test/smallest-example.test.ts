/** The examples of `explain`: small plans that do exercise the requirement, and none where none does. */
import { expect, it } from "vitest";
import { judge } from "../src/harness/oracle/oracle.ts";
import { simulate } from "../src/harness/simulation/simulate.ts";
import { type ExampleOptions, smallestExample } from "../src/harness/simulation/smallest-example.ts";
import { buildServer } from "../src/mutants/mutant.ts";
import { ARTIK, EMPTY_PROFILE } from "../src/protocol/profile.ts";

const build = buildServer();
const options: Omit<ExampleOptions, "requirement"> = { families: [], profile: ARTIK, build, mayContinue: () => true };

it.each(["Q-01", "R-04", "E-05", "G-02"])(
  "the smallest example of %s exercises it with at most 4 operations",
  async (requirement) => {
    const plan = await smallestExample({ ...options, requirement });
    if (plan === undefined) throw new Error("no example");
    const tally = judge(plan, simulate(plan, build)).tallies.find((each) => each.requirement === requirement);
    expect(tally?.examined).toBeGreaterThan(0);
    expect(plan.operations.length).toBeLessThanOrEqual(4);
  },
);

it("there is none for a choice that the profile does not declare, nor when there is no time", async () => {
  expect(await smallestExample({ ...options, profile: EMPTY_PROFILE, requirement: "A-01" })).toBeUndefined();
  expect(await smallestExample({ ...options, requirement: "R-04", mayContinue: () => false })).toBeUndefined();
});
