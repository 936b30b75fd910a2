import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Plan } from "../../scenarios/plan.ts";
import { normalisePlan, withoutDevice } from "../plans/normalise-plan.ts";
import { type Shrunk, shrink } from "./shrink.ts";
import { ats, create, offline, plan, update } from "./test-kit.ts";

const has = (candidate: Plan, at: number): boolean => candidate.operations.some((operation) => operation.at === at);
const hasFault = (candidate: Plan, from: number): boolean => candidate.faults.some((fault) => fault.from === from);

async function shrinkBy(
  failing: Plan,
  fails: (plan: Plan) => boolean,
  budget = 10_000,
): Promise<Shrunk & { tried: Plan[] }> {
  const tried: Plan[] = [];
  const shrunk = await shrink(failing, {
    fails: async (candidate) => {
      tried.push(candidate);
      return fails(candidate);
    },
    mayContinue: () => tried.length < budget,
  });
  return { ...shrunk, tried };
}

describe("shrink", () => {
  const large = plan({
    operations: Array.from({ length: 60 }, (_, at) => update(at)),
    faults: Array.from({ length: 20 }, (_, from) => offline(from)),
  });

  it("finds 2 operations and 1 fault among 80 that a failure needs", async () => {
    const { plan: small, minimal, tried } = await shrinkBy(large, (p) => has(p, 3) && has(p, 47) && hasFault(p, 11));
    expect(ats(small)).toEqual([3, 47]);
    expect(small.faults).toEqual([offline(11)]);
    expect(minimal).toBe(true);
    expect(tried.length).toBeLessThan(100);
  });

  it("finds 3 operations and 1 fault among 1,000 and 120 of 60 devices within 60 executions", async () => {
    const crowd = plan({
      fleet: Array.from({ length: 60 }, () => ({})),
      operations: Array.from({ length: 1_000 }, (_, at) => update(at, at % 60)),
      faults: Array.from({ length: 120 }, (_, from) => offline(from, from % 60)),
    });
    const needed = [67, 427, 907];
    const fails = (p: Plan): boolean => needed.every((at) => has(p, at)) && hasFault(p, 67);
    const { plan: small, tried } = await shrinkBy(crowd, fails, 60);
    expect(ats(small)).toEqual(needed);
    expect(small.faults).toMatchObject([{ from: 67 }]);
    expect(tried.filter(({ fleet }) => fleet.length < 60).length, "the fleet shrinks last").toBeLessThan(20);
  });

  it("keeps no operation for the sake of luck: 1 of 60 is left, within 40 executions", async () => {
    const loss = { kind: "loss", device: 0, from: 0, until: 90_000, direction: "both", permille: 200 };
    const chancy = plan({ operations: Array.from({ length: 60 }, (_, at) => update(at)), faults: [loss] });
    const isLost = ({ faults: [fault], operations }: Plan): boolean =>
      fault?.kind === "loss" && (fault.permille === 1_000 || operations.length % 7 === 4);
    const { plan: small, tried } = await shrinkBy(chancy, (p) => has(p, 33) && isLost(p));
    expect(ats(small)).toEqual([33]);
    expect(tried.findIndex(({ operations }) => operations.length === 1)).toBeLessThan(40);
  });

  it("leaves nothing where anything fails, and everything where all is needed", async () => {
    const nothing = await shrinkBy(large, () => true);
    expect(nothing.plan).toMatchObject({ operations: [], faults: [] });
    const all = await shrinkBy(large, (p) => p.operations.length === 60 && p.faults.length === 20);
    expect(all.plan.operations).toHaveLength(60);
    expect(all.minimal).toBe(true);
  });

  it("is 1-minimal: without any one operation, fault or device the failure is gone", async () => {
    const needed = fc.record({
      operations: fc.uniqueArray(fc.nat(19), { maxLength: 4 }),
      faults: fc.uniqueArray(fc.nat(9), { maxLength: 2 }),
      both: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(needed, async ({ operations, faults, both }) => {
        const failing = plan({
          fleet: [{}, {}, {}],
          operations: Array.from({ length: 20 }, (_, at) => update(at, at % 3)),
          faults: Array.from({ length: 10 }, (_, from) => offline(from, from % 3)),
        });
        // Either all of them, or, to be less regular, any other two operations of device 1's.
        const fails = (p: Plan): boolean =>
          (operations.every((at) => has(p, at)) && faults.every((from) => hasFault(p, from))) ||
          (both && p.operations.filter((o) => o.kind === "update" && o.at % 3 === 1).length >= 5);
        const { plan: small, minimal } = await shrinkBy(failing, fails);
        expect(minimal).toBe(true);
        expect(fails(small)).toBe(true);
        for (const index of small.operations.keys())
          expect(fails({ ...small, operations: small.operations.toSpliced(index, 1) })).toBe(false);
        for (const index of small.faults.keys())
          expect(fails({ ...small, faults: small.faults.toSpliced(index, 1) })).toBe(false);
        if (small.fleet.length > 1)
          for (let index = 0; index < small.fleet.length; index++)
            expect(fails(withoutDevice(small, index))).toBe(false);
      }),
      { numRuns: 100 },
    );
  });

  it("gives up devices that nothing needs, the last one never, and targets of a task", async () => {
    const create = {
      at: 1,
      kind: "create-task",
      task: 0,
      taskType: "R",
      property: "deviceProperties.device.timezone",
      devices: [0, 1, 2, 3],
    };
    const failing = plan({ fleet: [{}, { lifetime: 77 }, {}, {}], operations: [create] });
    const { plan: small } = await shrinkBy(
      failing,
      (p) => p.fleet.some(({ lifetime }) => lifetime === 77) && has(p, 1),
    );
    expect(small.fleet).toMatchObject([{ lifetime: 77 }]);
    expect(small.operations).toMatchObject([{ kind: "create-task", devices: [0] }]);
    const none = await shrinkBy(failing, () => true);
    expect(none.plan.fleet).toHaveLength(1);
  });

  it("gives up targets whose devices are needed for something else", async () => {
    const failing = plan({ fleet: [{}, {}, {}], operations: [create(1, 0, [0, 1, 2]), update(2, 0), update(3, 1)] });
    const isTarget = ({ operations: [first] }: Plan): boolean =>
      first?.kind === "create-task" && Array.isArray(first.devices) && first.devices.includes(0);
    const { plan: small } = await shrinkBy(failing, (p) => isTarget(p) && has(p, 2) && has(p, 3) && p.fleet.length > 1);
    expect(small.operations).toMatchObject([{ devices: [0] }, { device: 0 }, { device: 1 }]);
  });

  it("gives up the peculiarities of devices that the failure does not need", async () => {
    const odd = {
      queueMode: true,
      thinkTime: 500,
      lifetime: 60,
      awakeFor: 90_000,
      updateEvery: 4_000,
      deduplicates: false,
    };
    const { plan: small } = await shrinkBy(plan({ fleet: [odd] }), (p) => p.fleet[0]?.thinkTime === 500);
    expect(small.fleet).toEqual([...plan({ fleet: [{ thinkTime: 500 }] }).fleet]);
  });

  it("tries everything again after a device became plainer, even where the text is no shorter", async () => {
    const failing = plan({ fleet: [{ awakeFor: 90_000 }], operations: [update(1), update(2)] });
    // With the odd device both are needed, with the plain one only the first.
    const fails = (p: Plan): boolean => has(p, 1) && (p.fleet[0]?.awakeFor === 93_000 || has(p, 2));
    expect(ats((await shrinkBy(failing, fails)).plan)).toEqual([1]);
  });

  it("ends a second after the last operation", async () => {
    const { plan: small } = await shrinkBy(plan({ operations: [update(5_000)] }), (p) => has(p, 5_000));
    expect(small).toMatchObject({ until: 6_000, quietFrom: 6_000 });
  });

  it("drops device types that no device is of, and what is left names types that exist", async () => {
    const configure = { at: 1, kind: "configure-type", type: 1, taskExpiresAfter: 60 };
    const failing = plan({ deviceTypes: [{}, {}], operations: [configure] });
    const { plan: small } = await shrinkBy(failing, (p) => has(p, 1));
    expect(small.deviceTypes).toHaveLength(1);
    expect(small.operations).toMatchObject([{ type: 0 }]);
  });

  it("stops when the budget is spent, with the smallest plan so far", async () => {
    const fails = (p: Plan): boolean => has(p, 3) && has(p, 47);
    for (const budget of [0, 1, 7, 20]) {
      const { plan: small, minimal, executions, tried } = await shrinkBy(large, fails, budget);
      expect(executions).toBe(budget);
      expect(tried).toHaveLength(budget);
      expect(minimal).toBe(false);
      expect(fails(small)).toBe(true);
    }
    expect((await shrinkBy(large, fails, 0)).plan).toEqual(normalisePlan(large));
  });

  it("keeps the plan when no smaller one fails in the same way", async () => {
    const { plan: same } = await shrinkBy(large, () => false);
    expect(same).toEqual(large);
  });

  it("hands on what goes wrong while executing", async () => {
    const broken = shrink(large, { fails: () => Promise.reject(new Error("out of order")), mayContinue: () => true });
    await expect(broken).rejects.toThrow("out of order");
  });
});
