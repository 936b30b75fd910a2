/** Shards of loads and fleets in a worker: the same functions as the commands, on what the coordinator sent. */
import {
  type FleetAnswer,
  type FleetSource,
  type LoadAnswer,
  readFleetShard,
  readLoadShard,
} from "../../harness/distributed/shard-messages.ts";
import { historyText } from "../../harness/history/history-file.ts";
import { HarnessError } from "../../platform/errors.ts";
import { address, splitAddress } from "../../protocol/address.ts";
import type { Result } from "../../protocol/result.ts";
import type { FleetFile } from "../../simulator/model/fleet.ts";
import { openFleet } from "../fleet/open-fleet.ts";
import { runOpenedFleet } from "../fleet/run-opened.ts";
import { parseFleetFile, readFleetFile } from "../fleet-file.ts";
import { assembleLoad } from "../load/prepare-load.ts";
import { parseWorkload } from "../load/workload-file.ts";
import type { FileProblem } from "../yaml-file.ts";
import type { JobContext } from "./worker-jobs.ts";

export async function runLoadShard(data: unknown, context: JobContext): Promise<LoadAnswer> {
  const { values, seed, shard, scope, deviceType, target, targetName, ...job } = readLoadShard(data);
  const { services, progress } = context;
  const { host, port } = splitAddress(address(target.coap));
  const load = assembleLoad(
    { ...values, seed, shard, scope, "device-type": deviceType },
    { kind: "http", http: target.http, coapHost: host, coapPort: port },
    { workload: read(parseWorkload(job.workload)), fleet: await fleetOf(job.fleet), profile: job.profile },
    services,
  );
  const { result, sample } = await services.runLoad({
    ...load,
    target: {
      http: target.http,
      coap: address(target.coap),
      ...(target.token === undefined ? {} : { token: target.token }),
    },
    targetName,
    keepHistory: job.withSample,
    signal: AbortSignal.any([context.stop, context.leave]),
    beforeStart: () => allPrepared(context),
    onSecond: (snapshot, { phase, asked, underWay, series }) =>
      progress({ kind: "second", snapshot, load: { phase, asked, underWay, series: series.saved() } }),
    onSilence: () => progress({ kind: "silence", server: target.coap }),
  });
  if (sample === undefined) return { result };
  return { result, sample: { plan: sample.plan, history: historyText(sample.history) } };
}

export async function runFleetShard(data: unknown, context: JobContext): Promise<FleetAnswer> {
  const { values, seed, shard, fleet, duration, server } = readFleetShard(data);
  const { services, progress } = context;
  const opened = openFleet(await fleetOf(fleet), { ...values, shard }, seed, duration);
  await allPrepared(context);
  const result = await runOpenedFleet(
    opened,
    {
      values,
      server,
      signal: AbortSignal.any([context.stop, context.leave]),
      onSecond: (snapshot) => progress({ kind: "second", snapshot }),
      onSilence: () => progress({ kind: "silence", server }),
    },
    services,
  );
  return { result };
}

async function allPrepared({ progress, worker, start }: JobContext): Promise<void> {
  progress({ kind: "prepared", worker });
  await start();
}

const fleetOf = async (source: FleetSource): Promise<FleetFile> =>
  "preset" in source ? readFleetFile(source.preset) : read(parseFleetFile(source.text));

/** The coordinator has read it before. */
function read<T>(parsed: Result<T, FileProblem>): T {
  if (parsed.ok) return parsed.value;
  throw new HarnessError("queue-not-usable", `a file in the queue cannot be read: ${parsed.error.message}`);
}
