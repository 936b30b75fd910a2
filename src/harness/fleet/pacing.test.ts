import { describe, expect, it } from "vitest";
import { type Instant, NEVER, seconds } from "../../protocol/time.ts";
import { createPacer } from "./pacing.ts";

const at = (second: number): Instant => seconds(second) as number as Instant;

describe("createPacer", () => {
  it("lets 2 devices start at once, and the third when one of them has its answer", () => {
    const pacer = createPacer(2, seconds(10));
    expect([pacer.due(0, at(0)), pacer.due(1, at(0)), pacer.due(2, at(0))]).toEqual([[0], [1], []]);
    expect([pacer.waiting, pacer.inFlight]).toEqual([1, 2]);
    expect(pacer.settled(1, at(1))).toEqual([2]);
    expect([pacer.waiting, pacer.inFlight]).toEqual([0, 2]);
  });

  it("takes a place away after 10 s without an answer, and not before", () => {
    const pacer = createPacer(1, seconds(10));
    pacer.due(0, at(0));
    pacer.due(1, at(3));
    expect(pacer.deadline).toBe(at(10));
    expect(pacer.tick(at(9))).toEqual([]);
    expect(pacer.tick(at(10))).toEqual([1]);
    expect(pacer.deadline).toBe(at(20));
  });

  it("gives nobody a second place for a late answer", () => {
    const pacer = createPacer(1, seconds(10));
    pacer.due(0, at(0));
    pacer.due(1, at(0));
    pacer.due(2, at(0));
    pacer.tick(at(10));
    expect(pacer.settled(0, at(11))).toEqual([]);
    expect([pacer.waiting, pacer.inFlight]).toEqual([1, 1]);
  });

  it("starts 5,000 devices in the order in which they became due, never more than 7 at once", () => {
    const pacer = createPacer(7, seconds(10));
    const started: number[] = [];
    for (let device = 0; device < 5_000; device++) started.push(...pacer.due(device, at(0)));
    for (let next = 0; next < started.length; next++) {
      expect(pacer.inFlight).toBeLessThanOrEqual(7);
      started.push(...pacer.settled(started[next] as number, at(1)));
    }
    expect(started).toEqual(Array.from({ length: 5_000 }, (_, index) => index));
    expect(pacer.deadline).toBe(NEVER);
  });
});
