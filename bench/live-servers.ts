/** The servers of `live-get`: a bare echo, our endpoint, and the npm package `coap`; each answers one GET. And that of `fleet-rates`. */
import dgram from "node:dgram";
import { now } from "../src/platform/clock.ts";
import { createRandomSource } from "../src/platform/random.ts";
import { createAlarm } from "../src/platform/timers.ts";
import { LARGE_RECEIVE_BUFFER, openUdp } from "../src/platform/udp.ts";
import { splitAddress } from "../src/protocol/address.ts";
import { createCoapEndpoint } from "../src/protocol/coap/endpoint.ts";
import { CONTENT_FORMAT, uintOption } from "../src/protocol/coap/options.ts";
import { COAP_DEFAULTS } from "../src/protocol/coap/params.ts";
import type { CoapContent, CoapEffect } from "../src/protocol/coap/types.ts";
import type { Measurement } from "./measure.ts";

export const TEMPERATURE = "21.5";

const STARTERS: Readonly<Record<string, () => Promise<number>>> = {
  echo: startEcho,
  own: startOwn,
  coap: startPackage,
  acknowledging: startAcknowledging,
};

/** Listens on a free port of the loopback interface, until the process ends. */
export async function startLiveServer(kind: string): Promise<Measurement> {
  const start = STARTERS[kind];
  if (start === undefined) throw new Error(`no server is called "${kind}"`);
  return { port: await start() };
}

/** No name look-up, no callback: the least that a server on `node:dgram` can do. */
function startEcho(): Promise<number> {
  const socket = dgram.createSocket({
    type: "udp4",
    recvBufferSize: LARGE_RECEIVE_BUFFER,
    lookup: (host, _, callback) => callback(null, host, 4),
  });
  socket.on("message", (bytes, { port, address }) => socket.send(bytes, port, address));
  return new Promise((resolve) => socket.bind(0, "127.0.0.1", () => resolve(socket.address().port)));
}

/** Answers each request with an ACK of success, and the Location-Path of every Register is the same. */
function startAcknowledging(): Promise<number> {
  const socket = dgram.createSocket({
    type: "udp4",
    recvBufferSize: LARGE_RECEIVE_BUFFER,
    lookup: (host, _, callback) => callback(null, host, 4),
  });
  // Two Location-Path options (number 8): rd, 1234. RFC 7252 §3.1.
  const location = Buffer.from([0x82, ...Buffer.from("rd"), 0x04, ...Buffer.from("1234")]);
  socket.on("message", (bytes, { port, address }) => {
    const length = (bytes[0] ?? 0) & 15;
    const [created, changed] = [0x41, 0x44];
    // An Update of the fleets that are measured is short, a Register has its objects.
    const isRegister = bytes.length > 40;
    const head = Buffer.from(bytes.subarray(0, 4 + length));
    head[0] = 0x60 | length;
    head[1] = isRegister ? created : changed;
    socket.send(isRegister ? Buffer.concat([head, location]) : head, port, address);
  });
  return new Promise((resolve) => socket.bind(0, "127.0.0.1", () => resolve(socket.address().port)));
}

async function startOwn(): Promise<number> {
  const socket = await openUdp({ host: "127.0.0.1", receiveBuffer: LARGE_RECEIVE_BUFFER });
  const endpoint = createCoapEndpoint({ params: COAP_DEFAULTS, random: createRandomSource("live-server") });
  const answer: CoapContent = {
    code: "2.05",
    options: [uintOption(CONTENT_FORMAT, 0)],
    payload: new TextEncoder().encode(TEMPERATURE),
  };
  const perform = (effects: readonly CoapEffect[]): void => {
    for (const effect of effects) {
      if (effect.kind === "send") socket.send(effect.to, effect.bytes);
      else if (effect.kind === "request") perform(endpoint.respond(effect.id, answer, now()));
    }
    alarm.set(endpoint.deadline);
  };
  const alarm = createAlarm(() => perform(endpoint.tick(now())));
  socket.onMessage((from, bytes) => perform(endpoint.receive(from, bytes, now())));
  return splitAddress(socket.address).port;
}

async function startPackage(): Promise<number> {
  const { createServer } = await import("coap");
  const server = createServer((_, response) => void response.end(TEMPERATURE));
  // Its own sockets have no way to ask for a larger receive buffer.
  const socket = dgram.createSocket({ type: "udp4", recvBufferSize: LARGE_RECEIVE_BUFFER });
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  await new Promise<void>((resolve) => server.listen(socket, () => resolve()));
  return socket.address().port;
}
