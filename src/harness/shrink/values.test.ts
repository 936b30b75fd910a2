import { describe, expect, it } from "vitest";
import type { Plan } from "../../scenarios/plan.ts";
import { create, plan, poll, searchBy, update } from "./test-kit.ts";
import { makePlain } from "./values.ts";

async function plainest(failing: Plan, fails: (plan: Plan) => boolean): Promise<Plan> {
  const { search } = searchBy(failing, fails);
  await makePlain(search);
  return search.best;
}

const ODD = {
  queueMode: true,
  thinkTime: 500,
  lifetime: 60,
  awakeFor: 90_000,
  updateEvery: 4_000,
  registersAt: 3,
  deduplicates: false,
};

describe("makePlain", () => {
  it("gives all devices their defaults with one execution when nothing needs more", async () => {
    const failing = plan({ fleet: [ODD, ODD, ODD] });
    const { search, tried } = searchBy(failing, () => true);
    await makePlain(search);
    expect(search.best).toEqual(plan({ fleet: [{}, {}, {}] }));
    expect(tried).toHaveLength(1);
  });

  it("leaves what one of two devices needs, of it and of no other", async () => {
    const best = await plainest(plan({ fleet: [ODD, ODD] }), ({ fleet }) => fleet[1]?.thinkTime === 500);
    expect(best.fleet).toEqual(plan({ fleet: [{}, { thinkTime: 500 }] }).fleet);
  });

  it("puts operations in the order in which they happen, and counts tasks from 0", async () => {
    const best = await plainest(
      plan({ operations: [poll(9, 41), update(7), create(5, 41), create(6, 3)] }),
      () => true,
    );
    expect(best.operations).toEqual([create(5, 0), create(6, 1), update(7), poll(9, 0)]);
  });

  it("leaves out what an operation can do without, and leaves what it cannot", async () => {
    const write = create(1, 0, [0], { taskType: "W", value: "UTC", expiresAfter: 60 });
    const withValue = ({ operations: [first] }: Plan) => first?.kind === "create-task" && first.value === "UTC";
    expect((await plainest(plan({ operations: [write] }), withValue)).operations).toEqual([
      create(1, 0, [0], { taskType: "W", value: "UTC" }),
    ]);
    expect((await plainest(plan({ operations: [write] }), () => true)).operations).toEqual([
      create(1, 0, [0], { taskType: "W" }),
    ]);
  });

  it("lets a server that is killed die at once, and be down for a second, where that is enough", async () => {
    const restart = { at: 5, kind: "restart-server", downFor: 90_000, dies: "after-storing" } as const;
    expect((await plainest(plan({ operations: [restart] }), () => true)).operations).toEqual([
      { at: 5, kind: "restart-server", downFor: 1_000 },
    ]);
    const needsTime = ({ operations: [first] }: Plan) => first?.kind === "restart-server" && first.downFor > 60_000;
    expect((await plainest(plan({ operations: [restart] }), needsTime)).operations).toEqual([
      { at: 5, kind: "restart-server", downFor: 90_000 },
    ]);
  });

  it("takes latency, task expiry of the device type and luck out", async () => {
    const loss = { kind: "loss", device: 0, from: 1, until: 2, direction: "up", permille: 200 };
    const failing = plan({ latency: 40, deviceTypes: [{ taskExpiresAfter: 60 }], faults: [loss] });
    const best = await plainest(failing, () => true);
    expect(best).toMatchObject({ latency: 0, deviceTypes: [{}], faults: [{ ...loss, permille: 1_000 }] });
  });
});
