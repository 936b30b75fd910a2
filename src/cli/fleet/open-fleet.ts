/** From the options of `fleet` and `load` to a fleet, and the devices of it that this process runs. */
import { type Shard, WHOLE } from "../../harness/record/shards.ts";
import { UsageError } from "../../platform/errors.ts";
import { COAP_DEFAULTS, type CoapParams } from "../../protocol/coap/params.ts";
import { millis } from "../../protocol/time.ts";
import { createFleet, shardMembers } from "../../simulator/fleet/fleet.ts";
import type { Fleet } from "../../simulator/fleet/types.ts";
import type { FleetFile } from "../../simulator/model/fleet.ts";
import type { TimeValues } from "../profiles.ts";
import type { FleetValues } from "./fleet-options.ts";

export interface OpenedFleet {
  readonly fleet: Fleet;
  /** Numbers of the devices that this process runs. */
  readonly devices: readonly number[];
  readonly shard: Shard;
}

/**
 * @param duration milliseconds; absent: as the file says
 * @throws UsageError `conflict`: two ways to choose devices; `bad-value`: there is no such device
 */
export function openFleet(
  file: FleetFile,
  values: Pick<FleetValues, "devices" | "ramp" | "shard" | "only-device">,
  seed: string,
  duration: number | undefined,
): OpenedFleet {
  const { devices, ramp, shard, "only-device": only } = values;
  if (shard !== undefined && only !== undefined)
    throw new UsageError("conflict", "--shard and --only-device both choose devices: give one");
  const fleet = createFleet(file, { seed, devices, ramp, duration });
  if (only !== undefined && only >= fleet.devices) {
    throw new UsageError(
      "bad-value",
      `--only-device: there is no device ${only}; the last of ${fleet.devices} is ${fleet.devices - 1}`,
    );
  }
  const chosen = only === undefined ? [...shardMembers(fleet, shard ?? { index: 0, count: 1 })] : [only];
  return { fleet, devices: chosen, shard: shard === undefined ? WHOLE : { index: shard.index, of: shard.count } };
}

/** Transmission parameters of the devices: those of RFC 7252 §4.8 where nothing is said. */
export function coapOf(times: TimeValues): CoapParams {
  const { "ack-timeout": ackTimeout, "max-retransmit": maxRetransmit, "response-timeout": responseTimeout } = times;
  return {
    ...COAP_DEFAULTS,
    ...(ackTimeout === undefined ? {} : { ackTimeout: millis(ackTimeout) }),
    ...(maxRetransmit === undefined ? {} : { maxRetransmit }),
    ...(responseTimeout === undefined ? {} : { responseTimeout: millis(responseTimeout) }),
  };
}
