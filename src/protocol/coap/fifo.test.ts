import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Fifo } from "./fifo.ts";

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

  it("keeps its order through 1,000 entries in and out, and gives nothing when empty", () => {
    const fifo = new Fifo<number>();
    for (let entry = 0; entry < 1_000; entry++) fifo.push(entry);
    for (let entry = 0; entry < 1_000; entry++) expect(fifo.shift()).toBe(entry);
    expect([fifo.shift(), fifo.peek(), fifo.size]).toEqual([undefined, undefined, 0]);
  });
});
