/**
 * The self-test itself can fail: a defect that never acts, one that breaks something else, and an accused variant are
 * told apart from what is caught. The whole of it is `fleetproof selftest`.
 */
import { describe, expect, it } from "vitest";
import { subjectOf } from "../src/cli/selftest-subject.ts";
import { runSelfTestCase, type SelfTestCase } from "../src/harness/selftest/case.ts";
import { runSelfTest } from "../src/harness/selftest/run.ts";
import { ARTIK } from "../src/protocol/profile.ts";

const selfTest = (fields: Partial<SelfTestCase>): SelfTestCase => ({
  id: "reference",
  seed: "selftest-1",
  profile: ARTIK,
  from: 0,
  plans: 60,
  ...fields,
});
const run = (fields: Partial<SelfTestCase>) => {
  const described = selfTest(fields);
  return runSelfTestCase(described, subjectOf(described.id));
};

describe("a case of the self-test", () => {
  it("ends with the plan that catches the mutant by the requirement that it must break", () => {
    const result = run({ id: "update-retries-nothing", requirement: "R-04" });
    expect(result.caughtAfter).toBe(result.plans);
    expect(result.broken["R-04"]).toBe(1);
    expect(result.activated).toBeGreaterThan(0);
  });

  it("does not count a mutant that breaks another requirement than it is said to", () => {
    const result = run({ id: "update-retries-nothing", requirement: "E-10" });
    expect(result.caughtAfter).toBeUndefined();
    expect(result.plans).toBe(60);
  });

  it("does not count the correct server as caught, and accuses it of nothing", () => {
    expect(run({ requirement: "R-04" })).toMatchObject({ plans: 60, broken: {} });
    expect(run({}).accusation).toBeUndefined();
  });

  it("names the first accusation of a variant that is not legal", () => {
    const result = run({ id: "update-retries-nothing" });
    expect(result.accusation).toMatch(/^\w+-\d+: [A-Z]-\d\d: expected .*, got /);
  });

  it("does not count a plan in which the defect made no difference, whatever broke there", () => {
    const subject = subjectOf("update-retries-nothing");
    const run: typeof subject.run = (plan) => ({ ...subject.run(plan), activated: false });
    const result = runSelfTestCase(selfTest({ requirement: "R-04" }), { ...subject, run });
    expect(result).toMatchObject({ plans: 60, activated: 0, broken: {} });
    expect(result.caughtAfter).toBeUndefined();
  });

  it("does not count a plan that the unmutated server does not pass", () => {
    const subject = subjectOf("update-retries-nothing");
    const result = runSelfTestCase(selfTest({ requirement: "R-04" }), {
      ...subject,
      runReference: (plan) => subject.run(plan).history,
    });
    expect(result.caughtAfter).toBeUndefined();
    expect(result.notGreen[0]).toMatch(/^[A-Z]-\d\d in \w+-\d+$/);
  });

  it("counts a defect of the devices as one of a server", () => {
    expect(run({ id: "device-write-not-acceptable", requirement: "M-11" }).caughtAfter).toBeGreaterThan(0);
  });
});

describe("a self-test", () => {
  const mutant = {
    id: "update-retries-nothing",
    sentence: "",
    requirement: "R-04",
    level: "MUST",
    source: "",
    profile: ARTIK,
  };
  const options = {
    mutants: [mutant],
    variants: [],
    profile: ARTIK,
    seeds: ["selftest-1", "selftest-2"],
    plansPerMutant: 60,
    plansPerVariant: 60,
    plansOfReference: 120,
    runCase: async (each: SelfTestCase) => runSelfTestCase(each, subjectOf(each.id)),
    atOnce: 2,
  };

  it("passes when the mutants are caught and the correct server is not accused in any of its plans", async () => {
    expect(await runSelfTest(options)).toMatchObject({
      outcome: "pass",
      caught: 1,
      reference: { plans: 120 },
      mutants: [{ seeds: 2 }],
    });
  });

  it("fails when a mutant is said to break what it does not", async () => {
    const report = await runSelfTest({ ...options, mutants: [{ ...mutant, requirement: "E-10" }] });
    expect(report.outcome).toBe("fail");
    expect(report.mutants[0]?.problem).toMatch(/^wrong reason: broke .*R-04.*, not E-10$/);
  });

  it("goes on with a variant until a plan shows its difference", async () => {
    const variant = { id: "cancelled-flight-expires", sentence: "", choice: "", profile: ARTIK };
    const report = await runSelfTest({
      ...options,
      mutants: [],
      variants: [variant],
      plansPerVariant: 1,
      plansPerMutant: 1_000,
    });
    expect(report).toMatchObject({ outcome: "pass", variants: [{ activated: 1 }] });
    const never = await runSelfTest({
      ...options,
      mutants: [],
      variants: [variant],
      plansPerVariant: 1,
      plansPerMutant: 1,
      runCase: ({ id, seed, plans }) => Promise.resolve({ id, seed, plans, activated: 0, broken: {}, notGreen: [] }),
    });
    expect(never).toMatchObject({ outcome: "fail", variants: [{ plans: 2, problem: "was never different" }] });
  });

  it("ends a case in its midst when it is stopped, and shows what is finished and what is not", async () => {
    const stop = new AbortController();
    let begun = 0;
    const report = await runSelfTest({
      ...options,
      atOnce: 1,
      plansPerMutant: 10_000,
      plansOfReference: 10_000,
      seeds: ["selftest-1"],
      signal: stop.signal,
      runCase: async (each) => {
        begun++;
        let plans = 0;
        return runSelfTestCase(each, subjectOf(each.id), () => {
          // The mutant is caught; the second case is stopped after two plans.
          if (each.id === "reference" && ++plans > 2) stop.abort();
          return !stop.signal.aborted;
        });
      },
    });
    expect(begun).toBe(2);
    expect(report).toMatchObject({ interrupted: true, outcome: "inconclusive", caught: 1, reference: { plans: 2 } });
    expect(report.mutants[0]?.unfinished).toBeUndefined();
  });

  it("is inconclusive when it is stopped", async () => {
    const report = await runSelfTest({ ...options, signal: AbortSignal.abort() });
    expect(report).toMatchObject({ outcome: "inconclusive", interrupted: true });
  });
});
