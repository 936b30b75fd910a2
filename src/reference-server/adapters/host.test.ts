import http from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { nextTurn } from "../../platform/timers.ts";
import { openUdp } from "../../platform/udp.ts";
import { address } from "../../protocol/address.ts";
import type { RestRequest, ServerEffect, ServerInput, ServerPort } from "../../protocol/server-port.ts";
import { type Instant, after as later, micros, millis, NEVER } from "../../protocol/time.ts";
import type { DatagramFront, OnDatagram } from "./datagram-front.ts";
import { hostServer, type RunningServer } from "./host.ts";

type Handle = (input: ServerInput, now: Instant) => readonly ServerEffect[];

/** A server that echoes datagrams and answers each request with the request, unless `handle` says otherwise. */
function stub(
  handle: (input: ServerInput, now: Instant, port: { deadline: Instant }) => readonly ServerEffect[] | undefined = () =>
    undefined,
) {
  const inputs: ServerInput[] = [];
  const port = {
    deadline: NEVER,
    handle: ((input, now) => {
      inputs.push(input);
      const effects = handle(input, now, port);
      if (effects !== undefined) return effects;
      if (input.kind === "datagram") return [{ kind: "send", to: input.from, bytes: input.bytes }];
      if (input.kind === "rest")
        return [{ kind: "answer", ticket: input.ticket, response: { status: 200, body: input.request } }];
      return [];
    }) as Handle,
  };
  return { inputs, port: port satisfies ServerPort };
}

const running: RunningServer[] = [];
const host = async (port: ServerPort, onBug?: (error: unknown) => void): Promise<RunningServer> => {
  const server = await hostServer(port, onBug === undefined ? {} : { onBug });
  running.push(server);
  return server;
};
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close(millis(100))));
});

const json = async (response: Response): Promise<unknown> => response.json();
const headers = { "Content-Type": "application/json" };

describe("hostServer, REST", () => {
  it("starts the server, and gives it method, decoded path, query, token and body", async () => {
    const { inputs, port } = stub();
    const { http: url } = await host(port);
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/v1\.1$/);
    const response = await fetch(`${url}/devicemgmt/tasks/t%201%2F%C3%A9/?status=FAILED%2CQUEUED&dids=a&dids=b`, {
      method: "PUT",
      headers: { ...headers, Authorization: "bearer T0ken" },
      body: '{"status":"CANCELLED"}',
    });
    expect(await json(response)).toEqual({
      method: "PUT",
      path: ["devicemgmt", "tasks", "t 1/é"],
      query: { status: "FAILED,QUEUED", dids: "a,b" },
      token: "T0ken",
      body: { status: "CANCELLED" },
    } satisfies RestRequest);
    expect(response.headers.get("content-type")).toBe("application/json; charset=utf-8");
    expect(inputs[0]).toEqual({ kind: "start" });
  });

  it("takes a request that declares JSON and has no body as one without body", async () => {
    const { http: url } = await host(stub().port);
    expect(await json(await fetch(`${url}/devices`, { headers }))).toEqual({
      method: "GET",
      path: ["devices"],
      query: {},
    });
    expect(await json(await fetch(`${url}/devices`, { method: "DELETE", headers }))).not.toHaveProperty("body");
    expect(await json(await fetch(`${url}/devices`, { method: "POST", headers, body: "" }))).not.toHaveProperty("body");
    const chunked = http.request(`${url}/devices`, {
      method: "DELETE",
      headers: { ...headers, "Transfer-Encoding": "chunked" },
    });
    const answered = new Promise<http.IncomingMessage>((resolve) => chunked.once("response", resolve));
    chunked.end();
    expect((await answered).resume().statusCode).toBe(200);
    expect(await json(await fetch(`${url}/devices`, { method: "POST", headers, body: "null" }))).toHaveProperty(
      "body",
      null,
    );
  });

  it.each([
    ["malformed JSON", "/x", { method: "POST", headers, body: '{"a":' }, 400, 4001],
    ["JSON that is not UTF-8", "/x", { method: "POST", headers, body: Uint8Array.of(0x22, 0xff, 0x22) }, 400, 4001],
    [
      "a body of another media type",
      "/x",
      { method: "POST", headers: { "Content-Type": "text/plain" }, body: "{}" },
      415,
      415,
    ],
    ["a body above 4 MiB", "/x", { method: "POST", headers, body: `"${"x".repeat(4 << 20)}"` }, 413, 413],
    ["a path that is no percent-encoded UTF-8", "/x%ff", {}, 400, 4001],
    ["a path outside the base path", "/../v2/x", {}, 404, 404],
  ])("refuses %s with the error envelope, without asking the server", async (_, path, init, status, code) => {
    const { inputs, port } = stub();
    const { http: url } = await host(port);
    const response = await fetch(`${url}${path}`, init);
    expect(response.status).toBe(status);
    expect(await json(response)).toEqual({ error: { code, message: expect.any(String) } });
    expect(inputs).toHaveLength(1);
  });

  it("answers HEAD as GET without body, and OPTIONS with the methods", async () => {
    const { http: url } = await host(stub().port);
    const head = await fetch(`${url}/devices`, { method: "HEAD" });
    expect([head.status, await head.text()]).toEqual([200, ""]);
    const options = await fetch(`${url}/devices`, { method: "OPTIONS" });
    expect([options.status, options.headers.get("allow")]).toEqual([204, "GET, HEAD, POST, PUT, DELETE, OPTIONS"]);
  });

  it("passes status and headers on, and sends no body where there is none", async () => {
    const response = { status: 201, headers: { Location: "/v1.1/devicemgmt/tasks/1" }, body: undefined };
    const { port } = stub((input) =>
      input.kind === "rest" ? [{ kind: "answer", ticket: input.ticket, response }] : undefined,
    );
    const { http: url } = await host(port);
    const got = await fetch(`${url}/x`);
    expect([got.status, got.headers.get("location"), await got.text()]).toEqual([201, "/v1.1/devicemgmt/tasks/1", ""]);
  });

  it("answers when the server does, in any order", async () => {
    const held: number[] = [];
    const { port } = stub((input) => {
      if (input.kind === "rest") held.push(input.ticket);
      if (held.length < 2) return [];
      return held
        .splice(0)
        .reverse()
        .map((ticket) => ({ kind: "answer", ticket, response: { status: 200, body: ticket } }) as const);
    });
    const { http: url } = await host(port);
    const bodies = await Promise.all([fetch(`${url}/1`).then(json), fetch(`${url}/2`).then(json)]);
    expect([...bodies].sort()).toEqual([1, 2]);
  });

  it("forgets a request whose client has gone", async () => {
    let answerLater: (() => void) | undefined;
    const { port } = stub((input, now, self) => {
      if (input.kind === "rest" && input.request.path[0] === "slow") {
        answerLater = () => {
          self.deadline = now;
        };
        return [];
      }
      return undefined;
    });
    const { http: url } = await host(port);
    const gone = http.get(`${url}/slow`).on("error", () => undefined);
    while (answerLater === undefined) await nextTurn();
    gone.destroy();
    expect((await fetch(`${url}/next`)).status).toBe(200);
  });
});

