import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nextTurn } from "../../platform/timers.ts";
import { Fifo } from "./fifo.ts";

/** A full collection, which tests may ask for only this way. */
const collectGarbage = (): void => {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
};

/** Two go in, one comes out. In a function of its own, so that none of its variables keeps it. */
function take(fifo: Fifo<object>): object {
  fifo.push({});
  fifo.push({});
  return fifo.shift() ?? {};
}

describe("Fifo", () => {
  it("does the same as an array with push and shift", () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 600 }), (pushes) => {
        const fifo = new Fifo<number>();
        const array: number[] = [];
        for (const [index, push] of pushes.entries()) {
          if (push || index % 7 < 3) {
            fifo.push(index);
            array.push(index);
          } else expect(fifo.shift()).toBe(array.shift());
          expect([fifo.peek(), fifo.size]).toEqual([array[0], array.length]);
        }
      }),
    );
  });

  it("lets go of what was taken, although others are waiting", async () => {
    const fifo = new Fifo<object>();
    const taken = new WeakRef(take(fifo));
    // A reference that was just made or followed holds what it points at until the next turn.
    await nextTurn();
    collectGarbage();
    expect(taken.deref() === undefined).toBe(true);
    expect(fifo.size).toBe(1);
  });

  it("keeps its order through 1,000 entries in and out, and gives nothing when empty", () => {
    const fifo = new Fifo<number>();
    for (let entry = 0; entry < 1_000; entry++) fifo.push(entry);
    for (let entry = 0; entry < 1_000; entry++) expect(fifo.shift()).toBe(entry);
    expect([fifo.shift(), fifo.peek(), fifo.size]).toEqual([undefined, undefined, 0]);
  });
});
