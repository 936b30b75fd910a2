import http from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import type { Adapter } from "./adapter.ts";
import { openHttpAdapter } from "./http-adapter.ts";

const HELLO = {
  protocol: 1,
  coap: "coap://127.0.0.1:5683",
  capabilities: { expiry: { minSeconds: 3 } },
  verbs: ["provision", "createTask", "deviceStatuses", "close"],
};

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

interface Asked {
  readonly id: number;
  readonly verb: string;
  readonly arguments: unknown;
}

/** @param answer to a question that is not hello: HTTP status and text */
async function start(answer: (asked: Asked) => readonly [number, string]) {
  const asked: Asked[] = [];
  const server = http.createServer(async (request, response) => {
    let text = "";
    for await (const chunk of request) text += String(chunk);
    const question = JSON.parse(text) as Asked;
    asked.push(question);
    const [status, body] =
      question.verb === "hello" ? [200, JSON.stringify({ id: question.id, result: HELLO })] : answer(question);
    response.writeHead(status as number, { "Content-Type": "application/json" }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const at = server.address();
  const url = `http://127.0.0.1:${typeof at === "object" ? at?.port : ""}/`;
  const stop = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  ends.push(stop);
  const adapter: Adapter = await openHttpAdapter({ name: url, url });
  return { adapter, asked, stop };
}

const result = ({ id }: Asked, value: unknown): readonly [number, string] => [
  200,
  JSON.stringify({ id, result: value }),
];

describe("openHttpAdapter", () => {
  it("asks by POST, and says when it is over", async () => {
    const { adapter, asked } = await start((question) => result(question, question.verb));
    expect(adapter.capabilities.expiry).toEqual({ minSeconds: 3 });
    expect(await adapter.call("createTask", { request: { dids: ["d"] } })).toEqual({
      kind: "result",
      value: "createTask",
    });
    await adapter.close();
    await adapter.close();
    expect(asked).toEqual([
      { id: 1, verb: "hello", arguments: { protocol: 1 } },
      { id: 2, verb: "createTask", arguments: { request: { dids: ["d"] } } },
      { id: 3, verb: "close", arguments: {} },
    ]);
  });

  it.each<[string, (asked: Asked) => readonly [number, string], string]>([
    ["another status", () => [500, "{}"], "HTTP 500; an answer comes with 200"],
    ["no JSON", () => [200, "<h1>"], "not-json: "],
    ["an answer to another question", ({ id }) => [200, `{"id":${id + 1},"result":1}`], "it answered question 3"],
    ["no answer", () => [200, "[]"], "is no answer: it has no id"],
  ])("fails the call that gets %s", async (_, answer, reason) => {
    const { adapter } = await start(answer);
    expect(await adapter.call("createTask", {})).toMatchObject({
      kind: "failed",
      reason: expect.stringContaining(reason),
    });
  });

  it("is gone when nobody listens any more, and a harness error when nobody did", async () => {
    const { adapter, stop } = await start((question) => result(question, 1));
    await stop();
    // What was under way on a kept connection may have happened; what comes after it cannot have.
    await adapter.call("createTask", {});
    expect(await adapter.call("createTask", {})).toMatchObject({ kind: "failed", gone: true });
    await expect(openHttpAdapter({ name: adapter.name, url: adapter.name })).rejects.toThrow(
      /hello: refused: .*ECONNREFUSED/,
    );
  });
});
