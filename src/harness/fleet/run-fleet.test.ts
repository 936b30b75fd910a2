import { describe, expect, it } from "vitest";
import { HarnessError } from "../../platform/errors.ts";
import { pause } from "../../platform/timers.ts";
import { openUdp } from "../../platform/udp.ts";
import { type Address, address } from "../../protocol/address.ts";
import { decodeMessage, encodeEmpty, encodeMessage, NO_OPTIONS, NO_PAYLOAD } from "../../protocol/coap/message.ts";
import { LOCATION_PATH, stringOption, stringOptions, URI_PATH, URI_QUERY } from "../../protocol/coap/options.ts";
import { COAP_DEFAULTS } from "../../protocol/coap/params.ts";
import type { CoapMessage, Code } from "../../protocol/coap/types.ts";
import { type Micros, millis, seconds } from "../../protocol/time.ts";
import { createFleet, shardMembers } from "../../simulator/fleet/fleet.ts";
import { FleetFile } from "../../simulator/model/fleet.ts";
import { explaining, refuseCrowd, refuseTooMany, runFleet } from "./run-fleet.ts";

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

  it("goes on with 1.1 where 1.2 is answered 4.12, and keeps a location of one option as it is", async () => {
    const server = await startServer((message) => {
      if (isRegister(message) && versionOf(message) === "lwm2m=1.2") return { code: "4.12" };
      return isRegister(message) ? { code: "2.01", location: ["rd/1"] } : TAKES_ALL(message);
    });
    const group = { device: { lwm2m: "1.2", lifetime: "1s" }, updates: { share: 10, jitter: 0 } };
    const summary = await run(server.address, fleetOf(group, 1, 500));
    await server.close();
    expect(server.seen.slice(0, 3).map(({ message }) => versionOf(message) ?? pathOf(message))).toEqual([
      "lwm2m=1.2",
      "lwm2m=1.1",
      ["rd/1"],
    ]);
    expect(summary.responses).toMatchObject({ "register 4.12": 1, "register 2.01": 1, "deregister 2.02": 1 });
    expect(summary.responses["update 2.04"]).toBeGreaterThanOrEqual(1);
  });

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

describe("a server that is silent", () => {
  it("is told before the devices begin, which try all the same and hear nothing", async () => {
    const silent = await openUdp({ host: "127.0.0.1" });
    const said: string[] = [];
    const fleet = fleetOf({}, 2, 200);
    const summary = await runFleet(fleet, {
      server: silent.address,
      coap: COAP_DEFAULTS,
      devices: [0, 1],
      places: 200,
      leaveWithin: millis(100),
      signal: new AbortController().signal,
      onSilence: () => said.push("silent"),
    });
    await silent.close();
    expect(said).toEqual(["silent"]);
    expect(summary).toMatchObject({ started: 2, registeredAtEnd: 0, counts: { received: 0 } });
  });
});

describe("refuseCrowd", () => {
  const range = { first: 40_000, last: 40_009 };

  it("says how many ports there are for devices that share an address, and what to do", () => {
    expect(refuseCrowd(11, "::1", range)).toBe(
      "11 devices of a server at ::1 share one address and need a UDP port each, and this system gives out 10 " +
        "(40000 to 40009): run fewer devices, widen net.ipv4.ip_local_port_range, " +
        "or give the server an IPv4 loopback address, where each device has an address of its own",
    );
  });

  it("lets through what fits to the last port, and any number with an address each", () => {
    expect([refuseCrowd(10, "::1", range), refuseCrowd(10_000_000, "127.0.0.1", undefined)]).toEqual([
      undefined,
      undefined,
    ]);
  });
});

describe("explaining", () => {
  const failing = (code: "address-in-use" | "too-many-open-files") =>
    explaining(() => Promise.reject(new HarnessError(code, "udp 0.0.0.0:0 is taken")))(address("[::1]:5683"));

  it("says that ports have run out, and how to have more", async () => {
    await expect(failing("address-in-use")).rejects.toMatchObject({
      code: "address-in-use",
      message: "no UDP port is left for another device; widen net.ipv4.ip_local_port_range, or run fewer devices",
    });
  });

  it("leaves other troubles as they are", async () => {
    await expect(failing("too-many-open-files")).rejects.toMatchObject({ message: "udp 0.0.0.0:0 is taken" });
  });
});

describe("refuseTooMany", () => {
  it("says the limit, how to raise it, and into how many shards the fleet would have to be cut", () => {
    const text = refuseTooMany(50_000, 20_000);
    for (const part of ["may open 20000", "ulimit -n 50064", "--shard 0/3 to 2/3"]) expect(text).toContain(part);
    expect(refuseTooMany(10, 1)).toContain(
      "10 devices need 74 open files, one socket each, and this process may open 1",
    );
  });

  it("lets through what fits to the last file", () => {
    expect([refuseTooMany(936, 1_000), refuseTooMany(937, 1_000)]).toEqual([undefined, expect.any(String)]);
  });
});
