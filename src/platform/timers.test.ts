import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Instant, after as later, millis, NEVER, seconds } from "../protocol/time.ts";
import { now } from "./clock.ts";
import { createAlarm, pause } from "./timers.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setImmediate", "clearImmediate", "Date", "performance"] });
});
afterEach(() => {
  vi.useRealTimers();
});

const ringing = (): { readonly at: Instant[]; readonly alarm: ReturnType<typeof createAlarm> } => {
  const at: Instant[] = [];
  return { at, alarm: createAlarm(() => at.push(now())) };
};

describe("createAlarm", () => {
  it("rings once, at the deadline and not before", () => {
    const { at, alarm } = ringing();
    const deadline = later(now(), millis(50));
    alarm.set(deadline);
    vi.advanceTimersByTime(49);
    expect(at).toEqual([]);
    vi.advanceTimersByTime(1_000);
    expect(at).toEqual([deadline]);
  });

  it("follows a deadline that moves away 1,000 times with one timer, and one that comes nearer", () => {
    const { at, alarm } = ringing();
    const start = now();
    for (let i = 0; i < 1_000; i++) alarm.set(later(start, millis(100 + i)));
    expect(vi.getTimerCount()).toBe(1);
    alarm.set(later(start, millis(400)));
    vi.advanceTimersByTime(399);
    expect(at).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(at).toEqual([later(start, millis(400))]);
    alarm.set(later(start, millis(900)));
    alarm.set(later(start, millis(500)));
    vi.advanceTimersByTime(1_000);
    expect(at).toEqual([later(start, millis(400)), later(start, millis(500))]);
  });

  it("does not ring when the deadline became NEVER", () => {
    const { at, alarm } = ringing();
    alarm.set(later(now(), millis(10)));
    alarm.set(NEVER);
    vi.advanceTimersByTime(100);
    expect(at).toEqual([]);
  });

  it("rings in the next turn for a deadline in the past, not within `set`", () => {
    const { at, alarm } = ringing();
    alarm.set(later(now(), millis(-5)));
    expect(at).toEqual([]);
    vi.advanceTimersByTime(0);
    expect(at).toHaveLength(1);
  });

  it("copes with 30 days, more than the 2^31 ms that a timer takes", () => {
    const { at, alarm } = ringing();
    const deadline = later(now(), seconds(30 * 86_400));
    alarm.set(deadline);
    vi.advanceTimersByTime(30 * 86_400_000 - 1);
    expect(at).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(at).toEqual([deadline]);
  });

  it("may be set again while it rings", () => {
    let rings = 0;
    const alarm = createAlarm(() => {
      if (++rings < 3) alarm.set(later(now(), millis(10)));
    });
    alarm.set(later(now(), millis(10)));
    vi.advanceTimersByTime(1_000);
    expect(rings).toBe(3);
  });

  it("never rings after close, and leaves no timer behind", () => {
    const { at, alarm } = ringing();
    alarm.set(later(now(), millis(10)));
    alarm.close();
    alarm.set(later(now(), millis(10)));
    vi.advanceTimersByTime(100);
    expect(at).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("pause", () => {
  it("ends after its span, or at once when the signal is aborted before or meanwhile", async () => {
    const stop = new AbortController();
    const long = pause(seconds(3_600), stop.signal);
    const short = pause(millis(10));
    vi.advanceTimersByTime(10);
    await short;
    stop.abort();
    await long;
    await pause(seconds(3_600), stop.signal);
    expect(vi.getTimerCount()).toBe(0);
  });
});
