import { describe, expect, it } from "vitest";
import { ARTIK, EMPTY_PROFILE, type Profile } from "../../../protocol/profile.ts";
import { history, type Story } from "../test-history.ts";

const NAME = "task 0 (R deviceProperties.device.timezone) of device 0";
/** Registered at 1 s, a Read created at 2 s. */
const created = (options = {}): Story => history(options).register(0, 1).create(0, 2);
const requested = (options = {}): Story => created(options).request(0, 2).as("request");
const UTC_OFFSET = "deviceProperties.device.utcOffset";

describe("requeuesAfterFailure", () => {
  it("breaks R-01 when a request that is never acknowledged fails the task", () => {
    const story = created().requestInVain(0, 2).see(0, 70, "FAILED", { attempts: 1, code: 5000 }).as("seen");
    expect(story.finding("R-01")).toEqual({
      requirement: "R-01",
      events: [story.event("seen")],
      expected: `${NAME} is pending: its last attempt was never acknowledged`,
      actual: "FAILED with error 5000",
    });
  });

  it("breaks R-02 when an empty ACK and 120 s of silence fail the task (choice 5)", () => {
    const story = requested().acknowledge(0, 3).see(0, 124, "FAILED", { attempts: 1, code: 5000 });
    expect(story.finding("R-02")).toMatchObject({
      expected: `${NAME} is pending: its last attempt was acknowledged but not answered`,
    });
  });

  it("breaks R-03 when an RST fails the task", () => {
    const story = requested().reset(0, 3).see(0, 4, "FAILED", { attempts: 1, code: 5000 });
    expect(story.finding("R-03")).toMatchObject({
      expected: `${NAME} is pending: its last attempt was answered by RST`,
    });
  });

  it("breaks G-02, G-06 and G-05 when a task does not survive the end of the registration", () => {
    const failed = (story: Story, at: number): Story => story.see(0, at, "FAILED", { attempts: 1, code: 5000 });
    expect(failed(requested().register(0, 3), 5).finding("G-02")).toMatchObject({
      expected: `${NAME} is pending: its last attempt was cut off by a new Register`,
    });
    expect(failed(requested().deregister(0, 3), 5).finding("G-06")).toMatchObject({
      expected: `${NAME} is pending: its last attempt was cut off by De-register`,
    });
    const lapsed = history().register(0, 1, { lifetime: 5 }).create(0, 2).request(0, 2);
    expect(failed(lapsed, 9).finding("G-05")).toMatchObject({
      expected: `${NAME} is pending: its last attempt was cut off by the end of the lifetime`,
    });
  });

  it("keeps R-01, R-02, R-03, G-02, G-05 and G-06 while the task is pending", () => {
    const pending = (story: Story, at: number): Story => story.see(0, at, "QUEUED", { attempts: 1 });
    expect(pending(created().requestInVain(0, 2), 70).outcome("R-01")).toBe("pass");
    expect(pending(requested().acknowledge(0, 3), 124).outcome("R-02")).toBe("pass");
    expect(pending(requested().reset(0, 3), 4).outcome("R-03")).toBe("pass");
    expect(pending(requested().register(0, 3), 5).verdict("G-02")).toMatchObject({ examined: 3, findings: [] });
    expect(pending(requested().deregister(0, 3), 5).verdict("G-06")).toMatchObject({ examined: 2, findings: [] });
    const lapsed = history().register(0, 1, { lifetime: 5 }).create(0, 2).request(0, 2);
    expect(pending(lapsed, 9).outcome("G-05")).toBe("pass");
  });

  it("leaves R-02 open while the time for the response is not declared: any finite time (choice 5)", () => {
    const story = requested({ profile: EMPTY_PROFILE }).acknowledge(0, 3).see(0, 400, "PROCESSING", { attempts: 1 });
    expect(story.outcome("R-02")).toBe("not-exercised");
    expect(story.findings()).toEqual([]);
  });

  it("judges nothing when the failed task has been answered or expired meanwhile", () => {
    const story = requested().reset(0, 3).update(0, 4).request(0, 4).answer(0, 5, "2.05", { text: "UTC" });
    expect(story.see(0, 6, "SUCCEEDED", { attempts: 2 }).outcome("R-03")).toBe("not-exercised");
    const expired = history().register(0, 1).create(0, 2, { expiresAfter: 10 }).request(0, 2).reset(0, 3);
    expect(expired.see(0, 13, "FAILED", { attempts: 1, code: 4004 }).outcome("R-03")).toBe("not-exercised");
  });
});

