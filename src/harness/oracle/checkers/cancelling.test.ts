import { describe, expect, it } from "vitest";
import { ARTIK, EMPTY_PROFILE, type Profile } from "../../../protocol/profile.ts";
import { history, type Story, TIMEZONE } from "../test-history.ts";

const NAME = "task 0 (R deviceProperties.device.timezone) of device 0";
const OFFSET = "deviceProperties.device.utcOffset";

/** Registered at 1 s, created and sent at 2 s. */
const requested = (options = {}): Story => history(options).register(0, 1).create(0, 2).request(0, 2);
const succeeded = (): Story => requested().answer(0, 3, "2.05", { text: "UTC" });

/** Cancelled in flight at 3 s and shown so; at 5 s the device updates from a new address. */
const movedWhileCancelled = (profile: Profile = ARTIK): Story =>
  requested({ profile }).cancelDevice(0, 0, 3).see(0, 4, "CANCEL_REQUESTED").move(0).update(0, 5);

/** Cancelled in flight at 3 s; its active period ends at 12 s. */
const expiredWhileCancelled = (profile: Profile = ARTIK): Story =>
  history({ profile }).register(0, 1).create(0, 2, { expiresAfter: 10 }).request(0, 2).cancelDevice(0, 0, 3);

describe("acceptsCancellations", () => {
  it("breaks T-04 when a waiting, a finished or a cancelled task cannot be cancelled", () => {
    const waiting = history().create(0, 1).cancelDevice(0, 0, 2, 404).as("cancelled");
    expect(waiting.finding("T-04")).toMatchObject({
      expected: "cancelling device 0 of task 0 is answered 200, also when it is over",
      actual: "HTTP 404",
    });
    expect(succeeded().cancel(0, 4, 409).finding("T-04")).toMatchObject({
      expected: "cancelling task 0 is answered 200, also when it is over",
    });
    expect(history().create(0, 1).cancel(0, 2).cancel(0, 3, 400).outcome("T-04")).toBe("fail");
    expect(history().create(0, 1).cancel(0, 2, 500).outcome("T-04")).toBe("fail");
  });

  it("asks nothing of a record that is gone, of a task that was refused, or of a server that asks for patience", () => {
    const gone = history()
      .create(0, 1)
      .cancel(0, 31 * 86_400, 404);
    expect(gone.outcome("T-04")).toBe("not-exercised");
    expect(history().create(0, 1, { status: 400 }).cancel(0, 2, 404).outcome("T-04")).toBe("not-exercised");
    expect(history().create(0, 1).cancel(0, 2, 429).outcome("T-04")).toBe("not-exercised");
  });
});

