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

  it("give what is left in the order of a sorted list, whatever was set, set again and removed before", () => {
    const step = fc.record({ set: fc.boolean(), name: fc.nat(49), due: fc.nat(9) });
    const fill = Array.from({ length: 50 }, (_, name) => name);
    fc.assert(
      fc.property(fc.array(fc.nat(9), { minLength: 50, maxLength: 50 }), fc.array(step), (dues, steps) => {
        const timers = new Timers<Entry>();
        const entries = fill.map(entry);
        let list: { name: number; due: number }[] = [];
        const set = (name: number, due: number): void => {
          timers.set(entries[name] as Entry, instant(due));
          list = [...list.filter((other) => other.name !== name), { name, due }];
        };
        for (const name of fill) set(name, dues[name] as number);
        for (const { set: setAgain, name, due } of steps) {
          if (setAgain) set(name, due);
          else {
            timers.remove(entries[name] as Entry);
            list = list.filter((other) => other.name !== name);
          }
          expect(timers.deadline).toBe(list.length === 0 ? NEVER : Math.min(...list.map((other) => other.due)));
        }
        // A stable sort keeps the order of being added among those of one time.
        list.sort((a, b) => a.due - b.due);
        expect(list.map(() => timers.takeDue(NEVER)?.name)).toEqual(list.map((other) => other.name));
        expect(timers.takeDue(NEVER)).toBeUndefined();
      }),
      { numRuns: 300 },
    );
  });
});
