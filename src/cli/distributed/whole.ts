/** What distributed loads and fleets have in common at the coordinator: their workers, their files, and their ends. */
import { type JoinedSecond, joinSeconds, joinSnapshots } from "../../harness/distributed/join-progress.ts";
import type { FleetSource } from "../../harness/distributed/shard-messages.ts";
import type { FleetSnapshot } from "../../harness/record/fleet-result.ts";
import { HarnessError, UsageError } from "../../platform/errors.ts";
import { readText } from "../../platform/files.ts";
import { type Micros, millis, seconds } from "../../protocol/time.ts";
import { FLEET_PRESETS } from "../../simulator/fleet/presets.ts";
import type { FleetValues } from "../fleet/fleet-options.ts";
import { statusLine } from "../fleet/fleet-text.ts";
import type { CommandIo } from "../io.ts";
import { progressText } from "../load/load-text.ts";
import type { Services } from "../services.ts";
import { type DistributedRun, type DistributedSettings, MEASURING } from "./coordinator.ts";
import type { ShardSecond, ShardsEnd } from "./shards.ts";

/** @throws UsageError `conflict`: options that are about one process, or choose what it runs */
export function refuseOwnShare(options: Pick<FleetValues, "shard" | "only-device" | "start-at">): void {
  const own = (["shard", "only-device", "start-at"] as const).find((name) => options[name] !== undefined);
  if (own === undefined) return;
  throw new UsageError("conflict", `--${own}: with --distributed each worker gets its share, and all begin together`);
}

/** @throws UsageError `conflict` */
export function refuseRerunAlone(rerunLost: boolean, distributed: DistributedSettings | undefined): void {
  if (!rerunLost || distributed !== undefined) return;
  throw new UsageError("conflict", "--rerun-lost goes with --distributed only");
}

/** Beyond what the devices may take to leave. */
const STOP_MARGIN = seconds(10);

/** @throws HarnessError as `openDistributedRun` */
export const openMeasuring = (
  work: "load" | "fleet",
  distributed: DistributedSettings,
  leaveWithin: number,
  services: Services,
  io: CommandIo,
): Promise<DistributedRun> =>
  services.openDistributedRun({
    ...distributed,
    version: services.version,
    program: services.program,
    work,
    locks: MEASURING,
    stopWithin: (millis(leaveWithin) + STOP_MARGIN) as Micros,
    signal: io.signal,
    say: (line) => io.err(`${line}\n`),
  });

/** Was read before: it can be. @param name as after `--connectivity` */
export const fleetSource = async (name: string): Promise<FleetSource> =>
  Object.keys(FLEET_PRESETS).includes(name) ? { preset: name } : { text: await readText(name) };

/** What a worker needs of the options. */
export const sharedValues = (options: FleetValues) => ({
  devices: options.devices,
  ramp: options.ramp,
  "in-flight": options["in-flight"],
  "leave-within": options["leave-within"],
  "ack-timeout": options["ack-timeout"],
  "max-retransmit": options["max-retransmit"],
  "response-timeout": options["response-timeout"],
});

/** One share for each worker. */
export const shardsOf = <Data extends object>(count: number, data: Data) =>
  Array.from({ length: count }, (_, index) => ({ ...data, shard: { index, count } }));

/** Milliseconds between two shows. */
const SHOW_EVERY = 1_000;

/** Joins what the shards say, and shows it once a second. */
export function showingSeconds(
  services: Pick<Services, "now">,
  show: (snapshot: FleetSnapshot, load: JoinedSecond | undefined) => void,
): (parts: readonly ShardSecond[]) => void {
  let shownAt = Number.NEGATIVE_INFINITY;
  return (parts) => {
    if (services.now() - shownAt < SHOW_EVERY) return;
    shownAt = services.now();
    const loads = parts.flatMap(({ load }) => load ?? []);
    show(joinSnapshots(parts.map(({ snapshot }) => snapshot)), loads.length === 0 ? undefined : joinSeconds(loads));
  };
}

/**
 * Why there is no whole, in lines with line feeds; empty: there is one.
 *
 * @throws `trouble` when it is a bug
 */
export function troubleText({ answers, last, trouble }: ShardsEnd<unknown>, of: number): string {
  if (trouble === undefined) return "";
  if (!(trouble instanceof HarnessError)) throw trouble;
  const loads = last.flatMap(({ load }) => load ?? []);
  const load = loads.length === 0 ? "" : progressText(joinSeconds(loads));
  const seen = last.map(({ snapshot }) => snapshot);
  const line = seen.length === 0 ? "" : `last seen: ${statusLine(joinSnapshots(seen), undefined)}${load}\n`;
  return `${line}fleetproof: ${trouble.message}; ${answers.length} of ${of} shards came to their end\n`;
}
