import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { writeText } from "../../platform/files.ts";
import { uniqueName } from "../../platform/hash.ts";
import type { History, HistoryEvent, HistoryHeader, RestPurpose } from "./history.ts";
import { eventLine, historyHash, historyLines, readHistory } from "./history-file.ts";

const HISTORY: History = {
  header: { formatVersion: 1, plan: "p-1", mode: "sim", startedAt: 0, devices: ["p-1-d0"], deviceTypes: ["p-1-t0"] },
  events: [
    { kind: "uplink", at: 5, device: 0, address: "10.0.0.0:1", bytes: Uint8Array.of(0x40, 0, 255), sentAt: 3 },
    { kind: "mark", at: 9, mark: "end" },
  ],
};

const UPDATE_PURPOSES: readonly RestPurpose[] = [
  { kind: "upload-image", image: 1 },
  { kind: "create-task", task: 0, devices: [0], image: 1 },
  { kind: "answer-update", task: 0, device: 1, answer: "REJECTED", as: "nobody" },
];

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

describe("readHistory", () => {
  const HEADER = '{"formatVersion":1,"plan":"p-1","mode":"live","startedAt":0,"devices":["a","b"],"deviceTypes":["t"]}';

  async function read(
    ...lines: readonly string[]
  ): Promise<History & { readonly file: string; readonly hash: string }> {
    const file = path.join(tmpdir(), `fleetproof-${uniqueName()}`, "history.ndjson");
    await writeText(file, lines.map((line) => `${line}\n`).join(""));
    const events: HistoryEvent[] = [];
    let header: HistoryHeader | undefined;
    const hash = await readHistory(file, (first) => {
      header = first;
      return (event) => void events.push(event);
    }).catch((error: Error) => {
      throw new Error(error.message.replaceAll(file, "FILE"));
    });
    if (header === undefined) throw new Error("no header");
    return { header, events, file, hash };
  }

  it("reads every kind of event with its bytes, and gives the hash of what was written", async () => {
    const events: readonly HistoryEvent[] = [
      ...HISTORY.events,
      { kind: "uplink", at: 5, device: 0, address: "a:1", bytes: Uint8Array.of(), sentAt: 5, lost: true },
      { kind: "downlink", at: 6, earliest: 4, address: "a:1", bytes: Uint8Array.of(7), arrivals: [8, 9] },
      { kind: "delivery", at: 8, device: 0, bytes: Uint8Array.of(7) },
      { kind: "effect", at: 8, device: 0, effect: "written", path: "3/0/15", value: "UTC", messageId: 1, token: "9f" },
      { kind: "effect", at: 8, device: 0, effect: "executed", path: "3/0/4", messageId: 2, token: "" },
      { kind: "device", at: 9, device: 0, event: "address", address: "a:2" },
      { kind: "firmware", at: 9, device: 0, event: "execute", state: 3, result: 0, version: "1.0.0" },
      { kind: "download", at: 9, device: 0, url: "coap://192.0.2.1/7", result: 4 },
      {
        kind: "rest-request",
        at: 9,
        ticket: 0,
        request: { method: "POST", path: ["devicemgmt", "tasks"], query: {}, body: { taskType: "W" } },
        purpose: { kind: "create-task", task: 0, devices: [0] },
      },
      ...UPDATE_PURPOSES.map(
        (purpose): HistoryEvent => ({
          kind: "rest-request",
          at: 9,
          ticket: 2,
          request: { method: "POST", path: [], query: {} },
          purpose,
        }),
      ),
      { kind: "rest-answer", at: 9, ticket: 0, response: { status: 200, body: { data: { id: "1" } } } },
      { kind: "rest-failure", at: 9, ticket: 1, reason: "refused" },
      { kind: "mark", at: 9, mark: "cut-off", reason: "interrupted" },
    ];
    const history = { ...HISTORY, events };
    const { header, events: seen, hash } = await read(...historyLines(history));
    expect({ header, events: seen }).toEqual(history);
    expect(hash).toBe(historyHash(history));
  });

  it.each([
    ["no JSON", '{"kind":"mark"', /^FILE:3: expected one JSON object: /],
    [
      "an unknown kind",
      '{"kind":"guess","at":1}',
      /^FILE:3: kind: expected one of uplink, downlink, unreachable, delivery, /,
    ],
    ["a wrong field", '{"kind":"mark","at":"soon","mark":"end"}', /^FILE:3: at: .*expected number/],
    ["bytes that are not hex", '{"kind":"delivery","at":1,"device":0,"bytes":"4g"}', /^FILE:3: bytes: must be hex/],
    ["an unknown field", '{"kind":"mark","at":1,"mark":"end","why":1}', /^FILE:3: .*"why"/],
    ["a missing field", '{"kind":"mark","at":1}', /^FILE:3: mark: /],
    [
      "a device that the header does not have",
      '{"kind":"device","at":1,"device":2,"event":"boot"}',
      /^FILE:3: device: 2 is none of the 2 of the header$/,
    ],
  ])("names file, line and what is expected for %s", async (_what, line, message) => {
    await expect(read(HEADER, '{"kind":"mark","at":0,"mark":"start"}', line)).rejects.toThrow(message);
  });

  it("refuses a header of a newer format, and says so", async () => {
    const newer = HEADER.replace('"formatVersion":1', '"formatVersion":2,"added":true');
    await expect(read(newer)).rejects.toThrow(
      "FILE:1: history format 2 is newer than this version reads (1): use a newer Fleetproof",
    );
  });

  it("refuses an empty file, and one that begins with an event", async () => {
    await expect(read()).rejects.toThrow("FILE is empty: expected the header of a history");
    await expect(read('{"kind":"mark","at":0,"mark":"start"}')).rejects.toThrow(/^FILE:1: /);
  });
});
