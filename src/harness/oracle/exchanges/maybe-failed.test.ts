import { describe, expect, it } from "vitest";
import { ARTIK } from "../../../protocol/profile.ts";
import { history, type Story } from "../test-history.ts";

/** A request that left at 2 s, and was reported undeliverable at 2.2 s. */
const reported = (): Story => history().register(0, 1).create(0, 2).request(0, 2).unreachable(0, 2.2);
/** A request that was acknowledged at 2.5 s and reset at 3 s. */
const resetLate = (): Story => history().register(0, 1).create(0, 2).request(0, 2).acknowledge(0, 2.5).reset(0, 3);

describe("a report that a device cannot be reached (R-03)", () => {
  it("leaves the device task pending, whether or not the server takes it for a failed attempt", () => {
    for (const status of ["QUEUED", "PROCESSING"] as const)
      expect(
        reported()
          .poll(0, 3, [{ status, attempts: 1 }])
          .outcome("R-03"),
      ).toBe("pass");
  });

  it("breaks R-03 when the device task fails by it", () => {
    const story = reported().poll(0, 3, [{ status: "FAILED", code: "5000", attempts: 1 }]);
    expect(story.finding("R-03")).toMatchObject({
      expected: expect.stringContaining("went to an address that the network could not reach"),
      actual: "FAILED with error 5000",
    });
  });

  it("may be followed by a new attempt at the next Update, before the server would have given up (R-04, Q-06)", () => {
    const story = reported().update(0, 10).request(0, 10).answer(0, 10.1, "2.05", { text: "UTC" });
    expect(story.poll(0, 11, [{ status: "SUCCEEDED", attempts: 2 }]).findings()).toEqual([]);
  });

  it("breaks R-06 when there is a new attempt without a trigger", () => {
    expect(reported().request(0, 4).outcome("R-06")).toBe("fail");
  });

  it("may be ignored: the exchange goes on, and its answer counts", () => {
    const story = reported().retransmit(0, 4.2).update(0, 5).answer(0, 5.1, "2.05", { text: "UTC" });
    expect(story.poll(0, 6, [{ status: "SUCCEEDED", attempts: 1 }]).findings()).toEqual([]);
    expect(story.poll(0, 7, [{ status: "QUEUED", attempts: 1 }]).findings()).not.toEqual([]);
  });

  it("leaves open whether a response counts that comes without a further copy, as with a device that was heard before", () => {
    const answered = (): Story => reported().answer(0, 5, "2.05", { text: "UTC", type: "CON" });
    expect(
      answered()
        .poll(0, 6, [{ status: "SUCCEEDED", attempts: 1 }])
        .findings(),
    ).toEqual([]);
    expect(
      answered()
        .poll(0, 6, [{ status: "QUEUED", attempts: 1 }])
        .findings(),
    ).toEqual([]);
  });

  it("leaves open what becomes of it at expiry, where an answer would have counted (choice 10)", () => {
    const profile = { ...ARTIK, inFlightAtExpiry: "answer-counts" } as const;
    const story = history({ profile }).register(0, 1).create(0, 2, { expiresAfter: 10 }).request(0, 2);
    story.unreachable(0, 3).poll(0, 13, [{ status: "FAILED", code: "4004", attempts: 1 }]);
    expect(story.findings()).toEqual([]);
  });

  it("is no matter of another device: its response is acknowledged, its exchange goes on", () => {
    const story = history({ devices: 2 }).register(0, 1).register(1, 1);
    story
      .create(0, 2, { devices: [0, 1] })
      .request(0, 2)
      .request(1, 2)
      .unreachable(0, 2.2);
    story.answer(1, 3, "2.05", { text: "UTC" });
    const shown = (status: "SUCCEEDED" | "QUEUED") => [
      { device: 0, status: "QUEUED", attempts: 1 } as const,
      { device: 1, status, attempts: 1 } as const,
    ];
    expect(story.poll(0, 4, shown("SUCCEEDED")).outcome("T-01")).not.toBe("fail");
    expect(story.poll(0, 5, shown("QUEUED")).outcome("T-01")).toBe("fail");
  });

  it("means that the device is not connected: until it is heard, a new task need not be tried (Q-02)", () => {
    const later = (): Story => reported().create(1, 50, { property: "deviceProperties.device.utcOffset" });
    expect(
      later()
        .poll(1, 60, [{ status: "QUEUED", attempts: 0 }])
        .outcome("Q-02"),
    ).not.toBe("fail");
  });
});

describe("an RST after the acknowledgement", () => {
  it("may be a failed attempt, or nothing (RFC 7252 §4.2)", () => {
    expect(
      resetLate()
        .poll(0, 4, [{ status: "QUEUED", attempts: 1 }])
        .outcome("R-03"),
    ).toBe("pass");
    const again = resetLate().update(0, 10).request(0, 10).answer(0, 10.1, "2.05", { text: "UTC" });
    expect(again.poll(0, 11, [{ status: "SUCCEEDED", attempts: 2 }]).findings()).toEqual([]);
    const patient = resetLate()
      .update(0, 10)
      .poll(0, 100, [{ status: "PROCESSING", attempts: 1 }]);
    expect(patient.findings()).toEqual([]);
  });

  it("is followed by a retry at a trigger after the server has surely given up, 120 s after the ACK (R-04)", () => {
    expect(
      resetLate()
        .update(0, 130)
        .poll(0, 140, [{ status: "QUEUED", attempts: 1 }])
        .outcome("R-04"),
    ).toBe("fail");
  });

  it("before any acknowledgement is a failed attempt for certain", () => {
    const story = history().register(0, 1).create(0, 2).request(0, 2).reset(0, 3).update(0, 10);
    expect(story.poll(0, 20, [{ status: "QUEUED", attempts: 1 }]).outcome("R-04")).toBe("fail");
  });
});