describe("owedAttempts, R-04 and R-05", () => {
  it("breaks R-04 when the Update after a failed attempt brings no other", () => {
    const story = requested().reset(0, 3).update(0, 10).as("update").poll(0, 20, []);
    expect(story.finding("R-04")).toEqual({
      requirement: "R-04",
      events: [story.event("update"), story.event("update") + 1],
      expected: `after the Update of device 0, ${NAME} is attempted within 1.000 s of the device being free`,
      actual: "no request was sent",
    });
  });

  it("breaks R-05 when the Register after a failed attempt brings no other", () => {
    const story = requested().reset(0, 3).register(0, 10).poll(0, 20, []);
    expect(story.finding("R-05")).toMatchObject({
      expected: expect.stringContaining("after the Register of device 0"),
    });
    expect(story.outcome("R-04")).toBe("not-exercised");
  });

  it("keeps R-04 and R-05 when it is tried again", () => {
    expect(requested().reset(0, 3).update(0, 10).request(0, 10).outcome("R-04")).toBe("pass");
    expect(requested().reset(0, 3).register(0, 10).request(0, 10).outcome("R-05")).toBe("pass");
  });

  it("lets an Update during the exchange count as the trigger, or not (choice 28)", () => {
    const failed = requested().update(0, 3).reset(0, 5);
    expect(failed.poll(0, 20, []).outcome("R-04")).toBe("not-exercised");
    const again = requested().update(0, 3).reset(0, 5).request(0, 5);
    expect(again.findings()).toEqual([]);
  });

  it("lets an Update about the moment of giving up count, or not: 62 s after the first datagram", () => {
    const story = created().requestInVain(0, 2).update(0, 64.01).poll(0, 80, []);
    expect(story.outcome("R-04")).toBe("not-exercised");
    expect(created().requestInVain(0, 2).update(0, 64.01).request(0, 64.01).findings()).toEqual([]);
  });

  it("asks nothing of other tasks after a failed attempt within the same trigger (choice 28)", () => {
    const two = created().create(1, 2, { property: UTC_OFFSET }).request(0, 2).reset(0, 3);
    two.update(0, 10).request(0, 10).reset(0, 11);
    expect(two.poll(1, 30, []).findings()).toEqual([]);
  });

  it("asks for the others when the first is answered", () => {
    const two = created().create(1, 2, { property: UTC_OFFSET }).request(0, 2).reset(0, 3);
    two.update(0, 10).request(0, 10).answer(0, 11, "2.05", { text: "UTC" });
    expect(two.poll(1, 30, []).finding("Q-04")).toMatchObject({ expected: expect.stringContaining("task 1 ") });
  });

  it("exercises neither while nothing triggers", () => {
    const story = requested().reset(0, 3).poll(0, 20, []);
    expect(story.outcome("R-04")).toBe("not-exercised");
    expect(story.outcome("R-05")).toBe("not-exercised");
  });

  it("asks nothing of a task that expires or is cancelled before the second is over", () => {
    const expiring = history().register(0, 1).create(0, 2, { expiresAfter: 9 }).request(0, 2).reset(0, 3);
    expect(expiring.update(0, 10.5).poll(0, 20, []).outcome("R-04")).toBe("not-exercised");
    const cancelled = requested().reset(0, 3).update(0, 10).cancelDevice(0, 0, 10.5);
    expect(cancelled.poll(0, 20, []).outcome("R-04")).toBe("not-exercised");
  });

  it("asks nothing for 93 s after a new Register where the server may go on with the open exchange (choice 15)", () => {
    const undeclared = requested({ profile: EMPTY_PROFILE }).register(0, 3).poll(0, 50, []);
    expect(undeclared.outcome("R-05")).toBe("not-exercised");
    expect(requested().register(0, 3).poll(0, 50, []).outcome("R-05")).toBe("fail");
  });
});

