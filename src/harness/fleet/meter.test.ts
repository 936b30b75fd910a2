import { describe, expect, it } from "vitest";
import { encodeEmpty, encodeMessage, NO_OPTIONS, NO_PAYLOAD } from "../../protocol/coap/message.ts";
import { stringOption, URI_PATH } from "../../protocol/coap/options.ts";
import type { Code, MessageType } from "../../protocol/coap/types.ts";
import type { HistoryEvent } from "../history/history.ts";
import { createFleetMeter } from "./meter.ts";

const message = (type: MessageType, code: Code, messageId: number, token: string, path: readonly string[] = []) =>
  encodeMessage({
    type,
    code,
    messageId,
    token,
    options: path.length === 0 ? NO_OPTIONS : path.map((segment) => stringOption(URI_PATH, segment)),
    payload: NO_PAYLOAD,
  });

const up = (bytes: Uint8Array, sentAt: number, more: { lost?: true; copy?: true } = {}): HistoryEvent => ({
  kind: "uplink",
  device: 3,
  address: "127.64.0.1:4000",
  bytes,
  at: sentAt + 10,
  sentAt,
  ...more,
});
const down = (bytes: Uint8Array, at: number, arrivals: readonly number[] = [at]): HistoryEvent => ({
  kind: "downlink",
  device: 3,
  address: "127.64.0.1:4000",
  bytes,
  at,
  arrivals,
});
const arrived = (bytes: Uint8Array, at: number): HistoryEvent => ({ kind: "delivery", device: 3, bytes, at });

const REGISTER = message("CON", "0.02", 7, "aa", ["rd"]);
const CREATED = message("ACK", "2.01", 7, "aa");

describe("createFleetMeter", () => {
  it("counts a Register from its scheduled time, 500 µs before it was sent, to the delivery of 2.01", () => {
    const meter = createFleetMeter();
    meter.intend(3, 1_000);
    meter.step(up(REGISTER, 1_500));
    expect(meter.step(arrived(CREATED, 3_000))).toBe("register");
    expect(meter.responses.get("register 2.01")?.counts()).toMatchObject({ count: 1, sum: 2_000, max: 2_000 });
  });

  it("measures the next request from when it was sent: the schedule was for the first", () => {
    const meter = createFleetMeter();
    meter.intend(3, 0);
    meter.step(up(REGISTER, 100));
    meter.step(arrived(CREATED, 200));
    meter.step(up(message("CON", "0.02", 8, "bb", ["rd", "5"]), 10_000));
    expect(meter.step(arrived(message("ACK", "2.04", 8, "bb"), 10_400))).toBe("update");
    expect(meter.responses.get("update 2.04")?.max).toBe(400);
  });

  it.each([
    [["rd"], "register"],
    [["rd/1"], "update"],
    [["x"], "update"],
    [["dr"], "update"],
    [["rd", ""], "update"],
    [["rd", "rd"], "update"],
    [["reg", "1", ""], "update"],
  ])("takes POST %j for %s: a location may be a single option", (path, operation) => {
    const meter = createFleetMeter();
    meter.step(up(message("CON", "0.02", 7, "aa", path), 0));
    expect(meter.step(arrived(message("ACK", "2.04", 7, "aa"), 10))).toBe(operation);
  });

  it("counts a repeated message id as a retransmission, measured from the first transmission, lost or not", () => {
    const meter = createFleetMeter();
    meter.step(up(REGISTER, 1_000, { lost: true }));
    meter.step(up(REGISTER, 3_000));
    meter.step(up(REGISTER, 3_001, { copy: true }));
    meter.step(arrived(CREATED, 4_000));
    expect(meter.counts).toMatchObject({ retransmissions: 1, lostUp: 1, sent: 2 });
    expect(meter.responses.get("register 2.01")?.max).toBe(3_000);
  });

  it("takes a response with another token for none of its own", () => {
    const meter = createFleetMeter();
    meter.step(up(REGISTER, 0));
    expect(meter.step(arrived(message("CON", "2.05", 9, "cc"), 100))).toBeUndefined();
    expect(meter.step(arrived(encodeEmpty("ACK", 7), 100))).toBeUndefined();
    expect(meter.responses.size).toBe(0);
  });

  it("counts a request that another one replaces as unanswered, but not one that a reboot ended", () => {
    const meter = createFleetMeter();
    meter.step(up(REGISTER, 0));
    meter.step(up(message("CON", "0.04", 8, "bb", ["rd", "5"]), 100));
    expect(meter.counts.unanswered).toBe(1);
    meter.step({ kind: "device", device: 3, event: "reboot", at: 150 });
    meter.step(up(message("CON", "0.02", 9, "cc", ["rd"]), 200));
    expect(meter.counts).toMatchObject({ unanswered: 1, reboots: 1 });
  });

  it("counts requests of the server once, its copies apart, and what was lost on the way down", () => {
    const meter = createFleetMeter();
    const read = message("CON", "0.01", 500, "0102", ["3", "0"]);
    meter.step(down(read, 0));
    meter.step(down(read, 2_000, []));
    expect(meter.counts).toMatchObject({ received: 2, serverRequests: 1, serverRetransmissions: 1, lostDown: 1 });
  });

  it("tells an Update from a Register by the number of Uri-Path options, whatever stands before them", () => {
    const meter = createFleetMeter();
    const options = [
      stringOption(3, "host.example.org"),
      stringOption(URI_PATH, "rd"),
      stringOption(URI_PATH, "a-long-location-of-20"),
    ];
    meter.step(
      up(encodeMessage({ type: "CON", code: "0.02", messageId: 1, token: "", options, payload: NO_PAYLOAD }), 0),
    );
    meter.step(arrived(message("ACK", "4.04", 1, ""), 50));
    expect([...meter.responses.keys()]).toEqual(["update 4.04"]);
  });

  it("names devices that were answered an error, or began anew without an answer, and no others", () => {
    const meter = createFleetMeter();
    meter.step(up(REGISTER, 0));
    meter.step(arrived(CREATED, 10));
    expect([...meter.failing]).toEqual([]);
    meter.step(up(message("CON", "0.02", 8, "bb", ["rd"]), 20));
    meter.step(arrived(message("ACK", "4.00", 8, "bb"), 30));
    expect([...meter.failing]).toEqual([3]);
    const silent = createFleetMeter();
    silent.step(up(REGISTER, 0));
    silent.step(up(REGISTER, 2));
    expect([...silent.failing]).toEqual([]);
    silent.step(up(message("CON", "0.02", 9, "cc", ["rd"]), 20));
    expect([...silent.failing]).toEqual([3]);
  });
});
