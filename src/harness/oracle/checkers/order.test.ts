import { describe, expect, it } from "vitest";
import { ARTIK, EMPTY_PROFILE } from "../../../protocol/profile.ts";
import { history, type Story } from "../test-history.ts";

const UTC_OFFSET = { property: "deviceProperties.device.utcOffset" };
const MODEL = { property: "deviceProperties.device.modelNumber" };

/** Two Reads for a device that is not registered yet; it registers at 10 s. */
const backlog = (options = {}): Story => history(options).create(0, 1).create(1, 2, UTC_OFFSET).register(0, 10);

describe("keepsOrderOfCreation", () => {
  it("breaks Q-10 when the younger of two waiting tasks is sent first", () => {
    const story = backlog().as("registered").request(0, 10, { task: 1 }).as("request");
    expect(story.finding("Q-10")).toEqual({
      requirement: "Q-10",
      events: [story.event("registered"), story.event("request")],
      expected:
        "task 0 (R deviceProperties.device.timezone) of device 0, which was created first, is sent before task 1 (R deviceProperties.device.utcOffset) of device 0",
      actual: "task 1 at 10.000 s",
    });
  });

  it("keeps Q-10 when the oldest goes first; the last one has nothing to overtake", () => {
    const story = backlog().request(0, 10).answer(0, 11, "2.05", { text: "UTC" }).request(0, 11, { task: 1 });
    expect(story.verdict("Q-10")).toMatchObject({ examined: 1, findings: [] });
  });

  it("breaks Q-10 when a retry does not go on from the oldest at the next trigger (choice 28)", () => {
    const story = backlog().request(0, 10).reset(0, 11).update(0, 20).request(0, 20, { task: 1 });
    expect(story.outcome("Q-10")).toBe("fail");
  });

  it("lets a new task overtake what waits after a failed attempt until the next trigger (choice 28)", () => {
    const story = backlog().request(0, 10).reset(0, 11).create(2, 12, MODEL).request(0, 12, { task: 2 });
    expect(story.findings()).toEqual([]);
  });

  it("lets a server go on with the others after a failed attempt, where that is what it declares", () => {
    const story = backlog({ profile: { ...ARTIK, drainAfterFailure: "continue" } })
      .request(0, 10)
      .reset(0, 11);
    expect(story.request(0, 11, { task: 1 }).findings()).toEqual([]);
  });

  it("lets an exchange go on at a new address before what is older (choice 14)", () => {
    const story = backlog().request(0, 10).reset(0, 11).create(2, 12, MODEL).request(0, 12, { task: 2 });
    expect(story.move(0).update(0, 13).request(0, 13, { task: 2 }).outcome("Q-10")).not.toBe("fail");
  });

  it("says nothing of a task that is being cancelled, or that expires in this moment", () => {
    const cancelled = backlog().cancelDevice(0, 0, 10).request(0, 10, { task: 1 });
    expect(cancelled.outcome("Q-10")).toBe("not-exercised");
    const expiring = history().create(0, 1, { expiresAfter: 9 }).create(1, 2, UTC_OFFSET).register(0, 10);
    expect(expiring.request(0, 10, { task: 1 }).outcome("Q-10")).toBe("not-exercised");
  });

  it("says nothing after a request of which nobody knows the task", () => {
    const story = backlog().request(0, 10, { content: { code: "0.01", options: [], payload: new Uint8Array() } });
    story.answer(0, 11, "2.05", { text: "UTC" }).request(0, 11, { task: 1 });
    expect(story.outcome("Q-10")).toBe("not-exercised");
  });

  it("leaves open live what was created less than 250 ms before", () => {
    const live = (at: number): Story =>
      history({ live: true })
        .create(0, 1)
        .create(1, 2, UTC_OFFSET)
        .register(0, at)
        .request(0, at + 0.1, { task: 1 });
    expect(live(10).outcome("Q-10")).toBe("fail");
    const close = history({ live: true }).create(0, 9.8).create(1, 9.9, UTC_OFFSET).register(0, 9.95);
    expect(close.request(0, 10, { task: 1 }).outcome("Q-10")).toBe("inconclusive");
  });

  it("is not exercised by a profile that declares no order, or by one task at a time", () => {
    expect(backlog({ profile: EMPTY_PROFILE }).request(0, 10, { task: 1 }).outcome("Q-10")).toBe("not-exercised");
    expect(history().create(0, 1).register(0, 10).request(0, 10).outcome("Q-10")).toBe("not-exercised");
  });
});
