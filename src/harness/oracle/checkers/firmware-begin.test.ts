import { describe, expect, it } from "vitest";
import {
  deviceWith,
  EXECUTE,
  IMAGES,
  PUSH,
  pullBy,
  READ_STATE,
  registered,
  says,
  URI,
} from "../firmware/test-story.ts";
import { history, type Story } from "../test-history.ts";

const absent = (): Story => history({ devices: [deviceWith()], images: IMAGES });
const asked = (): Story => registered().create(0, 2, { image: 0, needsAcceptance: true });

describe("failsUnregisteredUpdates", () => {
  it("breaks O-01 when an update of a device that never registered is still QUEUED after a second", () => {
    const story = absent().create(0, 2, { image: 0 }).see(0, 3.5, "QUEUED");
    expect(story.finding("O-01")).toMatchObject({
      expected:
        "task 0 (update to 2.0) of device 0 is FAILED with error 4001 from 3.000 s on: its device is not registered",
      actual: "QUEUED",
    });
  });

  it("keeps O-01 when it fails by 4001, at its creation or at its scheduledOn", () => {
    expect(absent().create(0, 2, { image: 0 }).see(0, 2, "FAILED", { code: 4001 }).outcome("O-01")).toBe("pass");
    const scheduled = registered().create(0, 2, { image: 0, scheduledOn: 60 }).deregister(0, 30);
    expect(scheduled.see(0, 70, "FAILED", { code: 4001 }).outcome("O-01")).toBe("pass");
  });

  it("breaks O-01 when a registered device fails by 4001, also one that sleeps in queue mode", () => {
    expect(registered().create(0, 2, { image: 0 }).see(0, 2, "FAILED", { code: 4001 }).outcome("O-01")).toBe("fail");
    const asleep = history({ devices: [deviceWith()], images: IMAGES }).register(0, 1, { queueMode: true });
    expect(asleep.create(0, 500, { image: 0 }).see(0, 500, "FAILED", { code: 4001 }).outcome("O-01")).toBe("fail");
  });

  it("leaves O-01 open within the second after the begin, and for a device that registers at that very moment", () => {
    expect(absent().create(0, 2, { image: 0 }).see(0, 2.5, "QUEUED").outcome("O-01")).toBe("inconclusive");
    const crossing = absent().create(0, 2, { image: 0, scheduledOn: 10 }).register(0, 10);
    expect(crossing.see(0, 20, "FAILED", { code: 4001 }).verdict("O-01")).toBeUndefined();
  });

  it("breaks O-01 when the registered device waits beside one that is not", () => {
    const story = history({ devices: [deviceWith(), deviceWith()], images: IMAGES }).register(0, 1);
    expect(
      story
        .create(0, 2, { image: 0, devices: [0, 1] })
        .wait(20)
        .outcome("O-01"),
    ).toBe("fail");
  });

  it("breaks O-01 when the update is sent after all, once its device registers", () => {
    const story = absent().create(0, 2, { image: 0 }).register(0, 5).request(0, 5, { content: READ_STATE });
    expect(story.outcome("O-01")).toBe("fail");
  });

  it("asks nothing of an ordinary task, nor of an update that has to be accepted first", () => {
    expect(absent().create(0, 2).see(0, 9, "QUEUED").verdict("O-01")).toBeUndefined();
    const waits = absent().create(0, 2, { image: 0, needsAcceptance: true }).see(0, 9, "QUEUED");
    expect(waits.verdict("O-01")).toBeUndefined();
  });
});

describe("asksTheUser", () => {
  it("keeps O-02 when a rejected update is FAILED 4006, and breaks it by any other end", () => {
    const rejected = (): Story => asked().answerUpdate(0, 5, "REJECTED");
    expect(rejected().see(0, 5, "FAILED", { code: 4006, acceptance: "REJECTED" }).outcome("O-02")).toBe("pass");
    expect(rejected().see(0, 5, "FAILED", { code: 4000 }).outcome("O-02")).toBe("fail");
    expect(rejected().see(0, 5, "QUEUED").outcome("O-02")).toBe("fail");
  });

  it("breaks O-02 by 4006 where nobody has rejected it", () => {
    expect(asked().see(0, 5, "FAILED", { code: 4006 }).outcome("O-02")).toBe("fail");
    expect(asked().answerUpdate(0, 4, "ACCEPTED").see(0, 5, "FAILED", { code: 4006 }).outcome("O-02")).toBe("fail");
  });

  it("breaks O-02 when the answer shows something else of the user than is so", () => {
    expect(asked().see(0, 5, "QUEUED", { acceptance: "WAITING" }).outcome("O-02")).not.toBe("fail");
    expect(asked().see(0, 5, "QUEUED", { acceptance: "ACCEPTED" }).outcome("O-02")).toBe("fail");
    expect(asked().see(0, 5, "QUEUED", { acceptance: "PERHAPS" }).outcome("O-02")).toBe("fail");
    const accepted = asked().answerUpdate(0, 4, "ACCEPTED");
    expect(accepted.see(0, 5, "QUEUED", { acceptance: "WAITING" }).outcome("O-02")).toBe("fail");
  });

  it("is not exercised while the answer of the user is under way, nor by a refused answer", () => {
    expect(asked().answerUpdate(0, 5, "REJECTED", 400).see(0, 6, "QUEUED").verdict("O-02")).toBeUndefined();
    const unknown = asked().unanswered(5, { kind: "answer-update", task: 0, device: 0, answer: "REJECTED" });
    expect(unknown.see(0, 6, "QUEUED").verdict("O-02")).toBeUndefined();
  });
});

