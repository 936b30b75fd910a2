import { describe, expect, it } from "vitest";
import { history, type Story } from "../test-history.ts";

const created = (): Story =>
  history({ devices: 3 })
    .create(0, 1, { devices: [0, 1] })
    .as("created");
const lines = (...statuses: readonly unknown[]) => ({ status: "QUEUING", statuses });
const D0 = { did: "d0", status: "QUEUED" };
const D1 = { did: "d1", status: "QUEUED" };
const COUNTS = { totalDevices: 2 };

describe("showsWhatMakesSense", () => {
  it.each([
    ["no body", undefined, "nothing"],
    ["a text", "fine", '"fine"'],
    ["no data", { task: {} }, '{"task":{}}'],
    ["a list as data", { data: [] }, '{"data":[]}'],
    ["statuses that are no list", { data: { status: "QUEUING", statuses: {} } }, undefined],
  ])("breaks T-01 by 200 and %s where the statuses were asked for", (_name, body, actual) => {
    const story = created().answered200(0, 2, "poll-statuses", body).as("seen");
    expect(story.finding("T-01")).toMatchObject({
      events: [0, story.event("seen")],
      expected: "the answer lists the statuses of task 0",
      ...(actual === undefined ? {} : { actual }),
    });
  });

  it.each([
    [{ did: "d0", status: "DONE" }, '"DONE" for device 0'],
    [{ did: "d0", status: "succeeded" }, '"succeeded" for device 0'],
    [{ did: "d0", status: "COMPLETE" }, '"COMPLETE" for device 0'],
    [{ did: "d0" }, "nothing for device 0"],
    [{ did: "d0", status: 4 }, "4 for device 0"],
  ])("breaks T-01 when a device is shown as %o", (line, actual) => {
    const story = created().show(0, 2, { ...lines(line, D1), statusCounts: COUNTS }, "poll-statuses");
    expect(story.findings()).toMatchObject([
      { requirement: "T-01", expected: expect.stringContaining("each device of task 0 is REQUESTED, QUEUED"), actual },
    ]);
  });

  it.each([
    ["without did", [{ status: "QUEUED" }, D1], '{"status":"QUEUED"}'],
    ["of another device", [D0, D1, { did: "d2", status: "QUEUED" }], "another device"],
    ["that is null", [null, D0, D1], "null"],
    ["that comes twice", [D0, D0, D1], "device 0 twice"],
  ])("breaks T-01 by a line %s", (_name, statuses, actual) => {
    const story = created().show(0, 2, { ...lines(...statuses), statusCounts: COUNTS }, "poll-statuses");
    expect(story.findings()).toMatchObject([{ requirement: "T-01", actual }]);
    expect(story.finding("T-01")?.expected).toBe("the statuses of task 0 show each of its devices once");
  });

  it("breaks T-01 when a device is missing that was shown before, or was sent a request", () => {
    const shown = { status: "QUEUING", statuses: [D1], statusCounts: { totalDevices: 1 } };
    const before = created().poll(0, 2, [
      { device: 0, status: "QUEUED" },
      { device: 1, status: "QUEUED" },
    ]);
    expect(before.show(0, 3, shown, "poll-statuses").findings()).toMatchObject([
      { requirement: "T-01", actual: "device 0 is missing" },
    ]);
    const sent = created().register(0, 2).request(0, 2).show(0, 3, shown, "poll-statuses");
    expect(sent.finding("T-01")).toMatchObject({ actual: "device 0 is missing" });
  });

  it("breaks T-01 when a task that has expanded its targets shows none, or not all", () => {
    for (const status of ["PROCESSING", "COMPLETE"]) {
      const story = created().show(0, 9, { status, statuses: [], statusCounts: COUNTS }, "poll-statuses");
      expect(story.finding("T-01")).toMatchObject({ actual: "device 0 is missing" });
    }
  });

  it("says nothing while the targets need not be expanded, nor of what does not fit a page (choices 23 and 33)", () => {
    for (const data of [{ status: "REQUESTED", statuses: [] }, { status: "QUEUING" }, { status: "CANCELLED" }])
      expect(created().cancel(0, 2).show(0, 9, data, "poll-statuses").finding("T-01")).toBeUndefined();
    const devices = Array.from({ length: 12 }, (_, device) => device);
    const statuses = devices.slice(2).map((device) => ({ did: `d${device}`, status: "QUEUED" }));
    const page = { total: 12, data: { status: "PROCESSING", statuses } };
    const many = history({ devices: 12 }).create(0, 1, { devices });
    expect(many.answered200(0, 9, "poll-statuses", page).findings()).toEqual([]);
  });

  it("breaks T-01 by a list of one line that says it is one of two", () => {
    const page = { total: 2, data: { status: "PROCESSING", statuses: [D1] } };
    expect(created().answered200(0, 9, "poll-statuses", page).findings()).toMatchObject([
      { requirement: "T-01", actual: "device 0 is missing" },
    ]);
  });

  it.each([["DONE"], [7], [undefined], ["SUCCEEDED"]])("breaks T-02 when a task by itself is %o", (status) => {
    expect(created().show(0, 2, { id: "task-0", status }).findings()).toMatchObject([
      { requirement: "T-02", expected: expect.stringContaining("task 0 is SCHEDULED, REQUESTED, QUEUING") },
    ]);
  });

  it("breaks T-02 by a status of the task that is none beside those of its devices; it may be left out there", () => {
    const shown = { statuses: [D0, D1], statusCounts: COUNTS };
    expect(
      created()
        .show(0, 2, { ...shown, status: "OPEN" }, "poll-statuses")
        .findings(),
    ).toMatchObject([{ requirement: "T-02", actual: '"OPEN"' }]);
    expect(created().show(0, 2, shown, "poll-statuses").findings()).toEqual([]);
  });

  it("breaks T-02 when an answer shows no task, or another one", () => {
    for (const body of [{}, { data: null }, { data: { id: "task-7", status: "QUEUING" } }])
      expect(created().answered200(0, 2, "poll-task", body).findings()).toMatchObject([{ requirement: "T-02" }]);
  });

  it("breaks R-08 by attempts that are no number, and takes numbers as text or none at all", () => {
    const shown = (numAttempts: unknown): Story =>
      created().show(0, 2, { ...lines({ ...D0, numAttempts }, D1), statusCounts: COUNTS }, "poll-statuses");
    for (const odd of ["many", -1, 0.5, {}]) expect(shown(odd).findings()).toMatchObject([{ requirement: "R-08" }]);
    for (const fine of ["0", 0, null, undefined]) expect(shown(fine).findings()).toEqual([]);
  });

  it.each([
    ["no list", { data: { history: "none" } }],
    ["no data", { history: [] }],
    ["an entry without status", { data: { history: [{ ts: 1 }] } }],
    ["an entry of no status", { data: { history: [{ status: "DONE" }] } }],
    ["an entry that is missing", { data: { history: [undefined, { status: "REQUESTED" }] } }],
  ])("breaks T-01 by a history with %s", (_name, body) => {
    expect(created().answered200(0, 2, "poll-history", body).findings()).toMatchObject([
      { requirement: "T-01", expected: "the history of task 0 is a list of statuses" },
    ]);
  });

  it("takes fields that nobody knows, null for nothing, and dates as text", () => {
    const line = { did: "d0", status: "QUEUED", errorCode: null, note: {}, ts: "today" };
    const data = { id: "task-0", status: "QUEUING", filter: null, createdOn: "today", x: [], statusCounts: COUNTS };
    const story = created()
      .show(0, 2, { ...data, statuses: [line, D1] }, "poll-statuses")
      .show(0, 3, data);
    expect(story.findings()).toEqual([]);
  });
});