describe("retriesOnlyAtTriggers", () => {
  it("breaks R-06 when a failed attempt is repeated without a trigger", () => {
    const story = requested().reset(0, 3).request(0, 30).as("again");
    expect(story.finding("R-06")).toEqual({
      requirement: "R-06",
      events: [story.event("request"), story.event("again")],
      expected: `${NAME} is tried again at the next Register or Update only`,
      actual: "a new attempt at 30.000 s without either",
    });
  });

  it("breaks R-06 when the trigger is the one that let the first attempt go, at the same instant", () => {
    const story = history().create(0, 1).register(0, 2).request(0, 2).reset(0, 3).request(0, 30);
    expect(story.outcome("R-06")).toBe("fail");
  });

  it("keeps R-06 after an Update or a Register", () => {
    expect(requested().reset(0, 3).update(0, 10).request(0, 10).outcome("R-06")).toBe("pass");
    expect(requested().reset(0, 3).register(0, 10).request(0, 10).outcome("R-06")).toBe("pass");
  });

  it("keeps R-06 when the trigger came during the failed exchange (choice 28)", () => {
    expect(requested().update(0, 3).reset(0, 5).request(0, 5).outcome("R-06")).toBe("pass");
  });

  it("leaves R-06 open when a copy of an Update arrives: it is idempotent (RFC 7252 §4.5)", () => {
    const story = created().update(0, 2.5).request(0, 2.5).reset(0, 3).askAgain(0, 4).request(0, 4);
    expect(story.outcome("R-06")).toBe("inconclusive");
  });

  it("leaves R-06 open when the Update is not answered yet: that is Q-05's", () => {
    const story = requested().reset(0, 3).update(0, 10, { answer: "none" }).request(0, 10);
    story.answerRegistration(0, 10, "2.04");
    expect(story.outcome("R-06")).toBe("inconclusive");
    expect(story.outcome("Q-05")).toBe("fail");
  });

  it("is not exercised by first attempts", () => {
    expect(requested().outcome("R-06")).toBe("not-exercised");
  });
});

