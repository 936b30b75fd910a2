import http from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { nextTurn } from "../../platform/timers.ts";
import { openUdp } from "../../platform/udp.ts";
import { splitAddress } from "../../protocol/address.ts";
import type { RestRequest } from "../../protocol/server-port.ts";
import { millis } from "../../protocol/time.ts";
import { type Agenda, createAgenda } from "./agenda.ts";
import { createHttpClient } from "./http-client.ts";
import type { RestClient, RestOutcome } from "./rest-client.ts";

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const clean of cleanups.splice(0)) clean();
});

interface Site {
  readonly base: string;
  readonly server: http.Server;
  readonly client: RestClient;
}

async function site(handler: http.RequestListener, timeout = millis(5_000)): Promise<Site> {
  const server = http.createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const at = server.address();
  const base = `http://127.0.0.1:${typeof at === "object" ? at?.port : ""}/v1.1`;
  const agenda: Agenda = createAgenda();
  const client = createHttpClient({ base: `${base}/`, agenda, timeout });
  cleanups.push(
    () => client.close(),
    () => agenda.close(),
    () => void server.close().closeAllConnections(),
  );
  return { base, server, client };
}

const get = (...path: string[]): RestRequest => ({ method: "GET", path, query: {} });
const ask = (client: RestClient, request: RestRequest): Promise<RestOutcome> =>
  new Promise((resolve) => client.send(request, resolve));

describe("createHttpClient", () => {
  it("sends method, encoded path, query, token and JSON body, and gives status, headers and JSON back", async () => {
    const seen: unknown[] = [];
    const { client } = await site((request, response) => {
      let body = "";
      request.setEncoding("utf8").on("data", (text: string) => {
        body += text;
      });
      request.on("end", () => {
        seen.push([request.method, request.url, request.headers.authorization, request.headers["content-type"], body]);
        response
          .writeHead(201, { Location: "/v1.1/x", "Content-Type": "application/json", "X-Powered-By": "a test" })
          .end('{"data":{"id":"1"}}');
      });
    });
    const request = {
      method: "POST",
      path: ["tasks", "a/ü"],
      query: { dids: "a,b" },
      token: "T",
      body: { property: "ü" },
    };
    expect(await ask(client, request)).toEqual({
      kind: "answer",
      response: {
        status: 201,
        headers: { location: "/v1.1/x", "content-type": "application/json" },
        body: { data: { id: "1" } },
      },
    });
    expect(seen).toEqual([
      ["POST", "/v1.1/tasks/a%2F%C3%BC?dids=a%2Cb", "Bearer T", "application/json", '{"property":"ü"}'],
    ]);
  });

  it("uses one connection for requests that follow each other, and takes an empty body as none", async () => {
    const { client, server } = await site((_, response) => void response.writeHead(204).end());
    let connections = 0;
    server.on("connection", () => connections++);
    for (let i = 0; i < 5; i++) {
      expect(await ask(client, get("x"))).toEqual({
        kind: "answer",
        response: { status: 204, headers: {}, body: undefined },
      });
    }
    expect(connections).toBe(1);
  });

  it("gives an error answer as an answer: what it means is for the checkers", async () => {
    const { client } = await site((_, response) => void response.writeHead(500).end('{"error":{"code":500}}'));
    expect(await ask(client, get("x"))).toMatchObject({
      kind: "answer",
      response: { status: 500, body: { error: { code: 500 } } },
    });
  });

  it("says `not-json` for a page, with its beginning", async () => {
    const { client } = await site(
      (_, response) => void response.writeHead(502, { "Content-Type": "text/html" }).end("<h1>Bad Gateway</h1>"),
    );
    expect(await ask(client, get("x"))).toEqual({
      kind: "failure",
      reason: "not-json",
      detail: "HTTP 502 with text/html: <h1>Bad Gateway</h1>",
    });
  });

  it("says `refused` when nobody listens: the request did surely not happen", async () => {
    const { client, server } = await site(() => undefined);
    await new Promise((resolve) => server.close(resolve));
    expect(await ask(client, get("x"))).toMatchObject({
      kind: "failure",
      reason: "refused",
      detail: expect.stringContaining("ECONNREFUSED"),
    });
  });

  it("says `timeout` when no complete answer comes, also when the headers did", async () => {
    const { client } = await site((request, response) => {
      if (request.url === "/v1.1/half") response.writeHead(200, { "Content-Type": "application/json" }).write('{"a":');
    }, millis(50));
    expect(await ask(client, get("silent"))).toMatchObject({
      kind: "failure",
      reason: "timeout",
      detail: "REST GET /silent: no answer within 0.05 s",
    });
    expect(await ask(client, get("half"))).toMatchObject({ kind: "failure", reason: "timeout" });
  });

  it("says `broken` when the connection ends before or within the answer", async () => {
    const { client } = await site((request, response) => {
      if (request.url === "/v1.1/within") response.writeHead(200, { "Content-Length": 10 }).write("12345");
      void nextTurn().then(() => request.socket.destroy());
    });
    expect(await ask(client, get("before"))).toMatchObject({ kind: "failure", reason: "broken" });
    expect(await ask(client, get("within"))).toMatchObject({ kind: "failure", reason: "broken" });
  });

  it("repeats a GET once when a kept connection was closed under it, and never a POST", async () => {
    let requests = 0;
    const { client } = await site((request, response) => {
      requests++;
      if (requests % 2 === 0) request.socket.resetAndDestroy();
      else response.end("{}");
    });
    expect(await ask(client, get("1"))).toMatchObject({ kind: "answer" });
    expect(await ask(client, get("2"))).toMatchObject({ kind: "answer" });
    expect(requests).toBe(3);
    expect(await ask(client, { ...get("3"), method: "POST" })).toMatchObject({ kind: "failure", reason: "broken" });
    expect(requests).toBe(4);
  });

  it("ends what is under way as `cancelled` at close", async () => {
    const { client } = await site(() => undefined);
    const pending = ask(client, get("x"));
    client.close();
    expect(await pending).toMatchObject({ kind: "failure", reason: "cancelled" });
  });

  it("does not take a target that speaks another protocol for an answer", async () => {
    const socket = await openUdp({ host: "127.0.0.1" });
    const { port } = splitAddress(socket.address);
    const agenda = createAgenda();
    const client = createHttpClient({ base: `http://127.0.0.1:${port}/v1.1`, agenda });
    expect(await ask(client, get("x"))).toMatchObject({ kind: "failure", reason: "refused" });
    client.close();
    agenda.close();
    await socket.close();
  });
});
