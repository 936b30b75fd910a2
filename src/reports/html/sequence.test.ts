import { describe, expect, it } from "vitest";
import type { HistoryEvent } from "../../harness/history/history.ts";
import { historyOf, REGISTER_BYTES } from "../test-kit.ts";
import { type DiagramRow, sequenceOf } from "./sequence.ts";

const START: HistoryEvent = { kind: "mark", at: 1_000_000, mark: "start" };
const down = (at: number, arrivals: readonly number[], device: number | undefined = 0): HistoryEvent => ({
  kind: "downlink",
  at,
  ...(device === undefined ? {} : { device }),
  address: "a:1",
  bytes: REGISTER_BYTES,
  arrivals,
});
const up = (at: number, extra: object = {}): HistoryEvent => ({
  kind: "uplink",
  at,
  sentAt: at,
  device: 0,
  address: "a:1",
  bytes: REGISTER_BYTES,
  ...extra,
});

const brief = (row: DiagramRow) => {
  if (row.kind === "message") return `${row.from}>${row.to} ${row.fate} ${row.label}`;
  return row.kind === "note" ? `@${row.lane} ${row.label}` : `-- ${row.label}`;
};
const drawn = (events: readonly HistoryEvent[], marked: readonly number[] = []) =>
  sequenceOf(historyOf(events), marked).rows.map(brief);

