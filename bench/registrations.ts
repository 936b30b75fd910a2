/**
 * Registers and Updates per second over UDP on the loopback interface, at `serve --open` in a process of its own. So many
 * sockets, each with one request in flight, for the next device whose turn it is; a device keeps its socket.
 */
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { now } from "../src/platform/clock.ts";
import { type Child, startChild } from "../src/platform/process.ts";
import { openUdp } from "../src/platform/udp.ts";
import { type Address, address } from "../src/protocol/address.ts";
import { decodeMessage, encodeMessage } from "../src/protocol/coap/message.ts";
import { LOCATION_PATH, stringOptions } from "../src/protocol/coap/options.ts";
import type { CoapContent, CoapMessage } from "../src/protocol/coap/types.ts";
import { registerContent, updateContent } from "../src/protocol/lwm2m/registration-requests.ts";
import { seconds } from "../src/protocol/time.ts";
import { OBJECTS } from "./engine.ts";
import {
  cpuOf,
  figures,
  type Measurement,
  measureInTurns,
  median,
  number,
  printTable,
  residentOf,
  spread,
} from "./measure.ts";

const STORES = { memory: "memory", sqlite: "SQLite" } as const;
const FLEETS = [1_000, 10_000] as const;
const ROUNDS = 3;
const SOCKETS = 100;
/** Updates of each device. */
const UPDATES = 3;

const ROWS = { register: "Register", update: "Update" } as const;

export async function benchRegistrations(): Promise<void> {
  const cases = (Object.keys(STORES) as (keyof typeof STORES)[]).flatMap((store) =>
    FLEETS.map((devices) => ({ store, devices })),
  );
  const found = await measureInTurns(
    cases.map(({ store, devices }) => ["registrations", store, String(devices)]),
    ROUNDS,
  );
  printTable(
    "registrations: requests of devices per second at `serve` over UDP loopback",
    ["store", "devices", "request", "per second (min–max)", "CPU µs of the server", "RSS of the server, MiB"],
    cases.flatMap(({ store, devices }, index) =>
      Object.entries(ROWS).map(([name, request]) => {
        const measured = found[index] ?? [];
        return [
          STORES[store],
          number(devices),
          request,
          spread(figures(measured, name)),
          spread(figures(measured, `${name}Cpu`)),
          number(median(figures(measured, `${name}Memory`))),
        ];
      }),
    ),
  );
  console.log(`\n${SOCKETS} requests in flight, none repeated. Medians of ${ROUNDS}, in turns.`);
}

export async function runRegistrations(kind: string, devices: number): Promise<Measurement> {
  const directory = mkdtempSync(path.join(os.tmpdir(), "fleetproof-bench-"));
  const data = kind === "memory" ? [] : ["--data", path.join(directory, "a.db")];
  const server = await startChild({
    command: process.execPath,
    args: [
      path.join(import.meta.dirname, "../src/cli/main.js"),
      "serve",
      "--open",
      "--http",
      "0",
      "--coap",
      "0",
      ...SERVE,
      ...data,
    ],
    readyWithin: seconds(60),
  });
  try {
    const { coap } = server.ready as { readonly coap: string };
    const ask = await openClients(address(new URL(coap).host));
    const locations: (readonly string[])[] = [];
    const register = await measure(server, devices, async (device) => {
      const answer = await ask(device, registerContent({ endpoint: `d${device}`, lifetime: 86_400, objects: OBJECTS }));
      if (answer.code !== "2.01") throw new Error(`Register: ${answer.code}`);
      locations[device] = stringOptions(answer, LOCATION_PATH);
    });
    const update = await measure(server, devices * UPDATES, async (turn) => {
      const device = turn % devices;
      const { code } = await ask(device, updateContent(locations[device] ?? []));
      if (code !== "2.04") throw new Error(`Update: ${code}`);
    });
    return {
      register: register.rate,
      registerCpu: register.cpu,
      registerMemory: register.memory,
      update: update.rate,
      updateCpu: update.cpu,
      updateMemory: update.memory,
    };
  } finally {
    await server.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

const SERVE = ["--log-level", "warn"];

/** `SOCKETS` turns at a time; a turn waits for the one before it on the same socket. */
async function measure({ pid }: Child, turns: number, take: (turn: number) => Promise<void>) {
  const begin = now();
  const cpu = cpuOf(pid);
  const onSocket = async (socket: number): Promise<void> => {
    for (let turn = socket; turn < turns; turn += SOCKETS) await take(turn);
  };
  await Promise.all(Array.from({ length: SOCKETS }, (_, socket) => onSocket(socket)));
  return {
    rate: (turns * 1_000_000) / (now() - begin),
    cpu: (cpuOf(pid) - cpu) / turns,
    memory: residentOf(pid),
  };
}

/** Asks for a device, on the socket that is its own. One request at a time on each. */
type Ask = (device: number, content: CoapContent) => Promise<CoapMessage>;

async function openClients(server: Address): Promise<Ask> {
  const clients = await Promise.all(Array.from({ length: SOCKETS }, () => openClient(server)));
  return (device, content) => {
    const ask = clients[device % SOCKETS];
    if (ask === undefined) throw new Error("no socket");
    return ask(content);
  };
}

async function openClient(server: Address): Promise<(content: CoapContent) => Promise<CoapMessage>> {
  const socket = await openUdp({ peer: server });
  let messageId = 0;
  let answered: (message: CoapMessage) => void = () => undefined;
  socket.onMessage((_, bytes) => {
    const message = decodeMessage(bytes);
    if (message.ok && message.value.type === "ACK" && message.value.messageId === messageId) answered(message.value);
  });
  return (content) =>
    new Promise((resolve) => {
      messageId = (messageId + 1) & 0xffff;
      answered = resolve;
      socket.send(server, encodeMessage({ type: "CON", messageId, token: "01", ...content }));
    });
}
