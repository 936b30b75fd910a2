import { describe, expect, it } from "vitest";
import { EMPTY_PROFILE } from "../../../protocol/profile.ts";
import { history, REBOOT, type Story } from "../test-history.ts";

const NAME = `task 0 (E ${REBOOT}) of device 0`;
const execute = (options = {}): Story =>
  history(options).register(0, 1).create(0, 2, { type: "E", property: REBOOT }).request(0, 2).as("request");

describe("actsOncePerMessage", () => {
  it("breaks I-01 when a device that deduplicates acts on both copies: the instrument is at fault", () => {
    const story = execute().delivered(0, 2, "executed").delivered(0, 3, "executed");
    expect(story.finding("I-01")).toEqual({
      requirement: "I-01",
      events: [story.event("request")],
      expected: expect.stringMatching(/^device 0 acts once on message \d+$/),
      actual: "2 times",
    });
  });

  it("keeps I-01 when the second copy has no effect", () => {
    expect(execute().delivered(0, 2, "executed").delivered(0, 3).outcome("I-01")).toBe("pass");
  });

  it("is not exercised by one copy, by a device that does not deduplicate, or that rebooted", () => {
    expect(execute().delivered(0, 2, "executed").outcome("I-01")).toBe("not-exercised");
    const plain = execute({ devices: [{ deduplicates: false }] });
    expect(plain.delivered(0, 2, "executed").delivered(0, 3, "executed").outcome("I-01")).toBe("not-exercised");
    expect(execute().delivered(0, 2, "executed").reboot(0, 3).delivered(0, 4, "executed").outcome("I-01")).toBe(
      "not-exercised",
    );
  });
});

describe("executesWithinAttempts", () => {
  it("breaks I-02 when a task succeeded without an effect on the device", () => {
    const story = execute().answer(0, 3, "2.04").see(0, 4, "SUCCEEDED", { attempts: 1 }).as("seen");
    expect(story.finding("I-02")).toEqual({
      requirement: "I-02",
      events: [2, story.event("seen")],
      expected: `${NAME} was executed 1 to 1 times on the device`,
      actual: "0 times",
    });
  });

  it("breaks I-02 when it was executed more often than attempted", () => {
    const story = execute().delivered(0, 2, "executed").delivered(0, 2.5, "executed").answer(0, 3, "2.04");
    expect(story.see(0, 4, "SUCCEEDED", { attempts: 1 }).finding("I-02")).toMatchObject({ actual: "2 times" });
  });

  it("keeps I-02 by one effect, and by two in two attempts", () => {
    const once = execute().delivered(0, 2, "executed").answer(0, 3, "2.04").see(0, 4, "SUCCEEDED", { attempts: 1 });
    expect(once.outcome("I-02")).toBe("pass");
    const twice = execute()
      .delivered(0, 2, "executed")
      .reset(0, 3)
      .update(0, 5)
      .request(0, 5)
      .delivered(0, 5, "executed");
    expect(twice.answer(0, 6, "2.04").see(0, 7, "SUCCEEDED", { attempts: 2 }).outcome("I-02")).toBe("pass");
  });

  it("counts copies where the device lost its memory of messages", () => {
    const story = execute().delivered(0, 2, "executed").reboot(0, 3).delivered(0, 4, "executed").answer(0, 4, "2.04");
    expect(story.see(0, 5, "SUCCEEDED", { attempts: 1 }).outcome("I-02")).toBe("pass");
  });

  it("counts an attempt that an Update from a new address cut off, whether the server does or not (choice 32)", () => {
    const story = execute().delivered(0, 2, "executed").move(0).update(0, 3).request(0, 3).delivered(0, 3, "executed");
    expect(story.answer(0, 4, "2.04").see(0, 5, "SUCCEEDED", { attempts: 1 }).outcome("I-02")).toBe("pass");
  });

  it("keeps I-02 by none when it failed, and by one when it expired after an effect without answer", () => {
    expect(execute().answer(0, 3, "4.05").see(0, 4, "FAILED", { attempts: 1, code: 4050 }).outcome("I-02")).toBe(
      "pass",
    );
    const story = history()
      .register(0, 1)
      .create(0, 2, { type: "E", property: REBOOT, expiresAfter: 10 })
      .request(0, 2);
    story.delivered(0, 2, "executed").reset(0, 3);
    expect(story.see(0, 13, "FAILED", { attempts: 1, code: 4004 }).outcome("I-02")).toBe("pass");
  });

  it("is not exercised by a Read, or while the task is pending", () => {
    const read = history().register(0, 1).create(0, 2).request(0, 2).answer(0, 3, "2.05", { text: "UTC" });
    expect(read.see(0, 4, "SUCCEEDED", { attempts: 1 }).outcome("I-02")).toBe("not-exercised");
    expect(execute().see(0, 3, "PROCESSING", { attempts: 1 }).outcome("I-02")).toBe("not-exercised");
  });
});

