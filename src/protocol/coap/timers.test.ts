import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Instant, NEVER } from "../time.ts";
import { NOT_WAITING, type Timed, Timers } from "./timers.ts";

interface Entry extends Timed {
  readonly name: number;
}
const entry = (name: number): Entry => ({ name, due: 0 as Instant, order: 0, slot: NOT_WAITING });
const instant = (value: number): Instant => value as Instant;

describe("Timers", () => {
  it("have the deadline NEVER and nothing due while nobody waits", () => {
    const timers = new Timers<Entry>();
    expect([timers.deadline, timers.takeDue(NEVER)]).toEqual([NEVER, undefined]);
  });

  it("give entries at their time, those of one time in the order of being added", () => {
    const timers = new Timers<Entry>();
    for (const [name, due] of [5, 3, 5, 3, 5].entries()) timers.set(entry(name), instant(due));
    expect(timers.takeDue(instant(2))).toBeUndefined();
    const names = Array.from({ length: 5 }, () => timers.takeDue(instant(5))?.name);
    expect(names).toEqual([1, 3, 0, 2, 4]);
  });

  it("do the same as a sorted list under any mixture of set, set again, remove and take", () => {
    const step = fc.record({
      what: fc.constantFrom("set", "set", "remove", "take"),
      name: fc.nat(19),
      due: fc.nat(30),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const timers = new Timers<Entry>();
        const entries = Array.from({ length: 20 }, (_, name) => entry(name));
        let list: { name: number; due: number; order: number }[] = [];
        for (const [order, { what, name, due }] of steps.entries()) {
          const chosen = entries[name] as Entry;
          if (what === "take") {
            const first = list[0];
            const expected = first !== undefined && first.due <= due ? first.name : undefined;
            if (expected !== undefined) list.shift();
            expect(timers.takeDue(instant(due))?.name).toBe(expected);
          } else {
            list = list.filter((other) => other.name !== name);
            if (what === "set") {
              timers.set(chosen, instant(due));
              list.push({ name, due, order });
              list.sort((a, b) => a.due - b.due || a.order - b.order);
            } else timers.remove(chosen);
          }
          expect(timers.deadline).toBe(list[0]?.due ?? NEVER);
        }
      }),
      { numRuns: 300 },
    );
  });
});
