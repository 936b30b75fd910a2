/**
 * The generators reach what they are there for: each condition and each usual transition that simulated runs can meet is
 * met within one campaign of a fixed seed. A name that is missing here means a weak generator, or a broken detector.
 */
import { beforeAll, describe, expect, it } from "vitest";
import { CONDITIONS } from "../src/harness/coverage/all-conditions.ts";
import { coverageOf } from "../src/harness/coverage/coverage.ts";
import { RARE_TRANSITIONS, USUAL_TRANSITIONS } from "../src/harness/coverage/transitions.ts";
import { judge } from "../src/harness/oracle/oracle.ts";
import { simulate } from "../src/harness/simulation/simulate.ts";
import { buildServer } from "../src/mutants/mutant.ts";
import { ARTIK } from "../src/protocol/profile.ts";
import { generatePlan } from "../src/scenarios/generate.ts";

const SEED = "coverage";
/** The campaign ends before that when nothing is missing any more. */
const MOST_PLANS = 2_000;
/** At least so many, so that what can happen at all is looked at too. */
const LEAST_PLANS = 300;

const missingConditions = new Set(CONDITIONS.map(({ id }) => id));
const missingTransitions = new Set(USUAL_TRANSITIONS);
const seenTransitions = new Set<string>();

beforeAll(() => {
  const build = buildServer();
  for (let index = 0; index < MOST_PLANS; index++) {
    if (index >= LEAST_PLANS && missingConditions.size + missingTransitions.size === 0) break;
    const plan = generatePlan({ seed: SEED, index, profile: ARTIK, mode: "sim" });
    const history = simulate(plan, build);
    const { conditions, transitions } = coverageOf(plan, history, judge(plan, history));
    for (const id of conditions) missingConditions.delete(id);
    for (const id of transitions) {
      missingTransitions.delete(id);
      seenTransitions.add(id);
    }
  }
}, 300_000);

describe(`a campaign of up to ${MOST_PLANS} simulated plans`, () => {
  it("meets every condition that simulated runs can meet", () => {
    expect([...missingConditions]).toEqual([]);
  });

  it("sees every usual transition of a device task", () => {
    expect([...missingTransitions]).toEqual([]);
  });

  it("sees no transition that is not declared", () => {
    const declared = new Set([...USUAL_TRANSITIONS, ...RARE_TRANSITIONS]);
    expect([...seenTransitions].filter((id) => !declared.has(id))).toEqual([]);
  });
});

describe("the conditions", () => {
  it("are a hundred or more, each with a kebab-case name of its own", () => {
    expect(CONDITIONS.length).toBeGreaterThanOrEqual(100);
    expect(new Set(CONDITIONS.map(({ id }) => id)).size).toBe(CONDITIONS.length);
    expect(CONDITIONS.filter(({ id }) => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(id))).toEqual([]);
  });
});
