import { describe, expect, it } from "vitest";
import { EMPTY_PROFILE } from "../../../protocol/profile.ts";
import { history, type Story, TIMEZONE } from "../test-history.ts";

/** Two tasks that ask for the same: which of them a request carries out cannot be told, so the oracle gives them up. */
const twoAlike = (options = {}, create = {}): Story => {
  const write = { type: "W", property: TIMEZONE, value: "Europe/Berlin", ...create } as const;
  return history(options).create(0, 1, write).create(1, 2, write);
};
const oneIsDone = (options = {}, create = {}): Story =>
  twoAlike(options, create).register(0, 5).as("register").request(0, 5).answer(0, 6, "2.04");

describe("settlesInTheEnd", () => {
  it("breaks Q-04 when one of two equal tasks still waits, untried, minutes after the Register that let the other go", () => {
    const story = oneIsDone()
      .see(0, 300, "SUCCEEDED", { attempts: 1 })
      .see(1, 301, "QUEUED", { attempts: 0 })
      .as("seen");
    expect(story.finding("Q-04")).toEqual({
      requirement: "Q-04",
      events: [story.event("register"), story.event("seen")],
      expected: expect.stringContaining("after the Register of device 0, task 1"),
      actual: "it is QUEUED at 301.000 s",
    });
  });

  it("breaks R-04 by an Update and R-05 by a Register when the one that was tried before still waits", () => {
    const failed = (): Story => oneIsDone().request(0, 6).reset(0, 7);
    expect(failed().update(0, 200).see(1, 300, "PROCESSING", { attempts: 1 }).outcome("R-04")).toBe("fail");
    expect(failed().register(0, 200).see(1, 300, "QUEUED", { attempts: 1 }).outcome("R-05")).toBe("fail");
  });

  it("says nothing when both have ended, and nothing of what the oracle follows by itself", () => {
    const story = oneIsDone().request(0, 6).answer(0, 7, "2.04");
    expect(story.see(0, 300, "SUCCEEDED").see(1, 300, "SUCCEEDED").findings()).toEqual([]);
    const other = history().create(0, 1).register(0, 5).request(0, 5).answer(0, 6, "2.05", { text: "x" });
    expect(other.see(0, 300, "QUEUED", { attempts: 0 }).outcome("Q-04")).toBe("pass");
  });

  it("says nothing before a Register or Update: not after none at all, not when the task is newer", () => {
    expect(twoAlike().see(1, 300, "QUEUED", { attempts: 0 }).findings()).toEqual([]);
    const newer = oneIsDone().request(0, 6).answer(0, 7, "2.04");
    newer
      .create(2, 20, { type: "W", property: TIMEZONE, value: "Europe/Berlin" })
      .request(0, 20, { task: 2 })
      .reset(0, 21);
    expect(newer.see(2, 300, "QUEUED", { attempts: 1 }).finding("Q-04")).toBeUndefined();
  });

  it("says nothing within 1 s of the device being free, and while a request to it is open", () => {
    expect(oneIsDone().see(1, 6.9, "QUEUED", { attempts: 0 }).findings()).toEqual([]);
    const open = oneIsDone().request(0, 6).acknowledge(0, 7);
    expect(open.see(1, 100, "PROCESSING", { attempts: 1 }).findings()).toEqual([]);
  });

  it("says nothing after a failed attempt, which stops the drain until the next trigger (choice 28)", () => {
    expect(oneIsDone().request(0, 6).reset(0, 7).see(1, 300, "QUEUED", { attempts: 1 }).findings()).toEqual([]);
  });

  it("says nothing when the device has left, or its lifetime ended before it was free", () => {
    const gone = oneIsDone().deregister(0, 6.5);
    expect(gone.see(1, 300, "QUEUED", { attempts: 0 }).findings()).toEqual([]);
    const register = (how: object): Story =>
      twoAlike().register(0, 5, how).request(0, 5).answer(0, 6, "2.04").see(1, 300, "QUEUED", { attempts: 0 });
    expect(register({ lifetime: 1 }).finding("Q-04")).toBeUndefined();
    expect(register({ lifetime: 86_400 }).outcome("Q-04")).toBe("fail");
  });

  it("says nothing where a server may wait for a response for ever (choice 5, undeclared)", () => {
    const story = (profile: object): Story =>
      oneIsDone(profile).request(0, 6).acknowledge(0, 7).register(0, 400).see(1, 900, "QUEUED", { attempts: 1 });
    expect(story({ profile: EMPTY_PROFILE }).findings()).toEqual([]);
    expect(story({}).outcome("R-05")).toBe("fail");
  });

  it("says nothing of the active period either, where a response may still be waited for", () => {
    const story = (profile: object): Story =>
      twoAlike(profile, { expiresAfter: 60 }).register(0, 5).request(0, 5).acknowledge(0, 6).register(0, 7);
    expect(story({ profile: EMPTY_PROFILE }).see(1, 300, "QUEUED").findings()).toEqual([]);
    expect(story({}).see(1, 300, "QUEUED").outcome("E-05")).toBe("fail");
  });

  it("breaks E-05 when one of them waits on after its own active period", () => {
    const story = twoAlike({}, { expiresAfter: 60 }).register(0, 5).request(0, 5).reset(0, 6);
    expect(story.see(1, 300, "QUEUED").finding("E-05")).toMatchObject({
      expected: expect.stringContaining("has ended by 62.000 s"),
      actual: "QUEUED",
    });
  });

  it("breaks T-04 when a cancelled one stays CANCEL_REQUESTED long after its exchange", () => {
    const cancelled = history().register(0, 1).create(0, 2).request(0, 2).cancelDevice(0, 0, 3).move(0).update(0, 4);
    expect(cancelled.see(0, 900, "CANCEL_REQUESTED").outcome("T-04")).toBe("fail");
  });

  it("says nothing of a cancelled one while its exchange may still be open", () => {
    const cancelled = history({ profile: EMPTY_PROFILE })
      .register(0, 1)
      .create(0, 2)
      .request(0, 2)
      .cancelDevice(0, 0, 3)
      .move(0)
      .update(0, 4);
    expect(cancelled.see(0, 60, "CANCEL_REQUESTED").findings()).toEqual([]);
    expect(cancelled.see(0, 900, "CANCELLED").findings()).toEqual([]);
  });
});
