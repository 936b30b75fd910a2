import { describe, expect, it } from "vitest";
import type { ServerEffect, ServerPort } from "../protocol/server-port.ts";
import { after, type Instant, NEVER, seconds } from "../protocol/time.ts";
import { createMemoryStore } from "./memory-store.ts";
import { createRestartable } from "./restartable.ts";

const NOW = 5 as Instant;
const NEXT = 9 as Instant;

/** Adds one to what is stored at each request, and answers with the sum when it is stored. */
function counter(): ServerPort {
  let sum = 0;
  let waiting: number[] = [];
  return {
    deadline: NEXT,
    handle(input): readonly ServerEffect[] {
      if (input.kind === "start") return [{ kind: "query", ticket: 1, table: "*" }];
      if (input.kind === "rows") sum = Number(input.rows[0]?.value ?? 0);
      if (input.kind === "rest") {
        waiting.push(input.ticket);
        return [{ kind: "persist", ticket: input.ticket, records: [{ table: "sum", key: "", value: ++sum }] }];
      }
      if (input.kind !== "persisted") return [];
      const answers = waiting.map(
        (ticket) => ({ kind: "answer", ticket, response: { status: 200, body: sum } }) as const,
      );
      waiting = [];
      return answers;
    },
  };
}

const request = { method: "POST", path: [], query: {} };
const started = () => {
  const server = createRestartable(counter, createMemoryStore());
  server.handle({ kind: "start" }, NOW);
  let ticket = 10;
  const ask = (): readonly unknown[] =>
    server
      .handle({ kind: "rest", ticket: ++ticket, request }, NOW)
      .map((effect) => effect.kind === "answer" && effect.response.body);
  return { server, ask };
};

describe("createRestartable", () => {
  it("is a server like the one that it starts, while nobody kills it", () => {
    const { server, ask } = started();
    expect([ask(), ask(), server.deadline, server.process?.isDown]).toEqual([[1], [2], NEXT, false]);
  });

  it("neither hears, does nor wants anything while it is down, and then knows what was stored", () => {
    const { server, ask } = started();
    ask();
    server.process?.die("at-once");
    expect([server.process?.isDown, ask(), server.deadline]).toEqual([true, [], NEVER]);
    server.handle({ kind: "start" }, NOW);
    expect([server.process?.isDown, ask()]).toEqual([false, [2]]);
  });

  it("dies before it stores something: that is neither answered nor known afterwards", () => {
    const { server, ask } = started();
    ask();
    server.process?.die("before-storing");
    expect(server.process?.isDown).toBe(false);
    expect([ask(), server.process?.isDown]).toEqual([[], true]);
    server.handle({ kind: "start" }, NOW);
    expect(ask()).toEqual([2]);
  });

  it("dies when something is stored: that is not answered, but known afterwards", () => {
    const { server, ask } = started();
    ask();
    server.process?.die("after-storing");
    expect([ask(), server.process?.isDown]).toEqual([[], true]);
    server.handle({ kind: "start" }, NOW);
    expect([ask(), ask()]).toEqual([[3], [4]]);
  });

  it("dies of nothing but a kill: an error of the server is passed on", () => {
    const broken: ServerPort = {
      deadline: NEVER,
      handle() {
        throw new Error("broken");
      },
    };
    const server = createRestartable(() => broken, createMemoryStore());
    expect(() => server.handle({ kind: "time" }, NOW)).toThrow("broken");
    expect(server.process?.isDown).toBe(false);
  });

  it("is down until its process has taken its time to start, and goes on from what was stored then", () => {
    const server = createRestartable(counter, createMemoryStore(), () => seconds(3));
    server.handle({ kind: "start" }, NOW);
    server.handle({ kind: "rest", ticket: 1, request }, NOW);
    server.process?.die("at-once");
    expect(server.handle({ kind: "start" }, NOW)).toEqual([]);
    expect([server.process?.isDown, server.deadline]).toEqual([true, after(NOW, seconds(3))]);
    expect(server.handle({ kind: "rest", ticket: 2, request }, NEXT)).toEqual([]);
    server.handle({ kind: "time" }, after(NOW, seconds(3)));
    expect([server.process?.isDown, server.deadline]).toEqual([false, NEXT]);
    expect(server.handle({ kind: "rest", ticket: 3, request }, after(NOW, seconds(4)))).toMatchObject([
      { kind: "answer", ticket: 3, response: { body: 2 } },
    ]);
  });
});
