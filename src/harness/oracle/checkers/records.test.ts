import { describe, expect, it } from "vitest";
import { EMPTY_PROFILE } from "../../../protocol/profile.ts";
import { history, type Shown, type Story } from "../test-history.ts";

const NAME = "task 0 (R deviceProperties.device.timezone) of device 0";
const DAY = 86_400;
const requested = (options = {}): Story => history(options).register(0, 1).create(0, 2).request(0, 2);
const succeeded = (): Story => requested().answer(0, 3, "2.05", { text: "UTC" }).as("answer");

describe("keepsRecords", () => {
  it("breaks L-01 when a task of 20 days is gone", () => {
    const story = history()
      .create(0, 0)
      .pollTask(0, 20 * DAY, 404)
      .as("asked");
    expect(story.finding("L-01")).toEqual({
      requirement: "L-01",
      events: [0, story.event("asked")],
      expected: `the task of task 0 can be read until ${(30 * DAY).toFixed(3)} s`,
      actual: "HTTP 404",
    });
  });

  it.each([400, 401, 403, 410, 500])("breaks L-01 when the owner reads a task that lives and gets %i", (status) => {
    expect(history().create(0, 0).pollTask(0, 60, status).findings()).toMatchObject([
      { requirement: "L-01", actual: `HTTP ${status}` },
    ]);
  });

  it.each([429, 502, 503, 504])("leaves L-01 open by %i: the record may be there", (status) => {
    expect(history().create(0, 0).pollTask(0, 60, status).verdict("L-01")).toMatchObject({
      undecided: 1,
      findings: [],
    });
  });

  it("breaks L-02 when a task of 38 days can be read, which had expired after 7", () => {
    const story = history()
      .create(0, 0)
      .pollTask(0, 38 * DAY, 200);
    expect(story.finding("L-02")).toMatchObject({
      expected: `the task of task 0 is gone (404) from ${(30 * DAY).toFixed(3)} s on`,
      actual: "HTTP 200",
    });
  });

  it("keeps L-01 by 200 after more than a week, L-02 by 404 after 30 days", () => {
    expect(
      history()
        .create(0, 0)
        .pollTask(0, 29 * DAY)
        .outcome("L-01"),
    ).toBe("pass");
    expect(
      history()
        .create(0, 0)
        .pollTask(0, 31 * DAY, 404)
        .outcome("L-02"),
    ).toBe("pass");
  });

  it("counts from the creation of the retention that the profile declares", () => {
    const short = { ...EMPTY_PROFILE, retention: 60 };
    expect(history({ profile: short }).create(0, 0).pollTask(0, 61).outcome("L-02")).toBe("fail");
  });

  it("leaves the exact instant open, and a server in trouble", () => {
    expect(
      history()
        .create(0, 0)
        .pollTask(0, 30 * DAY)
        .outcome("L-02"),
    ).toBe("inconclusive");
    expect(
      history()
        .create(0, 0)
        .pollTask(0, 30 * DAY, 404)
        .outcome("L-01"),
    ).toBe("inconclusive");
    expect(
      history()
        .create(0, 0)
        .pollTask(0, 31 * DAY, 503)
        .outcome("L-02"),
    ).toBe("inconclusive");
  });

  /** Created at 0 and cancelled after 5 days. */
  const cancelledLate = (): Story =>
    history()
      .create(0, 0)
      .as("created")
      .cancel(0, 5 * DAY);

  it("breaks L-03, and not L-02, when a record is kept for 30 days from the completion of its task", () => {
    const story = cancelledLate()
      .pollTask(0, 31 * DAY, 200)
      .as("asked");
    expect(story.finding("L-03")).toEqual({
      requirement: "L-03",
      events: [story.event("created") - 1, story.event("asked")],
      expected: `the task of task 0 is gone (404) from ${(30 * DAY).toFixed(3)} s on, though it was completed at ${(5 * DAY).toFixed(3)} s only`,
      actual: "HTTP 200",
    });
    expect(story.outcome("L-02")).toBe("not-exercised");
  });

  it("breaks L-02, and not L-03, when it is there after that as well", () => {
    const story = cancelledLate().pollTask(0, 36 * DAY, 200);
    expect([story.outcome("L-02"), story.outcome("L-03")]).toEqual(["fail", "not-exercised"]);
  });

  it("keeps L-03 by 404 as long as a count from the completion would still show the record", () => {
    expect(
      cancelledLate()
        .pollTask(0, 31 * DAY, 404)
        .outcome("L-03"),
    ).toBe("pass");
    expect(
      cancelledLate()
        .pollTask(0, 36 * DAY, 404)
        .outcome("L-03"),
    ).toBe("not-exercised");
  });

  it("tells L-03 from L-02 only by a task that was completed an hour after its creation or later", () => {
    const soon = history()
      .create(0, 0)
      .cancel(0, 3_000)
      .pollTask(0, 30 * DAY + 60, 200);
    expect([soon.outcome("L-02"), soon.outcome("L-03")]).toEqual(["fail", "not-exercised"]);
  });

  it("is not exercised by a young task, or one that was refused", () => {
    const story = history().create(0, 0).pollTask(0, 60);
    expect(story.outcome("L-01")).toBe("not-exercised");
    expect(story.outcome("L-02")).toBe("not-exercised");
    expect(history().create(0, 0, { status: 400 }).pollTask(0, 60, 404).outcome("L-01")).toBe("not-exercised");
  });
});

