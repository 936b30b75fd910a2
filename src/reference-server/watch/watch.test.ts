import { describe, expect, it } from "vitest";
import { address } from "../../protocol/address.ts";
import type { ServerEffect, ServerInput, ServerPort } from "../../protocol/server-port.ts";
import { type Instant, NEVER } from "../../protocol/time.ts";
import type { Notice } from "./notices.ts";
import { createWatch } from "./watch.ts";

const NOW = 1 as Instant;
const TASK = [{ table: "task", key: "t1", value: { dtid: "t", taskType: "R", property: "p" } }];

function setUp(effects: (input: ServerInput) => readonly ServerEffect[]) {
  const told: (Notice | string)[] = [];
  const watch = createWatch({
    onNotice: (notice) => told.push(notice),
    onStored: (tables) => told.push([...tables].join()),
    onHeard: () => told.push("heard"),
    onClockBehind: (ahead) => told.push(`${ahead} µs`),
  });
  const server: ServerPort = { deadline: NEVER, handle: effects };
  return { watch, told, port: watch.over(server) };
}

describe("createWatch", () => {
  it("passes inputs, effects and the deadline through", () => {
    const effects: readonly ServerEffect[] = [
      { kind: "send", to: address("10.0.0.1:1"), bytes: Uint8Array.of(0x40, 1, 0, 1) },
    ];
    const { port, watch } = setUp((input) => (input.kind === "time" ? effects : []));
    expect([port.handle({ kind: "time" }, NOW), port.deadline]).toEqual([effects, NEVER]);
    expect(watch.traffic.sent.request).toBe(1);
  });

  it("tells nobody of a change before it is stored: a crash could take it back", () => {
    const { port, watch, told } = setUp((input) =>
      input.kind === "time" ? [{ kind: "persist", ticket: 4, records: TASK }] : [],
    );
    port.handle({ kind: "time" }, NOW);
    expect([told, watch.waitingCommits]).toEqual([[], 1]);
    port.handle({ kind: "persisted", ticket: 4 }, NOW);
    expect(told).toEqual([{ kind: "task-created", task: "t1", dtid: "t", taskType: "R", property: "p" }, "task"]);
    expect(watch.waitingCommits).toBe(0);
  });

  it("takes what a store holds without telling it, and drops what the server before was still waiting for", () => {
    const { port, watch, told } = setUp((input) =>
      input.kind === "time" ? [{ kind: "persist", ticket: 4, records: TASK }] : [],
    );
    port.handle({ kind: "time" }, NOW);
    port.handle({ kind: "rows", ticket: 1, rows: TASK }, NOW);
    expect([told, watch.waitingCommits]).toEqual([[], 0]);
  });

  it("tells how far the clock stands before what a store holds, if it does", () => {
    const { port, told } = setUp(() => []);
    const rows = [{ table: "task-history", key: "t1", value: { task: "t1", ts: 5 } }];
    for (const now of [5_000, 4_000]) port.handle({ kind: "rows", ticket: 1, rows }, now as Instant);
    expect(told).toEqual(["1000 µs"]);
  });

  it("takes nothing from a store that the server refuses", () => {
    const { port, watch } = setUp(() => {
      throw new Error("no record of mine");
    });
    const rows = [{ table: "device-type", key: "t", value: { dtid: "t", name: "T" } }];
    expect(() => port.handle({ kind: "rows", ticket: 1, rows }, NOW)).toThrow("no record");
    expect(watch.fleet.types.size).toBe(0);
  });
});