describe("an update that its user has to accept", () => {
  /** The answer of the user is asked for at 5 s, and that request is not answered. */
  const unclear = (): Story => {
    const purpose = { kind: "answer-update", task: 0, device: 0, answer: "ACCEPTED" } as const;
    const request = { method: "POST", path: [], query: {} } as const;
    return asked().add({ kind: "rest-request", ticket: 99, request, purpose, at: 5_000_000 });
  };

  it("is owed nothing at a Register or Update while the request that accepts it is under way, or after it was lost", () => {
    expect(unclear().update(0, 6).wait(20).findings()).toEqual([]);
    expect(unclear().register(0, 6).wait(20).findings()).toEqual([]);
    const lost = unclear().add({ kind: "rest-failure", ticket: 99, reason: "timeout", at: 15_000_000 });
    expect(lost.update(0, 16).wait(40).findings()).toEqual([]);
  });

  it("may be sent then, and is owed to once the request was answered", () => {
    const push = { content: PUSH };
    expect(unclear().update(0, 6).request(0, 6, push).findings()).toEqual([]);
    expect(asked().answerUpdate(0, 5, "ACCEPTED").update(0, 6).wait(20).outcome("Q-04")).toBe("fail");
  });
});

describe("sendsForRunningUpdatesOnly", () => {
  const push = { content: PUSH };

  it("breaks O-02 when anything of object 5 is asked for while the user is, or after the user said no", () => {
    expect(asked().request(0, 3, { content: READ_STATE }).outcome("O-02")).toBe("fail");
    expect(asked().answerUpdate(0, 3, "REJECTED").update(0, 4).request(0, 4, push).outcome("O-02")).toBe("fail");
    expect(asked().answerUpdate(0, 3, "ACCEPTED").request(0, 3, push).outcome("O-02")).not.toBe("fail");
  });

  it("breaks T-05, Q-11, E-06 when it has not begun, was cancelled or has expired before it was sent", () => {
    const scheduled = registered().create(0, 2, { image: 0, scheduledOn: 60 }).request(0, 5, push);
    expect(scheduled.outcome("T-05")).toBe("fail");
    expect(asked().cancel(0, 4).answerUpdate(0, 5, "ACCEPTED", 400).request(0, 6, push).outcome("Q-11")).toBe("fail");
    const late = registered().create(0, 2, { image: 0, needsAcceptance: true, expiresAfter: 10 });
    late.answerUpdate(0, 11, "ACCEPTED").request(0, 30, push);
    expect(late.outcome("E-06")).toBe("fail");
  });

  it("breaks I-03 and R-09 by an image or an Execute after the end that a poll has shown, and not by a last look", () => {
    const begun = (): Story => says(registered().create(0, 2, { image: 0 }), 2, "state", 0);
    const failed = (): Story => begun().see(0, 3, "FAILED", { code: 5000 });
    expect(
      failed()
        .request(0, 4, { content: pullBy(URI) })
        .outcome("R-09"),
    ).toBe("fail");
    expect(begun().see(0, 3, "SUCCEEDED").request(0, 4, { content: EXECUTE }).outcome("I-03")).toBe("fail");
    const looked = failed().request(0, 4, { content: READ_STATE });
    expect(looked.findings()).toEqual([]);
    expect(
      failed()
        .request(0, 4, { content: pullBy("") })
        .findings(),
    ).toEqual([]);
  });

  it("asks nothing while another update explains the request", () => {
    const two = asked().create(1, 3, { image: 1 }).request(0, 3, push);
    expect(two.findings()).toEqual([]);
  });
});