describe("hostServer, CoAP", () => {
  it("gives datagrams to the server and sends its own", async () => {
    const { port } = stub();
    const { coap } = await host(port);
    const peer = address(coap.slice("coap://".length));
    const device = await openUdp({ peer });
    const echo = new Promise<Uint8Array>((resolve) => device.onMessage((_, bytes) => resolve(bytes)));
    device.send(peer, Uint8Array.of(0x40, 1, 2, 3));
    expect(await echo).toEqual(Uint8Array.of(0x40, 1, 2, 3));
    await device.close();
  });

  it("calls at the deadline, and before an input that comes after it", async () => {
    const order: string[] = [];
    const { port } = stub((input, now, self) => {
      order.push(input.kind);
      if (input.kind === "start") self.deadline = later(now, millis(10));
      if (input.kind === "time") {
        expect(now).toBeGreaterThanOrEqual(self.deadline);
        self.deadline = order.length < 4 ? later(now, micros(1)) : NEVER;
      }
      return undefined;
    });
    const { http: url } = await host(port);
    while (port.deadline !== NEVER) await nextTurn();
    expect(order).toEqual(["start", "time", "time", "time"]);
    port.deadline = 0 as Instant;
    await fetch(`${url}/x`);
    expect(order.slice(4)).toEqual(["time", "rest"]);
  });
});

