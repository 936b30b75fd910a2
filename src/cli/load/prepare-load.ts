/** From the options of `load` to what its run needs, as far as no server is needed for it. */
import type { LoadOptions } from "../../harness/load/run-load.ts";
import type { Workload } from "../../harness/load/workload.ts";
import type { Shard } from "../../harness/record/shards.ts";
import { UsageError } from "../../platform/errors.ts";
import { isLoopback } from "../../platform/udp.ts";
import type { Profile } from "../../protocol/profile.ts";
import { millis } from "../../protocol/time.ts";
import type { FleetFile } from "../../simulator/model/fleet.ts";
import { coapOf, openFleet } from "../fleet/open-fleet.ts";
import { readFleetFile } from "../fleet-file.ts";
import { readProfile, type TimeValues } from "../profiles.ts";
import type { Services } from "../services.ts";
import { readTarget, type TargetChoice } from "../targets.ts";
import type { LoadValues } from "./load-options.ts";
import { readWorkloadFile } from "./workload-file.ts";
import { refuseWithoutFirmware } from "./workload-fits.ts";

export interface PreparedLoad {
  readonly choice: TargetChoice;
  readonly load: Omit<LoadOptions, "target" | "targetName" | "signal" | "keepHistory">;
}

/** What the files of a load say. */
export interface LoadFiles {
  readonly workload: Workload;
  readonly fleet: FleetFile;
  readonly profile: Profile;
}

/** What `assembleLoad` reads of the options. */
export type AssembledValues = Pick<
  LoadValues,
  "seed" | "device-type" | "scope" | "devices" | "ramp" | "shard" | "only-device" | "in-flight" | "leave-within"
> &
  TimeValues;

/** Milliseconds beyond all phases of a load: its own end comes first. */
const MARGIN = 3_600_000;

/** @throws UsageError when options or files do not fit, or contradict each other */
export async function prepareLoad(
  options: LoadValues,
  services: Pick<Services, "randomSeed" | "version">,
): Promise<PreparedLoad> {
  const choice = chooseLoadTarget(options);
  return { choice, load: assembleLoad(options, choice, await readLoadFiles(options, choice), services) };
}

/** @throws UsageError `bad-file` */
export const readLoadFiles = async (options: LoadValues, choice: TargetChoice): Promise<LoadFiles> => ({
  workload: await readWorkloadFile(options.workload),
  profile: await readProfile(options.profile, choice.kind, options),
  fleet: await readFleetFile(options.connectivity),
});

/** @throws UsageError when options or files do not fit, or contradict each other */
export function assembleLoad(
  options: AssembledValues,
  choice: TargetChoice,
  { workload, profile, fleet: file }: LoadFiles,
  services: Pick<Services, "randomSeed" | "version">,
): PreparedLoad["load"] {
  const seed = options.seed ?? services.randomSeed();
  const known = options["device-type"];
  const scope = options.scope ?? `load-${services.randomSeed().slice(0, 6)}`;
  const named = known === undefined ? { ...file, endpoint: `${scope}-${file.endpoint}` } : file;
  const phases = workload.begin.atMost + workload.duration + workload.settle + MARGIN;
  const { fleet, devices, shard } = openFleet(named, options, seed, phases);
  refuseUnknownGroups(workload.tasks, fleet.groups);
  refuseWithoutFirmware(workload.tasks, file);
  // A device type of its own for each shard: "all" and a filter mean the devices of the process that asks.
  const deviceType = shard.of === 1 ? `${scope}-type` : `${scope}-type-${shard.index}`;
  const load = {
    fleet,
    devices,
    shard,
    fleetproof: services.version,
    workload,
    profile,
    deviceType: known ?? deviceType,
    provisions: known === undefined,
    coap: coapOf(options),
    places: options["in-flight"],
    leaveWithin: millis(options["leave-within"]),
  };
  refuseForeignDevices(load);
  refuseSeveralServers(choice, shard);
  return load;
}

/** @throws UsageError for a target that no load can have */
export function chooseLoadTarget(options: LoadValues): TargetChoice {
  const choice = readTarget(options);
  if (choice.kind === "sim")
    throw new UsageError("bad-value", "--target: a load needs real time: give reference-live or a URL");
  if (choice.kind === "adapter" && options.distributed !== undefined)
    throw new UsageError("conflict", `--${choice.option}: an adapter has all devices of a load in one process`);
  if (choice.kind === "http" && !isLoopback(choice.coapHost))
    throw new UsageError(
      "bad-value",
      `--coap: ${choice.coapHost} is not on this machine; a fleet runs on loopback only`,
    );
  if (options.scope !== undefined && options["device-type"] !== undefined)
    throw new UsageError(
      "conflict",
      "--scope is about names of provisioned devices; with --device-type there are none",
    );
  return choice;
}

function refuseSeveralServers(choice: TargetChoice, shard: Shard): void {
  if (choice.kind === "http" || shard.of === 1) return;
  const remedy =
    choice.kind === "adapter"
      ? "an adapter has all devices of a load in one process"
      : "every process would start a server of its own: start one with serve, and give --target and --coap";
  throw new UsageError("conflict", `--shard: ${remedy}`);
}

function refuseUnknownGroups(tasks: Workload["tasks"], groups: readonly { readonly name: string }[]): void {
  const names = groups.map(({ name }) => name);
  const wanted = tasks.flatMap(({ targets }) => (targets.kind === "group" ? [targets.group] : []));
  const stray = wanted.find((name) => !names.includes(name));
  if (stray === undefined) return;
  throw new UsageError("bad-file", `--workload: the fleet has no group "${stray}"; it has ${names.join(", ")}`);
}

/** A filter means devices of a device type, and of one that others share it would mean theirs as well. */
function refuseForeignDevices({ provisions, workload, shard }: PreparedLoad["load"]): void {
  if (provisions || shard.of === 1 || workload.tasks.every(({ targets }) => targets.kind !== "filter")) return;
  throw new UsageError(
    "conflict",
    "--device-type: with --shard, a task for a filter would be for the devices of all shards, once from each of them",
  );
}
