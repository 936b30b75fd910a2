import { describe, expect, it } from "vitest";
import { now } from "../../platform/clock.ts";
import { after, type Instant, millis, seconds } from "../../protocol/time.ts";
import { createCommonStart } from "./common-start.ts";

/** Of a Redis whose clock is an hour ahead of ours. */
const AHEAD = seconds(3_600);
const link = { time: async (): Promise<Instant> => after(now(), AHEAD) };
const open = () => new AbortController().signal;

describe("createCommonStart", () => {
  it("waits for the moment by the clock of Redis, told before or after it waits", async () => {
    const start = createCommonStart(link, open());
    const waiting = start.wait();
    const at = after(now(), millis(60));
    start.start(after(at, AHEAD));
    await waiting;
    // Timers count whole milliseconds.
    expect(now()).toBeGreaterThanOrEqual(after(at, millis(-2)));
  });

  it("is over at once when the moment has passed", async () => {
    const start = createCommonStart(link, open());
    start.start(now());
    await start.wait();
  });

  it("ends without a start when the run stops, and keeps to the first moment that it was told", async () => {
    const stop = new AbortController();
    const stopped = createCommonStart(link, stop.signal);
    const waiting = stopped.wait();
    stop.abort();
    await waiting;
    const told = createCommonStart(link, open());
    told.start(now());
    told.start(after(after(now(), AHEAD), seconds(3_600)));
    await told.wait();
  });
});
