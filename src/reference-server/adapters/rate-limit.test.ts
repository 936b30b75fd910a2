import { describe, expect, it } from "vitest";
import { fromUnixMillis } from "../../protocol/time.ts";
import { createRateLimiter, type RateDecision } from "./rate-limit.ts";

/** 2026-01-01T12:00:00Z; midnight is 43,200 s away. */
const NOON = 1_767_268_800;
const at = (seconds: number) => fromUnixMillis((NOON + seconds) * 1_000);
const MIDNIGHT = NOON + 43_200;

const remaining = ({ headers }: RateDecision): string | undefined => headers["X-Rate-Limit-Remaining"];
const allowed = (decisions: readonly RateDecision[]): readonly boolean[] => decisions.map(({ isAllowed }) => isAllowed);

describe("createRateLimiter", () => {
  it("allows 3 in any 60 s, and says in the headers what is left and when there will be more", () => {
    const limiter = createRateLimiter({ perMinute: 3, perDay: 100 });
    const first = limiter.take("t", at(0));
    expect(first).toEqual({
      isAllowed: true,
      headers: {
        "X-Rate-Limit-Limit": "3/100",
        "X-Rate-Limit-Remaining": "2/99",
        "X-Rate-Limit-Reset": `${NOON + 60}/${MIDNIGHT}`,
      },
    });
    expect([limiter.take("t", at(30)), limiter.take("t", at(59))].map(remaining)).toEqual(["1/98", "0/97"]);
    const fourth = limiter.take("t", at(59));
    expect(fourth).toMatchObject({
      isAllowed: false,
      headers: { "X-Rate-Limit-Remaining": "0/97", "Retry-After": "1" },
    });
    expect(allowed([60, 61, 90, 91].map((second) => limiter.take("t", at(second))))).toEqual([
      true,
      false,
      true,
      false,
    ]);
  });

  it("does not count what it refuses", () => {
    const limiter = createRateLimiter({ perMinute: 1, perDay: 2 });
    limiter.take("t", at(0));
    for (let i = 0; i < 50; i += 1) expect(limiter.take("t", at(i)).isAllowed).toBe(false);
    expect(limiter.take("t", at(60))).toMatchObject({ isAllowed: true, headers: { "X-Rate-Limit-Remaining": "0/0" } });
  });

  it("allows 2 on a day of UTC, and again 2 from midnight on", () => {
    const limiter = createRateLimiter({ perMinute: 10, perDay: 2 });
    expect(allowed([0, 3_600, 7_200].map((second) => limiter.take("t", at(second))))).toEqual([true, true, false]);
    expect(limiter.take("t", at(43_199)).headers).toMatchObject({
      "Retry-After": "1",
      "X-Rate-Limit-Reset": `${NOON + 43_259}/${MIDNIGHT}`,
    });
    expect(limiter.take("t", at(43_200))).toMatchObject({
      isAllowed: true,
      headers: { "X-Rate-Limit-Remaining": "9/1" },
    });
  });

  it("counts tokens apart, and all requests without a token together", () => {
    const limiter = createRateLimiter({ perMinute: 1, perDay: 1 });
    const tokens = ["a", "b", undefined, "a", undefined];
    expect(allowed(tokens.map((token) => limiter.take(token, at(0))))).toEqual([true, true, true, false, false]);
  });

  it("keeps no more than 10,000 counts: the one that was begun first is forgotten", () => {
    const limiter = createRateLimiter({ perMinute: 1, perDay: 1 });
    limiter.take("first", at(0));
    for (let i = 1; i < 10_000; i += 1) limiter.take(`t${i}`, at(0));
    expect(limiter.take("first", at(0)).isAllowed).toBe(false);
    limiter.take("one more", at(0));
    expect(limiter.take("t9999", at(0)).isAllowed).toBe(false);
    expect(limiter.take("first", at(0)).isAllowed).toBe(true);
  });
});
