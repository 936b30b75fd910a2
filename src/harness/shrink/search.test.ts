import { describe, expect, it } from "vitest";
import { createSearch, OutOfBudget } from "./search.ts";
import { ats, create, plan, poll, searchBy, update } from "./test-kit.ts";

describe("createSearch", () => {
  const failing = plan({ operations: [update(1), update(2), update(3)] });
  const onlyAt = (at: number) => ({ ...failing, operations: [update(at)] });

  it("takes a candidate that fails and leaves one that passes", async () => {
    const { search } = searchBy(failing, (p) => ats(p).includes(2));
    expect(await search.attempt(onlyAt(1))).toBe(false);
    expect(search.best).toEqual(failing);
    expect(await search.attempt(onlyAt(2))).toBe(true);
    expect(ats(search.best)).toEqual([2]);
    expect(search).toMatchObject({ executions: 2, improvements: 1 });
  });

  it("executes nothing twice: neither a candidate that was tried, nor the plan itself", async () => {
    const { search, tried } = searchBy(failing, () => false);
    for (let round = 0; round < 3; round++) {
      expect(await search.attempt(onlyAt(1))).toBe(false);
      expect(await search.attempt({ ...failing })).toBe(false);
    }
    expect(tried).toHaveLength(1);
    expect(search.executions).toBe(1);
  });

  it("leaves out what every run skips: operations on a task that is not created before", async () => {
    const { search } = searchBy(plan({ operations: [create(1, 0), poll(2, 0)] }), () => true);
    await search.attempt(plan({ operations: [poll(1, 0), create(2, 0), poll(3, 0), poll(4, 7), update(5)] }));
    expect(ats(search.best)).toEqual([2, 3, 5]);
  });

  it("leaves a skipped operation that makes the run longer where it is", async () => {
    const { search } = searchBy(failing, () => true);
    await search.attempt(plan({ operations: [poll(200_000, 7), poll(200_001, 7)], until: 200_000 }));
    expect(ats(search.best)).toEqual([200_001]);
  });

  it("executes nothing any more when the budget is spent", async () => {
    const search = createSearch(failing, { fails: () => Promise.resolve(true), mayContinue: () => false });
    await expect(search.attempt(onlyAt(1))).rejects.toThrow(OutOfBudget);
    expect(search).toMatchObject({ best: failing, executions: 0 });
  });
});
