/** Runs a live fleet, or a shard of one, to its result: for `fleet`, and for workers of distributed runs. */
import { fleetResult } from "../../harness/fleet/fleet-outcome.ts";
import type { FleetOptions } from "../../harness/fleet/run-fleet.ts";
import type { FleetResult } from "../../harness/record/fleet-result.ts";
import { address } from "../../protocol/address.ts";
import { millis } from "../../protocol/time.ts";
import type { TimeValues } from "../profiles.ts";
import type { Services } from "../services.ts";
import type { FleetValues } from "./fleet-options.ts";
import { coapOf, type OpenedFleet } from "./open-fleet.ts";

export interface FleetAsked extends Pick<FleetOptions, "signal" | "onSecond" | "onSilence"> {
  readonly values: Pick<FleetValues, "in-flight" | "leave-within"> & TimeValues;
  /** `127.0.0.1:5683` */
  readonly server: string;
}

/** @throws HarnessError as `runFleet` */
export async function runOpenedFleet(
  { fleet, devices, shard }: OpenedFleet,
  { values, server, ...hooks }: FleetAsked,
  services: Pick<Services, "runFleet" | "version" | "now">,
): Promise<FleetResult> {
  const coap = coapOf(values);
  const from = services.now();
  const summary = await services.runFleet(fleet, {
    ...hooks,
    server: address(server),
    coap,
    devices,
    places: values["in-flight"],
    leaveWithin: millis(values["leave-within"]),
  });
  const until = services.now();
  return fleetResult({ fleetproof: services.version, target: server, fleet, coap, shard, from, until }, summary);
}