describe("cancelsWhatIsOpen", () => {
  it("breaks T-04 when a cancelled task goes on", () => {
    const story = history().create(0, 1).cancelDevice(0, 0, 2).as("cancelled").see(0, 3, "QUEUED").as("seen");
    expect(story.finding("T-04")).toEqual({
      requirement: "T-04",
      events: [story.event("cancelled"), story.event("seen")],
      expected: `${NAME} is CANCELLED after the cancellation`,
      actual: "QUEUED",
    });
  });

  it("breaks T-04 when cancelling the task touches a device that had succeeded", () => {
    const story = succeeded().cancel(0, 4).see(0, 5, "CANCELLED");
    expect(story.finding("T-04")).toMatchObject({ expected: `${NAME} is SUCCEEDED after the cancellation` });
  });

  it("breaks T-04 when a waiting device is cancelled along with another one, or a waiting task with another one", () => {
    const devices = history({ devices: 2 })
      .create(0, 1, { devices: [0, 1] })
      .cancelDevice(0, 0, 2)
      .see(0, 3, "CANCELLED", { device: 1 });
    expect(devices.finding("T-04")).toMatchObject({
      expected:
        "task 0 (R deviceProperties.device.timezone) of device 1 is REQUESTED or QUEUED or PROCESSING: only others were cancelled",
      actual: "CANCELLED",
    });
    const tasks = history()
      .create(0, 1)
      .create(1, 1, { property: "deviceProperties.device.utcOffset" })
      .cancel(0, 2)
      .see(1, 3, "CANCELLED");
    expect(tasks.outcome("T-04")).toBe("fail");
  });

  it("keeps T-04 by cancelling exactly what is open", () => {
    const story = history({ devices: 2 })
      .register(0, 1)
      .create(0, 2, { devices: [0, 1] })
      .request(0, 2);
    story.answer(0, 3, "2.05", { text: "UTC" }).cancel(0, 4);
    const shown = [
      { device: 0, status: "SUCCEEDED" },
      { device: 1, status: "CANCELLED" },
    ] as const;
    expect(story.poll(0, 5, shown).verdict("T-04")).toMatchObject({ examined: 3, findings: [] });
  });

  it.each(["CANCEL_REQUESTED", "CANCELLED"] as const)(
    "lets a task that is cancelled in flight be %s at once",
    (status) => {
      expect(requested().cancelDevice(0, 0, 2.5).see(0, 3, status).outcome("T-04")).toBe("pass");
    },
  );

  it.each(["SUCCEEDED", "CANCELLED"] as const)(
    "lets a task that is cancelled in flight and then answered be %s",
    (status) => {
      const story = requested().cancel(0, 2.5).answer(0, 3, "2.05", { text: "UTC" }).see(0, 4, status);
      expect(story.mirror(0, 5, status === "SUCCEEDED" ? { [TIMEZONE]: "UTC" } : {}).findings()).toEqual([]);
    },
  );

  it("breaks T-01 when a task that is cancelled in flight and then answered stays CANCEL_REQUESTED", () => {
    const story = requested().cancelDevice(0, 0, 2.5).answer(0, 3, "2.05", { text: "UTC" });
    expect(story.see(0, 4, "CANCEL_REQUESTED").outcome("T-01")).toBe("fail");
  });

  it("lets a failed attempt end what was cancelled in flight: CANCELLED, and nothing is sent again", () => {
    const story = requested().cancelDevice(0, 0, 2.5).reset(0, 3).as("reset");
    expect(story.see(0, 4, "CANCELLED").outcome("T-04")).toBe("pass");
    expect(story.see(0, 5, "QUEUED").outcome("T-04")).toBe("fail");
    expect(story.update(0, 6).request(0, 6).finding("Q-11")).toMatchObject({
      events: [story.event("reset"), expect.any(Number)],
    });
  });

  it.each(["CANCELLED", "FAILED"] as const)(
    "lets a task that is cancelled in flight and then expires be %s",
    (status) => {
      const story = history().register(0, 1).create(0, 2, { expiresAfter: 10 }).request(0, 2).cancelDevice(0, 0, 3);
      expect(story.see(0, 13, status, status === "FAILED" ? { code: 4004 } : {}).findings()).toEqual([]);
    },
  );

  it("judges nothing live when the cancellation met something else", () => {
    const live = history({ live: true }).register(0, 1).create(0, 2).request(0, 2.01);
    live.answer(0, 2.1, "2.05", { text: "UTC" }).cancelDevice(0, 0, 2.105);
    for (const status of ["SUCCEEDED", "CANCELLED"] as const) live.see(0, 20, status);
    expect(live.verdict("T-04")).toMatchObject({ examined: 1, findings: [] });
    expect(live.outcome("D-01")).toBe("not-exercised");
  });

  it("judges nothing where a cancellation was refused for now, or got no answer", () => {
    const refused = history().create(0, 1).cancelDevice(0, 0, 2, 503);
    for (const status of ["QUEUED", "CANCELLED"] as const) refused.see(0, 3, status);
    expect(refused.findings()).toEqual([]);
    const lost = history().create(0, 1).unanswered(2, { kind: "cancel-device-task", task: 0, device: 0 });
    for (const status of ["QUEUED", "CANCELLED"] as const) lost.see(0, 3, status);
    expect(lost.findings()).toEqual([]);
  });

  it("is not exercised without a cancellation", () => {
    expect(succeeded().see(0, 4, "SUCCEEDED").outcome("T-04")).toBe("not-exercised");
  });
});

