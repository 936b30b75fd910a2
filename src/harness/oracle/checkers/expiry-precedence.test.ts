import { describe, expect, it } from "vitest";
import { ARTIK } from "../../../protocol/profile.ts";
import { history, type Story } from "../test-history.ts";

const NAME = "task 0 (R deviceProperties.device.timezone) of device 0";
const EXPIRED = { attempts: 0, code: 4004 } as const;
/** The device type has 600 s; a task with 60 s of its own is created at 100 s, and nobody registers. */
const own = (expiresAfter = 60): Story => history({ typeExpiry: 600 }).create(0, 100, { expiresAfter }).as("created");
/** A task that inherits 600 s at 100 s; then the type is configured anew. */
const inheriting = (anew: number): Story =>
  history({ typeExpiry: 600 }).create(0, 100).as("created").configure(110, anew).as("configured");

describe("expiresInTime, E-04", () => {
  it("breaks E-04, and not E-02, when the device type's 600 s overrule the task's own 60 s", () => {
    const story = own().see(0, 300, "QUEUED", { attempts: 0 }).as("seen");
    expect(story.finding("E-04")).toEqual({
      requirement: "E-04",
      events: [story.event("created") - 1, story.event("seen")],
      expected: `${NAME} is FAILED with error 4004 from 160.000 s on`,
      actual: "QUEUED",
    });
    expect(story.outcome("E-02")).toBe("not-exercised");
    expect(story.outcome("E-05")).toBe("not-exercised");
  });

  it("breaks E-02 when the task outlives the device type's period as well", () => {
    const story = own().see(0, 701, "QUEUED");
    expect([story.outcome("E-02"), story.outcome("E-04")]).toEqual(["fail", "not-exercised"]);
  });

  it("breaks E-04 when the device type's 600 s end a task with 900 s of its own", () => {
    expect(own(900).see(0, 750, "FAILED", EXPIRED).finding("E-04")).toMatchObject({
      expected: `${NAME} is pending until 1000.000 s (900 s)`,
      actual: "FAILED with error 4004 at 750.000 s",
    });
    const sooner = own(900).see(0, 650, "FAILED", EXPIRED);
    expect([sooner.outcome("E-02"), sooner.outcome("E-04")]).toEqual(["fail", "not-exercised"]);
  });

  it("breaks E-04, and not E-03, when a type that is configured anew moves the end of a task that exists", () => {
    const sooner = inheriting(300).see(0, 500, "FAILED", EXPIRED);
    expect([sooner.outcome("E-04"), sooner.outcome("E-03")]).toEqual(["fail", "not-exercised"]);
    const later = inheriting(900).see(0, 800, "QUEUED");
    expect([later.outcome("E-04"), later.outcome("E-03")]).toEqual(["fail", "not-exercised"]);
    const fromThen = inheriting(900).see(0, 1_005, "QUEUED");
    expect(fromThen.outcome("E-04")).toBe("fail");
    const never = inheriting(900).see(0, 1_050, "QUEUED");
    expect([never.outcome("E-04"), never.outcome("E-03")]).toEqual(["not-exercised", "fail"]);
  });

  it("keeps E-04 where the other period would have shown something else", () => {
    expect(own().see(0, 300, "FAILED", EXPIRED).outcome("E-04")).toBe("pass");
    expect(own(900).see(0, 750, "QUEUED", { attempts: 0 }).outcome("E-04")).toBe("pass");
    expect(inheriting(300).see(0, 500, "QUEUED", { attempts: 0 }).outcome("E-04")).toBe("pass");
    expect(inheriting(900).see(0, 800, "FAILED", EXPIRED).outcome("E-04")).toBe("pass");
  });

  it("is not exercised where both periods show the same, nor by a type that is configured before", () => {
    expect(own().see(0, 150, "QUEUED", { attempts: 0 }).outcome("E-04")).toBe("not-exercised");
    expect(own().see(0, 701, "FAILED", EXPIRED).outcome("E-04")).toBe("not-exercised");
    const before = history({ typeExpiry: 600 }).configure(1, 300).create(0, 2).see(0, 400, "FAILED", EXPIRED);
    expect(before.outcome("E-04")).toBe("not-exercised");
    const refused = history({ typeExpiry: 600 }).create(0, 1).configure(2, 300, 400).see(0, 400, "QUEUED");
    expect(refused.outcome("E-04")).toBe("not-exercised");
  });

  it("takes a late answer that counts for E-07 and E-09, whatever the device type says", () => {
    const story = history({ typeExpiry: 600 }).register(0, 1).create(0, 2, { expiresAfter: 10 }).request(0, 2);
    story.answer(0, 13, "2.05", { text: "UTC" }).see(0, 14, "SUCCEEDED", { attempts: 1 });
    expect(story.findings().map(({ requirement }) => requirement)).toEqual(["E-07", "E-09"]);
  });

  it("leaves open live what is seen within the 5 s of reaction", () => {
    const live = history({ live: true, typeExpiry: 600 }).create(0, 100, { expiresAfter: 60 }).see(0, 162, "QUEUED");
    expect(live.outcome("E-04")).toBe("inconclusive");
  });
});

