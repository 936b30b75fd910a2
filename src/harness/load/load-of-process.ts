/** The result of one process of a load, from what it was told to do and what it has measured. */
import { now } from "../../platform/clock.ts";
import { sha256 } from "../../platform/hash.ts";
import type { CoapParams } from "../../protocol/coap/params.ts";
import { type Instant, toUnixMillis } from "../../protocol/time.ts";
import type { Fleet } from "../../simulator/fleet/types.ts";
import { fleetDigest } from "../fleet/fleet-digest.ts";
import { fleetSettings } from "../fleet/fleet-settings.ts";
import type { FleetSummary } from "../record/fleet-result.ts";
import type { LoadCheck, LoadPart, LoadResult, RegisteredDevices } from "../record/load-result.ts";
import { failingDevices } from "../record/measured.ts";
import type { Shard } from "../record/shards.ts";
import type { Timeline } from "../record/timeline.ts";
import { judgeGenerator } from "./generator-lag.ts";
import { judgeLoad } from "./judge-load.ts";
import type { Series } from "./series.ts";
import type { Workload } from "./workload.ts";
import { workloadSettings } from "./workload-settings.ts";

/** What a process was told to do; `LoadOptions` has it. */
export interface LoadOrder {
  readonly fleetproof: string;
  readonly targetName: string;
  readonly fleet: Fleet;
  /** Numbers of the devices of this process. */
  readonly devices: readonly number[];
  readonly shard: Shard;
  readonly workload: Workload;
  readonly coap: CoapParams;
}

export interface LoadMeasurements {
  readonly interrupted: boolean;
  readonly check: LoadCheck;
  readonly registered: RegisteredDevices | undefined;
  /** When tasks were asked for; `undefined`: never. */
  readonly asking: { readonly from: Instant; readonly until: Instant | undefined } | undefined;
  /** Tasks that were asked for. */
  readonly tasks: number;
  /** Names of devices on which a task failed or did not end. */
  readonly failing: ReadonlySet<string>;
  readonly series: Series;
  readonly timeline: Timeline;
  readonly fleet: FleetSummary;
}

export function loadResult(order: LoadOrder, measured: LoadMeasurements): LoadResult {
  const { fleet, workload, shard } = order;
  const { registered, check, tasks, series, timeline } = measured;
  const maxLag = workload.generator.maxLag * 1_000;
  return judgeLoad({
    fleetproof: order.fleetproof,
    seed: fleet.seed,
    target: order.targetName,
    devices: fleet.devices,
    workloadDigest: sha256(JSON.stringify(workload)),
    fleetDigest: fleetDigest(fleet, order.coap),
    workloadSettings: workloadSettings(workload),
    fleetSettings: fleetSettings(fleet),
    shard,
    parts: [partOf(order, measured, maxLag)],
    maxLag,
    thresholds: workload.thresholds,
    check,
    ...(registered === undefined ? {} : { registered }),
    tasks,
    failing: failingDevices(failingOf(order, measured)),
    series,
    timeline,
    fleet: measured.fleet,
  });
}

function partOf({ shard, devices }: LoadOrder, measured: LoadMeasurements, maxLag: number): LoadPart {
  const { asking, interrupted, series } = measured;
  return {
    index: shard.index,
    devices: devices.length,
    interrupted,
    generator: judgeGenerator(series.spans("generator.lag", {}), maxLag),
    ...(asking === undefined
      ? {}
      : { asking: { from: toUnixMillis(asking.from), until: toUnixMillis(asking.until ?? now()) } }),
  };
}

function failingOf({ fleet, devices }: LoadOrder, { failing, check }: LoadMeasurements): ReadonlySet<number> {
  const broken = check.requirements.flatMap(({ findings }) => findings.flatMap((finding) => finding.devices));
  return new Set([...devices.filter((device) => failing.has(fleet.member(device).name)), ...broken]);
}
