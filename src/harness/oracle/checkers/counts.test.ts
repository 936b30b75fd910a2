import { describe, expect, it } from "vitest";
import { history, type Story } from "../test-history.ts";

const RIGHT = { totalDevices: 3, numSucceeded: 1, numFailed: 0, numCancelled: 1, numCompleted: 2 };

const counted = (counts: Readonly<Record<string, unknown>> | "none"): Story =>
  history({ devices: 3 })
    .create(0, 1, { devices: [0, 1, 2] })
    .poll(
      0,
      2,
      [
        { device: 0, status: "SUCCEEDED" },
        { device: 1, status: "CANCELLED" },
        { device: 2, status: "QUEUED" },
      ],
      { counts },
    )
    .as("seen");

describe("countsAgree", () => {
  it.each([
    [{ totalDevices: 2 }, "totalDevices of task 0 agrees with its statuses (3)", "2"],
    [{ numSucceeded: 0 }, "numSucceeded of task 0 agrees with its statuses (1)", "0"],
    [{ numFailed: 1 }, "numFailed of task 0 agrees with its statuses (0)", "1"],
    [{ numCancelled: 0 }, "numCancelled of task 0 agrees with its statuses (1)", "0"],
    [{ numCompleted: 3 }, "numCompleted of task 0 agrees with its statuses (1 to 2)", "3"],
    [{ totalDevices: undefined }, "totalDevices of task 0 agrees with its statuses (3)", "nothing"],
    [{ numSucceeded: "one" }, "numSucceeded of task 0 agrees with its statuses (1)", "no number"],
    [{ numFailed: -1 }, "numFailed of task 0 agrees with its statuses (0)", "no number"],
    [{ numFailed: 0.5 }, "numFailed of task 0 agrees with its statuses (0)", "no number"],
    [{ numCompleted: {} }, "numCompleted of task 0 agrees with its statuses (1 to 2)", "no number"],
  ])("breaks T-03 by %o", (counts, expected, actual) => {
    const story = counted({ ...RIGHT, ...counts });
    expect(story.finding("T-03")).toEqual({ requirement: "T-03", events: [story.event("seen")], expected, actual });
  });

  it.each([["none" as const], [{}], [{ numberOfDevices: 3 }]])(
    "breaks T-03 by a task of three devices that shows the counts %o",
    (counts) => {
      expect(counted(counts).finding("T-03")).toMatchObject({ actual: "nothing" });
    },
  );

  it.each([1, 2])(
    "keeps T-03, whether the cancelled device counts as completed or not: %s (choice 21)",
    (numCompleted) => {
      expect(counted({ ...RIGHT, numCompleted }).outcome("T-03")).toBe("pass");
    },
  );

  it("keeps T-03 by counts of 0 that are left out or null, by counts as text, and by counts that nobody knows", () => {
    const { numFailed: _, ...others } = RIGHT;
    for (const counts of [
      others,
      { ...others, numFailed: null },
      { ...RIGHT, totalDevices: "3" },
      { ...RIGHT, x: "y" },
    ])
      expect(counted(counts).verdict("T-03")).toMatchObject({ findings: [] });
  });

  it("is not exercised without statuses: the targets may not be expanded yet (choice 33)", () => {
    const story = history().create(0, 1).poll(0, 2, [], { counts: "none" });
    expect(story.outcome("T-03")).toBe("not-exercised");
    expect(history().create(0, 1).show(0, 2, { status: "QUEUING" }).findings()).toEqual([]);
  });

  it.each([
    [{ totalDevices: 2, numSucceeded: 1, numCompleted: 1 }, "numCancelled of task 0"],
    [{ totalDevices: 1, numSucceeded: 1, numCompleted: 1 }, "totalDevices of task 0"],
    [{ totalDevices: 2, numSucceeded: 1, numFailed: 1 }, "numCompleted of task 0"],
    [undefined, "totalDevices of task 0"],
  ])("breaks T-03 when a COMPLETE task of two devices shows %o", (statusCounts, expected) => {
    const story = history({ devices: 2 })
      .create(0, 1, { devices: [0, 1] })
      .show(0, 9, { status: "COMPLETE", statusCounts });
    expect(story.finding("T-03")?.expected).toContain(expected);
  });

  it("breaks T-03 when a task by itself shows a count that is none, and keeps it by counts that add up", () => {
    const shown = (statusCounts: unknown, status = "COMPLETE"): Story =>
      history({ devices: 2 })
        .create(0, 1, { devices: [0, 1] })
        .show(0, 9, { status, statusCounts });
    expect(shown({ numFailed: "few" }, "PROCESSING").finding("T-03")).toMatchObject({ actual: "no number" });
    expect(shown([], "PROCESSING").finding("T-03")).toMatchObject({ actual: "no number" });
    expect(shown({ totalDevices: 2, numSucceeded: 1, numCancelled: 1, numCompleted: 1 }).findings()).toEqual([]);
    expect(shown({ totalDevices: 0 }, "PROCESSING").findings()).toEqual([]);
  });
});