describe("a device task that is cancelled in flight and then disturbed", () => {
  it.each(["CANCEL_REQUESTED", "CANCELLED"] as const)(
    "may be %s when its device has a new address (row 14)",
    (status) => {
      expect(movedWhileCancelled().see(0, 5.5, status).findings()).toEqual([]);
    },
  );

  it("breaks T-04 by waiting or being tried again when its device has a new address", () => {
    for (const status of ["QUEUED", "PROCESSING", "SUCCEEDED"] as const)
      expect(movedWhileCancelled().see(0, 5.5, status).outcome("T-04")).toBe("fail");
  });

  it("breaks T-04 when it is not sent to the new address within 1 s, and stays CANCEL_REQUESTED", () => {
    expect(movedWhileCancelled().see(0, 6.5, "CANCELLED").findings()).toEqual([]);
    expect(movedWhileCancelled().see(0, 6.5, "CANCEL_REQUESTED").finding("T-04")).toMatchObject({
      expected: `${NAME} is CANCELLED after the cancellation`,
      actual: "CANCEL_REQUESTED",
    });
  });

  it("may be sent to the new address at once, and then ends by its answer", () => {
    const followed = movedWhileCancelled()
      .request(0, 5)
      .see(0, 6, "CANCEL_REQUESTED")
      .answer(0, 7, "2.05", { text: "UTC" });
    expect(
      followed
        .see(0, 8, "SUCCEEDED")
        .mirror(0, 9, { [TIMEZONE]: "UTC" })
        .findings(),
    ).toEqual([]);
    expect(followed.see(0, 10, "CANCELLED").outcome("T-04")).toBe("fail");
  });

  it("is CANCELLED when what was sent to the new address is reset, and is not tried again", () => {
    const reset = movedWhileCancelled().request(0, 5).reset(0, 6).see(0, 7, "CANCELLED");
    expect(reset.findings()).toEqual([]);
    expect(reset.update(0, 8).request(0, 8).outcome("Q-11")).toBe("fail");
  });

  it("breaks Q-11 when it is sent to the new address later, or after another task", () => {
    expect(movedWhileCancelled().request(0, 7).outcome("Q-11")).toBe("fail");
    const other = movedWhileCancelled().create(1, 5, { property: OFFSET }).request(0, 5, { task: 1 });
    other.answer(0, 5.2, "2.05", { text: "+01:00" }).as("answer");
    expect(other.request(0, 5.3).outcome("Q-11")).toBe("fail");
  });

  it("leaves it open what a new address means where that is not declared", () => {
    for (const status of ["CANCEL_REQUESTED", "CANCELLED"] as const)
      expect(movedWhileCancelled(EMPTY_PROFILE).see(0, 20, status).findings()).toEqual([]);
  });

  it("owes nothing to it at the trigger that the new address is", () => {
    const story = movedWhileCancelled().see(0, 20, "CANCELLED");
    expect(["R-04", "R-10"].map((id) => story.outcome(id))).not.toContain("fail");
  });

  it("breaks E-05 when it is CANCEL_REQUESTED after its active period, and T-04 by any other end than CANCELLED and 4004", () => {
    expect(expiredWhileCancelled().see(0, 13, "CANCEL_REQUESTED").finding("E-05")).toMatchObject({
      expected: `${NAME}, cancelled in flight, has ended by 12.000 s, when it expires`,
    });
    expect(expiredWhileCancelled().see(0, 13, "SUCCEEDED").outcome("T-04")).toBe("fail");
    expect(expiredWhileCancelled().see(0, 13, "FAILED", { code: 4000 }).outcome("T-04")).toBe("fail");
    expect(expiredWhileCancelled().see(0, 13, "CANCELLED").outcome("E-05")).toBe("pass");
  });

  it("leaves the device free after its active period, where a poll showed that its answer was waited for until then", () => {
    const shown = expiredWhileCancelled().see(0, 4, "CANCEL_REQUESTED").create(1, 13, { property: OFFSET });
    expect(shown.request(0, 13, { task: 1 }).outcome("Q-06")).toBe("pass");
  });

  it("lets a server that ended it at once wait for the end of its exchange, longer than its active period", () => {
    const atOnce = expiredWhileCancelled().see(0, 4, "CANCELLED").create(1, 13, { property: OFFSET });
    expect(atOnce.see(0, 20, "CANCELLED").outcome("Q-02")).toBe("pass");
    const waits = expiredWhileCancelled().see(0, 4, "CANCEL_REQUESTED").create(1, 13, { property: OFFSET });
    expect(waits.see(0, 20, "CANCELLED").outcome("Q-02")).toBe("fail");
  });

  it("breaks T-04 when its answer makes it CANCELLED, although it was shown as CANCEL_REQUESTED", () => {
    const story = requested().cancel(0, 3).see(0, 4, "CANCEL_REQUESTED").answer(0, 5, "2.05", { text: "UTC" });
    expect(story.see(0, 6, "CANCELLED").finding("T-04")).toMatchObject({
      expected: `${NAME} is SUCCEEDED after the cancellation`,
      actual: "CANCELLED",
    });
    const failed = requested().cancel(0, 3).see(0, 4, "CANCEL_REQUESTED").answer(0, 5, "4.05");
    expect(failed.see(0, 6, "CANCELLED").outcome("T-04")).toBe("fail");
  });

  it("leaves both states open where the end of the registration need not end the exchange (choice 15, undeclared)", () => {
    const cancelledThenReplaced = (profile: Profile): Story =>
      requested({ profile }).cancelDevice(0, 0, 3).see(0, 4, "CANCEL_REQUESTED").register(0, 5);
    const replacedThenCancelled = (profile: Profile): Story =>
      requested({ profile }).register(0, 5).cancelDevice(0, 0, 6);
    for (const story of [cancelledThenReplaced, replacedThenCancelled]) {
      for (const status of ["CANCEL_REQUESTED", "CANCELLED"] as const)
        expect(story(EMPTY_PROFILE).see(0, 7, status).findings()).toEqual([]);
      expect(story(ARTIK).see(0, 7, "CANCEL_REQUESTED").outcome("T-04")).toBe("fail");
    }
  });

  it("leaves both states open where the server gives up on the exchange within a span of time (RFC 7252 §4.2)", () => {
    const once = { ...ARTIK, coap: { ackTimeout: 2, ackRandomFactor: 1.5, maxRetransmit: 0 } };
    for (const status of ["CANCEL_REQUESTED", "CANCELLED"] as const)
      expect(requested({ profile: once }).cancelDevice(0, 0, 4.5).see(0, 4.6, status).findings()).toEqual([]);
    expect(requested({ profile: once }).cancelDevice(0, 0, 5.5).see(0, 5.6, "CANCEL_REQUESTED").outcome("T-04")).toBe(
      "fail",
    );
  });

  it("is judged while the cancellation is not answered yet: cancelled or as before, nothing else", () => {
    const open = {
      kind: "rest-request",
      ticket: 900,
      at: 2_500_000,
      purpose: { kind: "cancel-task", task: 0 },
    } as const;
    const asked = (): Story =>
      history()
        .create(0, 1)
        .add({ ...open, request: { method: "PUT", path: [], query: {}, body: {} } });
    for (const status of ["QUEUED", "CANCELLED"] as const) expect(asked().see(0, 3, status).findings()).toEqual([]);
    expect(asked().see(0, 3, "SUCCEEDED").outcome("T-01")).toBe("fail");
  });
});
