import { describe, expect, it } from "vitest";
import { blockOption } from "../../../protocol/coap/block.ts";
import { BLOCK2, sortOptions } from "../../../protocol/coap/options.ts";
import { readContent } from "../../../protocol/lwm2m/operations.ts";
import { ARTIK, EMPTY_PROFILE, type Profile } from "../../../protocol/profile.ts";
import { history, type Story } from "../test-history.ts";

describe("returnsBeforeSending", () => {
  it("breaks Q-01 when the first datagram leaves before the POST is answered", () => {
    const story = history()
      .register(0, 1)
      .create(0, 2, { status: "none" })
      .request(0, 2)
      .as("request")
      .created(0, 2)
      .as("created");
    expect(story.finding("Q-01")).toEqual({
      requirement: "Q-01",
      events: [story.event("request"), story.event("created")],
      expected: "the POST of task 0 is answered before its first datagram",
      actual: "the datagram left first",
    });
  });

  it("keeps Q-01 when the POST is answered first", () => {
    expect(history().register(0, 1).create(0, 2).request(0, 2).outcome("Q-01")).toBe("pass");
  });

  it("keeps Q-01 live, where TCP and UDP have no common order, when the device has not answered yet", () => {
    const story = history({ live: true }).register(0, 1).create(0, 2, { status: "none" }).request(0, 2.01);
    expect(story.created(0, 2.02).outcome("Q-01")).toBe("pass");
  });

  it("leaves Q-01 open live when the device was quicker than the POST", () => {
    const story = history({ live: true }).register(0, 1).create(0, 2, { status: "none" }).request(0, 2.01);
    expect(story.answer(0, 2.02, "2.05", { text: "UTC" }).created(0, 2.1).outcome("Q-01")).toBe("inconclusive");
  });

  it("does not exercise Q-01 without a task, nor by one that is refused", () => {
    expect(history().register(0, 1).outcome("Q-01")).toBe("not-exercised");
    expect(history().create(0, 2, { status: 400 }).outcome("Q-01")).toBe("not-exercised");
  });
});

