/**
 * Device-days per second: 10,000 devices that live through 24 virtual hours with an Update every hour, against the
 * reference server, judged as it happens by every checker, no history kept.
 *
 * Beside it the same without oracle, and the same with ten lines in the server's place, to show who takes what.
 */

import type { HistoryEvent } from "../src/harness/history/history.ts";
import { runNames } from "../src/harness/interpreter/run-names.ts";
import { createOracle } from "../src/harness/oracle/oracle.ts";
import type { BuildServer } from "../src/harness/simulation/build-server.ts";
import { simulate } from "../src/harness/simulation/simulate.ts";
import { buildServer } from "../src/mutants/mutant.ts";
import { readMessageId } from "../src/protocol/coap/message.ts";
import { ARTIK } from "../src/protocol/profile.ts";
import type { ServerEffect, ServerPort } from "../src/protocol/server-port.ts";
import { NEVER, SIMULATION_START, toUnixMillis } from "../src/protocol/time.ts";
import { Plan } from "../src/scenarios/plan.ts";
import {
  cpuSeconds,
  figures,
  type Measurement,
  measureInTurns,
  measurePart,
  median,
  number,
  peakMemory,
  printTable,
  spread,
  wallSeconds,
} from "./measure.ts";

const DEVICES = 10_000;
const HOUR = 3_600_000;
const ROUNDS = 3;

const VARIANTS = {
  judged: "reference server, every checker",
  unjudged: "reference server, no oracle",
  echo: "ten-line server, no oracle",
  sleepers: "reference server, every checker, devices in queue mode",
} as const;

export async function benchDeviceDays(): Promise<void> {
  const names = Object.keys(VARIANTS) as (keyof typeof VARIANTS)[];
  const found = await measureInTurns(
    names.map((name) => ["device-days", name]),
    ROUNDS,
  );
  const baseline = median(figures(found[0] ?? [], "seconds"));
  printTable(
    `device-days: ${number(DEVICES)} devices × 24 h, an Update every hour`,
    ["run", "device-days/s", "seconds (min–max)", "ratio of time", "CPU seconds", "peak RSS, MiB"],
    names.map((name, index) => {
      const measured = found[index] ?? [];
      const time = figures(measured, "seconds");
      const rate = number(DEVICES / median(time));
      return [
        VARIANTS[name],
        rate,
        spread(time, 2),
        number(median(time) / baseline, 2),
        number(median(figures(measured, "cpu")), 1),
        number(median(figures(measured, "rss"))),
      ];
    }),
  );
  const judged = found[0]?.[0] ?? {};
  console.log(
    `\n${number(judged.datagrams ?? 0)} datagrams, ${number(judged.events ?? 0)} events of history; ` +
      `${number(judged.examined ?? 0)} judgements, ${number(judged.violations ?? 0)} violations. Medians of ${ROUNDS}.`,
  );
  const heap = await measurePart("device-days", "heap");
  printTable(
    "device-days: heap in use after a full collection, judged run",
    ["virtual hour", "MiB"],
    HEAP_HOURS.map((hour) => [String(hour), number(heap[`hour${hour}`] ?? Number.NaN, 1)]),
  );
}

/** Shows whether anything grows: the second hour has all devices registered, later ones only repeat it. */
const HEAP_HOURS = [2, 6, 12, 18, 23] as const;

export function runFleet(variant: string): Measurement {
  const plan = fleetPlan(variant === "sleepers");
  const build: BuildServer = variant === "echo" ? () => echoServer() : buildServer();
  const counts = { events: 0, datagrams: 0 };
  const count = (event: HistoryEvent): void => {
    counts.events++;
    if (event.kind === "uplink" || event.kind === "downlink") counts.datagrams++;
  };
  if (variant === "unjudged" || variant === "echo") {
    const elapsed = wallSeconds(() => void simulate(plan, build, { observe: count, maxEvents: 1e9 }));
    return { seconds: elapsed, cpu: cpuSeconds(), rss: peakMemory(), ...counts };
  }
  const oracle = createOracle(plan, headerOf(plan));
  const heap = variant === "heap" ? heapSampler() : undefined;
  const observe = (event: HistoryEvent): void => {
    count(event);
    oracle.step(event);
    heap?.sample(event.at / 1_000);
  };
  let tallies: ReturnType<typeof oracle.end>["tallies"] = [];
  const elapsed = wallSeconds(() => {
    simulate(plan, build, { observe, maxEvents: 1e9 });
    ({ tallies } = oracle.end());
  });
  const examined = tallies.reduce((sum, tally) => sum + tally.examined, 0);
  const violations = tallies.reduce((sum, tally) => sum + tally.findings.length, 0);
  return { seconds: elapsed, cpu: cpuSeconds(), rss: peakMemory(), ...counts, examined, violations, ...heap?.found };
}

const headerOf = (plan: Plan) => ({
  formatVersion: 1 as const,
  plan: plan.id,
  mode: "sim" as const,
  startedAt: toUnixMillis(SIMULATION_START),
  ...runNames(plan),
});

/** The devices register in the course of the first hour, so that heartbeats are spread over every hour. */
function fleetPlan(queueMode: boolean): Plan {
  return Plan.parse({
    formatVersion: 1,
    id: "device-days",
    family: "queue",
    simSeed: "device-days",
    profile: ARTIK,
    deviceTypes: [{}],
    fleet: Array.from({ length: DEVICES }, (_, index) => ({
      lifetime: 2 * 3_600,
      queueMode,
      updateEvery: HOUR,
      registersAt: Math.floor((index * HOUR) / DEVICES),
    })),
    latency: 50,
    operations: [],
    faults: [],
    quietFrom: 0,
    until: 24 * HOUR,
  });
}

/** Takes whatever it is told, and remembers nothing. */
function echoServer(): ServerPort {
  const answer = (code: number, bytes: Uint8Array, options: Uint8Array): Uint8Array => {
    const messageId = readMessageId(bytes);
    const token = bytes.subarray(4, 4 + ((bytes[0] ?? 0) & 15));
    return Uint8Array.from([0x60 | token.length, code, messageId >> 8, messageId & 255, ...token, ...options]);
  };
  const handle: ServerPort["handle"] = (input) => {
    if (input.kind === "rest") return [{ kind: "answer", ticket: input.ticket, response: { status: 201, body: {} } }];
    if (input.kind !== "datagram") return NOTHING;
    const isRegister = input.bytes.length > 40;
    const bytes = isRegister ? answer(0x41, input.bytes, LOCATION) : answer(0x44, input.bytes, NO_OPTIONS);
    return [{ kind: "send", to: input.from, bytes }];
  };
  return { deadline: NEVER, handle };
}

const NOTHING: readonly ServerEffect[] = [];
const NO_OPTIONS = new Uint8Array(0);
/** Location-Path `rd`, `1234567890abcdef`: as long as those of the reference server. */
const LOCATION = Uint8Array.from([0x82, ...Buffer.from("rd"), 0x0d, 3, ...Buffer.from("1234567890abcdef")]);

function heapSampler() {
  const found: Record<string, number> = {};
  let next = 0;
  const sample = (milliseconds: number): void => {
    const hour = HEAP_HOURS[next];
    if (hour === undefined || milliseconds < hour * HOUR) return;
    next++;
    globalThis.gc?.();
    found[`hour${hour}`] = process.memoryUsage().heapUsed / 2 ** 20;
  };
  return { found, sample };
}