describe("repliesToResponses", () => {
  const stray = (at: number, options = {}): Story =>
    execute(options).answer(0, at, "2.04", { type: "CON", token: "ee" }).as("stray");
  const separate = (): Story => execute().acknowledge(0, 3).answer(0, 4, "2.04", { type: "CON" }).as("response");

  it("breaks I-04 when a response that answers nothing is acknowledged", () => {
    const story = stray(3).reply(0, 3, "ACK").as("reply");
    expect(story.finding("I-04")).toEqual({
      requirement: "I-04",
      events: [story.event("stray"), story.event("reply")],
      expected: expect.stringMatching(/^the response \d+ of device 0 gets RST$/),
      actual: "ACK",
    });
  });

  it("breaks I-04 when a response that is waited for is reset, or gets nothing for 1 s", () => {
    expect(separate().reply(0, 4, "RST").finding("I-04")).toMatchObject({ actual: "RST" });
    const silent = separate().update(0, 5.1);
    expect(silent.finding("I-04")).toMatchObject({
      events: [silent.event("response")],
      expected: expect.stringMatching(/^the Confirmable response \d+ of device 0 gets ACK$/),
      actual: "nothing",
    });
  });

  it("breaks I-04 when a response after the exchange was given up is acknowledged", () => {
    const late = execute().reset(0, 3).answer(0, 4, "2.04", { type: "CON" });
    expect(late.reply(0, 4, "ACK").outcome("I-04")).toBe("fail");
  });

  it("leaves I-04 open when nobody knows whose exchange it is, and one of its tasks has expired (choice 10)", () => {
    const twice = (at: number): Story =>
      history()
        .register(0, 1)
        .create(0, 2, { type: "E", property: REBOOT, expiresAfter: 4 })
        .create(1, 2, { type: "E", property: REBOOT, expiresAfter: 60 })
        .request(0, 2)
        .acknowledge(0, 2.5)
        .answer(0, at, "2.04", { type: "CON" })
        .reply(0, at, "RST");
    expect(twice(7).findings()).toEqual([]);
    expect(twice(5).finding("I-04")?.actual).toBe("RST");
  });

  it("keeps I-04 by RST for a stray one, ACK for one that is waited for", () => {
    expect(stray(3).reply(0, 3, "RST").outcome("I-04")).toBe("pass");
    expect(separate().reply(0, 4, "ACK").outcome("I-04")).toBe("pass");
  });

  it.each(["ACK", "RST"] as const)("takes %s for a response that comes once more under another message id", (type) => {
    const story = execute().answer(0, 3, "2.04").answer(0, 4, "2.04", { type: "CON" }).reply(0, 4, type);
    expect(story.findings()).toEqual([]);
    expect(story.outcome("I-04")).toBe("not-exercised");
  });

  it.each(["ACK", "RST"] as const)(
    "takes %s about the moment at which the exchange is given up, and either outcome",
    (type) => {
      const about = execute().acknowledge(0, 3).answer(0, 123, "2.04", { type: "CON" }).reply(0, 123, type);
      for (const status of ["SUCCEEDED", "QUEUED"] as const) about.see(0, 124, status, { attempts: 1 });
      expect(about.verdict("I-04")?.findings ?? []).toEqual([]);
    },
  );

  it.each(["ACK", "RST"] as const)(
    "takes %s after an acknowledgement where the time to wait is not declared (choice 5)",
    (type) => {
      const story = execute({ profile: EMPTY_PROFILE }).acknowledge(0, 3).answer(0, 60, "2.04", { type: "CON" });
      story.reply(0, 60, type).see(0, 61, type === "ACK" ? "SUCCEEDED" : "QUEUED", { attempts: 1 });
      expect(story.findings()).toEqual([]);
    },
  );

  it("leaves open live whether an acknowledgement was lost", () => {
    const story = execute({ live: true }).acknowledge(0, 3).answer(0, 4, "2.04", { type: "CON" }).update(0, 20);
    expect(story.outcome("I-04")).toBe("inconclusive");
  });

  it("is not exercised by piggybacked and Non-confirmable responses", () => {
    expect(execute().answer(0, 3, "2.04").outcome("I-04")).toBe("not-exercised");
    expect(execute().answer(0, 3, "2.04", { type: "NON" }).outcome("I-04")).toBe("not-exercised");
  });
});

