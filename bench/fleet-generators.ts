/** The processes of `fleet-rates`: a live fleet, and a bare generator of datagrams, each at a server given by its port. */
import dgram from "node:dgram";
import type { FleetRun } from "../src/harness/fleet/fleet-run.ts";
import { reach } from "../src/harness/fleet/reach.ts";
import { runFleet } from "../src/harness/fleet/run-fleet.ts";
import { now } from "../src/platform/clock.ts";
import { address } from "../src/protocol/address.ts";
import { encodeMessage } from "../src/protocol/coap/message.ts";
import { COAP_DEFAULTS } from "../src/protocol/coap/params.ts";
import { updateContent } from "../src/protocol/lwm2m/registration-requests.ts";
import { seconds } from "../src/protocol/time.ts";
import { createFleet } from "../src/simulator/fleet/fleet.ts";
import { FleetFile } from "../src/simulator/model/fleet.ts";
import { cpuSeconds, type Measurement } from "./measure.ts";

/** Sockets of a generator, each with one request under way. */
const SOCKETS = 500;
/** Seconds before it is measured, and until it ends. */
const WARM_UP = 2;
const END = 7;

/** Datagrams per second that a process sends and receives, and what each costs it. */
export const runDatagrams = (kind: string, port: number): Promise<Measurement> =>
  kind === "fleet" ? fleetDatagrams(port) : bareDatagrams(port);

/** What was counted between two moments. */
interface Reading {
  readonly at: number;
  readonly cpu: number;
  readonly count: number;
}
const reading = (count: number): Reading => ({ at: now(), cpu: cpuSeconds(), count });
const between = (from: Reading, to: Reading): Measurement => ({
  rate: ((to.count - from.count) * 1_000_000) / (to.at - from.at),
  cpu: ((to.cpu - from.cpu) * 1_000_000) / (to.count - from.count),
});

async function fleetDatagrams(port: number): Promise<Measurement> {
  // Each sends an Update 10 ms after the answer to the one before: more than one process can do.
  const group = { device: { lifetime: "1s" }, updates: { share: 1, jitter: 0 }, link: { latency: "0s" } };
  const readings: Reading[] = [];
  await runFleet(fleetOf(group, SOCKETS, END * 1_000), {
    ...settingsOf(port, SOCKETS),
    onSecond: ({ counts }) => readings.push(reading(counts.sent + counts.received)),
  });
  const [from, to] = [readings[WARM_UP - 1], readings.at(-1)];
  if (from === undefined || to === undefined || from === to) throw new Error("the fleet ended too early");
  return between(from, to);
}

async function bareDatagrams(port: number): Promise<Measurement> {
  const content = updateContent(["rd", "1234"]);
  const bytes = Buffer.from(encodeMessage({ type: "CON", messageId: 1, token: "01020304", ...content }));
  let count = 0;
  const sockets = await Promise.all(Array.from({ length: SOCKETS }, () => connected(port)));
  for (const socket of sockets) {
    const send = (): void => {
      socket.send(bytes);
      count += 1;
    };
    socket.on("message", () => {
      count += 1;
      send();
    });
    send();
  }
  await new Promise((resolve) => setTimeout(resolve, WARM_UP * 1_000));
  const from = reading(count);
  await new Promise((resolve) => setTimeout(resolve, (END - WARM_UP) * 1_000));
  return between(from, reading(count));
}

function connected(port: number): Promise<dgram.Socket> {
  const socket = dgram.createSocket({ type: "udp4", recvBufferSize: 1024 * 1024 });
  return new Promise((resolve) => socket.connect(port, "127.0.0.1", () => resolve(socket)));
}

/** First Registers per second, until all devices have an answer. */
export async function runFleetRegisters(port: number, devices: number): Promise<Measurement> {
  const settings = settingsOf(port, devices);
  while ((await reach(settings.server, seconds(1))) !== "answers");
  const stop = new AbortController();
  let run: FleetRun | undefined;
  let answered = 0;
  let done = 0;
  const begin = now();
  const summary = await runFleet(fleetOf({ link: { latency: "0s" } }, devices, 120_000), {
    ...settings,
    signal: stop.signal,
    leaveWithin: seconds(1),
    onRun: (started) => {
      run = started;
    },
    onEvent(event) {
      if (event.kind !== "delivery" || done > 0) return;
      answered = 0;
      for (const { count } of run?.meter.responses.values() ?? []) answered += count;
      if (answered < devices) return;
      done = now();
      stop.abort();
    },
  });
  const [key = "register 0.00"] = Object.keys(summary.responses).filter((name) => name.startsWith("register "));
  return {
    rate: (devices * 1_000_000) / ((done || now()) - begin),
    code: Math.round(Number(key.split(" ")[1]) * 100),
    repeated: summary.counts.retransmissions,
  };
}

function fleetOf(group: object, devices: number, duration: number) {
  const start = { kind: "storm", over: "0s" };
  const file = FleetFile.parse({ formatVersion: 1, groups: [{ name: "a", share: 1, start, ...group }] });
  return createFleet(file, { seed: "fleet-rates", devices, duration });
}

const settingsOf = (port: number, devices: number) => ({
  server: address(`127.0.0.1:${port}`),
  coap: COAP_DEFAULTS,
  devices: Array.from({ length: devices }, (_, index) => index),
  places: 200,
  leaveWithin: seconds(2),
  signal: new AbortController().signal,
});