describe("transmitsByTheBook", () => {
  it("breaks R-07 by a sixth datagram", () => {
    const story = created().requestInVain(0, 2).retransmit(0, 50).as("sixth");
    expect(story.finding("R-07")).toMatchObject({
      events: [expect.any(Number), story.event("sixth")],
      expected: expect.stringMatching(/^at most 5 datagrams of message \d+ to device 0$/),
      actual: "datagram 6",
    });
  });

  it.each([
    [1.9, "after 1.900 s"],
    [3.1, "after 3.100 s"],
  ])("breaks R-07 by a first gap of %s s outside [2, 3]", (gap, actual) => {
    const story = requested()
      .retransmit(0, 2 + gap)
      .as("copy");
    expect(story.finding("R-07")).toMatchObject({
      events: [story.event("request"), story.event("copy")],
      expected: expect.stringMatching(/^message \d+ to device 0 is repeated 2\.000 s to 3\.000 s after its last copy$/),
      actual,
    });
  });

  it("breaks R-07 by a copy after the empty ACK; live, the ACK may have been lost (RFC 7252 §4.2)", () => {
    const story = created().request(0, 2).acknowledge(0, 3).retransmit(0, 4).as("copy");
    expect(story.finding("R-07")).toMatchObject({
      events: [expect.any(Number), story.event("copy")],
      expected: expect.stringMatching(/^message \d+ to device 0 is not repeated after its acknowledgement$/),
      actual: "a further copy",
    });
    expect(created().request(0, 2).acknowledge(0, 4).retransmit(0, 4).finding("R-07")).toBeUndefined();
    const live = history({ live: true }).register(0, 1).create(0, 2).request(0, 2).acknowledge(0, 3).retransmit(0, 4);
    expect(live.finding("R-07")).toBeUndefined();
  });

  it("breaks R-07 by a gap that does not double", () => {
    const story = requested().retransmit(0, 4.5).retransmit(0, 7);
    expect(story.finding("R-07")).toMatchObject({
      expected: expect.stringContaining("is repeated 5.000 s to 5.000 s after"),
      actual: "after 2.500 s",
    });
  });

  it.each([
    [{ messageId: 7, token: "aa" }, { messageId: 7, token: "bb" }, "message id 7 again"],
    [{ messageId: 7, token: "aa" }, { messageId: 8, token: "aa" }, "token aa again"],
    [{ messageId: 7, token: "aa" }, { messageId: 7, token: "aa" }, "message id 7 again"],
  ])("breaks R-07 when a new attempt repeats %o as %o", (first, second, actual) => {
    const story = created()
      .request(0, 2, first)
      .as("first")
      .reset(0, 3)
      .update(0, 4)
      .request(0, 4, second)
      .as("second");
    expect(story.finding("R-07")).toEqual({
      requirement: "R-07",
      events: [story.event("first"), story.event("second")],
      expected: "a new attempt has a new message id and a new token",
      actual,
    });
  });

  it("holds nothing against ids that come again to another address, or a message id whose time is over (RFC 7252 §4.4)", () => {
    const ids = { messageId: 7, token: "aabb" };
    const elsewhere = created().request(0, 2, ids).move(0).update(0, 3).request(0, 3, ids);
    expect(elsewhere.findings()).toEqual([]);
    const later = created()
      .request(0, 2, ids)
      .reset(0, 3)
      .update(0, 300)
      .request(0, 300, { ...ids, token: "ccdd" });
    expect(later.findings()).toEqual([]);
    const soon = created()
      .request(0, 2, ids)
      .reset(0, 3)
      .update(0, 200)
      .request(0, 200, { ...ids, token: "ccdd" });
    expect(soon.finding("R-07")?.actual).toBe("message id 7 again");
  });

  it("expects nothing of a server that may wait for an exchange that was acknowledged after a Register (choices 5, 15)", () => {
    const outlived = (profile: Profile): Story =>
      created({ profile }).create(1, 2, { type: "E", property: "deviceProperties.device.reboot" }).request(0, 2);
    const acknowledged = outlived(EMPTY_PROFILE).register(0, 3).acknowledge(0, 4).update(0, 200).update(0, 300);
    expect(acknowledged.findings()).toEqual([]);
    const over = outlived(EMPTY_PROFILE).register(0, 3).acknowledge(0, 4).update(0, 200).request(0, 201, { task: 1 });
    over.answer(0, 201, "2.04").update(0, 210).update(0, 220);
    expect(over.finding("R-04")?.actual).toBe("no request was sent");
    expect(outlived(ARTIK).register(0, 3).acknowledge(0, 4).update(0, 200).outcome("R-05")).toBe("fail");
  });

  it("leaves open whether a token of one byte came again by chance, unless the server has no other", () => {
    const again = (story: Story, token: string): Story =>
      story.request(0, 2, { token }).reset(0, 3).update(0, 4).request(0, 4, { token });
    expect(again(created(), "aa").finding("R-07")?.actual).toBe("token aa again");
    const other = (): Story =>
      history().register(0, 0).create(1, 1, { type: "E", property: "deviceProperties.device.reboot" });
    const first = other().request(0, 1, { task: 1, token: "bb" }).answer(0, 1.1, "2.04").create(0, 1.5);
    expect(again(first, "aa").outcome("R-07")).toBe("inconclusive");
    const longer = other().request(0, 1, { task: 1, token: "bbbb" }).answer(0, 1.1, "2.04").create(0, 1.5);
    expect(again(longer, "aaaa").outcome("R-07")).toBe("fail");
  });

  it("keeps R-07 at 0, 2, 6, 14 and 30 s, and with the longest first gap at 0, 3, 9, 21 and 45 s", () => {
    expect(created().requestInVain(0, 2).verdict("R-07")).toMatchObject({ examined: 4, findings: [] });
    const slow = requested();
    for (const later of [3, 9, 21, 45]) slow.retransmit(0, 2 + later);
    expect(slow.verdict("R-07")).toMatchObject({ examined: 4, findings: [] });
  });

  it("judges by the parameters that the profile declares", () => {
    const scaled = { ...ARTIK, coap: { ackTimeout: 0.5, ackRandomFactor: 1, maxRetransmit: 1 } };
    expect(requested({ profile: scaled }).retransmit(0, 2.5).outcome("R-07")).toBe("pass");
    expect(requested({ profile: scaled }).retransmit(0, 2.5).retransmit(0, 3.5).outcome("R-07")).toBe("fail");
  });

  it("never calls a late timer wrong live: machines are busy, and a copy may be lost on the way", () => {
    const story = requested({ live: true })
      .retransmit(0, 2 + 6)
      .retransmit(0, 2 + 14);
    expect(story.outcome("R-07")).toBe("inconclusive");
    expect(requested({ live: true }).retransmit(0, 2.6).outcome("R-07")).toBe("fail");
  });

  it("is not exercised by a request that is sent once", () => {
    expect(requested().outcome("R-07")).toBe("not-exercised");
  });
});

