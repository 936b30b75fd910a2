/** A plan that kills its server twice, for live tests. */
import { Plan } from "../src/scenarios/plan.ts";
import { SHIPPED_PROFILES } from "../src/scenarios/profiles/shipped-profiles.ts";

/** A task waits for a device that comes after the restart, and is registered when the server is killed once more. */
export const RESTART_PLAN = Plan.parse({
  formatVersion: 1,
  id: "restart-live",
  family: "restart",
  simSeed: "seed",
  profile: SHIPPED_PROFILES.live,
  deviceTypes: [{}],
  fleet: [{ lifetime: 3_600 }],
  latency: 1,
  operations: [
    {
      at: 0,
      kind: "create-task",
      task: 0,
      taskType: "R",
      property: "deviceProperties.device.timezone",
      devices: "all",
      type: 0,
    },
    { at: 200, kind: "restart-server", downFor: 100 },
    { at: 250, kind: "poll", task: 0 },
    { at: 300, kind: "poll", task: 0 },
    { at: 310, kind: "register", device: 0 },
    { at: 700, kind: "poll", task: 0 },
    { at: 800, kind: "restart-server", downFor: 0, dies: "after-storing" },
    { at: 810, kind: "poll", task: 0 },
    { at: 1_900, kind: "update", device: 0 },
    { at: 2_200, kind: "poll", task: 0 },
  ],
  faults: [],
  quietFrom: 2_200,
  until: 2_300,
});
