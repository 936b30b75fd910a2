/** Runs the benchmarks that are named, or all, and prints their tables as Markdown. */
import os from "node:os";
import { benchCampaign } from "./campaign.ts";
import { benchDeviceDays } from "./device-days.ts";
import { benchLiveGet } from "./live-get.ts";
import { benchShrink } from "./shrink.ts";
import { benchStore } from "./store.ts";
import { benchWorldExchanges } from "./world-exchanges.ts";

const BENCHMARKS: Readonly<Record<string, () => Promise<void>>> = {
  "world-exchanges": benchWorldExchanges,
  "device-days": benchDeviceDays,
  "live-get": benchLiveGet,
  campaign: benchCampaign,
  shrink: benchShrink,
  store: benchStore,
};

const load = (): string =>
  os
    .loadavg()
    .map((average) => average.toFixed(1))
    .join(" ");

const names = process.argv.slice(2);
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
for (const name of names.length === 0 ? Object.keys(BENCHMARKS) : names) await BENCHMARKS[name]?.();
console.log(`\nLoad after: ${load()}`);
