import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { now } from "../../platform/clock.ts";
import { type Instant, after as later, millis, NEVER } from "../../protocol/time.ts";
import { createAgenda } from "./agenda.ts";

/** The queues of all agendas, in the order of their making. */
const created = vi.hoisted((): { readonly size: number }[] => []);
vi.mock("../../simulator/event-queue.ts", async (original) => {
  const module = await original<typeof import("../../simulator/event-queue.ts")>();
  return {
    ...module,
    createEventQueue: () => {
      const queue = module.createEventQueue();
      created.push(queue);
      return queue;
    },
  };
});

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

  it("calls a distant deadline once, at its time, however often a near one comes before it and goes again", () => {
    const agenda = createAgenda();
    const calls: number[] = [];
    const begin = now();
    const waker = agenda.waker((at) => calls.push((at - begin) / 1_000));
    for (let second = 0; second < 50; second++) {
      waker.want(later(begin, millis(60_000)));
      waker.want(soon(500));
      waker.want(soon(100));
      waker.want(later(begin, millis(61_000 + second)));
      vi.advanceTimersByTime(1_000);
    }
    expect(calls).toEqual([]);
    vi.advanceTimersByTime(100_000);
    expect(calls).toEqual([61_049]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("has one event more at most for a waker, however often its deadline is wanted, comes near and goes again", () => {
    const agenda = createAgenda();
    const queue = created.at(-1);
    const waker = agenda.waker(() => undefined);
    const distant = soon(3_600_000);
    for (let round = 0; round < 100; round++) {
      for (let again = 0; again < 10; again++) waker.want(distant);
      waker.want(soon(500));
      waker.want(later(distant, millis(round)));
      expect(queue?.size).toBeLessThanOrEqual(2);
      vi.advanceTimersByTime(1_000);
    }
    expect(queue?.size).toBe(1);
    agenda.close();
  });

  it("does what a deadline says that stands alone, whatever came before it", () => {
    const step = fc.record({ want: fc.option(fc.nat(40), { nil: undefined }), wait: fc.nat(20) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const agenda = createAgenda();
        const begin = now();
        const time = (): number => Math.round((now() - begin) / 1_000);
        const calls: number[] = [];
        const expected: number[] = [];
        let wanted = Number.POSITIVE_INFINITY;
        const waker = agenda.waker(() => calls.push(time()));
        for (const { want, wait } of [...steps, { want: undefined, wait: 100 }]) {
          if (want !== undefined) {
            wanted = time() + want + 1;
            waker.want(soon(want + 1));
          }
          if (wanted <= time() + wait) {
            expected.push(wanted);
            wanted = Number.POSITIVE_INFINITY;
          }
          vi.advanceTimersByTime(wait);
        }
        expect(calls).toEqual(expected);
        agenda.close();
      }),
      { numRuns: 200 },
    );
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
