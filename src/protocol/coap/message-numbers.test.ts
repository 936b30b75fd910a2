import { describe, expect, it } from "vitest";
import { seconds } from "../time.ts";
import { MessageNumbers } from "./message-numbers.ts";
import { at, keyedRandom } from "./test-kit.ts";

const LIFETIME = seconds(247);
const newNumbers = (taken = 0): MessageNumbers => new MessageNumbers(keyedRandom(1)("peer"), taken);

describe("MessageNumbers", () => {
  it("count message ids up from a random start and go from 65535 to 1, because a peer takes 0 for no id", () => {
    const numbers = newNumbers();
    const first = numbers.messageId(0);
    expect(first).toBeGreaterThan(1);
    expect(numbers.messageId(1)).toBe(first + 1);
    expect(numbers.messageId(65_535 - first)).toBe(65_535);
    expect(numbers.messageId(65_536 - first)).toBe(1);
    expect(numbers.messageId(65_535)).toBe(first);
  });

  it("never give a token of four bytes twice in 200,000 messages (RFC 7252 §5.3.1)", () => {
    const numbers = newNumbers();
    const tokens = new Set(Array.from({ length: 200_000 }, (_, index) => numbers.token(index)));
    expect(tokens.size).toBe(200_000);
    expect([...tokens].every((token) => /^[0-9a-f]{8}$/.test(token))).toBe(true);
  });

  it("spread first timeouts evenly: each tenth of the range gets 9 to 11 % of 50,000", () => {
    const numbers = newNumbers();
    const tenths = new Array<number>(10).fill(0);
    for (let sequence = 0; sequence < 50_000; sequence++) {
      const tenth = Math.floor((numbers.timeoutRandom(sequence) / 2 ** 32) * 10);
      tenths[tenth] = (tenths[tenth] ?? 0) + 1;
    }
    for (const share of tenths) expect(share / 50_000).toBeCloseTo(0.1, 2);
  });

  it("refuse the 65,536th message within 247 s and name the time when its id is free (RFC 7252 §4.4)", () => {
    const numbers = newNumbers();
    for (let sequence = 0; sequence < 65_535; sequence++) numbers.take(at(sequence < 4_369 ? 10 : 20), LIFETIME);
    expect(numbers.taken).toBe(65_535);
    expect(numbers.take(at(21), LIFETIME)).toBeUndefined();
    expect(numbers.freeAt(LIFETIME)).toBe(at(257));
    expect(numbers.take(at(256.999_999), LIFETIME)).toBeUndefined();
    expect(numbers.take(at(257), LIFETIME)).toBe(65_535);
  });

  it("never repeat a message id within 247 s at any rate, and always go on (RFC 7252 §4.4)", () => {
    for (const perSecond of [200, 400, 3_000]) {
      const numbers = newNumbers(4_000);
      const lastUse = new Map<number, number>();
      let shortest = Number.POSITIVE_INFINITY;
      let now = 0;
      for (let count = 0; count < 200_000; count++) {
        now += 1 / perSecond;
        let sequence = numbers.take(at(now), LIFETIME);
        if (sequence === undefined) {
          now = (numbers.freeAt(LIFETIME) - at(0)) / 1_000_000;
          sequence = numbers.take(at(now), LIFETIME) ?? Number.NaN;
        }
        const id = numbers.messageId(sequence);
        shortest = Math.min(shortest, now - (lastUse.get(id) ?? Number.NEGATIVE_INFINITY));
        lastUse.set(id, now);
      }
      expect(shortest).toBeGreaterThan(247 - 1e-6);
    }
  });

  it("go on where they were after the peer was forgotten", () => {
    expect(newNumbers(5).take(at(0), LIFETIME)).toBe(5);
    expect(newNumbers(65_535).take(at(0), LIFETIME)).toBe(65_535);
    expect(newNumbers(5).messageId(5)).toBe(newNumbers().messageId(5));
  });
});
