import { describe, expect, it } from "vitest";
import { ARTIK } from "../../../protocol/profile.ts";
import { history, type Story } from "../test-history.ts";

const NAME = "task 0 (R deviceProperties.device.timezone) of device 0";
const property = "deviceProperties.device.utcOffset";
const TIMED = { ...ARTIK, timerRetry: 30 } as const;
/** Reset at 3 s: the declared timer of 30 s brings the next attempt at 33 s. */
const failed = (options = {}): Story =>
  history({ profile: TIMED }).register(0, 1, options).create(0, 2).request(0, 2).as("request").reset(0, 3);

describe("a declared timer (choice 4)", () => {
  it("breaks R-06 by an attempt before its time", () => {
    const story = failed().request(0, 32.9).as("again");
    expect(story.finding("R-06")).toEqual({
      requirement: "R-06",
      events: [story.event("request"), story.event("again")],
      expected: `${NAME} is tried again at the next Register or Update, or 30 s after a failed attempt, only`,
      actual: "a new attempt at 32.900 s without either",
    });
  });

  it("breaks R-06 when its time passes and nothing is sent", () => {
    const story = failed().see(0, 34.5, "QUEUED", { attempts: 1 }).as("seen");
    expect(story.finding("R-06")).toEqual({
      requirement: "R-06",
      events: [story.event("request"), story.event("seen") - 1],
      expected: `after the timer of 30 s, which runs from 3.000 s on, ${NAME} is attempted within 1.000 s of the device being free`,
      actual: "no request was sent",
    });
  });

  it("keeps R-06 by an attempt at its time, and again 30 s after that one has failed", () => {
    const story = failed().request(0, 33).reset(0, 34).request(0, 64);
    expect(story.verdict("R-06")).toMatchObject({ findings: [] });
    expect(story.verdict("R-06")?.examined).toBeGreaterThanOrEqual(2);
    expect(failed().request(0, 33).reset(0, 34).request(0, 63.9).outcome("R-06")).toBe("fail");
  });

  it("runs anew from each failed attempt of the device, and may fire for one that failed before", () => {
    const other = failed().create(1, 20, { property }).request(0, 20, { task: 1 }).reset(0, 21);
    expect(other.poll(0, 40, []).outcome("R-06")).toBe("not-exercised");
    expect(other.poll(0, 53, []).outcome("R-06")).toBe("fail");
    const first = failed().create(1, 20, { property }).request(0, 20, { task: 1 }).reset(0, 21).request(0, 33);
    expect(first.findings()).toEqual([]);
  });

  it("lets a Register or Update bring the attempt before its time", () => {
    expect(failed().update(0, 10).request(0, 10).findings()).toEqual([]);
    expect(failed().update(0, 10).request(0, 10).answer(0, 11, "2.05", { text: "UTC" }).wait(60).findings()).toEqual(
      [],
    );
  });

  it("asks nothing of a device that has left, sleeps, or whose task has expired or is cancelled", () => {
    expect(failed().deregister(0, 20).poll(0, 60, []).outcome("R-06")).toBe("not-exercised");
    expect(failed({ lifetime: 20 }).poll(0, 60, []).outcome("R-06")).toBe("not-exercised");
    expect(failed().cancel(0, 20).poll(0, 60, []).outcome("R-06")).toBe("not-exercised");
    const sleeper = history({ profile: { ...TIMED, awakeWindow: 20 } }).register(0, 1, { queueMode: true });
    expect(sleeper.create(0, 2).request(0, 2).reset(0, 3).poll(0, 60, []).outcome("R-06")).toBe("not-exercised");
    const expiring = history({ profile: TIMED }).register(0, 1).create(0, 2, { expiresAfter: 20 }).request(0, 2);
    expect(expiring.reset(0, 3).poll(0, 60, []).outcome("R-06")).toBe("not-exercised");
  });
});
