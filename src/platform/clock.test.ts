import { describe, expect, it } from "vitest";
import { millis, toUnixMillis } from "../protocol/time.ts";
import { idleTime, now } from "./clock.ts";
import { pause } from "./timers.ts";

describe("now", () => {
  it("never goes back, is a whole number of microseconds, and agrees with the wall clock to the second", () => {
    let previous = now();
    for (let i = 0; i < 10_000; i++) {
      const next = now();
      expect(next).toBeGreaterThanOrEqual(previous);
      previous = next;
    }
    expect(Number.isSafeInteger(previous)).toBe(true);
    expect(Math.abs(toUnixMillis(previous) - Date.now())).toBeLessThan(1_000);
  });
});

describe("idleTime", () => {
  it("grows while the event loop waits", async () => {
    const before = idleTime();
    while (idleTime() <= before) await pause(millis(1));
    expect(idleTime()).toBeGreaterThan(before);
  });
});
