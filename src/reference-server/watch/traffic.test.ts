import { describe, expect, it } from "vitest";
import { address } from "../../protocol/address.ts";
import { createTraffic, type MessageClass } from "./traffic.ts";

const A = address("10.0.0.1:1");
const B = address("10.0.0.2:1");
/** @param first version, type and token length. RFC 7252 §3 */
const message = (first: number, code: number, id: number) => Uint8Array.of(first, code, id >> 8, id & 0xff);
const CON = 0x40;

describe("createTraffic", () => {
  it.each<[MessageClass, Uint8Array]>([
    ["request", message(CON, 0x01, 1)],
    ["success", message(0x60, 0x44, 1)],
    ["client-error", message(0x60, 0x84, 1)],
    ["server-error", message(0x50, 0xa3, 1)],
    ["empty", message(0x60, 0, 1)],
    ["reset", message(0x70, 0, 1)],
    ["other", message(CON, 0xe1, 1)],
    ["malformed", message(0x80, 0x01, 1)],
    ["malformed", Uint8Array.of(0x40, 1)],
    ["malformed", new Uint8Array(0)],
  ])("counts a message of class %s in each direction", (name, bytes) => {
    const traffic = createTraffic();
    traffic.noteReceived(bytes);
    traffic.noteSent(A, bytes);
    traffic.noteSent(A, bytes);
    expect([traffic.received[name], traffic.sent[name]]).toEqual([1, 2]);
    expect(Object.values(traffic.received).reduce((a, b) => a + b)).toBe(1);
  });

  it("sees a retransmission in a Confirmable message with the id of the one before it to the same address, RFC 7252 §4.2", () => {
    const traffic = createTraffic();
    for (const id of [7, 7, 8, 8, 8]) traffic.noteSent(A, message(CON, 1, id));
    expect(traffic.retransmissions).toBe(3);
    traffic.noteSent(B, message(CON, 1, 8));
    for (const id of [9, 9]) traffic.noteSent(A, message(0x60, 0x44, id));
    expect(traffic.retransmissions).toBe(3);
  });

  it("remembers no more addresses than it may: who was first is forgotten first", () => {
    const traffic = createTraffic(1);
    for (const to of [A, B, A]) traffic.noteSent(to, message(CON, 1, 5));
    expect(traffic.retransmissions).toBe(0);
    traffic.noteSent(A, message(CON, 1, 5));
    expect(traffic.retransmissions).toBe(1);
  });
});
