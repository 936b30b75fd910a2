import { describe, expect, it } from "vitest";
import { address } from "../protocol/address.ts";
import { createMemoryStore } from "./memory-store.ts";
import { createOutbox } from "./outbox.ts";

const TO = address("192.0.2.1:1");
const send = { kind: "send", to: TO, bytes: Uint8Array.of(1) } as const;
const answer = { kind: "answer", ticket: 7, response: { status: 200, body: {} } } as const;

describe("createOutbox", () => {
  it("lets a step without changes go at once, an empty one too", () => {
    const outbox = createOutbox();
    expect(outbox.endStep()).toEqual([]);
    outbox.send(TO, Uint8Array.of(1));
    expect(outbox.endStep()).toEqual([send]);
  });

  it("holds a step with changes until they are persisted, and those behind it", () => {
    const outbox = createOutbox();
    outbox.store("t", "k", () => ({ a: 1 }));
    outbox.send(TO, Uint8Array.of(1));
    expect(outbox.endStep()).toEqual([
      { kind: "persist", ticket: 1, records: [{ table: "t", key: "k", value: { a: 1 } }] },
    ]);
    outbox.answer(7, { status: 200, body: {} });
    expect(outbox.endStep()).toEqual([]);
    outbox.remove("t", "k");
    outbox.send(TO, Uint8Array.of(1));
    expect(outbox.endStep()).toEqual([
      { kind: "persist", ticket: 2, records: [{ table: "t", key: "k", value: undefined }] },
    ]);
    expect(outbox.persisted(2)).toEqual([]);
    expect(outbox.persisted(1)).toEqual([send, answer, send]);
    expect(outbox.persisted(1)).toEqual([]);
  });

  it("writes each record once per step, as it is at the end of the step", () => {
    const outbox = createOutbox();
    let value = 1;
    outbox.store("t", "k", () => value);
    outbox.store("t", "k", () => value);
    value = 2;
    expect(outbox.endStep()).toMatchObject([{ records: [{ key: "k", value: 2 }] }]);
  });
});

describe("createMemoryStore", () => {
  it("gives back what was stored and not removed, of one table or of all", () => {
    const store = createMemoryStore();
    const record = (table: string, key: string, value: unknown) => ({ table, key, value });
    store.perform({
      kind: "persist",
      ticket: 1,
      records: [record("a", "1", 1), record("a", "2", 2), record("b", "1", 3)],
    });
    store.perform({ kind: "persist", ticket: 2, records: [record("a", "1", undefined), record("a", "2", 4)] });
    expect(store.perform({ kind: "query", ticket: 3, table: "a" })).toEqual({
      kind: "rows",
      ticket: 3,
      rows: [record("a", "2", 4)],
    });
    expect(store.perform({ kind: "query", ticket: 4, table: "*" })).toMatchObject({
      rows: [record("a", "2", 4), record("b", "1", 3)],
    });
  });

  it("abandons a step that broke: nothing of it is stored or leaves with the next one", () => {
    const outbox = createOutbox();
    outbox.answer(1, { status: 201, body: undefined });
    outbox.store("task", "half", () => ({}));
    expect(outbox.abandonStep()).toBe(true);
    outbox.store("task", "whole", () => ({}));
    expect(outbox.endStep()).toEqual([
      { kind: "persist", ticket: 1, records: [{ table: "task", key: "whole", value: {} }] },
    ]);
    expect(outbox.persisted(1)).toEqual([]);
    outbox.answer(2, { status: 200, body: undefined });
    expect(outbox.abandonStep()).toBe(false);
    expect(outbox.endStep()).toEqual([]);
  });
});
