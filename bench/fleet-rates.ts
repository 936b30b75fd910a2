/**
 * How fast a live fleet is: its datagrams beside those of a bare generator on `node:dgram`, first Registers at our server
 * and at libcoap's, and how long a read takes as the fleet grows.
 *
 * `FLEET_SIZES` in the environment ("1000 5000 10000") are the fleets of the last table, `FLEET_SECONDS` (20) its time.
 */
import { spawn, spawnSync } from "node:child_process";
import { createLatencies } from "../src/harness/load/latencies.ts";
import { openUdp } from "../src/platform/udp.ts";
import { splitAddress } from "../src/protocol/address.ts";
import { affordable, runLoadProcess, startServe } from "./load-process.ts";
import {
  figures,
  type Measurement,
  measurePart,
  median,
  number,
  printTable,
  setting,
  settings,
  spread,
  startPart,
} from "./measure.ts";

const ROUNDS = 3;
const REGISTERS = 5_000;
const LIBCOAP = "coap-server-notls";

export async function benchFleetRates(): Promise<void> {
  await datagrams();
  await registers();
  await reads();
}

async function datagrams(): Promise<void> {
  const found: Record<"fleet" | "bare", Measurement[]> = { fleet: [], bare: [] };
  for (let round = 0; round < ROUNDS; round++) {
    for (const kind of ["bare", "fleet"] as const) {
      const server = await startPart("live-server", "acknowledging");
      found[kind].push(await measurePart("fleet-datagrams", kind, String(server.ready.port)));
      await server.stop();
    }
  }
  const base = median(figures(found.bare, "cpu"));
  printTable(
    "fleet-rates: datagrams per second of one process, both ways, at a server that only acknowledges",
    ["generator", "per second (min–max)", "CPU µs of the generator for each", "ratio of CPU"],
    (["bare", "fleet"] as const).map((kind) => [
      kind === "bare" ? "node:dgram alone" : "fleet",
      spread(figures(found[kind], "rate")),
      spread(figures(found[kind], "cpu"), 1),
      number(median(figures(found[kind], "cpu")) / base, 2),
    ]),
  );
}

async function registers(): Promise<void> {
  const devices = affordable(REGISTERS);
  const rows: (readonly string[])[] = [];
  const row = (server: string, found: readonly Measurement[]): void => {
    const codes = new Set(figures(found, "code").map((code) => (code / 100).toFixed(2)));
    rows.push([server, [...codes].join(", "), spread(figures(found, "rate")), spread(figures(found, "repeated"))]);
  };
  const own: Measurement[] = [];
  const other: Measurement[] = [];
  const isThere = spawnSync(LIBCOAP, ["-h"]).error === undefined;
  for (let round = 0; round < ROUNDS; round++) {
    const server = await startServe("--open");
    own.push(await measurePart("fleet-registers", new URL(server.coap).port, String(devices)));
    await server.stop();
    if (isThere) other.push(await atLibcoap(devices));
  }
  row("serve --open", own);
  if (isThere) row(LIBCOAP, other);
  printTable(
    `fleet-rates: first Registers of ${number(devices)} devices at once, 200 under way`,
    ["server", "answers", "per second (min–max)", "sent again"],
    rows,
  );
  console.log(
    isThere ? "\nlibcoap's server knows no registrations: it refuses them." : `\n${LIBCOAP} is not installed.`,
  );
}

async function atLibcoap(devices: number): Promise<Measurement> {
  const holder = await openUdp({ host: "127.0.0.1" });
  const { port } = splitAddress(holder.address);
  await holder.close();
  const server = spawn(LIBCOAP, ["-A", "127.0.0.1", "-p", String(port)], { stdio: "ignore" });
  try {
    return await measurePart("fleet-registers", String(port), String(devices));
  } finally {
    server.kill("SIGKILL");
  }
}

async function reads(): Promise<void> {
  const sizes = settings("FLEET_SIZES", [1_000, 5_000, 10_000]);
  const time = setting("FLEET_SECONDS", 20);
  const rows: (readonly string[])[] = [];
  for (const size of sizes) {
    const devices = affordable(size);
    const workload = {
      formatVersion: 1,
      begin: { registered: 100, atMost: "5m" },
      arrival: { kind: "open", perSecond: 50, spacing: "random" },
      duration: `${time}s`,
      tasks: [{ operation: "read", property: "deviceProperties.device.timezone" }],
      check: { devices: 0 },
    };
    const fleet = [
      "--devices",
      String(devices),
      "--connectivity",
      "always-on",
      "--ramp",
      "20s",
      "--seed",
      "fleet-rates",
    ];
    const { result, memory } = await runLoadProcess(workload, fleet);
    const percentile = (name: string, percent: number): string => {
      const spans = createLatencies();
      for (const row of result.series.spans) if (row.name === name) spans.add(row.counts);
      return number(spans.percentile(percent) / 1_000, 1);
    };
    const completion = [50, 99].map((percent) => percentile("task.completion", percent));
    rows.push([
      number(devices),
      number(result.tasks),
      ...completion,
      percentile("generator.lag", 99),
      number(memory),
      result.outcome,
    ]);
  }
  printTable(
    `fleet-rates: reads of single devices, 50 a second for ${time} s, from the intended time`,
    ["devices", "tasks", "p50, ms", "p99, ms", "generator lag p99, ms", "RSS of the fleet, MiB", "outcome"],
    rows,
  );
  console.log("\nThe end of a task is seen by looking, first after 50 ms; 40 ms are the latency of the preset's link.");
}
