import { describe, expect, it } from "vitest";
import { FleetFile, type FleetFileText } from "../model/fleet.ts";
import { createFleet } from "./fleet.ts";
import { invertBit } from "./link.ts";
import type { LinkFate } from "./types.ts";

type GroupText = FleetFileText["groups"][number];

function linkOf(link: GroupText["link"], nat?: GroupText["nat"], device = 0) {
  const file = FleetFile.parse({ formatVersion: 1, groups: [{ name: "g", share: 1, link, nat }] });
  return createFleet(file, { seed: "s", devices: 10 }).link(device);
}

/** The fates of the first datagrams up, one every millisecond. */
const fates = (link: GroupText["link"], count: number, device = 0): readonly LinkFate[] => {
  const made = linkOf(link, undefined, device);
  return Array.from({ length: count }, (_, n) => made.fate("up", 100, n));
};
const lost = (all: readonly LinkFate[]): number => all.filter(({ delays }) => delays.length === 0).length;

describe("the link of a device", () => {
  it("carries everything after 20 ms, is shared and allocates nothing, where nothing is left to chance", () => {
    const fate = linkOf({ latency: "20ms" }).fate("up", 100, 0);
    expect(fate).toEqual({ delays: [20_000] });
    expect(linkOf({ latency: "20ms" }).fate("down", 9, 5)).toEqual(fate);
    const link = linkOf({ latency: "20ms" });
    expect(link.fate("up", 1, 1)).toBe(link.fate("down", 2, 2));
  });

  it("loses a share of each direction by itself: 25 percent up, nothing down", () => {
    const link = linkOf({ loss: { up: 25 } });
    const up = Array.from({ length: 4_000 }, (_, n) => link.fate("up", 100, n));
    const down = Array.from({ length: 4_000 }, (_, n) => link.fate("down", 100, n));
    expect(lost(up)).toBeGreaterThan(900);
    expect(lost(up)).toBeLessThan(1_100);
    expect(lost(down)).toBe(0);
    expect(up.find(({ delays }) => delays.length === 0)).toEqual({ delays: [], lost: "loss" });
  });

  it("loses with a greater share all that it loses with a smaller one", () => {
    const few = fates({ loss: { up: 10 } }, 1_000);
    const more = fates({ loss: { up: 30 } }, 1_000);
    expect(few.every(({ lost }, n) => lost === undefined || more[n]?.lost === "loss")).toBe(true);
  });

  it("loses in bursts of four on average when a datagram ends one in 25 percent", () => {
    const all = fates({ bursts: { begins: 2, ends: 25 } }, 20_000).map(({ lost }) => (lost === "burst" ? "x" : "."));
    const bursts = all.join("").match(/x+/g) ?? [];
    const length = bursts.join("").length / bursts.length;
    expect(length).toBeGreaterThan(3.6);
    expect(length).toBeLessThan(4.7);
    expect(bursts.length).toBeGreaterThan(300);
  });

  it("loses what is longer than the MTU", () => {
    const link = linkOf({ mtu: 100 });
    expect(link.fate("up", 101, 0)).toEqual({ delays: [], lost: "too-long" });
    expect(link.fate("up", 100, 0).delays).toHaveLength(1);
  });

  it("delivers a copy later, and holds back, by the given delays", () => {
    expect(fates({ latency: "10ms", duplication: { percent: 100, delay: "5ms" } }, 1)[0]).toEqual({
      delays: [10_000, 15_000],
    });
    expect(fates({ latency: "10ms", reordering: { percent: 100, delay: "5ms" } }, 1)[0]).toEqual({ delays: [15_000] });
  });

  it("inverts one bit of what it corrupts", () => {
    const bits = fates({ corruption: { up: 100 } }, 500).map(({ invertedBit = -1 }) => invertedBit);
    expect(Math.min(...bits)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...bits)).toBeLessThan(800);
    expect(new Set(bits).size).toBeGreaterThan(300);
    expect([...invertBit(Uint8Array.of(0, 0), 9)]).toEqual([0, 0x40]);
    expect([...invertBit(Uint8Array.of(), 9)]).toEqual([]);
  });

  it("draws each latency from its table: 70 of 100 up to 100 ms, the others up to 1 s", () => {
    const rows = [
      { upTo: "100ms", weight: 7 },
      { upTo: "1s", weight: 3 },
    ];
    const delays = fates({ latency: { kind: "table", rows } }, 4_000).map(({ delays }) => Number(delays[0]));
    const fast = delays.filter((delay) => delay <= 100_000).length;
    expect(fast).toBeGreaterThan(2_680);
    expect(fast).toBeLessThan(2_920);
    expect(Math.max(...delays)).toBeLessThanOrEqual(1_000_000);
  });

  it("differs from device to device", () => {
    expect(fates({ loss: { up: 50 } }, 100, 1)).not.toEqual(fates({ loss: { up: 50 } }, 100, 2));
  });
});

describe("the address translator of a device", () => {
  const nat = { bindingTimeout: "30s" } as const;

  it("gives a new address to the first datagram after 30 s without one, and not before", () => {
    const link = linkOf({}, nat);
    const moves = [0, 29_999, 59_999, 59_999 + 29_999].map((at) => link.fate("up", 10, at).newAddress === true);
    expect(moves).toEqual([false, false, true, false]);
  });

  it("drops what the server sends to an address that was given up, unless told otherwise", () => {
    const link = linkOf({}, nat);
    link.fate("up", 10, 0);
    expect(link.fate("down", 10, 29_999).delays).toHaveLength(1);
    expect(link.fate("down", 10, 30_000)).toEqual({ delays: [], lost: "no-binding" });
    const open = linkOf({}, { ...nat, dropsUnsolicited: false });
    open.fate("up", 10, 0);
    expect(open.fate("down", 10, 30_000).delays).toHaveLength(1);
  });

  it("is kept by datagrams of the server too where that is said", () => {
    const keeps = (refreshedBy: "up" | "both") => {
      const link = linkOf({}, { ...nat, refreshedBy });
      link.fate("up", 10, 0);
      link.fate("down", 10, 20_000);
      return link.fate("up", 10, 40_000).newAddress !== true;
    };
    expect([keeps("up"), keeps("both")]).toEqual([false, true]);
  });
});
