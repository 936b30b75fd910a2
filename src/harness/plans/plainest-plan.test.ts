import { describe, expect, it } from "vitest";
import { Plan } from "../../scenarios/plan.ts";
import { plainestPlan } from "./plainest-plan.ts";

const task = { at: 1, kind: "create-task", devices: [0], taskType: "W", property: "deviceProperties.device.timezone" };
const fault = { device: 0, from: 5, until: 9 };
const PLAN = Plan.parse({
  formatVersion: 1,
  id: "a",
  family: "test",
  simSeed: "s",
  profile: {},
  deviceTypes: [{}],
  fleet: [{}],
  latency: 0,
  operations: [
    { ...task, task: 0, value: "UTC" },
    { ...task, task: 1, taskType: "E", property: "deviceProperties.device.reboot" },
    { at: 3, kind: "poll", task: 0 },
  ],
  faults: [{ ...fault, kind: "offline" }],
  quietFrom: 0,
  until: 0,
});

describe("plainestPlan", () => {
  it("makes every task a Read of its own and every fault the loss of everything, where the failure does not mind", async () => {
    const { operations, faults } = await plainestPlan(PLAN, async () => true);
    expect(operations.slice(0, 2)).toMatchObject([
      { taskType: "R", property: "deviceProperties.device.manufacturer" },
      { taskType: "R", property: "deviceProperties.device.modelNumber" },
    ]);
    expect(operations[0]).not.toHaveProperty("value");
    expect(faults).toEqual([{ ...fault, kind: "loss", direction: "both", permille: 1_000 }]);
    expect(Plan.safeParse({ ...PLAN, operations, faults }).success).toBe(true);
  });

  it("leaves what the failure needs", async () => {
    const needsWrite = async ({ operations }: Plan) =>
      operations.some((operation) => operation.kind === "create-task" && operation.taskType === "W");
    const { operations } = await plainestPlan(PLAN, needsWrite);
    expect(operations).toMatchObject([{ taskType: "W", value: "UTC" }, { taskType: "R" }, { kind: "poll" }]);
    expect(await plainestPlan(PLAN, async () => false)).toEqual(PLAN);
  });

  it("keeps what it has when no more may be tried", async () => {
    let tried = 0;
    const plan = await plainestPlan(PLAN, async () => (++tried > 1 ? undefined : true));
    expect(plan.operations).toMatchObject([{ taskType: "R" }, { taskType: "E" }, { kind: "poll" }]);
    expect(tried).toBe(2);
  });
});