describe("owedAttempts, Q-02", () => {
  it("breaks Q-02 when a registered, awake device is not tried within 1 s of the creation", () => {
    const story = history().register(0, 1).create(0, 2).as("created").wait(9).update(0, 10).as("later");
    expect(story.finding("Q-02")).toEqual({
      requirement: "Q-02",
      events: [story.event("created"), story.event("later") - 1],
      expected:
        "after task 0 was created while device 0 was registered, task 0 (R deviceProperties.device.timezone) of device 0 is attempted within 1.000 s of the device being free",
      actual: "no request was sent",
    });
  });

  it("keeps Q-02 when it is tried", () => {
    expect(history().register(0, 1).create(0, 2).request(0, 2).outcome("Q-02")).toBe("pass");
  });

  it("waits for the exchange before: NSTART = 1", () => {
    const story = history()
      .register(0, 1)
      .create(0, 2)
      .request(0, 2)
      .create(1, 3, { property: "deviceProperties.device.utcOffset" })
      .answer(0, 9, "2.05", { text: "UTC" })
      .request(0, 9, { task: 1 });
    expect(story.verdict("Q-02")).toMatchObject({ examined: 2, findings: [] });
  });

  it("asks nothing of a device that is not registered, or whose queue-mode window of 93 s is over (choice 13)", () => {
    expect(history().create(0, 2).wait(90).poll(0, 90, []).outcome("Q-02")).toBe("not-exercised");
    const asleep = history().register(0, 1, { queueMode: true }).create(0, 95).poll(0, 190, []);
    expect(asleep.outcome("Q-02")).toBe("not-exercised");
  });

  it("counts the window from what came from the address that the server knows: whose another is, it cannot tell", () => {
    const sleeper = () => history().register(0, 1, { queueMode: true });
    const heard = sleeper().register(0, 60, { answer: "4.00" }).create(0, 100).poll(0, 190, []);
    expect(heard.outcome("Q-02")).toBe("fail");
    const foreign = sleeper().move(0).register(0, 60, { answer: "4.00" }).create(0, 100).poll(0, 190, []);
    expect(foreign.outcome("Q-02")).toBe("not-exercised");
    const moved = sleeper().move(0).update(0, 60).create(0, 100).poll(0, 190, []);
    expect(moved.outcome("Q-02")).toBe("fail");
    const registered = sleeper().move(0).register(0, 60, { queueMode: true }).create(0, 100).poll(0, 190, []);
    expect(registered.outcome("Q-02")).toBe("fail");
  });

  it("asks nothing that would come after the awake window of a queue-mode device, or after expiry", () => {
    const dozing = history().register(0, 1, { queueMode: true }).create(0, 93.5).poll(0, 200, []);
    expect(dozing.outcome("Q-02")).toBe("not-exercised");
    const short = history().register(0, 1).create(0, 2, { expiresAfter: 1 }).poll(0, 5, []);
    expect(short.outcome("Q-02")).toBe("not-exercised");
  });

  it("asks only what is due soon when the awake window is not declared", () => {
    const undeclared = history({ profile: EMPTY_PROFILE });
    expect(undeclared.register(0, 1, { queueMode: true }).create(0, 30).poll(0, 60, []).outcome("Q-02")).toBe(
      "not-exercised",
    );
  });

  it("asks for the task behind one that expires on its way at 12 s, where the exchange is dropped then (choice 10)", () => {
    const behind = (options = {}) =>
      history(options)
        .register(0, 1)
        .create(0, 2, { expiresAfter: 10 })
        .request(0, 2)
        .acknowledge(0, 2.1)
        .create(1, 3, { property: "deviceProperties.device.utcOffset" });
    expect(behind().request(0, 12, { task: 1 }).wait(20).verdict("Q-02")).toMatchObject({ examined: 2, findings: [] });
    expect(behind().wait(20).outcome("Q-02")).toBe("fail");
    expect(behind({ profile: EMPTY_PROFILE }).wait(20).outcome("Q-02")).not.toBe("fail");
  });

  it("asks nothing where a server that declares no transmission may have given up on it before (RFC 7252 §4.2)", () => {
    const { coap: _, ...silent } = ARTIK;
    const unacknowledged = (profile: Profile) =>
      history({ profile })
        .register(0, 1)
        .create(0, 2, { expiresAfter: 10 })
        .request(0, 2)
        .create(1, 3, { property: "deviceProperties.device.utcOffset" })
        .wait(20);
    expect(unacknowledged(silent).outcome("Q-02")).not.toBe("fail");
    expect(unacknowledged(ARTIK).outcome("Q-02")).toBe("fail");
  });

  it("asks nothing when the exchange before fails: the drain stops (choice 28)", () => {
    const story = history()
      .register(0, 1)
      .create(0, 2)
      .request(0, 2)
      .create(1, 3, { property: "deviceProperties.device.utcOffset" })
      .reset(0, 4)
      .poll(1, 60, []);
    expect(story.verdict("Q-02")).toMatchObject({ examined: 1, findings: [] });
  });

  it("asks for a task that is created after the failure at once (choice 28)", () => {
    const story = history().register(0, 1).create(0, 2).request(0, 2).reset(0, 3);
    story.create(1, 4, { property: "deviceProperties.device.utcOffset" });
    expect(story.poll(1, 60, []).outcome("Q-02")).toBe("fail");
  });

  it("asks nothing within the 31 ms in which the exchange before may or may not be given up", () => {
    const story = history().register(0, 1).create(0, 2).requestInVain(0, 2);
    story.create(1, 64.02, { property: "deviceProperties.device.utcOffset" });
    expect(story.poll(1, 100, []).verdict("Q-02")).toMatchObject({ examined: 1, findings: [] });
  });
});

