/** Runs the benchmarks that are named, or all, and prints their tables as Markdown. */
import os from "node:os";
import { benchCampaign } from "./campaign.ts";
import { benchDeviceDays } from "./device-days.ts";
import { benchFinishedTasks } from "./finished-tasks.ts";
import { benchFleetJudged } from "./fleet-judged.ts";
import { benchFleetRates } from "./fleet-rates.ts";
import { benchFleetScale } from "./fleet-scale.ts";
import { benchLargeTask } from "./large-task.ts";
import { benchLiveGet } from "./live-get.ts";
import { benchRegistrations } from "./registrations.ts";
import { benchShrink } from "./shrink.ts";
import { benchStore } from "./store.ts";
import { benchWorldExchanges } from "./world-exchanges.ts";

interface Benchmark {
  readonly about: string;
  readonly run: () => Promise<void>;
}

const BENCHMARKS: Readonly<Record<string, Benchmark>> = {
  "world-exchanges": { about: "CoAP exchanges per second in virtual time", run: benchWorldExchanges },
  "device-days": { about: "10,000 devices for 24 virtual hours, judged", run: benchDeviceDays },
  "fleet-scale": {
    about: "1,000 to 100,000 devices of a simulated fleet for 6 h, some minutes; FLEET_HOURS and FLEET_SIZES",
    run: benchFleetScale,
  },
  "fleet-judged": {
    about: "10,000 live devices on a bad network for 10 minutes, judged; FLEET_MINUTES and FLEET_DEVICES change that",
    run: benchFleetJudged,
  },
  "fleet-rates": {
    about: "datagrams, Registers and reads of live fleets; FLEET_SIZES, FLEET_SECONDS",
    run: benchFleetRates,
  },
  "live-get": { about: "GET round trips per second over UDP", run: benchLiveGet },
  registrations: { about: "Registers and Updates per second at `serve` over UDP", run: benchRegistrations },
  campaign: { about: "simulated plans per second", run: benchCampaign },
  shrink: { about: "executions until a large failing plan is small; up to an hour", run: benchShrink },
  store: { about: "task creations with a commit each, beside bare inserts", run: benchStore },
  "large-task": { about: "one task for 1,000 and for 10,000 devices", run: benchLargeTask },
  "finished-tasks": { about: "what 1,000 to 100,000 finished tasks cost the next one", run: benchFinishedTasks },
};

const load = (): string =>
  os
    .loadavg()
    .map((average) => average.toFixed(1))
    .join(" ");

const names = process.argv.slice(2);
if (names.includes("--help")) {
  console.log("npm run -s bench [-- NAME…]    all of them, or those that are named:\n");
  for (const [name, { about }] of Object.entries(BENCHMARKS)) console.log(`  ${name.padEnd(16)} ${about}`);
  process.exit(0);
}
const unknown = names.filter((name) => BENCHMARKS[name] === undefined);
if (unknown.length > 0) {
  console.error(`no benchmark is called ${unknown.join(", ")}; there are ${Object.keys(BENCHMARKS).join(", ")}`);
  process.exit(64);
}
const cpus = os.cpus();
const memory = Math.round(os.totalmem() / 2 ** 30);
console.log(`Date: ${new Date().toISOString().slice(0, 10)}`);
console.log(`Machine: ${cpus.length} × ${cpus[0]?.model.trim() ?? "unknown"}, ${memory} GiB, ${os.type()}`);
console.log(`Node: ${process.version}`);
console.log(`Load before: ${load()}`);
for (const name of names.length === 0 ? Object.keys(BENCHMARKS) : names) await BENCHMARKS[name]?.run();
console.log(`\nLoad after: ${load()}`);
