/** `fleet --distributed`: one shard for each worker, against one server. What they saw is joined at the end. */
import path from "node:path";
import { type FleetAnswer, type FleetShard, readFleetAnswer } from "../../harness/distributed/shard-messages.ts";
import { joinFleets, mergeFleets } from "../../harness/fleet/merge.ts";
import { EXIT_INCONCLUSIVE, type ExitCode } from "../exit-codes.ts";
import type { FleetValues } from "../fleet/fleet-options.ts";
import { type FleetShow, openFleetShow } from "../fleet/show-fleet.ts";
import { FLEET_EXITS, partLines, writeFleet } from "../fleet/write-fleet.ts";
import type { CommandIo } from "../io.ts";
import type { Services } from "../services.ts";
import type { DistributedRun, DistributedSettings } from "./coordinator.ts";
import { runShards, type ShardsEnd } from "./shards.ts";
import { fleetSource, openMeasuring, shardsOf, sharedValues, showingSeconds, troubleText } from "./whole.ts";

interface Options extends FleetValues {
  readonly duration?: number | undefined;
  readonly out?: string | undefined;
  readonly "rerun-lost": boolean;
}

export interface DistributedFleet {
  readonly settings: DistributedSettings;
  readonly seed: string;
  /** `127.0.0.1:5683` */
  readonly server: string;
  /** Devices of the whole fleet. */
  readonly devices: number;
}

/** @throws HarnessError when the run cannot begin */
export async function runDistributedFleet(
  options: Options,
  { settings, seed, server, devices }: DistributedFleet,
  services: Services,
  io: CommandIo,
): Promise<ExitCode> {
  io.err(`seed ${seed}: ${devices} devices, ${settings.workers} shards, server ${server}\n`);
  const show = await openFleetShow(options, services, io);
  let run: DistributedRun | undefined;
  try {
    run = await openMeasuring("fleet", settings, options["leave-within"], services, io);
    const data = shardsOf<Omit<FleetShard, "shard">>(settings.workers, {
      values: sharedValues(options),
      seed,
      fleet: await fleetSource(options.connectivity),
      duration: options.duration,
      server,
    });
    const end = await runShards(run, {
      job: "fleet",
      data,
      rerunLost: options["rerun-lost"],
      read: readFleetAnswer,
      say: (line) => io.err(`${line}\n`),
      onSecond: showingSeconds(services, (snapshot) => show.second(snapshot)),
    });
    return await finish(end, settings.workers, options, show, io);
  } finally {
    await run?.close();
    await show.close();
  }
}

async function finish(
  end: ShardsEnd<FleetAnswer>,
  of: number,
  { out }: Options,
  show: FleetShow,
  io: CommandIo,
): Promise<ExitCode> {
  const { answers, trouble } = end;
  const text = troubleText(end, of);
  if (out !== undefined)
    for (const { shard, answer } of answers) await writeFleet(path.join(out, `shard-${shard}`), answer.result);
  if (answers.length === 0) {
    io.err(text);
    return EXIT_INCONCLUSIVE;
  }
  const results = answers.map(({ answer }) => answer.result);
  const names = answers.map(({ shard }) => `the result of shard ${shard}`);
  const whole = trouble === undefined ? mergeFleets(results, names) : joinFleets(results, names);
  if (out !== undefined) await writeFleet(out, whole);
  show.summary(whole.fleet);
  io.err(`${partLines(whole).join("\n")}\n`);
  io.err(text);
  return trouble === undefined ? FLEET_EXITS[whole.outcome] : EXIT_INCONCLUSIVE;
}
