import { describe, expect, it } from "vitest";
import { history, type Story } from "../test-history.ts";

const NAME = "task 0 (R deviceProperties.device.timezone) of device 0";
/** The owner's task waits for its device. */
const waiting = (): Story => history().create(0, 10).as("created");
const stranger = { as: "stranger" } as const;

describe("refusesStrangers", () => {
  it("breaks A-01 when somebody else creates a task", () => {
    const story = history().create(0, 10, stranger).as("answer");
    expect(story.finding("A-01")).toEqual({
      requirement: "A-01",
      events: [story.event("answer")],
      expected: "who does not own the device type may not create task 0 (HTTP 403)",
      actual: "HTTP 201",
    });
  });

  it.each([
    ["poll-task", "read"],
    ["poll-statuses", "read the statuses of"],
    ["poll-history", "read the history of"],
    ["cancel-task", "cancel"],
  ] as const)("breaks A-01 by 200 for a stranger's %s", (kind, verb) => {
    expect(waiting().stranger(0, 11, kind, 200).finding("A-01")).toMatchObject({
      expected: `who does not own the device type may not ${verb} task 0 (HTTP 403)`,
      actual: "HTTP 200",
    });
  });

  it("breaks A-01 when a cancellation is refused and done all the same", () => {
    const story = waiting().stranger(0, 11, "cancel-task", 403).as("refused").see(0, 12, "CANCELLED").as("seen");
    expect(story.verdict("A-01")?.findings).toEqual([
      {
        requirement: "A-01",
        events: [story.event("refused"), story.event("seen")],
        expected: `${NAME} is not cancelled: a stranger asked for it, and was refused`,
        actual: "CANCELLED",
      },
    ]);
  });

  it.each([401, 403, 404])("keeps A-01 by %i, and nothing changes", (status) => {
    const story = waiting().stranger(0, 11, "poll-task", status).stranger(0, 12, "cancel-task", status);
    story.create(1, 13, { ...stranger, status }).see(0, 14, "QUEUED", { attempts: 0 });
    expect(story.verdict("A-01")).toMatchObject({ examined: 3, findings: [] });
    expect(story.findings()).toEqual([]);
  });

  it("leaves open what was refused for another reason, or not at all by a server in trouble", () => {
    for (const status of [400, 429, 500])
      expect(waiting().stranger(0, 11, "poll-task", status).outcome("A-01")).toBe("inconclusive");
  });

  it("follows a cancellation that a stranger was granted: it is done, and that is A-01 alone", () => {
    const story = waiting().stranger(0, 11, "cancel-task", 200).see(0, 12, "CANCELLED");
    expect(story.findings().map(({ requirement }) => requirement)).toEqual(["A-01"]);
  });

  it("lets the owner cancel what a stranger could not", () => {
    const story = waiting().stranger(0, 11, "cancel-task", 403).cancel(0, 12).see(0, 13, "CANCELLED");
    expect(story.findings()).toEqual([]);
  });

  it("breaks A-01 when somebody without a token creates, reads or cancels", () => {
    const nobody = { as: "nobody" } as const;
    expect(history().create(0, 10, nobody).finding("A-01")).toMatchObject({
      expected: "who gives no token may not create task 0 (HTTP 401 or 403)",
      actual: "HTTP 201",
    });
    for (const kind of ["poll-task", "poll-statuses", "poll-history", "cancel-task"] as const)
      expect(waiting().stranger(0, 11, kind, 200, "nobody").outcome("A-01")).toBe("fail");
    const done = waiting().stranger(0, 11, "cancel-task", 401, "nobody").see(0, 12, "CANCELLED");
    expect(done.finding("A-01")?.expected).toBe(
      `${NAME} is not cancelled: somebody without a token asked for it, and was refused`,
    );
    const sent = history()
      .create(0, 10, { ...nobody, status: 401 })
      .register(0, 20)
      .request(0, 20);
    expect(sent.finding("A-01")?.expected).toBe("nothing is sent for task 0, which was asked for without a token");
  });

  it.each([401, 403, 404])("keeps A-01 by %i for somebody without a token", (status) => {
    const story = waiting().stranger(0, 11, "poll-task", status, "nobody").see(0, 14, "QUEUED");
    expect(story.verdict("A-01")).toMatchObject({ examined: 1, findings: [] });
  });

  it("is not exercised while only the owner asks", () => {
    expect(waiting().pollTask(0, 11).cancel(0, 12).outcome("A-01")).toBe("not-exercised");
  });
});

describe("refusedTasksLeaveNoTrace, A-01", () => {
  it("breaks A-01 when a stranger's refused task is sent", () => {
    const story = history()
      .create(0, 10, { ...stranger, status: 403 })
      .register(0, 20)
      .request(0, 20);
    expect(story.finding("A-01")).toMatchObject({
      expected: "nothing is sent for task 0, which a stranger asked for",
      actual: "a request was sent",
    });
  });

  it("breaks A-01 when it writes a server property", () => {
    const write = { type: "W", property: "serverProperties.room", value: "5" } as const;
    const story = history().create(0, 10, { ...stranger, ...write, status: 403 });
    expect(story.mirror(0, 11, { "serverProperties.room": "5" }).outcome("A-01")).toBe("fail");
    const owners = history()
      .create(0, 10, { ...stranger, ...write, status: 403 })
      .create(1, 11, write);
    expect(owners.mirror(0, 12, { "serverProperties.room": "5" }).findings()).toEqual([]);
  });
});
