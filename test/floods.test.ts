/**
 * Floods against the real sockets of a server: in the midst of each a registered device is answered, and afterwards the
 * server keeps no more than it may. Counts are bounded; nothing here is measured in time.
 */
import net from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { createRandomSource } from "../src/platform/random.ts";
import { nextTurn, pause } from "../src/platform/timers.ts";
import { openUdp, type UdpSocket } from "../src/platform/udp.ts";
import { type Address, address } from "../src/protocol/address.ts";
import { decodeMessage, encodeMessage } from "../src/protocol/coap/message.ts";
import type { CoapContent, CoapMessage } from "../src/protocol/coap/types.ts";
import { registrationLocation } from "../src/protocol/lwm2m/registration.ts";
import { registerContent, updateContent } from "../src/protocol/lwm2m/registration-requests.ts";
import { EMPTY_PROFILE } from "../src/protocol/profile.ts";
import { millis } from "../src/protocol/time.ts";
import type { RunningServer } from "../src/reference-server/adapters/host.ts";
import { type ServeOptions, startServer } from "../src/reference-server/adapters/serve.ts";

const opened: UdpSocket[] = [];
const clients: net.Socket[] = [];
const running: RunningServer[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await Promise.all(opened.splice(0).map((socket) => socket.close()));
  await Promise.all(running.splice(0).map((server) => server.close(millis(10))));
});

interface Bench {
  readonly server: RunningServer;
  readonly peer: Address;
  /** What was turned away, in the words of the notice. */
  readonly turnedAway: string[];
  readonly bugs: unknown[];
}

async function start(options: Partial<ServeOptions>): Promise<Bench> {
  const turnedAway: string[] = [];
  const bugs: unknown[] = [];
  const server = await startServer({
    profile: EMPTY_PROFILE,
    provision: { deviceTypes: [{ dtid: "t", name: "T" }], devices: [{ did: "registered", dtid: "t" }] },
    onBug: (error) => bugs.push(error),
    onTurnedAway: (what) => turnedAway.push(what),
    ...options,
  });
  running.push(server);
  return { server, peer: address(server.coap.slice("coap://".length)), turnedAway, bugs };
}

async function openSocket(peer: Address): Promise<UdpSocket> {
  const socket = await openUdp({ peer });
  opened.push(socket);
  return socket;
}

const register = (endpoint: string): CoapContent =>
  registerContent({ endpoint, lifetime: 3_600, objects: [{ path: "/3/0", attributes: new Map() }] });

const bytesOf = (content: CoapContent, messageId: number): Uint8Array =>
  encodeMessage({ ...content, type: "CON", messageId, token: "01" });

/** A device that asks until it is answered, with one message id, as the standard has it. */
async function newDevice({ peer }: Bench) {
  const socket = await openSocket(peer);
  const answers = new Map<number, CoapMessage>();
  socket.onMessage((_, bytes) => {
    const decoded = decodeMessage(bytes);
    if (decoded.ok && decoded.value.type === "ACK") answers.set(decoded.value.messageId, decoded.value);
  });
  let messageId = 0;
  const ask = async (content: CoapContent): Promise<CoapMessage> => {
    messageId += 1;
    for (;;) {
      socket.send(peer, bytesOf(content, messageId));
      await pause(millis(20));
      const answer = answers.get(messageId);
      if (answer !== undefined) return answer;
    }
  };
  const answer = await ask(register("registered"));
  expect(answer.code).toBe("2.01");
  const location = registrationLocation(answer) ?? [];
  return { update: async () => (await ask(updateContent(location, {}))).code };
}

/** Sends them all, and lets the server have its turn now and then; asks `midway` after half of them. */
async function flood(
  datagrams: number,
  send: (index: number) => void,
  midway: () => Promise<unknown>,
): Promise<unknown> {
  let answered: Promise<unknown> | undefined;
  for (let index = 0; index < datagrams; index += 1) {
    send(index);
    if (index % 20 === 0) await nextTurn();
    if (index === Math.floor(datagrams / 2)) answered = midway();
  }
  return answered;
}

const deviceCount = async ({ server }: Bench, dtid: string): Promise<number> => {
  const response = await fetch(`${server.http}/devicemgmt/devices/properties?dtid=${dtid}`);
  return ((await response.json()) as { total: number }).total;
};

