import { describe, expect, it } from "vitest";
import type { HistoryEvent } from "../harness/history/history.ts";
import { evidentEvents } from "./evident-events.ts";
import { historyOf, REGISTER_BYTES } from "./test-kit.ts";

const START: HistoryEvent = { kind: "mark", at: 1_000_000, mark: "start" };
const ASKED: HistoryEvent = {
  kind: "rest-request",
  at: 1_500_000,
  ticket: 4,
  request: { method: "GET", path: ["devicemgmt", "tasks", "x", "statuses"], query: {} },
  purpose: { kind: "poll-statuses", task: 3 },
};
const SHOWN: HistoryEvent = {
  kind: "rest-answer",
  at: 1_600_000,
  ticket: 4,
  response: {
    status: 200,
    body: {
      data: {
        id: "x",
        status: "SCHEDULED",
        statuses: [{ did: "retry-17-d0", status: "REQUESTED" }],
        statusCounts: { totalDevices: 0 },
      },
    },
  },
};
/** With the payload `3/0`, which names no object. */
const GARBLED = Uint8Array.from([...REGISTER_BYTES, 0xff, 0x33, 0x2f, 0x30]);
const REGISTER: HistoryEvent = { kind: "uplink", at: 1_788_000, sentAt: 0, device: 0, address: "a", bytes: GARBLED };

describe("evidentEvents", () => {
  it("tells a datagram whole, with its payload, at its time in the plan", () => {
    expect(evidentEvents(historyOf([START, REGISTER]), [1])).toEqual([
      { at: 788, text: '0.788 s ← device 0 CON POST /rd?ep=a [0x1a2b] tok 9f01 "3/0"' },
    ]);
  });

  it("tells an answer of the task API by what was asked, what it shows of device tasks, and the counts", () => {
    const texts = evidentEvents(historyOf([START, ASKED, SHOWN]), [1, 2]).map(({ text }) => text);
    expect(texts).toEqual([
      "0.500 s ⇒ read statuses of task 3",
      "0.600 s ⇐ read statuses of task 3: 200 d0 REQUESTED, totalDevices 0",
    ]);
  });

  it("leaves out what says only how far the run is, and events that are not there", () => {
    expect(evidentEvents(historyOf([START]), [0, 7])).toEqual([]);
  });
});
