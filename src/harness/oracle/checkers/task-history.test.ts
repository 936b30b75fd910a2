import { describe, expect, it } from "vitest";
import { history, type Story } from "../test-history.ts";

const asked = (): Story => history().register(0, 1).create(0, 2).request(0, 2);
/** Seen COMPLETE at 4 s. */
const complete = (): Story =>
  asked()
    .answer(0, 3, "2.05", { text: "UTC" })
    .poll(0, 4, [{ status: "SUCCEEDED", attempts: 1 }], { status: "COMPLETE" })
    .as("complete");
const past = (story: Story, ...statuses: readonly string[]): Story =>
  story
    .recorded(
      0,
      9,
      statuses.map((status) => ({ status })),
    )
    .as("history");

describe("keepsTaskHistory", () => {
  it.each([
    ["nothing", [], "nothing"],
    ["the beginning alone", ["REQUESTED", "QUEUING", "PROCESSING"], "REQUESTED, QUEUING, PROCESSING"],
  ])("breaks L-01 when the history of a task that was COMPLETE holds %s", (_name, statuses, actual) => {
    const story = past(complete(), ...statuses);
    expect(story.findings()).toEqual([
      {
        requirement: "L-01",
        events: [story.event("complete"), story.event("history")],
        expected: "the history of task 0 holds COMPLETE, which a poll has shown",
        actual,
      },
    ]);
  });

  it("keeps L-01 and T-02 in either order, and by a history of the states of its devices", () => {
    const story = past(complete(), "REQUESTED", "PROCESSING", "COMPLETE");
    expect(story.findings()).toEqual([]);
    expect(story.outcome("T-02")).toBe("pass");
    expect(past(complete(), "COMPLETE", "PROCESSING").findings()).toEqual([]);
    expect(past(complete(), "QUEUED", "SUCCEEDED").findings()).toEqual([]);
    expect(
      complete()
        .recorded(0, 9, [{ did: "d0", status: "PROCESSING" }])
        .findings(),
    ).toEqual([]);
  });

  it.each([
    ["goes on after its end", ["REQUESTED", "COMPLETE", "PROCESSING"], "REQUESTED, COMPLETE, PROCESSING"],
    ["has two ends", ["CANCELLED", "COMPLETE"], "CANCELLED, COMPLETE"],
    ["tells of a cancellation that nobody asked for", ["CANCELLED"], "CANCELLED"],
  ])("breaks T-02 by a history that %s", (_name, statuses, actual) => {
    expect(past(complete(), ...statuses).finding("T-02")).toMatchObject({ actual });
  });

  it("breaks T-02 by COMPLETE in the history while a device waits, and not by what comes before", () => {
    const waiting = (): Story => history().create(0, 1);
    expect(past(waiting(), "REQUESTED", "COMPLETE").findings()).toMatchObject([
      { requirement: "T-02", expected: "the history of task 0 is not over while a device waits", actual: "COMPLETE" },
    ]);
    expect(past(waiting(), "REQUESTED", "QUEUING", "PROCESSING").findings()).toEqual([]);
    expect(past(waiting()).findings()).toEqual([]);
  });

  it("keeps T-02 by CANCELLED after a cancellation", () => {
    const story = history()
      .create(0, 1)
      .cancel(0, 2)
      .poll(0, 3, [{ status: "CANCELLED" }], { status: "CANCELLED" });
    expect(past(story, "REQUESTED", "CANCELLED").findings()).toEqual([]);
    expect(past(story, "REQUESTED").finding("L-01")).toMatchObject({ actual: "REQUESTED" });
  });
});
