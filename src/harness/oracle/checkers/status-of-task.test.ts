import { describe, expect, it } from "vitest";
import { history, type Story } from "../test-history.ts";

const done = (): Story =>
  history()
    .register(0, 1)
    .create(0, 2)
    .request(0, 2)
    .answer(0, 3, "2.05", { text: "UTC" })
    .poll(0, 4, [{ status: "SUCCEEDED" }], { status: "COMPLETE" })
    .as("complete");
const waiting = (): Story => history().create(0, 0).cancel(0, 5);

describe("keepsStatusOfTask", () => {
  it("breaks T-02 when a COMPLETE task becomes CANCELLED by a cancellation that came too late", () => {
    const story = done()
      .cancel(0, 5)
      .poll(0, 6, [{ status: "SUCCEEDED" }], { status: "CANCELLED" })
      .as("cancelled");
    expect(story.finding("T-02")).toEqual({
      requirement: "T-02",
      expected: "task 0 stays COMPLETE",
      actual: "CANCELLED",
      events: [story.event("complete"), story.event("cancelled")],
    });
  });

  it("lets a task be COMPLETE whose only device was cancelled in flight, and ended by that, before the whole was", () => {
    const story = history().register(0, 1).create(0, 2).request(0, 2).cancelDevice(0, 0, 3).cancel(0, 5);
    expect(story.poll(0, 6, [{ status: "CANCELLED", attempts: 1 }], { status: "COMPLETE" }).findings()).toEqual([]);
  });

  it("breaks T-02 when a task is not CANCELLED at once, though a device of it was open", () => {
    const story = waiting().poll(0, 6, [{ status: "CANCELLED" }], { status: "COMPLETE" });
    expect(story.finding("T-02")).toMatchObject({
      expected: "task 0 is CANCELLED: it was cancelled before its devices had ended",
      actual: "COMPLETE",
    });
  });

  it("breaks T-02 when a cancelled task is shown as CANCELLED first, and as COMPLETE later", () => {
    const story = waiting()
      .poll(0, 6, [{ status: "CANCELLED" }], { status: "CANCELLED" })
      .poll(0, 7, [{ status: "CANCELLED" }], { status: "COMPLETE" });
    expect(story.finding("T-02")).toMatchObject({ expected: "task 0 stays CANCELLED", actual: "COMPLETE" });
  });

  it("keeps T-02 by CANCELLED at once, also with an exchange on its way, and by COMPLETE that stays", () => {
    expect(
      waiting()
        .poll(0, 6, [{ status: "CANCELLED" }], { status: "CANCELLED" })
        .outcome("T-02"),
    ).toBe("pass");
    const flying = history().register(0, 1).create(0, 2).request(0, 2).cancel(0, 3);
    expect(flying.poll(0, 4, [{ status: "CANCEL_REQUESTED" }], { status: "CANCELLED" }).outcome("T-02")).toBe("pass");
    const again = done()
      .cancel(0, 5)
      .poll(0, 6, [{ status: "SUCCEEDED" }], { status: "COMPLETE" });
    expect(again.outcome("T-02")).toBe("pass");
  });

  it("says nothing of a cancellation of one device only", () => {
    const story = history()
      .create(0, 0)
      .cancelDevice(0, 0, 5)
      .poll(0, 6, [{ status: "CANCELLED" }], { status: "COMPLETE" });
    expect(story.outcome("T-02")).toBe("pass");
  });
});
