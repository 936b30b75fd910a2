import { describe, expect, it } from "vitest";
import { EMPTY_PROFILE } from "../../../protocol/profile.ts";
import { history, type Story } from "../test-history.ts";

const NAME = "task 0 (R deviceProperties.device.timezone) of device 0";
const DAY = 86_400;
const EXPIRED = { attempts: 0, code: 4004 } as const;
/** Nobody registers; the task waits. */
const waiting = (expiresAfter?: number, options = {}): Story =>
  history(options)
    .create(0, 100, expiresAfter === undefined ? {} : { expiresAfter })
    .as("created");

describe("expiresInTime", () => {
  it("breaks E-02 and E-05 when a pending task outlives its own 60 s", () => {
    const story = waiting(60).see(0, 161, "QUEUED", { attempts: 0 }).as("seen");
    const finding = {
      events: [story.event("created") - 1, story.event("seen")],
      expected: `${NAME} is FAILED with error 4004 from 160.000 s on`,
      actual: "QUEUED",
    };
    expect(story.finding("E-02")).toEqual({ requirement: "E-02", ...finding });
    expect(story.finding("E-05")).toEqual({ requirement: "E-05", ...finding });
  });

  it("breaks E-02 when it expires before its own 60 s are over", () => {
    const story = waiting(60).see(0, 150, "FAILED", EXPIRED).as("seen");
    expect(story.finding("E-02")).toEqual({
      requirement: "E-02",
      events: [story.event("created") - 1, story.event("seen")],
      expected: `${NAME} is pending until 160.000 s (60 s)`,
      actual: "FAILED with error 4004 at 150.000 s",
    });
  });

  it("breaks E-03 when the device type's 60 s are ignored, E-01 when the 7 days are", () => {
    expect(waiting(undefined, { typeExpiry: 60 }).see(0, 161, "QUEUED").outcome("E-03")).toBe("fail");
    expect(
      waiting()
        .see(0, 101 + 7 * DAY, "QUEUED")
        .outcome("E-01"),
    ).toBe("fail");
    expect(
      waiting()
        .see(0, 99 + 7 * DAY, "FAILED", EXPIRED)
        .outcome("E-01"),
    ).toBe("fail");
  });

  it("does not echo at expiry what a poll before it has shown wrong already", () => {
    const story = waiting(60).see(0, 150, "FAILED", { code: 5000 }).see(0, 161, "FAILED", { code: 5000 });
    expect(story.outcome("E-02")).not.toBe("fail");
    expect(story.outcome("E-05")).not.toBe("fail");
    expect(story.findings().length).toBeGreaterThan(0);
  });

  it("breaks E-05 when expiry overwrites a success", () => {
    const story = history().register(0, 1).create(0, 2, { expiresAfter: 60 }).request(0, 2);
    story.answer(0, 3, "2.05", { text: "UTC" }).as("answer").see(0, 63, "FAILED", EXPIRED).as("seen");
    expect(story.finding("E-05")).toEqual({
      requirement: "E-05",
      events: [story.event("answer"), story.event("seen")],
      expected: `${NAME} keeps the end that it had before expiry`,
      actual: "FAILED with error 4004",
    });
  });

  it("breaks E-09 when a response after expiry turns 4004 into a success", () => {
    const story = history().register(0, 1).create(0, 2, { expiresAfter: 10 }).request(0, 2);
    story.answer(0, 13, "2.05", { text: "UTC" }).see(0, 14, "SUCCEEDED", { attempts: 1 });
    expect(story.finding("E-09")).toMatchObject({
      expected: `${NAME} is FAILED with error 4004 from 12.000 s on, whatever arrives later`,
      actual: "SUCCEEDED",
    });
  });

  it("keeps E-01, E-02, E-03, E-05 and E-09 by FAILED with 4004 from the end of the period on", () => {
    expect(waiting(60).see(0, 161, "FAILED", EXPIRED).verdict("E-02")).toMatchObject({ examined: 1, findings: [] });
    expect(waiting(60).see(0, 161, "FAILED", { code: "4004" }).outcome("E-05")).toBe("pass");
    expect(waiting(undefined, { typeExpiry: 60 }).see(0, 161, "FAILED", EXPIRED).outcome("E-03")).toBe("pass");
    expect(
      waiting()
        .see(0, 101 + 7 * DAY, "FAILED", EXPIRED)
        .outcome("E-01"),
    ).toBe("pass");
    const late = history().register(0, 1).create(0, 2, { expiresAfter: 10 }).request(0, 2);
    late.answer(0, 13, "2.05", { text: "UTC" }).see(0, 14, "FAILED", { attempts: 1, code: 4004 });
    expect(late.outcome("E-09")).toBe("pass");
  });

  it("takes the period that was configured when the task was created (choice 7)", () => {
    const before = history({ typeExpiry: 60 }).create(0, 1).configure(2, 600).see(0, 62, "FAILED", EXPIRED);
    expect(before.outcome("E-03")).toBe("pass");
    const after = history({ typeExpiry: 60 }).configure(1, 600).create(0, 2).see(0, 63, "FAILED", EXPIRED);
    expect(after.outcome("E-03")).toBe("fail");
    const refused = history({ typeExpiry: 60 }).configure(1, 1, 400).create(0, 2).see(0, 63, "FAILED", EXPIRED);
    expect(refused.outcome("E-03")).toBe("pass");
  });

  it("judges no period while nobody knows whether the configuration was taken", () => {
    const story = history({ typeExpiry: 60 }).unanswered(
      1,
      { kind: "configure-type", type: 0 },
      { taskExpiresAfter: 600 },
    );
    expect(story.create(0, 2).see(0, 63, "QUEUED").findings()).toEqual([]);
    expect(story.create(1, 100, { expiresAfter: 5 }).see(1, 106, "QUEUED").outcome("E-04")).toBe("fail");
    expect(story.create(2, 200, { expiresAfter: 5 }).see(2, 300, "QUEUED").outcome("E-02")).toBe("fail");
  });

  it.each(["QUEUED", "FAILED"] as const)(
    "leaves open at the exact instant of expiry whether it is %s (choice 16)",
    (status) => {
      const story = waiting(60).see(0, 160, status, status === "FAILED" ? EXPIRED : {});
      expect(story.findings()).toEqual([]);
      expect(story.outcome("E-02")).toBe(status === "QUEUED" ? "inconclusive" : "pass");
    },
  );

  it("accepts 4004 or the outcome of an answer that arrives at the exact instant of expiry (choice 10)", () => {
    const answered = () => {
      const story = history().register(0, 1).create(0, 2, { expiresAfter: 10 }).request(0, 2);
      return story.answer(0, 12, "2.05", { text: "UTC" });
    };
    expect(answered().see(0, 13, "SUCCEEDED", { attempts: 1 }).findings()).toEqual([]);
    expect(answered().see(0, 13, "FAILED", { attempts: 1, code: 4004 }).findings()).toEqual([]);
    expect(answered().see(0, 13, "SUCCEEDED").see(0, 14, "FAILED", { code: 4004 }).outcome("T-01")).toBe("fail");
  });

  it("accepts either in flight at expiry where the profile does not say (choice 10)", () => {
    const inFlight = () =>
      history({ profile: EMPTY_PROFILE }).register(0, 1).create(0, 2, { expiresAfter: 10 }).request(0, 2);
    expect(inFlight().see(0, 13, "FAILED", { attempts: 1, code: 4004 }).findings()).toEqual([]);
    const answered = inFlight().answer(0, 13, "2.05", { text: "UTC" }).see(0, 14, "SUCCEEDED", { attempts: 1 });
    expect(answered.findings()).toEqual([]);
  });

  it("decides live only polls that do not overlap the end, nor the 5 s of reaction after it", () => {
    const live = (at: number, status: "QUEUED" | "FAILED"): Story =>
      waiting(60, { live: true }).see(0, at, status, status === "FAILED" ? EXPIRED : { attempts: 0 });
    expect(live(159.995, "FAILED").findings()).toEqual([]);
    expect(live(160.5, "QUEUED").outcome("E-02")).toBe("inconclusive");
    expect(live(164.9, "QUEUED").outcome("E-02")).toBe("inconclusive");
    expect(live(165.1, "QUEUED").outcome("E-02")).toBe("fail");
    expect(live(160.1, "FAILED").outcome("E-02")).toBe("pass");
    expect(live(159, "FAILED").outcome("E-02")).toBe("fail");
  });

  it("leaves open live what is answered about when it expires", () => {
    const story = history({ live: true }).register(0, 1).create(0, 2, { expiresAfter: 10 }).request(0, 2.01);
    story.answer(0, 11.99, "2.05", { text: "UTC" }).see(0, 20, "FAILED", { attempts: 1, code: 4004 });
    expect(story.findings()).toEqual([]);
  });

  it("exercises none of them before the period is over", () => {
    const story = waiting(60).see(0, 120, "QUEUED", { attempts: 0 });
    for (const requirement of ["E-01", "E-02", "E-03", "E-05", "E-09"])
      expect(story.outcome(requirement)).toBe("not-exercised");
  });
});

describe("expiryIsNotNotFound", () => {
  const answered = () => history().register(0, 1).create(0, 2).request(0, 2).answer(0, 3, "4.04").as("answer");

  it("breaks E-10 when CoAP 4.04 is shown as 4004", () => {
    const story = answered().see(0, 4, "FAILED", { attempts: 1, code: 4004 }).as("seen");
    expect(story.finding("E-10")).toEqual({
      requirement: "E-10",
      events: [story.event("answer"), story.event("seen")],
      expected: `${NAME} failed by CoAP 4.04 and carries another code than 4004`,
      actual: "FAILED with error 4004",
    });
  });

  it("keeps E-10 by another code", () => {
    expect(answered().see(0, 4, "FAILED", { attempts: 1, code: 4040 }).outcome("E-10")).toBe("pass");
  });

  it("is not exercised by other errors", () => {
    const story = history().register(0, 1).create(0, 2).request(0, 2).answer(0, 3, "4.05");
    expect(story.see(0, 4, "FAILED", { attempts: 1, code: 4050 }).outcome("E-10")).toBe("not-exercised");
  });
});
