import { describe, expect, it } from "vitest";
import { ARTIK, EMPTY_PROFILE, type Profile } from "../../../protocol/profile.ts";
import { history, type Story } from "../test-history.ts";

const NAME = "task 0 (R deviceProperties.device.timezone) of device 0";
const DAY = 86_400;
const MONTH = 2_592_000;
/** Tasks are active for a day at most, and what is longer is shortened. */
const SHORTENS = { ...ARTIK, expiresAfterBounds: { min: 1, max: DAY }, beyondBounds: "shortened" } as const;
const { beyondBounds: _undeclared, ...SILENT } = ARTIK;
const long = (status: number, options = {}): Story =>
  history(options)
    .create(0, 10, { expiresAfter: MONTH + 1, status })
    .as("answer");

describe("keepsToBounds", () => {
  it("breaks L-04 when 30 days and a second are accepted, though declared refused", () => {
    const story = long(201);
    expect(story.finding("L-04")).toEqual({
      requirement: "L-04",
      events: [0, story.event("answer")],
      expected: `task 0, to be active for more than ${MONTH} s is refused (HTTP 400)`,
      actual: "HTTP 201",
    });
  });

  it("breaks L-04 when a task that begins and ends in time is refused: in 100 s, and a day before its record ends", () => {
    const refused = (scheduledOn: number, status = 400): Story =>
      history().create(0, 10, { scheduledOn, expiresAfter: 60, status });
    expect(refused(100).finding("L-04")).toMatchObject({
      expected: "task 0, to begin later, which is within the declared bounds, is accepted",
      actual: "HTTP 400",
    });
    expect(refused(MONTH - DAY).outcome("L-04")).toBe("fail");
    expect(refused(MONTH - DAY, 201).outcome("L-04")).toBe("pass");
    expect(refused(MONTH).outcome("L-04")).toBe("pass");
  });

  it("says nothing when a server without declared bounds refuses a task that begins later, or any one 5 s too late", () => {
    const { expiresAfterBounds: _bounds, ...without } = ARTIK;
    const refused = (scheduledOn: number, profile: Profile): Story =>
      history({ profile }).create(0, 10, { scheduledOn, status: 400 });
    expect(refused(100, without).findings()).toEqual([]);
    expect(refused(5, ARTIK).findings()).toEqual([]);
  });

  it("breaks L-04 when they are refused, though declared shortened", () => {
    expect(long(400, { profile: SHORTENS }).finding("L-04")).toMatchObject({
      expected: `task 0, to be active for more than ${DAY} s is accepted, and shortened`,
      actual: "HTTP 400",
    });
  });

  it("breaks L-04 when a period that is declared shortened is not, or not in the record", () => {
    const stays = long(201, { profile: SHORTENS }).see(0, 11 + DAY, "QUEUED");
    expect(stays.finding("L-04")).toMatchObject({
      expected: `${NAME} is FAILED with error 4004 from ${(10 + DAY).toFixed(3)} s on`,
    });
    const echoed = history({ profile: SHORTENS }).create(0, 10, { expiresAfter: MONTH + 1, echo: MONTH + 1 });
    expect(echoed.outcome("L-04")).toBe("fail");
  });

  it("breaks L-04 by a device type whose taskExpiresAfter is taken beyond its declared bounds, above or below", () => {
    for (const seconds of [604_801, 59]) expect(history().configure(1, seconds).outcome("L-04")).toBe("fail");
    expect(history().configure(1, 59, 400).outcome("L-04")).toBe("pass");
    expect(history({ profile: SHORTENS }).configure(1, 604_801, 400).outcome("L-04")).toBe("fail");
  });

  it("keeps L-04 by what is declared", () => {
    expect(long(400).outcome("L-04")).toBe("pass");
    const shortened = long(201, { profile: SHORTENS }).see(0, 11 + DAY, "FAILED", { attempts: 0, code: 4004 });
    expect(shortened.verdict("L-04")).toMatchObject({ examined: 2, findings: [] });
  });

  it("takes the shortened value of a device type for what its tasks inherit", () => {
    const story = history({ profile: SHORTENS }).configure(1, 900_000).create(0, 2);
    expect(story.see(0, 3 + 604_800, "FAILED", { attempts: 0, code: 4004 }).outcome("E-03")).toBe("pass");
  });

  it("takes note of what an undeclared server does, which must be one thing, and judges no period then", () => {
    const choice = (story: Story) => story.judge().choices.map(({ requirement, value }) => [requirement, value]);
    expect(choice(long(201, { profile: SILENT }))).toEqual([["L-04", "accepted"]]);
    expect(choice(long(422, { profile: SILENT }))).toEqual([["L-04", "refused"]]);
    const unknown = long(201, { profile: EMPTY_PROFILE }).see(0, 8 * DAY, "FAILED", { code: 4004 });
    expect(unknown.findings()).toEqual([]);
    expect(
      long(201, { profile: SILENT })
        .create(1, 20, { expiresAfter: MONTH + 2, status: 400 })
        .outcome("L-04"),
    ).toBe("fail");
  });

  it("judges no period that a type may or may not have given, where its bounds are not declared", () => {
    const story = history({ profile: EMPTY_PROFILE }).configure(1, 700_000).create(0, 2);
    expect(story.see(0, 3 + 604_800, "FAILED", { code: 4004 }).findings()).toEqual([]);
    expect(story.outcome("L-04")).toBe("not-exercised");
  });

  it("leaves open what says nothing about the value: 404, 429, 503", () => {
    for (const status of [404, 429]) expect(long(status).outcome("L-04")).toBe("inconclusive");
    expect(long(503).outcome("L-04")).toBe("not-exercised");
  });

  it("breaks L-04 when what lies within the declared bounds is refused, and keeps it when that is accepted", () => {
    const within = (status: number, options = {}): Story =>
      history({ typeExpiry: 60, ...options })
        .configure(1, 604_800, status)
        .create(0, 2, { expiresAfter: MONTH, status });
    expect(within(200).verdict("L-04")).toMatchObject({ examined: 2, findings: [] });
    expect(within(400).verdict("L-04")?.findings).toMatchObject([
      { expected: "taskExpiresAfter 604800 of device type 0, which is within the declared bounds, is accepted" },
      { expected: `task 0, to be active for ${MONTH} s, which is within the declared bounds, is accepted` },
    ]);
    expect(within(400, { profile: EMPTY_PROFILE }).outcome("L-04")).toBe("not-exercised");
    expect(history().create(0, 2, { status: 400 }).outcome("L-04")).toBe("not-exercised");
  });

  it("breaks L-04 when less than the declared minimum is accepted, and says nothing where it may be shortened", () => {
    const profile = { ...ARTIK, expiresAfterBounds: { min: 60, max: MONTH } } as const;
    const short = (status: number, more = {}): Story =>
      history({ profile: { ...profile, ...more } }).create(0, 2, { expiresAfter: 59, status });
    expect(short(201).finding("L-04")).toMatchObject({
      expected: "task 0, to be active for less than 60 s is refused (HTTP 400)",
    });
    expect(short(400).outcome("L-04")).toBe("pass");
    expect(short(400, { beyondBounds: "shortened" }).outcome("L-04")).toBe("not-exercised");
  });
});

