/**
 * Transfers in blocks (RFC 7959) with node-coap, an independent implementation, in both roles: as a device whose values
 * are read and written by the reference server, and as a client of our endpoint. A witness on its socket parses what we
 * send with coap-packet.
 */
import dgram from "node:dgram";
import { Agent, createServer, type IncomingMessage, type OutgoingMessage } from "coap";
import { parse } from "coap-packet";
import { describe, expect, it, onTestFinished } from "vitest";
import { now } from "../../src/platform/clock.ts";
import { createRandomSource } from "../../src/platform/random.ts";
import { createAlarm } from "../../src/platform/timers.ts";
import { openUdp } from "../../src/platform/udp.ts";
import { createBlockwiseEndpoint } from "../../src/protocol/coap/blockwise-endpoint.ts";
import { COAP_DEFAULTS } from "../../src/protocol/coap/params.ts";
import type { CoapContent, CoapEffect, CoapMessage } from "../../src/protocol/coap/types.ts";
import { type Cloud, DEVICE, read, startCloud, write } from "./kit.ts";

const LONG = "Zürich/".repeat(370);
const LENGTH = Buffer.byteLength(LONG);
const OBJECTS = '</>;rt="oma.lwm2m",</1/0>,</3/0>';

/** A device of node-coap, registered, that keeps what is written to it; what our server sent, by coap-packet. */
async function startDevice(cloud: Cloud) {
  const socket = dgram.createSocket("udp4");
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  const tokens = new Set<string>();
  const blocks: string[] = [];
  socket.on("message", (bytes) => {
    const { code, token, options, payload } = parse(bytes);
    if (!code.startsWith("0.") || code === "0.00") return;
    tokens.add(token.toString("hex"));
    const found = (options ?? []).flatMap(({ name, value }) =>
      String(name).startsWith("Block") ? [`${name} ${(value as Buffer).toString("hex")}`] : [],
    );
    blocks.push([code, ...found, payload.length].join(" "));
  });
  const written: string[] = [];
  const server = createServer((request: IncomingMessage, response: OutgoingMessage) => {
    if (request.method === "PUT") {
      written.push(request.payload.toString());
      response.code = "2.04";
      response.end();
    } else {
      response.code = "2.05";
      response.setOption("Content-Format", "text/plain");
      // As bytes: of a text the library counts characters.
      response.end(Buffer.from(LONG));
    }
  });
  await new Promise<void>((resolve) => server.listen(socket, () => resolve()));
  const agent = new Agent({ type: "udp4", socket });
  onTestFinished(async () => {
    await new Promise((resolve) => server.close(resolve));
    await new Promise<void>((resolve) => socket.close(resolve));
  });
  const registered = await request(agent, cloud.port, "POST", "/rd", OBJECTS, (sent) => {
    sent.setOption("Content-Format", "application/link-format");
  });
  expect(registered.code).toBe("2.01");
  return { written, tokens, blocks };
}

const request = (
  agent: Agent,
  port: number,
  method: "GET" | "PUT" | "POST",
  pathname: string,
  payload: string,
  prepare: (sent: OutgoingMessage) => void = () => undefined,
): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const query = method === "POST" ? { query: `ep=${DEVICE}&lt=300&lwm2m=1.0&b=U` } : {};
    const sent = agent.request({ hostname: "127.0.0.1", port, method, pathname, ...query });
    prepare(sent);
    sent.on("response", resolve);
    sent.on("error", reject);
    sent.end(payload);
  });

describe("the reference server and a device of node-coap", () => {
  it("writes 2960 bytes in blocks of 1024 under one token, by which that device puts them together", async () => {
    const cloud = await startCloud();
    const device = await startDevice(cloud);
    expect(await cloud.carryOut(write("timezone", LONG))).toBe("SUCCEEDED");
    expect(device.written.at(-1)).toBe(LONG);
    expect(device.blocks).toEqual(["0.03 Block1 0e 1024", "0.03 Block1 1e 1024", `0.03 Block1 26 ${LENGTH - 2_048}`]);
    expect(device.tokens.size).toBe(1);
    expect(await cloud.mirror()).toEqual({ timezone: LONG });
  });

  it("reads 2960 bytes in the blocks that the device chooses", async () => {
    const cloud = await startCloud();
    const device = await startDevice(cloud);
    expect(await cloud.carryOut(read("timezone"))).toBe("SUCCEEDED");
    expect(device.blocks[0]).toBe("0.01 0");
    expect(device.blocks.length).toBeGreaterThan(2);
    expect(await cloud.mirror()).toEqual({ timezone: LONG });
  });
});

/** Our endpoint as a server on a port of its own: keeps what is put, and gives a long text. */
async function openServer(blockSize: number) {
  const socket = await openUdp({ host: "127.0.0.1" });
  const endpoint = createBlockwiseEndpoint({ params: COAP_DEFAULTS, random: createRandomSource("server"), blockSize });
  const requests: CoapMessage[] = [];
  const alarm = createAlarm(() => perform(endpoint.tick(now())));
  const answerTo = ({ code }: CoapMessage): CoapContent =>
    code === "0.01"
      ? { code: "2.05", options: [], payload: new TextEncoder().encode(LONG) }
      : { code: "2.04", options: [], payload: new Uint8Array(0) };

  function perform(effects: readonly CoapEffect[]): void {
    for (const effect of effects) {
      if (effect.kind === "send") socket.send(effect.to, effect.bytes);
      else if (effect.kind === "request") {
        requests.push(effect.message);
        perform(endpoint.respond(effect.id, answerTo(effect.message), now()));
      }
    }
    alarm.set(endpoint.deadline);
  }
  socket.onMessage((from, bytes) => perform(endpoint.receive(from, bytes, now())));
  onTestFinished(async () => {
    alarm.close();
    await socket.close();
  });
  return { requests, port: Number(socket.address.split(":")[1]) };
}

describe.each([16, 512, 1_024])("node-coap as a client of our endpoint with blocks of %i bytes", (blockSize) => {
  it("puts 2960 bytes, which come as one request", async () => {
    const server = await openServer(blockSize);
    const agent = new Agent({ type: "udp4" });
    onTestFinished(() => void agent.close());
    const answer = await request(agent, server.port, "PUT", "/value", LONG, (sent) => {
      sent.setOption("Block1", Buffer.of(6));
    });
    expect(answer.code).toBe("2.04");
    expect(server.requests.map(({ payload }) => new TextDecoder().decode(payload))).toEqual([LONG]);
  });

  it("gets 2960 bytes, for which we are asked once", async () => {
    const server = await openServer(blockSize);
    const agent = new Agent({ type: "udp4" });
    onTestFinished(() => void agent.close());
    const answer = await request(agent, server.port, "GET", "/value", "");
    expect([answer.code, answer.payload.toString()]).toEqual(["2.05", LONG]);
    expect(server.requests).toHaveLength(1);
  });
});