describe("countsAttempts", () => {
  it("leaves R-08 open for an attempt that begins in the instant in which a poll is asked, and is answered later", () => {
    const story = created();
    story.add({
      kind: "rest-request",
      ticket: 900,
      request: { method: "GET", path: [], query: {} },
      purpose: { kind: "poll-statuses", task: 0 },
      at: 3_000_000,
    });
    const shown = { id: "task-0", status: "REQUESTED", statuses: [{ did: "d0", status: "QUEUED", numAttempts: 0 }] };
    const answer = { status: 200, body: { total: 1, data: shown } };
    story.request(0, 3).add({ kind: "rest-answer", ticket: 900, response: answer, at: 3_100_000 });
    expect(story.outcome("R-08")).toBe("inconclusive");
  });

  it("breaks R-08 when datagrams are counted", () => {
    const story = created().requestInVain(0, 2).see(0, 70, "QUEUED", { attempts: 5 }).as("seen");
    expect(story.finding("R-08")).toEqual({
      requirement: "R-08",
      events: [4, story.event("seen")],
      expected: `numAttempts of ${NAME} is 1`,
      actual: "5",
    });
  });

  it("breaks R-08 when an attempt is not counted, or one that never was is", () => {
    expect(requested().reset(0, 3).see(0, 4, "QUEUED", { attempts: 0 }).outcome("R-08")).toBe("fail");
    expect(history().create(0, 1).see(0, 4, "QUEUED", { attempts: 1 }).outcome("R-08")).toBe("fail");
  });

  it("keeps R-08 by one per attempt", () => {
    const story = requested().reset(0, 3).see(0, 4, "QUEUED", { attempts: 1 }).update(0, 5).request(0, 5);
    story.reset(0, 6).see(0, 7, "QUEUED", { attempts: 2 });
    expect(story.verdict("R-08")).toMatchObject({ examined: 2, findings: [] });
  });

  it("accepts 1 or 2 when an Update from a new address cut one off (choice 32)", () => {
    const moved = (attempts: number): Story =>
      requested()
        .move(0)
        .update(0, 3)
        .request(0, 3)
        .answer(0, 4, "2.05", { text: "UTC" })
        .see(0, 5, "SUCCEEDED", { attempts });
    expect(moved(1).outcome("R-08")).toBe("inconclusive");
    expect(moved(2).outcome("R-08")).toBe("inconclusive");
    expect(moved(3).outcome("R-08")).toBe("fail");
    expect(moved(0).outcome("R-08")).toBe("fail");
  });

  it("leaves open live what began within 5 s before the poll, and decides what began before", () => {
    const live = (at: number, attempts: number): Story =>
      requested({ live: true }).see(0, at, "PROCESSING", { attempts });
    expect(live(3, 0).outcome("R-08")).toBe("inconclusive");
    expect(live(3, 1).outcome("R-08"), "the state after it is no doubt").toBe("pass");
    expect(live(2.001, 1).outcome("R-08"), "the request may have left after the poll").toBe("inconclusive");
    expect(live(8, 1).outcome("R-08")).toBe("pass");
    expect(live(8, 0).outcome("R-08")).toBe("fail");
  });

  it("is not exercised where the server does not show the number, or 0 of 0", () => {
    expect(requested().see(0, 4, "PROCESSING").outcome("R-08")).toBe("not-exercised");
    expect(history().create(0, 1).see(0, 4, "QUEUED", { attempts: 0 }).outcome("R-08")).toBe("not-exercised");
  });
});

