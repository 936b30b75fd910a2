import { describe, expect, it } from "vitest";
import { micros } from "../../protocol/time.ts";
import type { Plan } from "../../scenarios/plan.ts";
import { nameOf } from "./search.ts";
import { REPEATS, type SolidShrinkOptions, solidShrink } from "./solid-shrink.ts";
import { ats, plan, update } from "./test-kit.ts";

const failing = plan({
  operations: Array.from({ length: 16 }, (_, at) => update(at)),
  quietFrom: 5_000,
  until: 5_000,
});
const has = (candidate: Plan, at: number): boolean => ats(candidate).includes(at);

type Options = Partial<SolidShrinkOptions<string>>;

/** A target on which a plan fails, or does not, in its first run, in its second, and so on. */
async function shrinkOn(fails: (plan: Plan, run: number) => boolean, options: Options = {}) {
  const runs = new Map<string, number>();
  let underWay = 0;
  let mostUnderWay = 0;
  const shrunk = await solidShrink<string>(failing, {
    run: async (candidate) => {
      const run = runs.get(nameOf(candidate)) ?? 0;
      runs.set(nameOf(candidate), run + 1);
      mostUnderWay = Math.max(mostUnderWay, ++underWay);
      await Promise.resolve();
      underWay--;
      return fails(candidate, run) ? `run ${run}` : undefined;
    },
    hasTimeFor: () => true,
    durationOf: ({ until }) => until,
    leastWait: 2_000,
    atOnce: 20,
    together: micros(0),
    ...options,
  });
  return { ...shrunk, runsOf: (candidate: Plan) => runs.get(nameOf(candidate)) ?? 0, mostUnderWay };
}

describe("solidShrink", () => {
  it("finds the 2 of 16 operations that a failure needs, and says that the plan failed 5 of 5 times", async () => {
    const { plan: small, repeats, minimal, evidence } = await shrinkOn((p) => has(p, 3) && has(p, 11));
    expect(ats(small)).toEqual([3, 11]);
    expect(small.until, "the last operation and the least wait").toBe(2_011);
    expect({ repeats, minimal }).toEqual({ repeats: { failed: 5, of: 5 }, minimal: true });
    expect(evidence).toMatch(/^run/);
  });

  it("does not count a candidate that fails in one run of two", async () => {
    // Without operation 11 it fails now and then only.
    const { plan: small } = await shrinkOn((p, run) => has(p, 3) && (has(p, 11) || run % 2 === 0));
    expect(ats(small)).toEqual([3, 11]);
  });

  it("gives up what failed twice and not each of five times, and what came of it", async () => {
    const { plan: small, repeats } = await shrinkOn((p, run) => has(p, 3) && (has(p, 11) || run < 3));
    expect(has(small, 11)).toBe(true);
    expect(repeats).toEqual({ failed: 5, of: 5 });
  });

  it("leaves a plan as it is that does not fail again, and stops soon", async () => {
    const { plan: small, original, repeats, evidence, runs } = await shrinkOn(() => false);
    expect(small).toBe(failing);
    expect(original).toEqual({ failed: 0, of: REPEATS });
    expect(repeats).toEqual(original);
    expect(evidence).toBeUndefined();
    expect(runs).toBeLessThanOrEqual(30);
  });

  it("keeps a plan that fails now and then, and says how often, when nothing smaller fails each time", async () => {
    const {
      plan: small,
      repeats,
      evidence,
      minimal,
    } = await shrinkOn((p, run) => p.operations.length === 16 && run % 2 === 0);
    expect(small).toBe(failing);
    expect(repeats).toEqual({ failed: 3, of: 5 });
    expect(evidence).toBe("run 0");
    expect(minimal).toBe(true);
  });

  it("finds something smaller that fails each time, although the plan itself does not", async () => {
    const { plan: small, original } = await shrinkOn((p, run) => has(p, 3) && (p.operations.length < 16 || run === 0));
    expect(original).toEqual({ failed: 1, of: 5 });
    expect(ats(small)).toEqual([3]);
  });

  it("goes on with few runs at once when the failure does not come in a crowd of them, and forgets what those showed", async () => {
    let isCalm = false;
    const { plan: small, repeats } = await shrinkOn((p, run) => {
      isCalm ||= p === failing && run >= REPEATS;
      return isCalm && has(p, 3);
    });
    expect(ats(small)).toEqual([3]);
    expect(repeats).toEqual({ failed: 5, of: 5 });
  });

  it("begins nothing for which there is no time, and then has the last plan that failed five times", async () => {
    let begun = 0;
    const { plan: small, repeats, minimal } = await shrinkOn((p) => has(p, 3), { hasTimeFor: () => begun++ < 24 });
    expect(small.operations.length).toBeLessThan(16);
    expect(has(small, 3)).toBe(true);
    expect(repeats).toEqual({ failed: 5, of: 5 });
    expect(minimal).toBe(false);
  });

  it("runs nothing at all when there is no time for one run", async () => {
    const { plan: small, repeats, runs } = await shrinkOn(() => true, { hasTimeFor: () => false });
    expect({ small, repeats, runs }).toEqual({ small: failing, repeats: undefined, runs: 0 });
  });

  it("has no more runs under way than it may, the check of the smallest plan aside", async () => {
    const { mostUnderWay } = await shrinkOn((p) => has(p, 3), { atOnce: 8 });
    expect(mostUnderWay).toBeGreaterThan(4);
    expect(mostUnderWay).toBeLessThanOrEqual(8 + REPEATS);
  });

  it("runs a candidate twice, and the plan at the end seven times", async () => {
    const { plan: small, runsOf } = await shrinkOn((p) => has(p, 3));
    expect(runsOf(small)).toBe(2 + REPEATS);
  });
});
