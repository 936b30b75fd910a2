/**
 * What a simulated fleet costs as it grows: processor time per event and memory per device, with the reference server in
 * the same process. Both should stay the same; otherwise something grows with the fleet that should not.
 *
 * `FLEET_HOURS` (6) and `FLEET_SIZES` ("1000 10000 100000") in the environment change how long and how many.
 */
import { buildOpenServer } from "../src/cli/fleet/open-server.ts";
import { simulateFleet } from "../src/harness/fleet/simulated-fleet.ts";
import { ARTIK, coapParams } from "../src/protocol/profile.ts";
import { createFleet } from "../src/simulator/fleet/fleet.ts";
import { FLEET_PRESETS } from "../src/simulator/fleet/presets.ts";
import { FleetFile } from "../src/simulator/model/fleet.ts";
import {
  cpuSeconds,
  type Measurement,
  measurePartWithin,
  number,
  peakMemory,
  printTable,
  setting,
  settings,
} from "./measure.ts";

const SIZES: readonly number[] = [1_000, 10_000, 100_000];
const PRESET = "flaky-cellular";
const HOURS = 6;
/** Of the calls about progress, at which the heap is measured: the fleet has long been registered, and mostly waits. */
const CALLS_BEFORE_HEAP = 200;
/** Seconds for a device-day, some ten times what it takes: a machine may be busy. */
const PATIENCE = 0.05;

export async function benchFleetScale(): Promise<void> {
  const rows: (readonly string[])[] = [];
  const hours = setting("FLEET_HOURS", HOURS);
  for (const size of settings("FLEET_SIZES", SIZES)) {
    const allowed = 60 + (PATIENCE * size * hours) / 24;
    const found = await measurePartWithin(allowed, "fleet-scale", String(size), String(hours));
    const { events = 0, seconds = 0, cpu = 0, heap = 0, rss = 0 } = found;
    rows.push([
      number(size),
      number(events),
      number(seconds, 1),
      number((cpu * 1e6) / events, 1),
      number((size * hours) / 24 / seconds),
      number(heap / size),
      number(rss),
    ]);
  }
  printTable(
    `fleet-scale: devices of the preset ${PRESET} for ${hours} h, nothing judged`,
    ["devices", "events", "seconds", "CPU µs per event", "device-days/s", "bytes of heap per device", "peak RSS, MiB"],
    rows,
  );
}

export async function runFleetScale(devices: number, hours: number): Promise<Measurement> {
  const file = FleetFile.parse(FLEET_PRESETS[PRESET]);
  const fleet = createFleet(file, { seed: "fleet-scale", devices, duration: hours * 3_600_000 });
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  let heap = 0;
  let calls = 0;
  const onProgress = (): void => {
    calls += 1;
    if (calls !== CALLS_BEFORE_HEAP) return;
    globalThis.gc?.();
    heap = process.memoryUsage().heapUsed - before;
  };
  const startedAt = process.uptime();
  const cpuBefore = cpuSeconds();
  const options = { build: buildOpenServer, profile: ARTIK, coap: coapParams(ARTIK), onProgress };
  const { events } = await simulateFleet(fleet, options);
  return { events, seconds: process.uptime() - startedAt, cpu: cpuSeconds() - cpuBefore, heap, rss: peakMemory() };
}
