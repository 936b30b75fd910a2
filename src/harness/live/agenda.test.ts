import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { now } from "../../platform/clock.ts";
import { type Instant, after as later, millis, NEVER } from "../../protocol/time.ts";
import { createAgenda } from "./agenda.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});
const soon = (milliseconds: number): Instant => later(now(), millis(milliseconds));

describe("createAgenda", () => {
  it("calls each task once, in the order of time", () => {
    const agenda = createAgenda();
    const called: string[] = [];
    agenda.once(soon(20), () => called.push("b"));
    agenda.once(soon(10), () => called.push("a"));
    agenda.once(soon(30), () => called.push("c"));
    vi.advanceTimersByTime(20);
    expect(called).toEqual(["a", "b"]);
    vi.advanceTimersByTime(1_000);
    expect(called).toEqual(["a", "b", "c"]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("follows a waker's deadline that moves away, comes nearer, and is dropped", () => {
    const agenda = createAgenda();
    const calls: number[] = [];
    const begin = now();
    const waker = agenda.waker((at) => calls.push((at - begin) / 1_000));
    for (let i = 10; i <= 50; i++) waker.want(later(begin, millis(i)));
    vi.advanceTimersByTime(49);
    expect(calls).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(calls).toEqual([50]);
    waker.want(soon(50));
    waker.want(soon(10));
    vi.advanceTimersByTime(10);
    expect(calls).toEqual([50, 60]);
    waker.want(soon(10));
    waker.want(NEVER);
    vi.advanceTimersByTime(1_000);
    expect(calls).toEqual([50, 60]);
  });

  it("lets a waker want again while it is called", () => {
    const agenda = createAgenda();
    let calls = 0;
    const waker = agenda.waker(() => {
      if (++calls < 3) waker.want(soon(5));
    });
    waker.want(soon(5));
    vi.advanceTimersByTime(100);
    expect(calls).toBe(3);
  });

  it("calls at `serve` what is due, without waiting for the alarm", () => {
    const agenda = createAgenda();
    const called: string[] = [];
    agenda.once(now(), () => called.push("due"));
    agenda.once(soon(5), () => called.push("not yet"));
    agenda.serve();
    expect(called).toEqual(["due"]);
  });

  it("calls nothing after close, not even what was due", () => {
    const agenda = createAgenda();
    const called: string[] = [];
    const waker = agenda.waker(() => called.push("waker"));
    agenda.once(soon(1), () => agenda.close());
    agenda.once(soon(1), () => called.push("due"));
    waker.want(soon(2));
    vi.advanceTimersByTime(100);
    agenda.once(soon(1), () => called.push("later"));
    waker.want(soon(1));
    vi.advanceTimersByTime(100);
    expect(called).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });
});