describe("ignoresForeignTokens", () => {
  const foreign = (code: "4.04" | "2.04" = "4.04", options = {}): Story =>
    execute(options).acknowledge(0, 3).answer(0, 4, code, { token: "f0f0" }).as("foreign");

  it("breaks I-04 when a response with another token settles the task, by error or success (RFC 7252 §5.3.2)", () => {
    const story = foreign().see(0, 5, "FAILED", { attempts: 1, code: 4040 }).as("seen");
    expect(story.finding("I-04")).toEqual({
      requirement: "I-04",
      events: [story.event("foreign"), story.event("seen")],
      expected: `${NAME} is REQUESTED or QUEUED or PROCESSING: the 4.04 that came had another token`,
      actual: "FAILED with error 4040",
    });
    expect(foreign("2.04").see(0, 5, "SUCCEEDED", { attempts: 1 }).outcome("I-04")).toBe("fail");
    const answered = foreign().answer(0, 6, "2.04", { type: "CON" }).reply(0, 6, "ACK");
    expect(answered.see(0, 7, "FAILED", { attempts: 1, code: 4040 }).outcome("I-04")).toBe("fail");
  });

  it("keeps I-04 when the task goes on, and when its own answer then ends it", () => {
    expect(foreign().see(0, 5, "PROCESSING", { attempts: 1 }).outcome("I-04")).toBe("pass");
    const answered = foreign().delivered(0, 5, "executed").answer(0, 6, "2.04", { type: "CON" }).reply(0, 6, "ACK");
    expect(answered.see(0, 7, "SUCCEEDED", { attempts: 1 }).findings()).toEqual([]);
  });

  it("says nothing where nothing else has acknowledged the request: a server may stop repeating it, or not", () => {
    const first = () => execute().answer(0, 3, "4.04", { token: "f0f0" });
    expect(first().see(0, 200, "PROCESSING", { attempts: 1 }).findings()).toEqual([]);
    expect(first().retransmit(0, 4.5).see(0, 200, "QUEUED", { attempts: 1 }).findings()).toEqual([]);
    // Whoever waits for the response still has the device to itself.
    expect(first().create(1, 4).update(0, 100).wait(110).findings()).toEqual([]);
  });

  it("does not blame another status on it, and is not exercised by a response of another message id", () => {
    expect(foreign().see(0, 5, "CANCELLED").finding("I-04")).toBeUndefined();
    const other = execute().acknowledge(0, 3).answer(0, 4, "4.04", { token: "f0f0", messageId: 9 });
    expect(other.see(0, 5, "PROCESSING", { attempts: 1 }).outcome("I-04")).toBe("not-exercised");
  });
});
