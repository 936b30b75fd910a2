import { describe, expect, it } from "vitest";
import { buildServer } from "../../mutants/mutant.ts";
import { ARTIK } from "../../protocol/profile.ts";
import { type PlansJob, runPlans } from "../execution/plan-runner.ts";
import { readPlansAnswer, readPlansJob, readShrinkAnswer, readShrinkJob } from "./plan-messages.ts";

const JOB: PlansJob = { seed: "wire", profile: ARTIK, from: 0, count: 3, keep: "all" };
const RECIPE = { mutants: ["fails-on-silence"] };
const sent = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe("jobs and answers of plans", () => {
  const answer = runPlans(JOB, buildServer(), () => true);
  const [first] = answer.results;
  const plan = first?.kept?.plan;

  it("come out of JSON as they went in, key by key", () => {
    expect(answer.results).toHaveLength(3);
    expect(JSON.stringify(readPlansAnswer(sent(answer)))).toBe(JSON.stringify(answer));
    expect(readPlansJob(sent({ server: RECIPE, job: JOB }))).toEqual({ server: RECIPE, job: JOB });
    const shrinking = { plan, requirement: "R-04", executions: 10, limit: 12.5 };
    expect(readShrinkJob(sent({ server: RECIPE, job: shrinking }))).toEqual({ server: RECIPE, job: shrinking });
    const small = { plan, executions: 3, minimal: true };
    expect(readShrinkAnswer(sent(small))).toEqual(small);
  });

  it("are refused with the place of what does not fit", () => {
    expect(() => readPlansJob({ server: RECIPE, job: { ...JOB, count: -1 } })).toThrow(/job\.count/);
    expect(() => readPlansAnswer({ results: [{ ...first, historyHash: 7 }] })).toThrow(/results\.0\.historyHash/);
    expect(() => readShrinkAnswer(undefined)).toThrow(expect.objectContaining({ code: "queue-not-usable" }));
  });

  it("carry the trouble of a plan that could not be run", () => {
    const trouble = { kind: "unusable", code: "server-broken", message: "it threw" } as const;
    expect(readPlansAnswer(sent({ results: [], trouble }))).toEqual({ results: [], trouble });
    expect(() => readPlansAnswer({ results: [], trouble: { ...trouble, code: "no-such-code" } })).toThrow(
      /trouble\.code/,
    );
  });
});