describe("movesAlongStates", () => {
  it.each([
    ["SUCCEEDED", "FAILED"],
    ["SUCCEEDED", "QUEUED"],
    ["FAILED", "SUCCEEDED"],
    ["CANCELLED", "SUCCEEDED"],
    ["PROCESSING", "REQUESTED"],
    ["CANCEL_REQUESTED", "PROCESSING"],
  ] as const)("breaks T-01 when %s becomes %s", (before, after) => {
    const story = history().create(0, 1).see(0, 2, before).as("before").see(0, 3, after).as("after");
    const findings = story.verdict("T-01")?.findings ?? [];
    expect(findings.at(-1)).toEqual({
      requirement: "T-01",
      events: [story.event("before"), story.event("after")],
      expected: expect.stringContaining(`${NAME}, ${before} before, is one of `),
      actual: after,
    });
  });

  it("breaks T-01 when the error code of a failed task changes", () => {
    const story = requested().answer(0, 3, "4.05").see(0, 4, "FAILED", { code: "4050" });
    expect(story.see(0, 5, "FAILED", { code: "5000" }).finding("T-01")).toMatchObject({
      expected: `${NAME} stays FAILED with error 4050`,
      actual: "FAILED with error 5000",
    });
  });

  it("breaks T-01 by SUCCEEDED without an answer, and by anything else after one", () => {
    expect(requested().see(0, 3, "SUCCEEDED").finding("T-01")).toMatchObject({
      expected: `${NAME} is REQUESTED or QUEUED or PROCESSING`,
      actual: "SUCCEEDED",
    });
    expect(succeeded().see(0, 4, "QUEUED").finding("T-01")).toMatchObject({ expected: `${NAME} is SUCCEEDED` });
  });

  it("breaks T-01 when a 2.xx that does not fit the request succeeds (choice 25)", () => {
    expect(requested().answer(0, 3, "2.04").see(0, 4, "SUCCEEDED").finding("T-01")).toMatchObject({
      expected: `${NAME} is FAILED`,
    });
    expect(
      requested().answer(0, 3, "2.05", { text: "UTC", format: 65_000 }).see(0, 4, "SUCCEEDED").outcome("T-01"),
    ).toBe("fail");
  });

  it("breaks T-01 when the write of a server property is not done at once (choice 18)", () => {
    const write = { type: "W", property: "serverProperties.room", value: "5" } as const;
    expect(history().create(0, 1, write).see(0, 2, "QUEUED").finding("T-01")).toMatchObject({ actual: "QUEUED" });
    expect(history().create(0, 1, write).see(0, 2, "SUCCEEDED").findings()).toEqual([]);
  });

  it("keeps T-01 by reachable states: polls may miss some", () => {
    const story = requested().see(0, 2, "PROCESSING").reset(0, 3).see(0, 4, "QUEUED").update(0, 5).request(0, 5);
    story.answer(0, 6, "2.05", { text: "UTC" }).see(0, 7, "SUCCEEDED").see(0, 8, "SUCCEEDED");
    expect(story.verdict("T-01")).toMatchObject({ findings: [], examined: 3 });
  });

  it("leaves open live a poll that overlaps the answer, and decides one that is clearly after it", () => {
    const live = (at: number, status: Shown["status"]): Story =>
      history({ live: true })
        .register(0, 1)
        .create(0, 2)
        .request(0, 2.01)
        .answer(0, 3, "2.05", { text: "UTC" })
        .see(0, at, status);
    expect(live(3.005, "PROCESSING").findings()).toEqual([]);
    expect(live(3.005, "SUCCEEDED").findings()).toEqual([]);
    expect(live(8, "PROCESSING").findings()).toEqual([]);
    expect(live(8.1, "PROCESSING").outcome("T-01")).toBe("fail");
    expect(live(4, "SUCCEEDED").see(0, 9, "SUCCEEDED").outcome("T-01")).toBe("pass");
  });

  it("is not exercised by a single poll that fits", () => {
    expect(succeeded().see(0, 4, "SUCCEEDED").outcome("T-01")).toBe("not-exercised");
  });
});

