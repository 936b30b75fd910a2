import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Instant, NEVER } from "../protocol/time.ts";
import { createEventQueue } from "./event-queue.ts";

describe("createEventQueue", () => {
  it("is empty at first: no next time, nothing to pop", () => {
    const queue = createEventQueue<string>();
    expect([queue.size, queue.nextAt, queue.pop()]).toEqual([0, NEVER, undefined]);
  });

  it("orders by time, then by priority, then by arrival", () => {
    const queue = createEventQueue<string>();
    queue.push(5 as Instant, "late", 0);
    queue.push(3 as Instant, "input 1", 1);
    queue.push(3 as Instant, "input 2", 1);
    queue.push(3 as Instant, "deadline", 0);
    expect(queue.nextAt).toBe(3);
    expect([1, 2, 3, 4, 5].map(() => queue.pop())).toEqual(["deadline", "input 1", "input 2", "late", undefined]);
  });

  it("gives what a stable sort of the same pushes and pops gives", () => {
    const action = fc.option(
      fc.record({ at: fc.integer({ min: 0, max: 20 }), priority: fc.integer({ min: 0, max: 3 }) }),
      { freq: 3 },
    );
    fc.assert(
      fc.property(fc.array(action, { maxLength: 300 }), (actions) => {
        const queue = createEventQueue<number>();
        let waiting: { at: number; priority: number; event: number }[] = [];
        for (const [event, push] of actions.entries()) {
          if (push === null) {
            expect(queue.pop()).toBe(waiting[0]?.event);
            waiting = waiting.slice(1);
          } else {
            queue.push(push.at as Instant, event, push.priority);
            waiting = [...waiting, { ...push, event }].sort(
              (a, b) => a.at - b.at || a.priority - b.priority || a.event - b.event,
            );
          }
          expect(queue.size).toBe(waiting.length);
          expect(queue.nextAt).toBe(waiting[0]?.at ?? NEVER);
        }
      }),
    );
  });

  it("keeps its order while it grows to 10,000 events and shrinks again, twice", () => {
    const queue = createEventQueue<number>();
    for (let round = 0; round < 2; round++) {
      for (let index = 0; index < 10_000; index++)
        queue.push(((index * 7_919) % 10_007) as Instant, (index * 7_919) % 10_007, 1);
      let previous = -1;
      for (let event = queue.pop(); event !== undefined; event = queue.pop()) {
        expect(event > previous).toBe(true);
        previous = event;
      }
      expect(queue.size).toBe(0);
    }
  });
});