describe("showsItsPeriod", () => {
  it("breaks E-04 when the record shows the device type's period, old or new, instead of the task's", () => {
    const story = history({ typeExpiry: 600 }).create(0, 1, { expiresAfter: 60, echo: 600 });
    expect(story.finding("E-04")).toMatchObject({
      expected: "the record of task 0 shows the 60 s for which it is active, or nothing",
      actual: "expiresAfter 600",
    });
    expect(inheriting(300).pollTask(0, 120, 200, 300).outcome("E-04")).toBe("fail");
  });

  it("breaks E-02 or E-03 by any other period", () => {
    expect(history().create(0, 1, { expiresAfter: 60, echo: 61 }).outcome("E-02")).toBe("fail");
    expect(history({ typeExpiry: 600 }).create(0, 1, { echo: 604_800 }).outcome("E-03")).toBe("fail");
  });

  it("keeps E-04 by the period that was fixed at creation", () => {
    expect(inheriting(300).pollTask(0, 120, 200, 600).verdict("E-04")).toMatchObject({ examined: 1, findings: [] });
  });

  it("asks of no server that it shows the period, nor a period that nobody knows", () => {
    expect(inheriting(300).pollTask(0, 120).outcome("E-04")).toBe("not-exercised");
    const story = history({ typeExpiry: 600 }).unanswered(1, { kind: "configure-type", type: 0 });
    expect(story.create(0, 2, { echo: 77 }).findings()).toEqual([]);
  });
});

describe("expiresInTime, E-07", () => {
  const COUNTS = { ...ARTIK, inFlightAtExpiry: "answer-counts" } as const;
  /** A request of 2 s that is open when its task expires at 12 s. */
  const inFlight = (options = {}): Story =>
    history(options).register(0, 1).create(0, 2, { expiresAfter: 10 }).request(0, 2).as("request");

  it("breaks E-07 where failing at once is declared, and the device task is still PROCESSING", () => {
    const story = inFlight().see(0, 13, "PROCESSING", { attempts: 1 });
    expect(story.finding("E-07")).toMatchObject({
      expected: `${NAME} is FAILED with error 4004 from 12.000 s on`,
      actual: "PROCESSING",
    });
    expect([story.outcome("E-02"), story.outcome("E-05")]).toEqual(["not-exercised", "not-exercised"]);
  });

  it("breaks E-07 where the answer is declared to count, and the device task fails at the expiry", () => {
    const story = inFlight({ profile: COUNTS }).see(0, 13, "FAILED", { attempts: 1, code: 4004 });
    expect(story.finding("E-07")).toMatchObject({
      expected: `${NAME}, in flight when it expires at 12.000 s, ends by its answer`,
      actual: "FAILED with error 4004 at 13.000 s",
    });
    const answered = inFlight({ profile: COUNTS }).answer(0, 14, "2.05", { text: "UTC" });
    expect(answered.see(0, 15, "FAILED", { attempts: 1, code: 4004 }).finding("E-07")).toMatchObject({
      expected: `${NAME} keeps the end that its answer gave it`,
    });
  });

  it("keeps E-07 by what is declared", () => {
    expect(inFlight().see(0, 13, "FAILED", { attempts: 1, code: 4004 }).outcome("E-07")).toBe("pass");
    const counts = inFlight({ profile: COUNTS }).see(0, 13, "PROCESSING", { attempts: 1 });
    expect(counts.outcome("E-07")).toBe("pass");
    counts.answer(0, 14, "2.05", { text: "UTC" }).see(0, 15, "SUCCEEDED", { attempts: 1 });
    expect(counts.verdict("E-07")).toMatchObject({ examined: 2, findings: [] });
    expect(counts.findings()).toEqual([]);
  });

  it("lets an attempt fail after the expiry where its answer would have counted: 4004 then, and no requeue", () => {
    const failed = inFlight({ profile: COUNTS }).reset(0, 14);
    expect(failed.see(0, 15, "FAILED", { attempts: 1, code: 4004 }).findings()).toEqual([]);
    expect(inFlight({ profile: COUNTS }).reset(0, 14).see(0, 15, "QUEUED").outcome("E-07")).toBe("fail");
  });

  it("judges nothing of a server that declares nothing, nor what was not in flight", () => {
    const { inFlightAtExpiry: _undeclared, ...profile } = ARTIK;
    const story = inFlight({ profile }).see(0, 13, "PROCESSING", { attempts: 1 });
    expect(story.answer(0, 14, "2.05", { text: "UTC" }).see(0, 15, "SUCCEEDED").outcome("E-07")).toBe("not-exercised");
    const waiting = history().create(0, 2, { expiresAfter: 10 }).see(0, 13, "FAILED", EXPIRED);
    expect(waiting.outcome("E-07")).toBe("not-exercised");
  });

  it("leaves open what is answered when the record of the task is gone with it (choice 11)", () => {
    const story = history({ profile: { ...COUNTS, retention: 10 } })
      .register(0, 1)
      .create(0, 2, { expiresAfter: 10 });
    story.request(0, 2).acknowledge(0, 3).answer(0, 13, "2.05", { type: "CON", text: "UTC" }).reply(0, 13, "RST");
    expect(story.mirror(0, 14, {}).findings()).toEqual([]);
  });

  it("leaves open what was cancelled in flight and then expired where the answer counts", () => {
    for (const status of ["CANCELLED", "FAILED"] as const) {
      const story = inFlight({ profile: COUNTS }).cancelDevice(0, 0, 13).reset(0, 14);
      expect(story.see(0, 15, status, status === "FAILED" ? { code: 4004 } : {}).findings()).toEqual([]);
    }
  });
});
