/** How the devices and device types of a plan are called on the server under test. */
import type { Plan } from "../../scenarios/plan.ts";

/** Ids on the server under test: unique to this run, so that runs share a server without meeting. */
export interface RunNames {
  /** Endpoint client name = device id, by index in the fleet. */
  readonly devices: readonly string[];
  /** Device type ids, by index. */
  readonly deviceTypes: readonly string[];
}

/** Names for a plan; `scope` keeps campaigns on a shared server apart and is empty in simulation. */
export function runNames(plan: Plan, scope = ""): RunNames {
  const stem = scope === "" ? plan.id : `${scope}-${plan.id}`;
  return {
    devices: plan.fleet.map((_, index) => `${stem}-d${index}`),
    deviceTypes: plan.deviceTypes.map((_, index) => `${stem}-t${index}`),
  };
}
