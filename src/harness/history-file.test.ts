import { describe, expect, it } from "vitest";
import type { History } from "./history.ts";
import { eventLine, historyHash, historyLines } from "./history-file.ts";

const HISTORY: History = {
  header: { formatVersion: 1, plan: "p-1", mode: "sim", startedAt: 0, devices: ["p-1-d0"], deviceTypes: ["p-1-t0"] },
  events: [
    { kind: "uplink", at: 5, device: 0, address: "10.0.0.0:1", bytes: Uint8Array.of(0x40, 0, 255), sentAt: 3 },
    { kind: "mark", at: 9, mark: "end" },
  ],
};

describe("historyLines", () => {
  it("gives a header line, then one event a line, bytes as hex", () => {
    expect([...historyLines(HISTORY)]).toEqual([
      '{"formatVersion":1,"plan":"p-1","mode":"sim","startedAt":0,"devices":["p-1-d0"],"deviceTypes":["p-1-t0"]}',
      '{"kind":"uplink","at":5,"device":0,"address":"10.0.0.0:1","bytes":"4000ff","sentAt":3}',
      '{"kind":"mark","at":9,"mark":"end"}',
    ]);
  });

  it("gives the header alone for an empty history", () => {
    expect([...historyLines({ ...HISTORY, events: [] })]).toHaveLength(1);
  });

  it("writes a part of a larger buffer as that part", () => {
    const part = Uint8Array.of(1, 2, 3, 4).subarray(1, 3);
    expect(eventLine({ kind: "delivery", at: 1, device: 0, bytes: part })).toContain('"bytes":"0203"');
  });
});

describe("historyHash", () => {
  it("is the SHA-256 of all lines", () => {
    expect(historyHash(HISTORY)).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(historyHash(HISTORY)).toBe(historyHash(structuredClone(HISTORY)));
  });

  it("differs when one byte, one time or the header differs", () => {
    const [first, second] = HISTORY.events;
    if (first?.kind !== "uplink" || second === undefined) throw new Error("no events");
    const others: readonly History[] = [
      { ...HISTORY, events: [{ ...first, bytes: Uint8Array.of(0x40, 0, 254) }, second] },
      { ...HISTORY, events: [{ ...first, at: 6 }, second] },
      { ...HISTORY, events: [first] },
      { ...HISTORY, header: { ...HISTORY.header, plan: "p-2" } },
    ];
    expect(new Set([HISTORY, ...others].map(historyHash)).size).toBe(5);
  });
});
