/**
 * A large fleet on a bad network for minutes, with a task for each device every minute, judged by the oracle.
 *
 * `FLEET_MINUTES` (10) and `FLEET_DEVICES` (10,000) in the environment change how long and how many. Every task expires
 * after a minute, so each has to come to an end: one that does not is lost.
 */
import { createLatencies } from "../src/harness/load/latencies.ts";
import type { LoadResult } from "../src/harness/record/load-result.ts";
import { affordable, runLoadProcess } from "./load-process.ts";
import { number, printTable, setting } from "./measure.ts";

const PRESET = "flaky-cellular";
const PROPERTY = "deviceProperties.device.timezone";

export async function benchFleetJudged(): Promise<void> {
  const minutes = setting("FLEET_MINUTES", 10);
  const devices = affordable(Math.round(setting("FLEET_DEVICES", 10_000)));
  const workload = {
    formatVersion: 1,
    // Some are always out of coverage.
    begin: { registered: 90, atMost: "5m" },
    arrival: { kind: "open", perSecond: devices / 60, devices: "in-turn" },
    duration: `${Math.round(minutes * 60)}s`,
    settle: "3m",
    tasks: [
      { operation: "read", weight: 3, property: PROPERTY, expiresAfter: "60s" },
      { operation: "write", weight: 1, property: PROPERTY, value: "Etc/GMT+{number}", expiresAfter: "60s" },
    ],
    check: { devices: Math.min(200, devices) },
  };
  const fleet = ["--devices", String(devices), "--connectivity", PRESET, "--ramp", "60s", "--seed", "fleet-judged"];
  const { result, memory, serverMemory, serverCpu } = await runLoadProcess(workload, fleet);
  printTable(
    `fleet-judged: ${number(devices)} devices of the preset ${PRESET}, a task for each every minute for ${number(minutes, 1)} minutes`,
    ["", "measured"],
    [
      ...tasksOf(result),
      ...machineOf(result),
      ["RSS of the fleet, MiB", number(memory)],
      ["RSS of the server, MiB", number(serverMemory)],
      ["processor time of the server, s", number(serverCpu, 1)],
    ],
  );
  for (const { id, outcome, findings } of result.check.requirements)
    if (outcome === "fail" || outcome === "warn") console.log(`${id} ${outcome}: ${findings.length} times`);
}

/** The sum of the counts of that name. */
const total = ({ series }: LoadResult, name: string): number =>
  series.counts.reduce((sum, row) => (row.name === name ? sum + row.count : sum), 0);

const milliseconds = ({ series }: LoadResult, name: string, percent: number): string => {
  const spans = createLatencies();
  for (const row of series.spans) if (row.name === name) spans.add(row.counts);
  return number(spans.percentile(percent) / 1_000, 1);
};

function tasksOf(result: LoadResult): readonly (readonly string[])[] {
  const lost = total(result, "unsettled") + total(result, "unanswered");
  return [
    ["tasks asked for", number(total(result, "requested"))],
    ["lost (no end, or no answer to the request)", number(lost)],
    ["refused", number(total(result, "refused"))],
    ["succeeded", number(total(result, "succeeded"))],
    ["failed (mostly expired while out of coverage)", number(total(result, "failed"))],
    ["completion p50, ms", milliseconds(result, "task.completion", 50)],
    ["completion p99, ms", milliseconds(result, "task.completion", 99)],
  ];
}

function machineOf(result: LoadResult): readonly (readonly string[])[] {
  const examined = result.check.requirements.filter(({ examined: times }) => times > 0).length;
  return [
    ["verdict", result.outcome],
    ["requirements examined", `${number(examined)} on ${number(result.check.devices)} devices`],
    ["generator lag p99, ms", milliseconds(result, "generator.lag", 99)],
    ["datagrams at the devices", number(result.fleet.counts.sent + result.fleet.counts.received)],
    ["dropped by the kernel at devices and server", dropsOf(result)],
  ];
}

const dropsOf = ({ fleet: { kernelDrops } }: LoadResult): string =>
  kernelDrops === undefined ? "unknown" : `${number(kernelDrops.devices)} and ${number(kernelDrops.server)}`;
