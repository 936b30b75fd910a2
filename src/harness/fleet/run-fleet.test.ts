import { describe, expect, it } from "vitest";
import { pause } from "../../platform/timers.ts";
import { openUdp } from "../../platform/udp.ts";
import type { Address } from "../../protocol/address.ts";
import { decodeMessage, encodeEmpty, encodeMessage, NO_OPTIONS, NO_PAYLOAD } from "../../protocol/coap/message.ts";
import { LOCATION_PATH, stringOption, stringOptions, URI_PATH, URI_QUERY } from "../../protocol/coap/options.ts";
import { COAP_DEFAULTS } from "../../protocol/coap/params.ts";
import type { CoapMessage, Code } from "../../protocol/coap/types.ts";
import { type Micros, millis, seconds } from "../../protocol/time.ts";
import { createFleet, shardMembers } from "../../simulator/fleet/fleet.ts";
import { FleetFile } from "../../simulator/model/fleet.ts";
import { refuseTooMany, runFleet } from "./run-fleet.ts";

interface Seen {
  readonly from: Address;
  readonly message: CoapMessage;
}

interface Answer {
  readonly code: Code;
  readonly location?: readonly string[];
}

/** Answers requests as it is told; remembers them, and how many were waiting for an answer at once. */
async function startServer(answer: (message: CoapMessage) => Answer, delay?: Micros) {
  const socket = await openUdp({ host: "127.0.0.1" });
  const seen: Seen[] = [];
  let waiting = 0;
  let most = 0;
  socket.onMessage((from, bytes) => {
    const decoded = decodeMessage(bytes);
    if (!decoded.ok) return;
    const message = decoded.value;
    if (message.code === "0.00") return socket.send(from, encodeEmpty("RST", message.messageId));
    seen.push({ from, message });
    waiting += 1;
    most = Math.max(most, waiting);
    const { code, location = [] } = answer(message);
    const options = location.length === 0 ? NO_OPTIONS : location.map((part) => stringOption(LOCATION_PATH, part));
    const { messageId, token } = message;
    const reply = (): void => {
      waiting -= 1;
      socket.send(from, encodeMessage({ type: "ACK", code, messageId, token, options, payload: NO_PAYLOAD }));
    };
    if (delay === undefined) reply();
    else void pause(delay).then(reply);
  });
  return { address: socket.address, seen, mostWaiting: () => most, close: () => socket.close() };
}

const pathOf = (message: CoapMessage): readonly string[] => stringOptions(message, URI_PATH);
const isRegister = (message: CoapMessage): boolean => pathOf(message).join("/") === "rd";
const versionOf = (message: CoapMessage): string | undefined =>
  stringOptions(message, URI_QUERY).find((query) => query.startsWith("lwm2m="));
const TAKES_ALL = (message: CoapMessage): Answer =>
  isRegister(message) ? { code: "2.01", location: ["rd", "1"] } : { code: message.code === "0.04" ? "2.02" : "2.04" };

function fleetOf(group: Record<string, unknown>, devices: number, duration: number) {
  const start = { kind: "storm", over: "0s" };
  const file = FleetFile.parse({
    formatVersion: 1,
    groups: [{ name: "a", share: 1, start, link: { latency: "0s" }, ...group }],
  });
  return createFleet(file, { seed: "s", devices, duration });
}

const run = (server: Address, fleet: ReturnType<typeof fleetOf>, places = 200) =>
  runFleet(fleet, {
    server,
    coap: { ...COAP_DEFAULTS, ackTimeout: millis(200), maxRetransmit: 2 },
    devices: [...shardMembers(fleet, { index: 0, count: 1 })],
    places,
    leaveWithin: seconds(5),
    signal: new AbortController().signal,
  });

describe("runFleet", () => {
  it.each(["4.00", "4.12"] as const)(
    "registers with lwm2m=1.0 at once where 1.1 is answered %s, and de-registers at the location option by option",
    async (refusal) => {
      const server = await startServer((message) => {
        if (isRegister(message) && versionOf(message) === "lwm2m=1.1") return { code: refusal };
        return isRegister(message) ? { code: "2.01", location: ["reg", "1", ""] } : { code: "2.02" };
      });
      const summary = await run(server.address, fleetOf({ device: { lwm2m: "1.1" } }, 1, 300));
      await server.close();
      expect(server.seen.map(({ message }) => versionOf(message) ?? pathOf(message))).toEqual([
        "lwm2m=1.1",
        "lwm2m=1.0",
        ["reg", "1", ""],
      ]);
      expect(summary).toMatchObject({
        started: 1,
        registeredAtEnd: 1,
        deregistered: 1,
        leftBehind: 0,
        ended: "duration",
      });
    },
  );

  it("never has more than 5 Registers under way, and gets all 40 devices registered from 40 sockets", async () => {
    const server = await startServer(TAKES_ALL, millis(5));
    const summary = await run(server.address, fleetOf({}, 40, 1_500), 5);
    await server.close();
    expect(server.mostWaiting()).toBeLessThanOrEqual(5);
    expect(summary).toMatchObject({ registeredAtEnd: 40, deregistered: 40 });
    expect(new Set(server.seen.map(({ from }) => from)).size).toBe(40);
    expect(Object.fromEntries(Object.entries(summary.responses))).toEqual({
      "register 2.01": 40,
      "deregister 2.02": 40,
    });
  });

  it("sends from a new socket after its address changed, and the server's answer reaches it there", async () => {
    const server = await startServer(TAKES_ALL);
    const group = { device: { lifetime: "1s" }, updates: { share: 30, jitter: 0 }, nat: { rebinding: "400ms" } };
    const summary = await run(server.address, fleetOf(group, 1, 1_500));
    await server.close();
    expect(summary.counts.moves).toBeGreaterThanOrEqual(2);
    expect(new Set(server.seen.map(({ from }) => from)).size).toBeGreaterThanOrEqual(3);
    expect(summary.responses["update 2.04"]).toBeGreaterThanOrEqual(2);
  });

  it("loses datagrams itself: with all answers lost it retransmits, and is registered in no way that it knows of", async () => {
    const server = await startServer(TAKES_ALL);
    const summary = await run(server.address, fleetOf({ link: { latency: "0s", loss: { down: 100 } } }, 3, 1_000));
    await server.close();
    expect(summary).toMatchObject({ started: 3, registered: 0, registeredAtEnd: 0 });
    expect(summary.counts.retransmissions).toBeGreaterThanOrEqual(3);
    expect(summary.counts.lostDown).toBe(summary.counts.received);
    expect(summary.responses).toEqual({});
  });

  it("says that nobody listens, before any device begins", async () => {
    const server = await startServer(TAKES_ALL);
    await server.close();
    await expect(run(server.address, fleetOf({}, 1, 300))).rejects.toMatchObject({
      code: "target-not-usable",
      message: `nobody listens for CoAP at udp ${server.address}`,
    });
  });
});

describe("refuseTooMany", () => {
  it("says the limit, how to raise it, and into how many shards the fleet would have to be cut", () => {
    const text = refuseTooMany(50_000, 20_000);
    for (const part of ["may open 20000", "ulimit -n 50064", "--shard 0/3 to 2/3"]) expect(text).toContain(part);
  });

  it("lets through what fits to the last file", () => {
    expect([refuseTooMany(936, 1_000), refuseTooMany(937, 1_000)]).toEqual([undefined, expect.any(String)]);
  });
});
