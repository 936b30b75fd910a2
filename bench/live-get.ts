/**
 * GET round trips per second over UDP on the loopback interface: 64 and 256 sockets with one request in flight each,
 * the server in a process of its own. Our endpoint beside a bare `node:dgram` echo and the npm package `coap`.
 */
import dgram from "node:dgram";
import { fileURLToPath } from "node:url";
import { now } from "../src/platform/clock.ts";
import { startChild } from "../src/platform/process.ts";
import { createRandomSource } from "../src/platform/random.ts";
import { createAlarm, pause } from "../src/platform/timers.ts";
import { openUdp } from "../src/platform/udp.ts";
import { address } from "../src/protocol/address.ts";
import { createCoapEndpoint } from "../src/protocol/coap/endpoint.ts";
import { stringOption, URI_PATH } from "../src/protocol/coap/options.ts";
import { COAP_DEFAULTS } from "../src/protocol/coap/params.ts";
import type { CoapContent, CoapEffect } from "../src/protocol/coap/types.ts";
import { millis } from "../src/protocol/time.ts";
import { cpuOf, figures, type Measurement, measureInTurns, median, number, printTable, spread } from "./measure.ts";

const SOCKETS = [64, 256] as const;
const ROUNDS = 5;
const WARM_UP = millis(500);
const SPAN = millis(2_000);

const KINDS = { echo: "bare `node:dgram` echo", own: "our endpoint", coap: "`coap`" } as const;
type Kind = keyof typeof KINDS;

export async function benchLiveGet(): Promise<void> {
  const cases = SOCKETS.flatMap((sockets) => (Object.keys(KINDS) as Kind[]).map((kind) => ({ kind, sockets })));
  const found = await measureInTurns(
    cases.map(({ kind, sockets }) => ["live", kind, String(sockets)]),
    ROUNDS,
  );
  const of = (kind: Kind, sockets: number): readonly Measurement[] =>
    found[cases.findIndex((candidate) => candidate.kind === kind && candidate.sockets === sockets)] ?? [];
  printTable(
    "live-get: GET round trips per second over UDP loopback",
    [
      "server and client",
      "sockets",
      "round trips/s (min–max)",
      "ratio to echo",
      "ratio to `coap`",
      "CPU µs, client + server",
    ],
    cases.map(({ kind, sockets }) => {
      const rates = figures(of(kind, sockets), "rate");
      // Round by round: the two that are compared ran one after the other.
      const ratioTo = (other: Kind): string => {
        const others = figures(of(other, sockets), "rate");
        return number(median(rates.map((rate, round) => rate / (others[round] ?? Number.NaN))), 2);
      };
      const cpu = ["clientCpu", "serverCpu"].map((name) => number(median(figures(of(kind, sockets), name)), 1));
      return [KINDS[kind], String(sockets), spread(rates), ratioTo("echo"), ratioTo("coap"), cpu.join(" + ")];
    }),
  );
  console.log(`\nOne request in flight per socket. Medians of ${ROUNDS} rounds of ${SPAN / 1_000_000} s in turns.`);
}

type Counter = { trips: number };

const CLIENTS: Readonly<Record<string, (port: number, counter: Counter) => Promise<void>>> = {
  echo: startEchoClient,
  own: startOwnClient,
  coap: startPackageClient,
};

/** Runs a server and its clients; called in a process of its own, which ends afterwards with all its sockets. */
export async function runLive(kind: string, sockets: number): Promise<Measurement> {
  const child = fileURLToPath(new URL("./child.js", import.meta.url));
  const server = await startChild({ command: process.execPath, args: [child, "live-server", kind] });
  const { port } = server.ready as { readonly port: number };
  const counter: Counter = { trips: 0 };
  const start = CLIENTS[kind];
  if (start === undefined) throw new Error(`no client is called "${kind}"`);
  for (let index = 0; index < sockets; index++) await start(port, counter);
  await pause(WARM_UP);
  const before = { at: now(), trips: counter.trips, client: process.cpuUsage(), server: cpuOf(server.pid) };
  await pause(SPAN);
  const trips = counter.trips - before.trips;
  const used = process.cpuUsage(before.client);
  const found = {
    rate: (trips * 1_000_000) / (now() - before.at),
    clientCpu: (used.user + used.system) / trips,
    serverCpu: (cpuOf(server.pid) - before.server) / trips,
  };
  await server.stop();
  return found;
}

/** What the other two send, as bytes: a GET with a token of four bytes and one path segment. */
const GET_BYTES = Uint8Array.from([0x44, 1, 0, 1, 1, 2, 3, 4, 0xb1, 0x74]);

async function startEchoClient(port: number, counter: Counter): Promise<void> {
  const socket = dgram.createSocket("udp4");
  await new Promise<void>((resolve) => socket.connect(port, "127.0.0.1", resolve));
  socket.on("message", () => {
    counter.trips++;
    socket.send(GET_BYTES);
  });
  // While the server ends.
  socket.on("error", () => undefined);
  socket.send(GET_BYTES);
}

const GET: CoapContent = { code: "0.01", options: [stringOption(URI_PATH, "t")], payload: new Uint8Array(0) };

async function startOwnClient(port: number, counter: Counter): Promise<void> {
  const server = address(`127.0.0.1:${port}`);
  const socket = await openUdp({ peer: server });
  const endpoint = createCoapEndpoint({ params: COAP_DEFAULTS, random: createRandomSource(socket.address) });
  const request = (): void => perform(endpoint.request(server, GET, now()).effects);
  const perform = (effects: readonly CoapEffect[]): void => {
    for (const effect of effects) {
      if (effect.kind === "send") socket.send(effect.to, effect.bytes);
      else if (effect.kind !== "request") {
        if (effect.kind === "response") counter.trips++;
        request();
      }
    }
    alarm.set(endpoint.deadline);
  };
  const alarm = createAlarm(() => perform(endpoint.tick(now())));
  socket.onMessage((from, bytes) => perform(endpoint.receive(from, bytes, now())));
  request();
}

async function startPackageClient(port: number, counter: Counter): Promise<void> {
  const { Agent, request } = await import("coap");
  // With a socket of ours: its own it closes whenever no request is open.
  const agent = new Agent({ socket: dgram.createSocket("udp4") });
  const get = (): void => {
    const outgoing = request({ hostname: "127.0.0.1", port, pathname: "/t", agent });
    outgoing.on("response", () => {
      counter.trips++;
      get();
    });
    outgoing.on("error", () => undefined);
    outgoing.end();
  };
  get();
}