describe("sequenceOf", () => {
  it("gives REST client, server and each device a lane, in the order of the devices", () => {
    expect(sequenceOf(historyOf([START, up(5, { device: 7 }), down(6, [], 2)]), []).lanes).toEqual([
      "REST client",
      "server",
      "device 2",
      "device 7",
    ]);
  });

  it("tells what became of a datagram: heard, lost, or arrived where nobody listened", () => {
    const heard: HistoryEvent = { kind: "delivery", at: 1_000_020, device: 0, bytes: REGISTER_BYTES };
    expect(
      drawn([START, down(1_000_000, [1_000_020]), heard, down(1_000_030, []), down(1_000_040, [1_000_060])]),
    ).toEqual([
      "-- the plan begins",
      "1>2 arrives CON POST /rd 1a2b · 9f01",
      "1>2 lost CON POST /rd 1a2b · 9f01",
      "1>2 unheard CON POST /rd 1a2b · 9f01",
    ]);
    expect(drawn([START, up(1_000_000, { lost: true }), up(1_000_000, { copy: true })]).slice(1)).toEqual([
      "2>1 lost CON POST /rd 1a2b · 9f01",
      "2>1 arrives CON POST /rd 1a2b · 9f01 (copy)",
    ]);
  });

  it("never calls a datagram unheard in a live history, which does not know when devices hear", () => {
    const history = historyOf([START, down(1_000_000, [1_000_020])]);
    const live = { ...history, header: { ...history.header, mode: "live" as const } };
    expect(sequenceOf(live, []).rows.map(brief)[1]).toContain("arrives");
  });

  it("names REST requests by what they are for, and answers by what they show of the device tasks", () => {
    const rows = drawn([
      START,
      {
        kind: "rest-request",
        at: 1_000_000,
        ticket: 1,
        request: { method: "GET", path: ["devicemgmt", "tasks", "x", "statuses"], query: {} },
        purpose: { kind: "poll-statuses", task: 0 },
      },
      {
        kind: "rest-answer",
        at: 1_000_000,
        ticket: 1,
        response: {
          status: 200,
          body: {
            data: {
              id: "x",
              status: "PROCESSING",
              statuses: [{ did: "retry-17-d0", status: "FAILED", numAttempts: 2, errorCode: 4004 }],
            },
          },
        },
      },
      { kind: "rest-failure", at: 1_000_000, ticket: 2, reason: "connection refused" },
    ]);
    expect(rows.slice(1)).toEqual([
      "0>1 arrives read statuses of task 0",
      "1>0 arrives 200 d0 FAILED 4004 2×",
      "1>0 failed connection refused",
    ]);
  });

  it("sums up set-up, says long pauses, and counts time from the start of the plan", () => {
    const { rows } = sequenceOf(historyOf([up(1), up(2), START, up(2_500_000), up(32_500_000)]), []);
    expect(rows.map(brief)).toEqual([
      "-- set-up: 2 events",
      "-- the plan begins",
      expect.stringContaining("arrives"),
      "-- 30.000 s pass",
      expect.stringContaining("arrives"),
    ]);
    expect(rows[2]).toMatchObject({ at: 1_500_000 });
  });

  it("marks the events that show the violation, also one whose arrow is another event's", () => {
    const heard: HistoryEvent = { kind: "delivery", at: 1_000_020, device: 0, bytes: REGISTER_BYTES };
    const { rows } = sequenceOf(historyOf([START, down(1_000_000, [1_000_020]), heard]), [2]);
    expect(rows.map((row) => row.kind !== "gap" && row.marked)).toEqual([false, false, true]);
    expect(rows.map(brief)[2]).toBe("@2 arrives");
  });

  it("never runs back in time, and says where a datagram goes whose device has moved", () => {
    const moved: HistoryEvent = { kind: "device", at: 1_200_000, device: 0, event: "address", address: "b:2" };
    const { rows } = sequenceOf(
      historyOf([START, up(1_000_000), moved, up(1_459_000, { address: "b:2" }), down(1_445_000, [1], 0)]),
      [3, 4],
    );
    const times = rows.flatMap((row) => (row.kind === "gap" ? [] : [row.at]));
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(rows.map(brief).slice(2)).toEqual([
      "@2 new address",
      "2>1 arrives CON POST /rd 1a2b · 9f01",
      "@2 from its new address b:2",
      "1>2 unheard CON POST /rd 1a2b · 9f01",
      "@2 at its old address a:1",
    ]);
    expect(rows.filter((row) => row.kind !== "gap" && row.marked)).toHaveLength(2);
  });

  it("shows the text that a device sent where that shows the violation", () => {
    const garbled = up(1_000_000, { bytes: Uint8Array.from([...REGISTER_BYTES, 0xff, 0x33, 0x2f, 0x30]) });
    expect(drawn([START, garbled], [1])).toContain('@2 says "3/0"');
    expect(drawn([START, garbled])).not.toContain('@2 says "3/0"');
  });

  it("shows of a long history so much that it fits a screen: both marks, what is before them, polls last", () => {
    const poll = (ticket: number): readonly HistoryEvent[] => [
      {
        kind: "rest-request",
        at: 1_000_000,
        ticket,
        request: { method: "GET", path: ["x"], query: {} },
        purpose: { kind: "poll-task", task: 0 },
      },
      { kind: "rest-answer", at: 1_000_000, ticket, response: { status: 200, body: undefined } },
    ];
    const events = [
      START,
      ...Array.from({ length: 60 }, () => up(1_000_000)),
      down(1_000_000, [1]),
      ...[1, 2, 3, 4, 5].flatMap(poll),
      up(1_000_000),
      ...[6, 7, 8, 9].flatMap(poll),
      down(1_000_000, [1]),
      ...Array.from({ length: 40 }, () => up(1_000_000)),
    ];
    const marked = events.flatMap((event, index) => (event.kind === "downlink" ? [index] : []));
    const { rows } = sequenceOf(historyOf(events), marked);
    expect(rows.length).toBeLessThanOrEqual(28);
    expect(rows.filter((row) => row.kind !== "gap" && row.marked)).toHaveLength(2);
    const first = rows.findIndex((row) => row.kind !== "gap" && row.marked);
    expect(first).toBeGreaterThan(3);
    expect(rows.map(brief)[0]).toMatch(/^-- \d+ events left out$/);
    const polls = rows.map(brief).filter((row) => row.includes("read task 0"));
    expect(polls.length).toBeLessThan(3);
    expect(rows.map(brief).at(-1)).toMatch(/^-- 3\d events left out$/);
  });

  it("shows from when to when a device is away, and that the server is down until the end", () => {
    const event = (at: number, name: "offline" | "online"): HistoryEvent => ({
      kind: "device",
      at,
      device: 0,
      event: name,
    });
    const { away } = sequenceOf(
      historyOf([
        START,
        event(1_000_001, "offline"),
        up(1_000_002),
        event(1_000_003, "online"),
        { kind: "server", at: 1_000_004, event: "down" },
      ]),
      [],
    );
    expect(away).toEqual([
      { lane: 2, from: 1, to: 3 },
      { lane: 1, from: 4, to: 4 },
    ]);
  });
});
