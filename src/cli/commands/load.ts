/** `load`: a fleet, tasks for its devices, and thresholds. */
import { UsageError } from "../../platform/errors.ts";
import { isLoopback } from "../../platform/udp.ts";
import { address, splitAddress } from "../../protocol/address.ts";
import { defineCommand } from "../command.ts";
import { runDistributedLoad } from "../distributed/distributed-load.ts";
import { readDistributed } from "../distributed/options.ts";
import { refuseRerunAlone } from "../distributed/whole.ts";
import { openFleetShow } from "../fleet/show-fleet.ts";
import { refuseFarStart, waitForStart } from "../fleet/start-at.ts";
import { createLoadMetrics } from "../load/load-metrics.ts";
import { LOAD_OPTIONS, LoadValues } from "../load/load-options.ts";
import { beginText, progressText } from "../load/load-text.ts";
import { prepareLoad } from "../load/prepare-load.ts";
import { LOAD_EXITS, tellLoad, writeLoad } from "../load/write-load.ts";
import { openTarget } from "../targets.ts";

export const LOAD = defineCommand({
  name: "load",
  about:
    "Runs a fleet and asks for tasks on its devices, measures from the intended times, checks a sample of the devices, and judges thresholds. Exit code 99 when one is crossed; 2 when this process was too slow to measure.",
  options: LOAD_OPTIONS,
  examples: [
    "load --workload examples/load.yaml --devices 500",
    "load --workload ./load.yaml --target http://127.0.0.1:8080/v1.1 --coap coap://127.0.0.1:5683 --devices 2000 --connectivity flaky-cellular --out ./load-1",
  ],
  schema: LoadValues,
  async run(options, services, io) {
    if (options.json && options["json-lines"])
      throw new UsageError("conflict", "--json and --json-lines both write to standard output: give one");
    const distributed = readDistributed(options);
    refuseRerunAlone(options["rerun-lost"], distributed);
    if (distributed !== undefined) return runDistributedLoad(options, distributed, services, io);
    refuseFarStart(options["start-at"], services.now());
    const { choice, load } = await prepareLoad(options, services);
    const { fleet, devices } = load;
    io.err(`seed ${fleet.seed}: ${devices.length} of ${fleet.devices} devices\n${beginText(load)}\n`);
    const opened = await openTarget(choice, load.profile, options.token, services);
    const show = await openFleetShow(options, services, io);
    const metrics = createLoadMetrics(show.metrics.registry);
    try {
      const { target } = opened;
      if (target.kind !== "live") throw new Error("a load has a live target");
      const { host, port } = splitAddress(address(target.coap));
      if (!isLoopback(host))
        throw new UsageError("bad-value", `${host} is not on this machine; a fleet runs on loopback only`);
      const finished = await services.runLoad({
        target: {
          http: target.http,
          coap: address(`${host.includes(":") ? `[${host}]` : host}:${port}`),
          ...(target.token === undefined ? {} : { token: target.token }),
          ...(target.adapter === undefined ? {} : { adapter: target.adapter }),
        },
        targetName: target.name,
        ...load,
        keepHistory: options.out !== undefined,
        signal: io.signal,
        beforeStart: () => waitForStart(options["start-at"], services, io),
        onSecond: (snapshot, progress) => {
          metrics.update(progress);
          const { phase, asked, underWay } = progress;
          show.second(snapshot, { text: progressText(progress), json: { load: { phase, asked, underWay } } });
        },
        onSilence: () => io.err(`${target.coap} does not answer a CoAP ping; going on all the same\n`),
      });
      await show.close();
      if (options.out !== undefined) await writeLoad(options.out, finished.result, finished.sample);
      tellLoad(finished.result, options, io);
      return LOAD_EXITS[finished.result.outcome];
    } finally {
      await show.close();
      await opened.close();
    }
  },
});