describe("refusedTasksLeaveNoTrace, L-04", () => {
  it("breaks L-04 when a refused task is sent, before the answer or when its device registers", () => {
    const later = long(400).register(0, 20).request(0, 20).as("sent");
    expect(later.verdict("L-04")?.findings).toEqual([
      {
        requirement: "L-04",
        events: [0, later.event("sent")],
        expected: "nothing is sent for task 0, which was beyond the bounds",
        actual: "a request was sent",
      },
    ]);
    const before = history()
      .register(0, 1)
      .create(0, 2, { expiresAfter: MONTH + 1, status: "none" });
    expect(before.request(0, 2).created(0, 2.1, 400).outcome("L-04")).toBe("fail");
  });

  it("breaks L-04 when it writes a server property", () => {
    const options = { type: "W", property: "serverProperties.room", value: "5", expiresAfter: MONTH + 1 } as const;
    const story = history().create(0, 1, { ...options, status: 400 });
    expect(story.mirror(0, 2, { "serverProperties.room": "5" }).finding("L-04")).toMatchObject({
      expected: "serverProperties.room of device 0 is not written by task 0, which was beyond the bounds",
    });
    expect(story.mirror(0, 2, {}).verdict("L-04")?.findings).toHaveLength(1);
  });

  it("takes a request for another task's when one asks for the same", () => {
    const story = long(400).register(0, 20).create(1, 21).request(0, 21, { task: 1 });
    expect(story.outcome("L-04")).toBe("pass");
  });

  it("says nothing of a task that was refused for another reason", () => {
    const story = history().register(0, 1).create(0, 2, { status: 400 }).request(0, 3);
    expect([story.outcome("L-04"), story.outcome("A-01")]).toEqual(["not-exercised", "not-exercised"]);
  });
});