describe("owedAttempts, Q-04 and Q-08", () => {
  it("breaks Q-04 when nothing is sent after the first Register", () => {
    const story = history().create(0, 1).register(0, 2).as("registered").poll(0, 5, []);
    expect(story.finding("Q-04")).toEqual({
      requirement: "Q-04",
      events: [story.event("registered"), story.event("registered") + 1],
      expected:
        "after the Register of device 0, task 0 (R deviceProperties.device.timezone) of device 0 is attempted within 1.000 s of the device being free",
      actual: "no request was sent",
    });
  });

  it("breaks Q-08 when nothing is sent after the Update of a device that slept when the task was created", () => {
    const story = history().register(0, 1, { queueMode: true }).create(0, 200).update(0, 300).poll(0, 310, []);
    expect(story.finding("Q-08")).toMatchObject({ actual: "no request was sent" });
    expect(story.outcome("Q-02")).toBe("not-exercised");
  });

  it("keeps Q-04 and Q-08 when the queue drains", () => {
    expect(history().create(0, 1).register(0, 2).request(0, 2).outcome("Q-04")).toBe("pass");
    const woken = history().register(0, 1, { queueMode: true }).create(0, 200).update(0, 300).request(0, 300);
    expect(woken.outcome("Q-08")).toBe("pass");
  });

  it("exercises neither without a trigger, nor by a Register or Update that is refused", () => {
    expect(history().create(0, 1).poll(0, 5, []).outcome("Q-04")).toBe("not-exercised");
    const refused = history().create(0, 1).register(0, 2, { answer: "4.00" }).update(0, 3, { answer: "4.04" });
    expect(refused.poll(0, 9, []).outcome("Q-04")).toBe("not-exercised");
    expect(refused.outcome("Q-08")).toBe("not-exercised");
  });
});

describe("owedAttempts, Q-09", () => {
  const both = history({ devices: 2 })
    .register(0, 1)
    .register(1, 1)
    .create(0, 2, { devices: [0, 1] });

  it("breaks Q-09 when a device waits for another one of its task that does not answer", () => {
    const story = history({ devices: 2 })
      .register(0, 1)
      .register(1, 1)
      .create(0, 2, { devices: [0, 1] })
      .as("created")
      .requestInVain(0, 2)
      .poll(0, 70, []);
    expect(story.finding("Q-09")).toMatchObject({
      events: [story.event("created"), expect.any(Number)],
      actual: "no request was sent while another device of the task did not answer",
    });
  });

  it("keeps Q-09 when the other one is tried while the first one is waited for in vain", () => {
    expect(
      both.request(1, 2).answer(1, 2.1, "2.05", { text: "UTC" }).requestInVain(0, 2).poll(0, 70, []).outcome("Q-09"),
    ).toBe("pass");
  });

  it("does not exercise Q-09 when both devices answer", () => {
    const story = history({ devices: 2 })
      .register(0, 1)
      .register(1, 1)
      .create(0, 2, { devices: [0, 1] });
    for (const device of [0, 1]) story.request(device, 2).answer(device, 2.5, "2.05", { text: "UTC" });
    expect(story.poll(0, 70, []).outcome("Q-09")).toBe("not-exercised");
  });
});

describe("silentTowardsUnregistered", () => {
  it("breaks Q-03 when a device that never registered gets a request", () => {
    const story = history().create(0, 1).request(0, 1).as("request");
    expect(story.finding("Q-03")).toEqual({
      requirement: "Q-03",
      events: [story.event("request")],
      expected: "no request to device 0, which is not registered",
      actual: "a request was sent",
    });
  });

  it("breaks Q-03 after De-register, and after the lifetime of 60 s", () => {
    expect(history().register(0, 1).deregister(0, 2).create(0, 3).request(0, 3).outcome("Q-03")).toBe("fail");
    expect(history().register(0, 1, { lifetime: 60 }).create(0, 62).request(0, 62).outcome("Q-03")).toBe("fail");
  });

  it("breaks Q-03 when the task of such a device fails instead of waiting", () => {
    const story = history().create(0, 1).see(0, 2, "FAILED", { attempts: 0, code: 4001 }).as("seen");
    expect(story.finding("Q-03")).toEqual({
      requirement: "Q-03",
      events: [story.event("seen")],
      expected: "task 0 (R deviceProperties.device.timezone) of device 0 waits: the device has not registered",
      actual: "FAILED with error 4001",
    });
  });

  it("keeps Q-03 while the task waits with 0 attempts", () => {
    expect(history().create(0, 1).see(0, 2, "QUEUED", { attempts: 0 }).outcome("Q-03")).toBe("pass");
  });

  it("leaves open at the exact end of the lifetime whether the device is registered (choice 16)", () => {
    const story = history().register(0, 1, { lifetime: 60 }).create(0, 61).request(0, 61);
    expect(story.outcome("Q-03")).toBe("inconclusive");
  });

  it("leaves open live, 2.5 s around the end of the lifetime (choice 16)", () => {
    const story = history({ live: true }).register(0, 1, { lifetime: 60 }).create(0, 63).request(0, 63.1);
    expect(story.outcome("Q-03")).toBe("inconclusive");
  });

  it("leaves open when the answer to a Register is still on its way", () => {
    const story = history({ live: true }).create(0, 1).register(0, 2, { answer: "none" }).request(0, 2.05);
    expect(story.answerRegistration(0, 2.06, "2.01").outcome("Q-03")).toBe("inconclusive");
  });

  it("is not exercised by a device that is registered all the time", () => {
    const story = history().register(0, 1).create(0, 2).request(0, 2).answer(0, 3, "2.05", { text: "UTC" });
    expect(story.see(0, 4, "SUCCEEDED", { attempts: 1 }).outcome("Q-03")).toBe("not-exercised");
  });
});

