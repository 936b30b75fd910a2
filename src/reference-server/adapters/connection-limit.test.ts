/** Many connections and large bodies, against real sockets. */
import http from "node:http";
import net from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { nextTurn } from "../../platform/timers.ts";
import type { RestRequest } from "../../protocol/server-port.ts";
import { millis } from "../../protocol/time.ts";
import { limitConnections } from "./connection-limit.ts";
import { type HttpFront, openHttpFront } from "./http-front.ts";

const clients: net.Socket[] = [];
const fronts: HttpFront[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await Promise.all(fronts.splice(0).map((front) => front.close(millis(10))));
});

async function openFront(mostConnections: number, answers = true) {
  const refused: number[] = [];
  const requests: RestRequest[] = [];
  const front: HttpFront = await openHttpFront({
    host: "127.0.0.1",
    port: 0,
    mostConnections,
    onRefusedConnection: () => refused.push(1),
    onRequest: (ticket, request) => {
      requests.push(request);
      if (answers) front.answer(ticket, { status: 200, body: {} });
    },
  });
  fronts.push(front);
  return { url: front.url, port: Number(new URL(front.url).port), refused, requests };
}

const connect = (port: number): Promise<net.Socket> =>
  new Promise((resolve) => {
    const client = net.connect(port, "127.0.0.1", () => resolve(client));
    client.on("error", () => undefined);
    clients.push(client);
  });

const get = (url: string): Promise<http.IncomingMessage> =>
  new Promise((resolve, reject) => {
    http.get(url, { agent: false }, (response) => resolve(response.resume())).on("error", reject);
  });

describe("openHttpFront with 20 connections", () => {
  it("answers 503 on the 21st, with Retry-After and the envelope, and serves again when one has ended", async () => {
    const { url, port, refused } = await openFront(20);
    const idle = await Promise.all(Array.from({ length: 20 }, () => connect(port)));
    const answer = await fetch(`${url}/x`);
    expect([answer.status, answer.headers.get("retry-after"), answer.headers.get("connection")]).toEqual([
      503,
      "10",
      "close",
    ]);
    expect(await answer.json()).toEqual({ error: { code: 503, message: "Too many connections" } });
    expect(refused.length).toBeGreaterThan(0);
    for (const client of idle) client.destroy();
    let status = 503;
    while (status === 503) status = (await get(`${url}/x`)).statusCode ?? 0;
    expect(status).toBe(200);
  });

  it("closes what comes beyond its reserve of 64 unheard, and lives", async () => {
    const { url, port } = await openFront(20);
    const many = await Promise.all(Array.from({ length: 200 }, () => connect(port)));
    let closed = 0;
    for (const client of many) client.once("close", () => (closed += 1)).resume();
    while (closed < 200 - 84) await nextTurn();
    for (const client of many) client.destroy();
    let status = 0;
    while (status !== 200)
      status = await get(`${url}/x`).then(
        ({ statusCode = 0 }) => statusCode,
        () => 0,
      );
    expect(status).toBe(200);
  });
});

describe("limitConnections", () => {
  /** As many connections from an address as wanted, without a network. */
  const bench = (most: number) => {
    const server = http.createServer();
    let refused = 0;
    const limit = limitConnections(server, most, () => {
      refused += 1;
    });
    const connectFrom = (remoteAddress: string) => {
      const socket = new net.Socket();
      Object.defineProperty(socket, "remoteAddress", { value: remoteAddress });
      server.emit("connection", socket);
      return socket;
    };
    return { limit, connectFrom, refused: () => refused };
  };

  it("gives one other machine half of 10 connections, and a proxy on this machine all of them", () => {
    const { limit, connectFrom, refused } = bench(10);
    const theirs = Array.from({ length: 7 }, () => connectFrom("198.51.100.7"));
    expect(theirs.map((socket) => limit.isBeyond(socket))).toEqual([false, false, false, false, false, true, true]);
    expect(refused()).toBe(2);
    expect(limit.isBeyond(connectFrom("198.51.100.8"))).toBe(false);
    const own = bench(10);
    const proxied = Array.from({ length: 11 }, () => own.connectFrom("::ffff:127.0.0.1"));
    expect(proxied.map((socket) => own.limit.isBeyond(socket)).indexOf(true)).toBe(10);
  });

  it("forgets a connection that has ended", () => {
    const { limit, connectFrom } = bench(4);
    const [first] = [connectFrom("198.51.100.7"), connectFrom("198.51.100.7")];
    expect(limit.isBeyond(connectFrom("198.51.100.7"))).toBe(true);
    first?.emit("close");
    expect(limit.open).toBe(2);
    expect(limit.isBeyond(connectFrom("198.51.100.8"))).toBe(false);
  });
});

describe("large bodies", () => {
  /** Announces a megabyte and sends a byte of it. */
  const slowUpload = async (port: number, header: string): Promise<net.Socket> => {
    const client = await connect(port);
    client.write(`POST /v1.1/x HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n${header}\r\n\r\n`);
    return client;
  };

  it.each([
    ["that say how long they are", "Content-Length: 1000000"],
    ["that do not", "Transfer-Encoding: chunked"],
  ])("%s are read 16 at a time: the 17th gets 503, small ones are read all the same", async (_, header) => {
    const { url, port, requests } = await openFront(100);
    await Promise.all(Array.from({ length: 16 }, () => slowUpload(port, header)));
    const last = await slowUpload(port, header);
    const said = await new Promise<string>((resolve) => last.once("data", (bytes) => resolve(String(bytes))));
    expect(said).toMatch(/^HTTP\/1\.1 503 [\s\S]*Retry-After: 1\r\n[\s\S]*Too many large bodies/);
    const small = await fetch(`${url}/x`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify("x".repeat(60_000)),
    });
    expect(small.status).toBe(200);
    expect(requests).toHaveLength(1);
  });

  it("make room for others when their clients go away", async () => {
    const { url, port } = await openFront(100);
    const slow = await Promise.all(Array.from({ length: 16 }, () => slowUpload(port, "Content-Length: 1000000")));
    for (const client of slow) client.destroy();
    const upload = () =>
      fetch(`${url}/x`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify("x".repeat(100_000)),
      });
    let { status } = await upload();
    while (status === 503) ({ status } = await upload());
    expect(status).toBe(200);
  });
});