describe("completesWithItsDevices", () => {
  it("breaks T-02 when a task is COMPLETE while a device is QUEUED", () => {
    const story = history()
      .create(0, 1)
      .poll(0, 2, [{ status: "QUEUED" }], { status: "COMPLETE" })
      .as("seen");
    expect(story.finding("T-02")).toEqual({
      requirement: "T-02",
      events: [story.event("seen")],
      expected: "task 0 is not COMPLETE while a device is QUEUED",
      actual: "COMPLETE",
    });
  });

  it("breaks T-02 when it is not COMPLETE more than 1 s after its last device ended", () => {
    const done = [{ status: "SUCCEEDED" }] as const;
    const story = succeeded().poll(0, 4, done, { status: "PROCESSING" });
    expect(story.poll(0, 5, done, { status: "PROCESSING" }).outcome("T-02")).toBe("not-exercised");
    expect(story.poll(0, 5.1, done, { status: "PROCESSING" }).finding("T-02")).toMatchObject({
      expected: "task 0 is COMPLETE: every device has been terminal since 4.000 s",
      actual: "PROCESSING",
    });
  });

  it("breaks T-02 by CANCELLED when nobody cancelled the task", () => {
    expect(history().create(0, 1).poll(0, 2, [], { status: "CANCELLED" }).finding("T-02")).toMatchObject({
      expected: "task 0 is CANCELLED only by cancelling the whole task",
    });
  });

  it("keeps T-02 by COMPLETE with its last device, and by CANCELLED when it was cancelled", () => {
    expect(
      succeeded()
        .poll(0, 4, [{ status: "SUCCEEDED" }], { status: "COMPLETE" })
        .outcome("T-02"),
    ).toBe("pass");
    const cancelled = history()
      .create(0, 1)
      .cancel(0, 2)
      .poll(0, 3, [{ status: "CANCELLED" }], { status: "CANCELLED" });
    expect(cancelled.outcome("T-02")).toBe("pass");
  });

  it("judges no CANCELLED after a cancellation that got no answer", () => {
    const story = history().create(0, 1).unanswered(2, { kind: "cancel-task", task: 0 });
    expect(story.poll(0, 3, [{ status: "CANCELLED" }], { status: "CANCELLED" }).findings()).toEqual([]);
    expect(story.poll(0, 4, [{ status: "CANCELLED" }], { status: "CANCELLED" }).findings()).toEqual([]);
  });

  it("is not exercised by a page of the whole, nor while a device is open and the task too", () => {
    const page = history({ devices: 2 }).create(0, 1, { devices: [0, 1] });
    page.poll(0, 2, [{ status: "CANCELLED" }], { status: "COMPLETE", total: 2 });
    expect(page.outcome("T-02")).toBe("not-exercised");
    expect(history().create(0, 1).see(0, 2, "QUEUED").outcome("T-02")).toBe("not-exercised");
  });
});