describe("answersBeforeRequesting", () => {
  it("breaks Q-05 when a request leaves before the Register that lets it go is answered", () => {
    const story = history()
      .create(0, 1)
      .register(0, 2, { answer: "none" })
      .as("register")
      .request(0, 2)
      .as("request")
      .answerRegistration(0, 2, "2.01")
      .as("answer");
    expect(story.finding("Q-05")).toEqual({
      requirement: "Q-05",
      events: [story.event("register"), story.event("request"), story.event("answer")],
      expected: "the register of device 0 is answered before a request is sent to it",
      actual: "the request left first",
    });
  });

  it("keeps Q-05 when the answer leaves first, at the same instant", () => {
    expect(history().create(0, 1).register(0, 2).request(0, 2).outcome("Q-05")).toBe("pass");
  });

  it("leaves Q-05 open live when the answer may be a repeated one, the first having been lost", () => {
    const story = history({ live: true }).create(0, 1).register(0, 2, { answer: "none" }).request(0, 2.5);
    expect(story.askAgain(0, 4).answerRegistration(0, 4.1, "2.01").outcome("Q-05")).toBe("inconclusive");
  });

  it("leaves Q-05 open live when the request may have been let go by something else than the Update", () => {
    const story = history({ live: true })
      .register(0, 1)
      .update(0, 2, { answer: "none" })
      .create(0, 2.1)
      .request(0, 2.2);
    expect(story.answerRegistration(0, 2.3, "2.04").outcome("Q-05")).toBe("inconclusive");
  });

  it("breaks Q-05 live when only the Register, or the Update, can have let the request go", () => {
    const first = history({ live: true }).create(0, 1).register(0, 2, { answer: "none" }).request(0, 2.003);
    expect(first.answerRegistration(0, 2.004, "2.01").outcome("Q-05")).toBe("fail");
    const again = history({ live: true }).register(0, 1).create(0, 2).request(0, 2.1).reset(0, 3);
    again.update(0, 9, { answer: "none" }).request(0, 9.003).answerRegistration(0, 9.004, "2.04");
    expect(again.outcome("Q-05")).toBe("fail");
  });

  it("leaves Q-05 open live when request and answer went to different addresses: we see two sockets, and no order", () => {
    const story = history({ live: true }).register(0, 1).create(0, 2).request(0, 2.1).reset(0, 3);
    story.move(0).update(0, 9, { answer: "none" }).request(0, 9.003, { address: "10.0.0.0:40000" });
    expect(story.answerRegistration(0, 9.004, "2.04").outcome("Q-05")).toBe("inconclusive");
  });

  it("leaves Q-05 open live when the request is for the next block of a value that has begun", () => {
    const again = history({ live: true }).register(0, 1).create(0, 2).request(0, 2.1).reset(0, 3);
    const { code, options, payload } = readContent([3, 0, 15]);
    const next = sortOptions([...options, blockOption(BLOCK2, { num: 1, more: false, szx: 6 })]);
    again.update(0, 9, { answer: "none" }).request(0, 9.003, { content: { code, options: next, payload } });
    expect(again.answerRegistration(0, 9.004, "2.04").outcome("Q-05")).toBe("inconclusive");
  });

  it("is not exercised by a request that no Register or Update lets go", () => {
    expect(history().register(0, 1).create(0, 2).request(0, 2).outcome("Q-05")).toBe("not-exercised");
  });
});

