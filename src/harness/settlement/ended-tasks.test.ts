import { describe, expect, it } from "vitest";
import { buildServer } from "../../mutants/mutant.ts";
import { Plan } from "../../scenarios/plan.ts";
import { judge } from "../oracle/oracle.ts";
import { simulate } from "../simulation/simulate.ts";
import { endedTasks } from "./ended-tasks.ts";

const create = (task: number, device: number, at = 10_000) => ({
  at,
  kind: "create-task",
  task,
  taskType: "R",
  property: "deviceProperties.device.manufacturer",
  devices: [device],
  expiresAfter: 30,
});

const tasksOf = (plan: object) => {
  const parsed = Plan.parse({
    formatVersion: 1,
    id: "a",
    family: "retry",
    simSeed: "s",
    profile: {},
    deviceTypes: [{}],
    latency: 20,
    faults: [],
    quietFrom: 50_000,
    until: 60_000,
    ...plan,
  });
  return endedTasks(judge(parsed, simulate(parsed, buildServer())).context);
};

describe("endedTasks", () => {
  it("says of each device task how it ended, after how many attempts, and how long after its beginning", () => {
    const fleet = [{ registersAt: 1_000 }, {}];
    const tasks = tasksOf({ fleet, operations: [create(0, 0), create(1, 1)] });
    expect(tasks).toEqual([
      { end: "succeeded", attempts: 1, milliseconds: 40 },
      { end: "expired", attempts: 0, milliseconds: 30_000 },
    ]);
  });

  it("leaves a task open that has not come to an end when the plan is over", () => {
    const late = { ...create(0, 0, 40_000), expiresAfter: 600 };
    expect(tasksOf({ fleet: [{}], operations: [late] })).toEqual([{ end: "open", attempts: 0 }]);
  });
});
