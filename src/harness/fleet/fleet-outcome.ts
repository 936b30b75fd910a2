/** What a fleet comes to, from its parts. Nothing is judged but whether it ran. */
import type { CoapParams } from "../../protocol/coap/params.ts";
import { formatDuration } from "../../protocol/duration.ts";
import type { Fleet } from "../../simulator/fleet/types.ts";
import { FLEET_FORMAT_VERSION, type FleetPart, type FleetResult, type FleetSummary } from "../record/fleet-result.ts";
import type { Shard } from "../record/shards.ts";
import { fleetDigest } from "./fleet-digest.ts";
import { fleetSettings } from "./fleet-settings.ts";

export interface FinishedFleet {
  /** Version of Fleetproof. */
  readonly fleetproof: string;
  /** Address of the server. */
  readonly target: string;
  readonly fleet: Fleet;
  readonly coap: CoapParams;
  readonly shard: Shard;
  /** Milliseconds since the Unix epoch. */
  readonly from: number;
  readonly until: number;
}

/** The result of one process. */
export function fleetResult(finished: FinishedFleet, summary: FleetSummary): FleetResult {
  const { fleetproof, target, fleet, coap, shard, from, until } = finished;
  const interrupted = summary.ended === "interrupted";
  const parts = [{ index: shard.index, devices: summary.devices, from, until, interrupted }];
  return {
    formatVersion: FLEET_FORMAT_VERSION,
    fleetproof,
    outcome: fleetOutcome(parts, summary),
    seed: fleet.seed,
    target,
    devices: fleet.devices,
    fleetDigest: fleetDigest(fleet, coap),
    fleetSettings: { ...fleetSettings(fleet), duration: formatDuration(fleet.duration) },
    shard,
    parts,
    fleet: summary,
  };
}

/** A fleet that heard nothing of its server at all was none. */
export function fleetOutcome(
  parts: readonly FleetPart[],
  { devices, counts }: Pick<FleetSummary, "devices" | "counts">,
): FleetResult["outcome"] {
  if (parts.some(({ interrupted }) => interrupted)) return "interrupted";
  return devices > 0 && counts.received === 0 ? "unheard" : "pass";
}
