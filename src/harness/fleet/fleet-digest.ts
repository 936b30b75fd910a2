/** Whether two processes run parts of one fleet: a digest of all that says what its devices do. */
import { sha256 } from "../../platform/hash.ts";
import type { CoapParams } from "../../protocol/coap/params.ts";
import type { Fleet } from "../../simulator/fleet/types.ts";

/** The endpoint names are not in it: each process may have a scope of its own, and no decision depends on names. */
export function fleetDigest({ file, ramp, devices, duration }: Fleet, coap: CoapParams): string {
  const { endpoint: _, ...behaviour } = file;
  return sha256(JSON.stringify({ behaviour, ramp: ramp ?? null, devices, duration, coap }));
}
