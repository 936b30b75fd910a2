import { describe, expect, it } from "vitest";
import type { HistoryEvent } from "../harness/history/history.ts";
import { eventPlaces } from "./event-places.ts";
import { REGISTER_BYTES } from "./test-kit.ts";

const up = (at: number, address: string, sentAt = at): HistoryEvent => ({
  kind: "uplink",
  at,
  sentAt,
  device: 0,
  address,
  bytes: REGISTER_BYTES,
});
const down = (at: number, address: string): HistoryEvent => ({
  kind: "downlink",
  at,
  device: 0,
  address,
  bytes: REGISTER_BYTES,
  arrivals: [at],
});
const moves = (at: number, address: string): HistoryEvent => ({
  kind: "device",
  at,
  device: 0,
  event: "address",
  address,
});

describe("eventPlaces", () => {
  it("never goes back in time: what came before an event at 5 s came at 5 s at the latest", () => {
    expect(eventPlaces([up(3, "a"), up(7, "a"), up(5, "a"), up(6, "a")]).map(({ at }) => at)).toEqual([3, 5, 5, 6]);
  });

  it("says of a datagram that it goes to an address that its device has left, and which", () => {
    const places = eventPlaces([up(1, "a"), down(2, "a"), moves(3, "b"), down(4, "a"), up(5, "b"), down(6, "b")]);
    expect(places.map(({ toOldAddress }) => toOldAddress)).toEqual([
      undefined,
      undefined,
      undefined,
      "a",
      undefined,
      undefined,
    ]);
  });

  it("tells a new address with the first datagram from there, once", () => {
    const places = eventPlaces([up(1, "a"), moves(2, "b"), up(3, "b"), up(4, "b"), up(5, "c")]);
    expect(places.map(({ fromNewAddress }) => fromNewAddress)).toEqual([undefined, undefined, "b", undefined, "c"]);
  });

  it("does not take a datagram that was under way when the device moved for a move back", () => {
    const places = eventPlaces([up(1, "a"), moves(3, "b"), up(4, "b"), up(5, "a", 2), down(6, "b")]);
    expect(places[3]).toEqual({ at: 5 });
    expect(places[4]).toEqual({ at: 6 });
  });
});
