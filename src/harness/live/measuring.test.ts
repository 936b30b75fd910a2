import { describe, expect, it } from "vitest";
import { now } from "../../platform/clock.ts";
import { pause } from "../../platform/timers.ts";
import { type Instant, type Micros, micros, millis } from "../../protocol/time.ts";
import { createLagTracker, createMeasuring } from "./measuring.ts";

const at = (milliseconds: number): Instant => millis(milliseconds) as number as Instant;
const start = (): ReturnType<typeof createLagTracker> => createLagTracker(at(0), millis(0));
const ms = (span: Micros): number => span / 1_000;

describe("createLagTracker", () => {
  it("says 2 ms, the least slack, for what is read when the loop has just waited", () => {
    const tracker = start();
    expect(ms(tracker.lateness(at(10), millis(10)))).toBe(2);
    expect(ms(tracker.worst)).toBe(2);
  });

  it("adds the time since the loop last waited: 7 ms of callbacks", () => {
    const tracker = start();
    tracker.lateness(at(10), millis(10));
    expect(ms(tracker.lateness(at(14), millis(10)))).toBe(4 + 2);
    expect(ms(tracker.lateness(at(17), millis(10)))).toBe(7 + 2);
  });

  it("takes work at an unknown place of a span as work at its end", () => {
    expect(ms(start().lateness(at(10), millis(6)))).toBe(4 + 2);
  });

  it("forgets the callbacks once the loop has waited again", () => {
    const tracker = start();
    tracker.lateness(at(9), millis(0));
    expect(ms(tracker.lateness(at(15), millis(6)))).toBe(2);
    expect(ms(tracker.worst)).toBe(9 + 2);
  });

  it("adds up by how much heartbeats came late, also the one that is overdue, but for the least slack of each", () => {
    const tracker = start();
    expect(ms(tracker.lost(at(22)))).toBe(0);
    expect(ms(tracker.lost(at(52)))).toBe(30);
    tracker.beat(at(52), millis(0));
    expect(ms(tracker.lost(at(52)))).toBe(30);
    tracker.beat(at(74), millis(0));
    expect(ms(tracker.lost(at(74)))).toBe(30);
    tracker.beat(at(106), millis(0));
    expect(ms(tracker.lost(at(116)))).toBe(40);
  });

  it("counts a heartbeat that came 30 ms late for the 50 beats that follow, and then no more", () => {
    const tracker = start();
    tracker.beat(at(50), millis(50));
    let time = 50;
    const beat = (): void => {
      time += 20;
      tracker.beat(at(time), millis(time));
    };
    for (let i = 0; i < 49; i++) beat();
    expect(ms(tracker.lateness(at(time), millis(time)))).toBe(30);
    beat();
    expect(ms(tracker.lateness(at(time), millis(time)))).toBe(2);
  });

  it("counts a heartbeat that is overdue now: the process was stopped for 3 s while it waited", () => {
    expect(ms(start().lateness(at(3_000), millis(3_000)))).toBe(3_000 - 20);
  });
});

describe("createMeasuring", () => {
  it("notices that the process was busy for 30 ms", async () => {
    const measuring = createMeasuring();
    await pause(millis(1));
    const busyUntil = now() + 30_000;
    while (now() < busyUntil);
    expect(measuring.lateness(now())).toBeGreaterThanOrEqual(micros(30_000));
    expect(measuring.worst).toBeGreaterThanOrEqual(micros(30_000));
    measuring.close();
  });
});
