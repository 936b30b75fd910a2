/** The virtual devices of a live fleet, as its file and seed make them. */
import { createRandomSource } from "../../platform/random.ts";
import type { Address } from "../../protocol/address.ts";
import type { CoapParams } from "../../protocol/coap/params.ts";
import type { Instant } from "../../protocol/time.ts";
import { createVirtualDevice } from "../../simulator/device/device.ts";
import type { VirtualDevice } from "../../simulator/device/types.ts";
import type { Fleet } from "../../simulator/fleet/types.ts";

export interface LiveDeviceSettings {
  readonly server: Address;
  readonly coap: CoapParams;
  /** Unique to this process: message ids and tokens of another run are not repeated. */
  readonly scope: string;
  /** Where the fleet's time 0 is. */
  readonly start: Instant;
}

/** A device that is silent until it is told to register: when that may be is the driver's decision (pacing.ts). */
export function createLiveDevice(fleet: Fleet, index: number, settings: LiveDeviceSettings): VirtualDevice {
  const { name, model } = fleet.member(index);
  const decided = createRandomSource(fleet.seed);
  const fresh = createRandomSource(`${fleet.seed}~${settings.scope}`);
  return createVirtualDevice({
    name,
    index,
    model,
    faults: [],
    misbehaves: fleet.misbehaves(index, settings.start),
    server: settings.server,
    coap: settings.coap,
    // Message ids and tokens differ from run to run, so that no server takes one run for a copy of another.
    random: (key) => (key.includes("/boot/") ? fresh : decided)(key),
    start: settings.start,
    fetches: true,
    // Servers in the field refuse a version that they do not know with either.
    rules: { stepsDownAfter: (code) => code === "4.12" || code === "4.00" },
  });
}

/** Sorted by when they are due; of those due at one moment in their own order. */
export function inOrderOfStart(fleet: Fleet, devices: readonly number[]): readonly number[] {
  const due = new Map(devices.map((index) => [index, fleet.member(index).registersAt]));
  return [...devices].sort((a, b) => (due.get(a) ?? 0) - (due.get(b) ?? 0) || a - b);
}
