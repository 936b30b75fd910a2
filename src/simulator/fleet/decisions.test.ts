import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { below, createDecisions, PART, strikes } from "./decisions.ts";

const hash = fc.integer({ min: 0, max: 0xffff_ffff });
const percent = fc.double({ min: 0, max: 100, noNaN: true });

describe("strikes", () => {
  it("never at 0 and always at 100 percent, whatever the hash", () => {
    fc.assert(fc.property(hash, (value) => !strikes(value, 0) && strikes(value, 100)));
  });

  it("at a greater share wherever at a smaller one", () => {
    fc.assert(
      fc.property(hash, percent, percent, (value, one, other) => {
        const [less, more] = [Math.min(one, other), Math.max(one, other)];
        return !strikes(value, less) || strikes(value, more);
      }),
    );
  });

  it.each([0.2, 1, 25, 90])(
    "in %d percent of 40,000 decisions about different devices, to three deviations",
    (share) => {
      const decide = createDecisions("strikes");
      const struck = Array.from({ length: 40_000 }, (_, device) => strikes(decide(device, 1, 1, 0), share));
      const expected = 400 * share;
      const deviation = Math.sqrt(expected * (1 - share / 100));
      expect(Math.abs(struck.filter(Boolean).length - expected)).toBeLessThan(3 * deviation);
    },
  );
});

describe("below", () => {
  it("is a whole number from 0 to below the end, and grows with the hash", () => {
    fc.assert(
      fc.property(hash, hash, fc.integer({ min: 1, max: 1e9 }), (one, other, end) => {
        const [low, high] = [below(Math.min(one, other), end), below(Math.max(one, other), end)];
        expect(Number.isInteger(low)).toBe(true);
        expect([low >= 0, low <= high, high < end]).toEqual([true, true, true]);
      }),
    );
    expect([below(0, 7), below(0xffff_ffff, 7)]).toEqual([0, 6]);
  });
});

describe("createDecisions", () => {
  it("decides anew with each of seed, device, part, kind and number, and always the same", () => {
    const base = createDecisions("s")(1, 2, 3, 4);
    const others = [
      createDecisions("t")(1, 2, 3, 4),
      ...[
        [2, 2, 3, 4],
        [1, 3, 3, 4],
        [1, 2, 4, 4],
        [1, 2, 3, 5],
      ].map(([device = 0, part = 0, kind = 0, index = 0]) => createDecisions("s")(device, part, kind, index)),
    ];
    expect(new Set([base, ...others]).size).toBe(6);
    expect(createDecisions("s")(1, 2, 3, 4)).toBe(base);
  });

  it("has parts of their own for 100 events and 100 rules of answers", () => {
    const single = Object.values(PART).filter((part) => part < PART.events);
    const many = [PART.events, PART.answers].flatMap((first) => Array.from({ length: 100 }, (_, at) => first + at));
    expect(new Set([...single, ...many]).size).toBe(single.length + many.length);
  });
});