describe("oneExchangeAtATime", () => {
  const twoTasks = () =>
    history()
      .register(0, 1)
      .create(0, 2)
      .create(1, 2, { property: "deviceProperties.device.utcOffset" })
      .request(0, 2)
      .as("first");

  it("leaves Q-06 open when nobody knows whose exchange is open, and one of its tasks has expired (choice 10)", () => {
    const alike = { type: "E", property: "deviceProperties.device.resetErrorCode" } as const;
    const twice = (at: number): Story =>
      history()
        .register(0, 1)
        .create(0, 2, { ...alike, expiresAfter: 10 })
        .create(1, 2, { ...alike, expiresAfter: 600 })
        .request(0, 2)
        .request(0, at);
    expect(twice(12).findings()).toEqual([]);
    expect(twice(11).outcome("Q-06")).toBe("fail");
  });

  it("breaks Q-06 when a second request leaves while the first can still be answered", () => {
    const story = twoTasks().request(0, 3, { task: 1 }).as("second");
    expect(story.finding("Q-06")).toEqual({
      requirement: "Q-06",
      events: [story.event("first"), story.event("second")],
      expected: "one exchange at a time with device 0",
      actual: "a request was sent while another was open",
    });
  });

  it("keeps Q-06 when the first is answered, reset or given up before", () => {
    expect(twoTasks().answer(0, 3, "2.05", { text: "UTC" }).request(0, 3, { task: 1 }).outcome("Q-06")).toBe("pass");
    expect(twoTasks().reset(0, 3).request(0, 3, { task: 1 }).outcome("Q-06")).toBe("pass");
    expect(twoTasks().request(0, 95.1, { task: 1 }).outcome("Q-06")).toBe("pass");
  });

  it("keeps Q-06 when an Update from a new address drops the first (choice 14)", () => {
    expect(twoTasks().move(0).update(0, 3).request(0, 3, { task: 0 }).outcome("Q-06")).toBe("pass");
  });

  it("leaves Q-06 open between 62 and 93 s, when the first may have been given up", () => {
    expect(twoTasks().request(0, 70, { task: 1 }).outcome("Q-06")).toBe("inconclusive");
  });

  it("leaves Q-06 open when the task of the first was cancelled or expired: it may have been dropped (RFC 7252 §4.2)", () => {
    expect(twoTasks().cancelDevice(0, 0, 3).request(0, 4, { task: 1 }).outcome("Q-06")).toBe("inconclusive");
    const expired = history({ profile: EMPTY_PROFILE })
      .register(0, 1)
      .create(0, 2, { expiresAfter: 5 })
      .create(1, 2, { property: "deviceProperties.device.utcOffset" })
      .request(0, 2);
    expect(expired.request(0, 8, { task: 1 }).outcome("Q-06")).toBe("inconclusive");
  });

  it("leaves Q-06 open when the first was acknowledged and the time for its response is not declared (choice 5)", () => {
    const story = history({ profile: EMPTY_PROFILE }).register(0, 1).create(0, 2);
    story.create(1, 2, { property: "deviceProperties.device.utcOffset" }).request(0, 2).acknowledge(0, 3);
    expect(story.request(0, 4, { task: 1 }).outcome("Q-06")).toBe("inconclusive");
  });

  it("leaves Q-06 open when a retransmission is overdue and nobody declared how many there are (RFC 7252 §4.8.1)", () => {
    const silent = (at: number): Story =>
      history({ profile: EMPTY_PROFILE })
        .register(0, 1)
        .create(0, 2)
        .create(1, 2, { property: "deviceProperties.device.utcOffset" })
        .request(0, 2)
        .request(0, at, { task: 1 });
    expect(silent(4).outcome("Q-06")).toBe("inconclusive");
    expect(silent(3.5).outcome("Q-06")).toBe("fail");
    expect(twoTasks().request(0, 4, { task: 1 }).outcome("Q-06")).toBe("fail");
  });

  it("is not exercised by a single request", () => {
    expect(twoTasks().outcome("Q-06")).toBe("not-exercised");
  });
});
