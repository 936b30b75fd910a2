import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { now } from "../../platform/clock.ts";
import { before, millis } from "../../protocol/time.ts";
import { createAgenda } from "./agenda.ts";
import { type Begun, createUnderWay } from "./under-way.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** What was given up so far, each with why and when in milliseconds. */
function started(timeout: number) {
  const begin = Date.now();
  const agenda = createAgenda();
  const underWay = createUnderWay(agenda, millis(timeout));
  const givenUp: string[] = [];
  const start = (name: string): Begun => underWay.begin((why) => givenUp.push(`${name} ${why} ${Date.now() - begin}`));
  return { agenda, underWay, givenUp, start };
}

describe("createUnderWay", () => {
  it("gives each up when its own time is over, and none that has ended", () => {
    const { givenUp, start } = started(100);
    const [a] = [start("a"), start("b")];
    vi.advanceTimersByTime(40);
    start("c");
    expect([a.end(), a.end()]).toEqual([true, false]);
    vi.advanceTimersByTime(59);
    expect(givenUp).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(givenUp).toEqual(["b timeout 100"]);
    vi.advanceTimersByTime(1_000);
    expect(givenUp).toEqual(["b timeout 100", "c timeout 140"]);
  });

  it("says of one that was given up that it is not under way, already while it is told so", () => {
    const { underWay } = started(100);
    const ends: boolean[] = [];
    const begun: Begun = underWay.begin(() => ends.push(begun.end()));
    vi.advanceTimersByTime(100);
    expect(ends).toEqual([false]);
  });

  it("watches one that begins when all before it have ended, or while another is given up", () => {
    const { underWay, givenUp, start } = started(100);
    start("a").end();
    vi.advanceTimersByTime(50);
    underWay.begin(() => void start("c"));
    vi.advanceTimersByTime(100);
    expect(givenUp).toEqual([]);
    vi.advanceTimersByTime(100);
    expect(givenUp).toEqual(["c timeout 250"]);
  });

  it("waits as long as before when the clock of the target is turned on by an hour meanwhile", () => {
    const { agenda, givenUp, start } = started(100);
    start("a");
    vi.advanceTimersByTime(50);
    agenda.turn(millis(3_600_000));
    start("b");
    vi.advanceTimersByTime(49);
    expect(givenUp).toEqual([]);
    vi.advanceTimersByTime(1_000);
    expect(givenUp).toEqual(["a timeout 100", "b timeout 150"]);
  });

  it("gives up later by as much as its clock stood still, in the order of beginning", () => {
    const begin = Date.now();
    const agenda = createAgenda();
    let lost = 0;
    const underWay = createUnderWay(agenda, millis(100), () => before(now(), millis(lost)));
    const givenUp: string[] = [];
    const start = (name: string): Begun =>
      underWay.begin((why) => givenUp.push(`${name} ${why} ${Date.now() - begin}`));
    start("a");
    vi.advanceTimersByTime(60);
    lost = 50;
    start("b");
    vi.advanceTimersByTime(89);
    expect(givenUp).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(givenUp).toEqual(["a timeout 150"]);
    vi.advanceTimersByTime(1_000);
    expect(givenUp).toEqual(["a timeout 150", "b timeout 160"]);
  });

  it("cancels at close what has not ended, in the order of beginning", () => {
    const { underWay, givenUp, start } = started(100);
    const [, b] = [start("a"), start("b"), start("c")];
    b.end();
    underWay.close();
    vi.advanceTimersByTime(1_000);
    expect(givenUp).toEqual(["a cancelled 0", "c cancelled 0"]);
  });

  it("leaves no timer behind when everything has ended in time", () => {
    const { start } = started(100);
    for (let count = 0; count < 1_000; count++) start("a").end();
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(100);
    expect(vi.getTimerCount()).toBe(0);
  });
});