describe("a flood of registrations", () => {
  it("of 3,000 endpoints from one socket enrols 50 devices, the rest get 5.03, and a registered device 2.04", async () => {
    const bench = await start({ open: true, limits: { devices: 50 } });
    const device = await newDevice(bench);
    const attacker = await openSocket(bench.peer);
    const codes = new Map<string, number>();
    attacker.onMessage((_, bytes) => {
      const decoded = decodeMessage(bytes);
      if (decoded.ok) codes.set(decoded.value.code, (codes.get(decoded.value.code) ?? 0) + 1);
    });
    const send = (index: number): void => attacker.send(bench.peer, bytesOf(register(`e${index}`), index + 1));
    expect(await flood(3_000, send, device.update)).toBe("2.04");
    expect(await device.update()).toBe("2.04");
    expect((await deviceCount(bench, "t")) + (await deviceCount(bench, "default"))).toBe(50);
    expect(codes.get("5.03")).toBeGreaterThan(0);
    expect([...codes.keys()].sort()).toEqual(["2.01", "5.03"]);
    // Thousands of refusals, one line.
    expect(bench.turnedAway).toEqual([expect.stringContaining("5.03")]);
    expect(bench.bugs).toEqual([]);
  });

  it("from 40 sockets is dropped beyond the share of their network, and a registered device in it gets 2.04", async () => {
    const bench = await start({ limits: { datagrams: 20 } });
    const device = await newDevice(bench);
    const attackers = await Promise.all(Array.from({ length: 40 }, () => openSocket(bench.peer)));
    const send = (index: number): void =>
      attackers[index % 40]?.send(bench.peer, bytesOf(register("nobody"), index + 1));
    expect(await flood(4_000, send, device.update)).toBe("2.04");
    expect(bench.turnedAway).toEqual(["datagrams beyond the share of their source"]);
    expect(bench.bugs).toEqual([]);
  });

  it("fills the memory of requests to its limit: strangers get 5.03, a registered device 2.04", async () => {
    const bench = await start({ limits: { exchanges: 500 } });
    const device = await newDevice(bench);
    const attacker = await openSocket(bench.peer);
    const send = (index: number): void => attacker.send(bench.peer, bytesOf(register("nobody"), index + 1));
    expect(await flood(2_000, send, device.update)).toBe("2.04");
    expect(await device.update()).toBe("2.04");
    expect(bench.turnedAway).toEqual([expect.stringContaining("5.03")]);
  });
});

describe("a flood of garbage", () => {
  const draw = createRandomSource("garbage")("bytes");
  const random = (length: number): Uint8Array => Uint8Array.from({ length }, () => draw() & 0xff);
  /** A header that is right, and whatever behind it. */
  const nearlyCoap = (): Uint8Array =>
    Uint8Array.of(0x40 | (draw() & 0x3f), draw() & 0xff, 0, 1, ...random(draw() % 40));

  it.each([
    ["random bytes", () => random(draw() % 200)],
    ["nearly CoAP", nearlyCoap],
    ["the largest datagrams", () => random(60_000)],
    ["nothing at all", () => new Uint8Array(0)],
    [
      "blocks of bodies that never end",
      (index: number) => {
        const { options, ...rest } = register(`e${index}`);
        const block = { number: 27, value: Uint8Array.of(0x0e) };
        const payload = random(1_024);
        return bytesOf({ ...rest, options: [...options, block], payload }, index + 1);
      },
    ],
  ])("of %s breaks nothing; a registered device gets 2.04", async (_, make) => {
    const bench = await start({ open: true });
    const device = await newDevice(bench);
    const attacker = await openSocket(bench.peer);
    const send = (index: number): void => attacker.send(bench.peer, make(index));
    expect(await flood(1_000, send, device.update)).toBe("2.04");
    expect(bench.bugs).toEqual([]);
    expect((await fetch(`${bench.server.http}/devicemgmt/devices/registered/properties`)).status).toBe(200);
  });
});

describe("a flood of slow HTTP clients", () => {
  it.each([
    ["that never end their header", "GET /v1.1/x HTTP/1.1\r\nX-Slow: "],
    ["that never send their body", "POST /v1.1/devices HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{"],
    ["that say nothing", ""],
  ])("%s leaves room for others, 150 of 200 connections", async (_, said) => {
    const bench = await start({ limits: { connections: 200 } });
    const device = await newDevice(bench);
    const port = Number(new URL(bench.server.http).port);
    await Promise.all(
      Array.from(
        { length: 150 },
        () =>
          new Promise<void>((resolve) => {
            const client = net.connect(port, "127.0.0.1", () => client.write(said, () => resolve()));
            client.on("error", () => undefined);
            clients.push(client);
          }),
      ),
    );
    expect(await device.update()).toBe("2.04");
    expect((await fetch(`${bench.server.http}/devicemgmt/devices/registered/properties`)).status).toBe(200);
  });
});