describe("answersAreFinal", () => {
  it("breaks R-09 when an error answer is retried at the next Update", () => {
    const story = requested().answer(0, 3, "4.05").as("answer").update(0, 9).request(0, 9).as("again");
    expect(story.finding("R-09")).toEqual({
      requirement: "R-09",
      events: [story.event("answer"), story.event("again")],
      expected: `no request for ${NAME}, which has failed`,
      actual: "a request at 9.000 s",
    });
  });

  it("breaks I-03 when a task that succeeded is sent again", () => {
    const story = requested().answer(0, 3, "2.05", { text: "UTC" }).update(0, 9).request(0, 9);
    expect(story.finding("I-03")).toMatchObject({ expected: `no request for ${NAME}, which has succeeded` });
  });

  it("lets a message be repeated after the period of a task that was cancelled in flight: it may have ended before", () => {
    const story = history().register(0, 1).create(0, 2, { expiresAfter: 4 }).request(0, 2).cancel(0, 3);
    expect(story.retransmit(0, 4.5).retransmit(0, 9.5).finding("I-03")).toBeUndefined();
  });

  it("breaks I-03 when a message is repeated after its task expired, where the exchange is declared to be dropped", () => {
    const repeated = (options = {}): Story =>
      history(options).register(0, 1).create(0, 2, { expiresAfter: 4 }).request(0, 2).retransmit(0, 4.5);
    expect(repeated().retransmit(0, 9.5).finding("I-03")).toMatchObject({
      expected: expect.stringMatching(/^no further datagram of message \d+: its task expired at 6\.000 s$/),
      actual: "it was sent again",
    });
    expect(repeated().outcome("I-03")).not.toBe("fail");
    expect(repeated({ profile: EMPTY_PROFILE }).retransmit(0, 9.5).outcome("I-03")).not.toBe("fail");
  });

  it("breaks I-03 when the answered message is sent once more", () => {
    const story = requested().answer(0, 3, "2.05", { text: "UTC" }).as("answer").retransmit(0, 4.5).as("copy");
    expect(story.finding("I-03")).toMatchObject({
      events: [story.event("answer"), story.event("copy")],
      actual: "it was sent again",
    });
  });

  it("breaks E-06 when an expired task is sent to a device that registers later", () => {
    const story = history().create(0, 1, { expiresAfter: 10 }).as("created").register(0, 20).request(0, 20);
    expect(story.finding("E-06")).toMatchObject({
      events: [story.event("created") - 1, expect.any(Number)],
      expected: `no request for ${NAME}, which has expired`,
    });
  });

  it("breaks Q-11 when a cancelled task is sent", () => {
    const story = history().create(0, 1).cancelDevice(0, 0, 2).as("cancelled").register(0, 3).request(0, 3).as("sent");
    expect(story.finding("Q-11")).toEqual({
      requirement: "Q-11",
      events: [story.event("cancelled"), story.event("sent")],
      expected: `no request for ${NAME}, which has been cancelled`,
      actual: "a request at 3.000 s",
    });
  });

  it("keeps R-09, I-03, E-06 and Q-11 when the device came back and nothing was sent", () => {
    expect(requested().answer(0, 3, "4.05").update(0, 9).outcome("R-09")).toBe("pass");
    expect(requested().answer(0, 3, "2.05", { text: "UTC" }).outcome("I-03")).toBe("pass");
    expect(history().create(0, 1, { expiresAfter: 10 }).register(0, 20).outcome("E-06")).toBe("pass");
    expect(history().create(0, 1).cancelDevice(0, 0, 2).register(0, 3).outcome("Q-11")).toBe("pass");
  });

  it("leaves E-06 open for a request at the very instant of expiry, and judges nothing that follows from it", () => {
    const story = history().create(0, 1, { expiresAfter: 10 }).register(0, 11).request(0, 11);
    expect(story.outcome("E-06")).toBe("inconclusive");
    story.answer(0, 12, "2.05", { text: "UTC" }).see(0, 13, "SUCCEEDED", { attempts: 1 });
    expect(story.findings()).toEqual([]);
  });

  it("leaves open live what leaves within 5 s after the end", () => {
    const story = history({ live: true }).create(0, 1, { expiresAfter: 10 }).register(0, 13).request(0, 13);
    expect(story.findings()).toEqual([]);
    const late = history({ live: true }).create(0, 1, { expiresAfter: 10 }).register(0, 20).request(0, 20);
    expect(late.outcome("E-06")).toBe("fail");
  });

  it("lets a live server repeat a request whose answer it may not have heard, until it has had 5 s", () => {
    const story = requested({ live: true }).answer(0, 2.1, "2.05", { text: "UTC" }).retransmit(0, 4.2);
    story.answer(0, 4.3, "2.05", { text: "UTC" }).see(0, 4.4, "PROCESSING", { attempts: 1 });
    expect(story.findings()).toEqual([]);
    story.retransmit(0, 14.2);
    expect(story.outcome("I-03")).toBe("fail");
  });

  it("exercises none of them while nothing has ended, nor R-09, E-06 and Q-11 without a trigger afterwards", () => {
    for (const requirement of ["R-09", "I-03", "E-06", "Q-11"])
      expect(requested().update(0, 3).outcome(requirement)).toBe("not-exercised");
    expect(requested().answer(0, 3, "4.05").outcome("R-09")).toBe("not-exercised");
    expect(history().create(0, 1).cancelDevice(0, 0, 2).outcome("Q-11")).toBe("not-exercised");
  });
});
