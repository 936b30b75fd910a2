import { describe, expect, it } from "vitest";
import { history, type Story } from "../test-history.ts";

const NAME = "task 0 (R deviceProperties.device.timezone) of device 0";
/** Created at 1 s and waiting; polled at 2 s. */
const waiting = (): Story => history().create(0, 1).see(0, 2, "QUEUED");
/** Seen QUEUED at 2 s, PROCESSING at 4 s, SUCCEEDED at 6 s. */
const succeeded = (): Story =>
  waiting()
    .register(0, 3)
    .request(0, 3)
    .see(0, 4, "PROCESSING", { attempts: 1 })
    .as("processing")
    .answer(0, 5, "2.05", { text: "UTC" })
    .see(0, 6, "SUCCEEDED", { attempts: 1 })
    .as("succeeded");

type Line = readonly [status: string, seconds?: number];
const lines = (...entries: readonly Line[]) =>
  entries.map(([status, at]) => ({ did: "d0", status, ...(at === undefined ? {} : { ts: at * 1_000 }) }));
const past = (story: Story, at: number, ...entries: readonly Line[]): Story =>
  story.recorded(0, at, lines(...entries), 0).as("history");

describe("keepsHistory", () => {
  it.each<readonly [string, readonly Line[], string, string]>([
    ["nothing", [], "SUCCEEDED", "nothing"],
    ["no end", [["QUEUED"], ["PROCESSING"]], "SUCCEEDED", "QUEUED, PROCESSING"],
  ])("breaks L-01 when the history of what a poll has shown holds %s", (_name, entries, missed, actual) => {
    const story = past(succeeded(), 7, ...entries);
    expect(story.findings()).toEqual([
      {
        requirement: "L-01",
        events: [story.event(missed.toLowerCase()), story.event("history")],
        expected: `the history of ${NAME} holds ${missed}, which a poll has shown`,
        actual,
      },
    ]);
  });

  it.each<readonly [string, readonly Line[]]>([
    [
      "oldest first",
      [
        ["QUEUED", 1],
        ["PROCESSING", 3],
        ["SUCCEEDED", 5],
      ],
    ],
    [
      "newest first",
      [
        ["SUCCEEDED", 5],
        ["PROCESSING", 3],
        ["QUEUED", 1],
      ],
    ],
    [
      "newest first, all in one moment",
      [
        ["SUCCEEDED", 5],
        ["PROCESSING", 5],
        ["QUEUED", 5],
      ],
    ],
    ["without times, newest first", [["SUCCEEDED"], ["PROCESSING"], ["QUEUED"]]],
    [
      "in no order, but with times",
      [
        ["PROCESSING", 3],
        ["SUCCEEDED", 5],
        ["QUEUED", 1],
      ],
    ],
    [
      "without the state in which it began",
      [
        ["PROCESSING", 3],
        ["SUCCEEDED", 5],
      ],
    ],
    ["of the end alone", [["SUCCEEDED", 5]]],
    [
      "with a state that no poll has met",
      [["REQUESTED"], ["QUEUED"], ["PROCESSING"], ["QUEUED"], ["PROCESSING"], ["SUCCEEDED"]],
    ],
  ])("keeps T-01 and L-01 by a history %s", (_name, entries) => {
    const story = past(succeeded(), 7, ...entries);
    expect(story.findings()).toEqual([]);
    expect(story.outcome("T-01")).toBe("pass");
  });

  it.each<readonly [string, readonly Line[]]>([
    [
      "goes on after its end",
      [
        ["PROCESSING", 3],
        ["SUCCEEDED", 5],
        ["QUEUED", 6],
      ],
    ],
    ["has its end between, without times", [["PROCESSING"], ["SUCCEEDED"], ["QUEUED"]]],
    [
      "runs backwards in time",
      [
        ["SUCCEEDED", 1],
        ["PROCESSING", 3],
        ["QUEUED", 5],
      ],
    ],
    [
      "has two ends",
      [
        ["PROCESSING", 3],
        ["FAILED", 4],
        ["SUCCEEDED", 5],
      ],
    ],
    [
      "goes back to its first state",
      [
        ["QUEUED", 1],
        ["REQUESTED", 2],
        ["PROCESSING", 3],
        ["SUCCEEDED", 5],
      ],
    ],
    [
      "has a state of whole tasks",
      [
        ["QUEUING", 1],
        ["PROCESSING", 3],
        ["SUCCEEDED", 5],
      ],
    ],
  ])("breaks T-01 by a history that %s", (_name, entries) => {
    expect(
      past(succeeded(), 7, ...entries)
        .findings()
        .map(({ requirement }) => requirement),
    ).toContain("T-01");
  });

  it("breaks T-01 by a line from before the creation or after the answer, in simulation", () => {
    for (const at of [-60, 60]) {
      const story = past(succeeded(), 7, ["PROCESSING", 3], ["SUCCEEDED", at]);
      expect(story.findings().map(({ requirement }) => requirement)).toContain("T-01");
    }
    const odd = past(waiting(), 7, ["QUEUED", 60]);
    expect(odd.finding("T-01")).toMatchObject({ actual: "QUEUED at 60000" });
    const live = history({ live: true }).create(0, 1);
    expect(past(live, 7, ["QUEUED", 60]).findings()).toEqual([]);
  });

  it.each<readonly [string, string]>([
    ["SUCCEEDED", "SUCCEEDED"],
    ["CANCELLED", "CANCELLED"],
    ["CANCEL_REQUESTED", "CANCEL_REQUESTED"],
  ])("breaks T-01 by %s in the history of what waits", (status, actual) => {
    const story = past(waiting(), 7, ["QUEUED"], [status]);
    expect(story.findings()).toMatchObject([
      { requirement: "T-01", expected: `the history of ${NAME} tells what happened`, actual },
    ]);
  });

  it("breaks T-01 by a cancellation that nobody asked for, and keeps it by one that somebody did", () => {
    const shown: readonly Line[] = [["PROCESSING"], ["CANCEL_REQUESTED"], ["SUCCEEDED"]];
    expect(past(succeeded(), 7, ...shown).finding("T-01")).toMatchObject({ actual: "CANCEL_REQUESTED" });
    const asked = waiting().register(0, 3).request(0, 3).cancelDevice(0, 0, 4).answer(0, 5, "2.05", { text: "UTC" });
    expect(past(asked, 7, ...shown).findings()).toEqual([]);
  });

  it("says nothing of what the answer may leave out: before any poll, of lines that name no device, or of other states", () => {
    expect(past(history().create(0, 1), 2).findings()).toEqual([]);
    const two = history({ devices: 2 })
      .create(0, 1, { devices: [0, 1] })
      .poll(0, 2, [
        { device: 0, status: "QUEUED" },
        { device: 1, status: "QUEUED" },
      ])
      .cancelDevice(0, 0, 3)
      .poll(0, 4, [
        { device: 0, status: "CANCELLED" },
        { device: 1, status: "QUEUED" },
      ]);
    expect(two.recorded(0, 5, [{ status: "QUEUED" }], 0).findings()).toEqual([]);
    const unfiltered = [{ status: "REQUESTED" }, { status: "COMPLETE" }];
    expect(succeeded().recorded(0, 7, unfiltered, 0).findings()).toEqual([]);
  });

  it("breaks L-01 when the history of one device of two is empty after its end", () => {
    const two = history({ devices: 2 })
      .create(0, 1, { devices: [0, 1] })
      .cancelDevice(0, 0, 3)
      .poll(0, 4, [
        { device: 0, status: "CANCELLED" },
        { device: 1, status: "QUEUED" },
      ]);
    expect(two.recorded(0, 5, [], 0).findings()).toMatchObject([{ requirement: "L-01", actual: "nothing" }]);
  });
});
