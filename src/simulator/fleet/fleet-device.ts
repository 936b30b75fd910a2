/**
 * The virtual device of a member of a fleet.
 */
import type { Address } from "../../protocol/address.ts";
import type { CoapParams } from "../../protocol/coap/params.ts";
import type { RandomSource } from "../../protocol/random.ts";
import type { Instant } from "../../protocol/time.ts";
import { createVirtualDevice } from "../device/device.ts";
import type { VirtualDevice } from "../device/types.ts";
import type { Fault } from "../model/fault.ts";
import type { Fleet } from "./types.ts";

/** What the devices of one run have in common. */
export interface FleetDeviceOptions {
  readonly server: Address;
  readonly coap: CoapParams;
  /** Of the seed of the run; a device's keys begin with `device/` and its number. */
  readonly random: RandomSource;
  /** Where time 0 of the run is. */
  readonly start: Instant;
}

/** None: what happens to a device of a fleet comes from its timeline. */
const NO_FAULTS: readonly Fault[] = [];

/**
 * A device that is silent until it is told to register, which its driver does when `registersAt` of the member has
 * come, after what its timeline has for that moment: a device that is offline then does not register.
 */
export function createFleetDevice(fleet: Fleet, index: number, options: FleetDeviceOptions): VirtualDevice {
  const { name, model } = fleet.member(index);
  const { server, coap, random, start } = options;
  const misbehaves = fleet.misbehaves(index, start);
  // All fields by name: objects made by spreading cost a hidden class each.
  return createVirtualDevice({ name, index, model, faults: NO_FAULTS, server, coap, random, start, misbehaves });
}