describe("hostServer, trouble", () => {
  it("reports a server that throws, answers 500, and goes on", async () => {
    const bugs: unknown[] = [];
    const { port } = stub((input) => {
      if (input.kind === "rest" && input.request.path[0] === "broken") throw new Error("broken");
      return undefined;
    });
    const { http: url } = await host(port, (error) => bugs.push(error));
    const response = await fetch(`${url}/broken`);
    expect([response.status, await json(response)]).toMatchObject([500, { error: { code: 500 } }]);
    expect(bugs).toEqual([expect.objectContaining({ message: "broken" })]);
    expect((await fetch(`${url}/whole`)).status).toBe(200);
  });

  it("does not ask a server again at once that breaks on its deadline", async () => {
    let times = 0;
    const { port } = stub((input, now, self) => {
      if (input.kind === "start") self.deadline = now;
      if (input.kind === "time") {
        times++;
        throw new Error("broken");
      }
      return undefined;
    });
    await host(port, () => undefined);
    while (times === 0) await nextTurn();
    for (let i = 0; i < 20; i++) await nextTurn();
    expect(times).toBe(1);
  });

  it("calls an effect for a store a mistake: there is none here", async () => {
    const bugs: unknown[] = [];
    const { port } = stub((input) => (input.kind === "start" ? [{ kind: "query", ticket: 1, table: "*" }] : undefined));
    await host(port, (error) => bugs.push(error));
    expect(bugs).toEqual([expect.objectContaining({ message: expect.stringContaining("no store") })]);
  });

  it.each(["http", "coap"] as const)("refuses a taken %s port, and leaves nothing open", async (side) => {
    const first = await host(stub().port);
    const taken = Number(new URL(first[side]).port);
    await expect(hostServer(stub().port, { [side]: taken })).rejects.toMatchObject({ code: "address-in-use" });
    await first.close(millis(100));
    await host(stub().port);
  });
});

describe("close", () => {
  it("lets a request under way be answered, with the CoAP side still open, and then refuses connections", async () => {
    const { port } = stub((input, now, self) => {
      if (input.kind === "rest") {
        self.deadline = later(now, millis(30));
        return [];
      }
      if (input.kind !== "time") return undefined;
      self.deadline = NEVER;
      return [{ kind: "answer", ticket: 1, response: { status: 200, body: "late" } }];
    });
    const server = await host(port);
    const pending = fetch(`${server.http}/x`);
    while (port.deadline === NEVER) await nextTurn();
    const closing = server.close();
    expect(await json(await pending)).toBe("late");
    await closing;
    await server.close();
    await expect(fetch(`${server.http}/x`)).rejects.toThrow();
  });

  it("answers 503 to a request that the server has not answered within the grace", async () => {
    const { inputs, port } = stub((input) => (input.kind === "rest" ? [] : undefined));
    const server = await host(port);
    const pending = fetch(`${server.http}/x`);
    while (inputs.length < 2) await nextTurn();
    const closing = server.close(millis(10));
    expect((await pending).status).toBe(503);
    await closing;
  });

  it("answers 503 to a new request on an open connection while it stops", async () => {
    const { inputs, port } = stub((input) =>
      input.kind === "rest" && input.request.path[0] === "slow" ? [] : undefined,
    );
    const server = await host(port);
    const late = http.request(`${server.http}/x`, { method: "POST", headers: { ...headers, "Content-Length": 2 } });
    const answered = new Promise<http.IncomingMessage>((resolve) => late.once("response", resolve));
    late.flushHeaders();
    const slow = fetch(`${server.http}/slow`);
    while (inputs.length < 2) await nextTurn();
    const closing = server.close(millis(100));
    late.end("{}");
    expect(await answered).toMatchObject({ statusCode: 503, headers: { connection: "close" } });
    expect((await slow).status).toBe(503);
    await closing;
  });
});

describe("hostServer, another transport", () => {
  it("carries what the transport has proved of a sender to the server, and nothing where it proved nothing", async () => {
    const { inputs, port } = stub();
    const sent: unknown[] = [];
    let deliver: OnDatagram = () => undefined;
    const openDatagrams = async ({ onDatagram }: { readonly onDatagram: OnDatagram }): Promise<DatagramFront> => {
      deliver = onDatagram;
      return {
        address: address("127.0.0.1:5684"),
        send: (to, bytes) => sent.push([to, ...bytes]),
        close: async () => undefined,
      };
    };
    const server = await hostServer(port, { openDatagrams });
    running.push(server);
    const from = address("192.0.2.7:4444");
    deliver({ address: from, identity: "meter-7" }, Uint8Array.of(1, 2));
    deliver({ address: from }, Uint8Array.of(3));
    expect(inputs.filter(({ kind }) => kind === "datagram")).toEqual([
      { kind: "datagram", from, bytes: Uint8Array.of(1, 2), identity: "meter-7" },
      { kind: "datagram", from, bytes: Uint8Array.of(3) },
    ]);
    expect(sent).toEqual([
      [from, 1, 2],
      [from, 3],
    ]);
    expect(server.coap).toBe("coap://127.0.0.1:5684");
  });
});
