import { describe, expect, it } from "vitest";
import type { Plan } from "../../scenarios/plan.ts";
import { nameOf } from "./search.ts";
import { shrink } from "./shrink.ts";
import { lookAhead } from "./speculate.ts";
import { ats, plan, update } from "./test-kit.ts";

const failing = plan({ operations: Array.from({ length: 12 }, (_, at) => update(at)) });
const has = (candidate: Plan, at: number): boolean => ats(candidate).includes(at);

/** The candidates that a search one after the other executes, in their order, and what it ends with. */
async function searched(fails: (plan: Plan) => boolean) {
  const tried: Plan[] = [];
  const { plan: best } = await shrink(failing, {
    fails: async (candidate) => {
      tried.push(candidate);
      return fails(candidate);
    },
    mayContinue: () => true,
  });
  return { tried, best };
}

describe("lookAhead", () => {
  it("begins with the candidate that a search would execute next, and offers no plan twice", async () => {
    const { tried } = await searched((candidate) => has(candidate, 5));
    const { candidates } = await lookAhead(failing, { answers: new Map(), most: 16 });
    expect(candidates[0]).toEqual(tried[0]);
    expect(candidates).toHaveLength(16);
    expect(new Set(candidates.map(nameOf)).size).toBe(16);
  });

  it("offers what comes next if the first one does not fail, and what comes next if it does", async () => {
    const holds = await searched(() => false);
    const fails = await searched((candidate) => candidate.operations.length >= 6);
    const { candidates } = await lookAhead(failing, { answers: new Map(), most: 16 });
    expect(candidates).toContainEqual(holds.tried[1]);
    expect(candidates).toContainEqual(fails.tried[1]);
  });

  it("comes to the plan of a search one after the other when all is answered, and then offers nothing more", async () => {
    const fails = (candidate: Plan): boolean => has(candidate, 2) && has(candidate, 9);
    const answers = new Map<string, boolean>();
    let rounds = 0;
    for (; rounds < 100; rounds++) {
      const { candidates } = await lookAhead(failing, { answers, most: 16 });
      if (candidates.length === 0) break;
      for (const candidate of candidates) answers.set(nameOf(candidate), fails(candidate));
    }
    const { bests } = await lookAhead(failing, { answers, most: 16 });
    const { best, tried } = await searched(fails);
    expect(bests[0]).toBe(failing);
    expect(bests.at(-1)).toEqual(best);
    expect(rounds, "many answers at once save rounds").toBeLessThan(tried.length / 2);
  });

  it("goes back to the plan before one that turns out not to fail", async () => {
    const { tried } = await searched(() => true);
    const [first, second] = tried.map(nameOf);
    if (first === undefined || second === undefined) throw new Error("too few candidates");
    const both = await lookAhead(failing, {
      answers: new Map([
        [first, true],
        [second, true],
      ]),
      most: 1,
    });
    const one = await lookAhead(failing, {
      answers: new Map([
        [first, true],
        [second, false],
      ]),
      most: 1,
    });
    expect(both.bests.map(nameOf)).toEqual([nameOf(failing), first, second]);
    expect(one.bests.map(nameOf)).toEqual([nameOf(failing), first]);
  });

  it("cuts off first what comes after the failure had shown", async () => {
    const { candidates } = await lookAhead(plan({ operations: [update(1), update(4_000)] }), {
      answers: new Map(),
      leastWait: 2_000,
      shownBy: 1_000,
      most: 4,
    });
    expect(candidates[0]).toMatchObject({ operations: [{ at: 1 }], until: 3_000 });
  });
});
