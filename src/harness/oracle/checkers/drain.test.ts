import { describe, expect, it } from "vitest";
import { ARTIK, EMPTY_PROFILE, type Profile } from "../../../protocol/profile.ts";
import { history, type Story } from "../test-history.ts";

const FIRST = "task 0 (R deviceProperties.device.timezone) of device 0";
const SECOND = "task 1 (R deviceProperties.device.utcOffset) of device 0";
const CONTINUES = { ...ARTIK, drainAfterFailure: "continue" } as const;
const property = "deviceProperties.device.utcOffset";
/** Two tasks wait when the device registers at 5 s; the request of the first one is reset at 6 s. */
const failed = (profile: Profile = ARTIK, more = {}): Story =>
  history({ profile: { ...profile, ...more } })
    .create(0, 1)
    .create(1, 1, { property })
    .register(0, 5)
    .request(0, 5)
    .reset(0, 6)
    .as("reset");

describe("stopsAfterFailure", () => {
  it("breaks R-13 when the other task is sent at once, though `stop` is declared (choice 28)", () => {
    const story = failed().request(0, 6, { task: 1 }).as("next");
    expect(story.finding("R-13")).toEqual({
      requirement: "R-13",
      events: [story.event("reset"), story.event("next")],
      expected: `${SECOND} waits for the next Register or Update: an attempt of ${FIRST} has failed`,
      actual: "it is sent at 6.000 s",
    });
  });

  it("breaks R-13 an hour later, too, and after a task that came meanwhile has succeeded", () => {
    expect(failed().request(0, 3_600, { task: 1 }).outcome("R-13")).toBe("fail");
    const meanwhile = failed().create(2, 20, { property: "deviceProperties.device.manufacturer" });
    meanwhile.request(0, 20, { task: 2 }).answer(0, 21, "2.05", { text: "Acme" });
    expect(meanwhile.verdict("R-13")).toBeUndefined();
    expect(meanwhile.request(0, 21, { task: 1 }).outcome("R-13")).toBe("fail");
  });

  it("keeps R-13 when it waits for the next Register or Update", () => {
    expect(failed().update(0, 8).request(0, 8, { task: 1 }).outcome("R-13")).toBe("pass");
    expect(failed().register(0, 8).request(0, 8, { task: 1 }).outcome("R-13")).toBe("pass");
  });

  it("leaves R-13 open after an unanswered Update, and asks nothing after one during the exchange", () => {
    const during = history().create(0, 1).create(1, 1, { property }).register(0, 5).request(0, 5).update(0, 5.5);
    expect(during.reset(0, 6).request(0, 6, { task: 1 }).outcome("R-13")).toBe("not-exercised");
    const unanswered = failed().update(0, 8, { answer: "none" }).request(0, 8, { task: 1 });
    expect(unanswered.outcome("R-13")).toBe("inconclusive");
  });

  it("leaves R-13 open once a declared timer may have fired (choice 4), and not before", () => {
    const timed = (at: number): Story => failed(ARTIK, { timerRetry: 30 }).request(0, at, { task: 1 });
    expect(timed(36).outcome("R-13")).toBe("inconclusive");
    expect(timed(20).outcome("R-13")).toBe("fail");
  });

  it("does not ask whether a task that was created during the exchange, or just before, is tried", () => {
    const just = history().register(0, 1).create(0, 5).request(0, 5).create(1, 5.2, { property });
    expect(just.reset(0, 6).request(0, 6, { task: 1 }).outcome("R-13")).toBe("not-exercised");
  });

  it("is not exercised where nothing is declared", () => {
    expect(failed(EMPTY_PROFILE).request(0, 6, { task: 1 }).outcome("R-13")).toBe("not-exercised");
    expect(failed(EMPTY_PROFILE).poll(1, 30, []).outcome("R-13")).toBe("not-exercised");
  });

  it("asks nothing when an answer comes while the server may still wait for it (RFC 7252 §4.2)", () => {
    const coap = { ackTimeout: 2, ackRandomFactor: 1.5, maxRetransmit: 0 };
    const story = (answered: number): Story =>
      history({ profile: { ...ARTIK, coap } })
        .create(0, 1)
        .create(1, 1, { property })
        .register(0, 5)
        .request(0, 5)
        .answer(0, answered, "2.05", { text: "UTC" })
        .request(0, answered, { task: 1 });
    expect(story(7.1).outcome("R-13")).toBe("not-exercised");
    expect(story(8.1).outcome("R-13")).toBe("fail");
  });
});

describe("owedAttempts, R-13", () => {
  it("breaks R-13 when the other task is not sent, though `continue` is declared", () => {
    const story = failed(CONTINUES).poll(1, 30, []);
    expect(story.finding("R-13")).toMatchObject({
      events: [story.event("reset"), story.event("reset") + 1],
      expected: `after the failed attempt of ${FIRST}, ${SECOND} is attempted within 1.000 s of the device being free`,
    });
  });

  it("keeps R-13 when it is sent within the same trigger", () => {
    const story = failed(CONTINUES).request(0, 6, { task: 1 });
    expect(story.verdict("R-13")).toMatchObject({ examined: 1, findings: [] });
  });

  it("asks nothing once the device has left, or the other task is cancelled", () => {
    expect(failed(CONTINUES).deregister(0, 6.5).poll(1, 30, []).outcome("R-13")).toBe("not-exercised");
    expect(failed(CONTINUES).cancel(1, 6.5).poll(1, 30, []).outcome("R-13")).toBe("not-exercised");
  });
});
