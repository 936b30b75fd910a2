import { describe, expect, it } from "vitest";
import type { HistoryEvent } from "../harness/history/history.ts";
import { datagramText, eventLine, planStart } from "./history-text.ts";
import { REGISTER_BYTES } from "./test-kit.ts";

const uplink = { kind: "uplink", device: 0, address: "10.0.0.1:1", bytes: REGISTER_BYTES } as const;

describe("eventLine", () => {
  it("decodes a datagram: arrow, device, type, method, path, message id, token", () => {
    expect(eventLine({ ...uplink, at: 12_345_000, sentAt: 12_325_000 })).toBe(
      "      12.345 s  ← device 0  CON POST /rd?ep=a [0x1a2b] tok 9f01",
    );
  });

  it("says where a datagram goes whose device is no longer there, and from where one comes that was not there before", () => {
    const down: HistoryEvent = {
      kind: "downlink",
      at: 9,
      device: 0,
      address: "a:1",
      bytes: REGISTER_BYTES,
      arrivals: [9],
    };
    expect(eventLine(down, 0, { at: 5_000, toOldAddress: "a:1" })).toContain(
      " 0.005 s  → device 0 at its old address a:1  CON POST",
    );
    expect(eventLine({ ...uplink, at: 0, sentAt: 0 }, 0, { at: 0, fromNewAddress: "b:2" })).toContain(
      "← device 0 at its new address b:2  CON POST",
    );
  });

  it.each<[string, HistoryEvent]>([
    ["(lost on the way)", { ...uplink, at: 0, sentAt: 0, lost: true }],
    ["(copy made by the network)", { ...uplink, at: 0, sentAt: 0, copy: true }],
    [
      "→ device 0  CON POST",
      { kind: "downlink", at: 0, device: 0, address: "a", bytes: REGISTER_BYTES, arrivals: [1] },
    ],
    ["(lost on the way)", { kind: "downlink", at: 0, device: 0, address: "a", bytes: REGISTER_BYTES, arrivals: [] }],
    [
      "(arrives 2 times)",
      { kind: "downlink", at: 0, device: 0, address: "a", bytes: REGISTER_BYTES, arrivals: [1, 2] },
    ],
    ["→ 10.9.9.9:5  CON", { kind: "downlink", at: 0, address: "10.9.9.9:5", bytes: REGISTER_BYTES, arrivals: [] }],
    ["device 2  receives CON [0x1a2b]", { kind: "delivery", at: 0, device: 2, bytes: REGISTER_BYTES }],
    [
      '* device 1  written /3/0/15 = "UTC"  [0x0007]',
      { kind: "effect", at: 0, device: 1, effect: "written", path: "3/0/15", value: "UTC", messageId: 7, token: "" },
    ],
    [
      "* device 1  has a new address (10.0.0.2:9)",
      { kind: "device", at: 0, device: 1, event: "address", address: "10.0.0.2:9" },
    ],
    [
      "* device 1  firmware: installed, State 0, Result 1, runs 2.0.0",
      { kind: "firmware", at: 0, device: 1, event: "installed", state: 0, result: 1, version: "2.0.0" },
    ],
    [
      "* device 1  download of coap://a/b is over, complete",
      { kind: "download", at: 0, device: 1, url: "coap://a/b", result: 0 },
    ],
    [
      "* device 1  download of coap://a/b is over, Result 4",
      { kind: "download", at: 0, device: 1, url: "coap://a/b", result: 4 },
    ],
    [
      '⇒ REST 3  POST /devicemgmt/tasks?count=1 {"a":1}',
      {
        kind: "rest-request",
        at: 0,
        ticket: 3,
        request: { method: "POST", path: ["devicemgmt", "tasks"], query: { count: "1" }, body: { a: 1 } },
      },
    ],
    [
      '⇐ REST 3  201 {"data":{}}',
      { kind: "rest-answer", at: 0, ticket: 3, response: { status: 201, body: { data: {} } } },
    ],
    ["⇐ REST 3  no answer: refused", { kind: "rest-failure", at: 0, ticket: 3, reason: "refused" }],
    ["── cut off: too many events ──", { kind: "mark", at: 0, mark: "cut-off", reason: "too many events" }],
  ])("shows %s", (text, event) => {
    expect(eventLine(event)).toContain(text);
  });

  it("counts time from the start of the plan, as the plan does", () => {
    const mark: HistoryEvent = { kind: "mark", at: 2_000_000, mark: "start" };
    const start = planStart([{ kind: "mark", at: 0, mark: "quiet" }, mark]);
    expect(eventLine({ ...mark, at: 3_500_000 }, start)).toContain(" 1.500 s  ");
    expect(planStart([])).toBe(0);
  });
});

describe("datagramText", () => {
  it("shows bytes that are no CoAP message as such", () => {
    expect(datagramText(Uint8Array.from([1, 2, 3]))).toBe("3 bytes that are no CoAP message");
  });
});
