/**
 * `load --distributed`: one shard for each worker, against one target that this process brings up. What they measured is
 * joined and judged as a whole; of a run that broke off, what there is of it.
 */
import path from "node:path";
import { type LoadAnswer, type LoadShard, readLoadAnswer } from "../../harness/distributed/shard-messages.ts";
import { joinLoads, mergeLoads } from "../../harness/load/merge.ts";
import type { LoadResult } from "../../harness/record/load-result.ts";
import { UsageError } from "../../platform/errors.ts";
import { readText, writeJson, writeText } from "../../platform/files.ts";
import { isLoopback } from "../../platform/udp.ts";
import { address, splitAddress } from "../../protocol/address.ts";
import { EXIT_INCONCLUSIVE, type ExitCode } from "../exit-codes.ts";
import { openFleetShow } from "../fleet/show-fleet.ts";
import type { CommandIo } from "../io.ts";
import { createLoadMetrics } from "../load/load-metrics.ts";
import type { LoadValues } from "../load/load-options.ts";
import { progressText } from "../load/load-text.ts";
import { assembleLoad, chooseLoadTarget, readLoadFiles } from "../load/prepare-load.ts";
import { LOAD_EXITS, tellLoad, writeLoad } from "../load/write-load.ts";
import type { Services } from "../services.ts";
import { openTarget } from "../targets.ts";
import type { DistributedRun, DistributedSettings } from "./coordinator.ts";
import { runShards, type ShardsEnd } from "./shards.ts";
import {
  fleetSource,
  openMeasuring,
  refuseOwnShare,
  shardsOf,
  sharedValues,
  showingSeconds,
  troubleText,
} from "./whole.ts";

type Options = LoadValues & { readonly "rerun-lost": boolean };

/** @throws UsageError; HarnessError when the run cannot begin */
export async function runDistributedLoad(
  options: Options,
  distributed: DistributedSettings,
  services: Services,
  io: CommandIo,
): Promise<ExitCode> {
  refuseOwnShare(options);
  const choice = chooseLoadTarget(options);
  const files = await readLoadFiles(options, choice);
  const seed = options.seed ?? services.randomSeed();
  const known = options["device-type"];
  const scope = known === undefined ? (options.scope ?? `load-${services.randomSeed().slice(0, 6)}`) : undefined;
  const opened = await openTarget(choice, files.profile, options.token, services);
  let run: DistributedRun | undefined;
  try {
    const { target } = opened;
    if (target.kind !== "live") throw new Error("a load has a live target");
    const { host } = splitAddress(address(target.coap));
    if (!isLoopback(host))
      throw new UsageError("bad-value", `${host} is not on this machine; a fleet runs on loopback only`);
    const shard = { index: 0, count: distributed.workers };
    const reached = { kind: "http", http: target.http, coapHost: "", coapPort: 0 } as const;
    const { fleet } = assembleLoad({ ...options, seed, scope, shard }, reached, files, services);
    io.err(`seed ${seed}: ${fleet.devices} devices, ${distributed.workers} shards\n`);
    run = await openMeasuring("load", distributed, options["leave-within"], services, io);
    const data = shardsOf<Omit<LoadShard, "shard">>(distributed.workers, {
      values: sharedValues(options),
      seed,
      scope,
      deviceType: known,
      fleet: await fleetSource(options.connectivity),
      workload: await readText(options.workload),
      profile: files.profile,
      target: { http: target.http, coap: target.coap, token: target.token },
      targetName: target.name,
      withSample: options.out !== undefined,
    });
    const end = await showLoad(run, data, options, services, io);
    return await finish(end, distributed.workers, options, io);
  } finally {
    await run?.close();
    await opened.close();
  }
}

async function showLoad(
  run: DistributedRun,
  data: readonly LoadShard[],
  options: Options,
  services: Services,
  io: CommandIo,
): Promise<ShardsEnd<LoadAnswer>> {
  const show = await openFleetShow(options, services, io);
  const metrics = createLoadMetrics(show.metrics.registry);
  try {
    return await runShards(run, {
      job: "load",
      data,
      rerunLost: options["rerun-lost"],
      read: readLoadAnswer,
      say: (line) => io.err(`${line}\n`),
      onSecond: showingSeconds(services, (snapshot, progress) => {
        if (progress === undefined) return show.second(snapshot);
        metrics.update(progress);
        const { phase, asked, underWay } = progress;
        show.second(snapshot, { text: progressText(progress), json: { load: { phase, asked, underWay } } });
      }),
    });
  } finally {
    await show.close();
  }
}

async function finish(end: ShardsEnd<LoadAnswer>, of: number, options: Options, io: CommandIo): Promise<ExitCode> {
  const { out } = options;
  const { answers, trouble } = end;
  const text = troubleText(end, of);
  if (out !== undefined)
    for (const { shard, answer } of answers) await writeShard(path.join(out, `shard-${shard}`), answer);
  const whole = wholeOf(answers, trouble === undefined);
  if (whole !== undefined && out !== undefined) await writeLoad(out, whole);
  if (whole !== undefined) tellLoad(whole, options, io);
  io.err(text);
  return whole === undefined || trouble !== undefined ? EXIT_INCONCLUSIVE : LOAD_EXITS[whole.outcome];
}

/** @returns `undefined`: there is nothing of it */
function wholeOf(answers: ShardsEnd<LoadAnswer>["answers"], complete: boolean): LoadResult | undefined {
  const results = answers.map(({ answer }) => answer.result);
  const names = answers.map(({ shard }) => `the result of shard ${shard}`);
  if (complete) return mergeLoads(results, names);
  return results.length === 0 ? undefined : joinLoads(results, names);
}

/** What the shard would have written if it had been run by hand. */
async function writeShard(directory: string, { result, sample }: LoadAnswer): Promise<void> {
  await writeLoad(directory, result);
  if (sample === undefined) return;
  await writeJson(path.join(directory, "sample", "plan.json"), sample.plan);
  await writeText(path.join(directory, "sample", "history.ndjson"), sample.history);
}
