import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Instant, NEVER } from "../protocol/time.ts";
import { createDeadlines } from "./deadlines.ts";

interface Item {
  readonly name: number;
  at: Instant;
}

describe("createDeadlines", () => {
  it("is NEVER and gives nothing when nothing is watched", () => {
    const deadlines = createDeadlines<Item>(({ at }) => at);
    expect(deadlines.next).toBe(NEVER);
    expect(deadlines.take(5 as Instant)).toBeUndefined();
  });

  it("serves equal deadlines in the order in which they were watched", () => {
    const deadlines = createDeadlines<Item>(({ at }) => at);
    for (const name of [3, 1, 2]) deadlines.watch({ name, at: 5 as Instant });
    expect([1, 2, 3].map(() => deadlines.take(5 as Instant)?.name)).toEqual([3, 1, 2]);
  });

  it("follows deadlines that come closer (watched again) and move away (not told), and forgets NEVER", () => {
    const deadlines = createDeadlines<Item>(({ at }) => at);
    const item = { name: 1, at: 10 as Instant };
    deadlines.watch(item);
    item.at = 5 as Instant;
    deadlines.watch(item);
    expect(deadlines.next).toBe(5);
    item.at = 20 as Instant;
    expect(deadlines.next).toBe(20);
    item.at = NEVER;
    expect(deadlines.next).toBe(NEVER);
    item.at = 7 as Instant;
    deadlines.watch(item);
    expect(deadlines.take(7 as Instant)).toBe(item);
    expect(deadlines.next).toBe(NEVER);
  });

  it("always knows the earliest deadline, however they move", () => {
    const step = fc.record({ item: fc.nat(9), at: fc.option(fc.nat(100), { nil: undefined }), take: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const items: Item[] = Array.from({ length: 10 }, (_, name) => ({ name, at: NEVER }));
        const deadlines = createDeadlines<Item>(({ at }) => at);
        for (const { item: index, at, take } of steps) {
          const item = items[index];
          if (item === undefined) continue;
          item.at = at === undefined ? NEVER : (at as Instant);
          deadlines.watch(item);
          const earliest = Math.min(...items.map((candidate) => candidate.at));
          expect(deadlines.next).toBe(earliest);
          if (!take) continue;
          const taken = deadlines.take(50 as Instant);
          expect(taken?.at).toBe(earliest <= 50 ? earliest : undefined);
          if (taken !== undefined) taken.at = NEVER;
        }
      }),
    );
  });
});
