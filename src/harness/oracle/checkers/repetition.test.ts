import { describe, expect, it } from "vitest";
import { TEXT } from "../../../protocol/lwm2m/content.ts";
import { writeContent } from "../../../protocol/lwm2m/operations.ts";
import { ARTIK, EMPTY_PROFILE } from "../../../protocol/profile.ts";
import { history, REBOOT, type Story, TIMEZONE } from "../test-history.ts";

describe("countsRepeatedReboots", () => {
  const NAME = `task 0 (E ${REBOOT}) of device 0`;
  /** Told at 2 s to reboot; the answer is lost, and the device registers at 5 s and is told again. */
  const repeated = (options = {}): Story =>
    history(options)
      .register(0, 1)
      .create(0, 2, { type: "E", property: REBOOT })
      .request(0, 2)
      .as("first")
      .delivered(0, 2, "executed")
      .reboot(0, 2)
      .register(0, 5)
      .request(0, 5)
      .as("second");

  it("breaks I-05 when the device is told twice after one Register", () => {
    const story = repeated().delivered(0, 5, "executed").reboot(0, 5).reset(0, 6).request(0, 7).as("third");
    expect(story.finding("I-05")).toEqual({
      requirement: "I-05",
      events: [story.event("second"), story.event("third")],
      expected: `${NAME} is repeated at most once per Register or Update`,
      actual: "one more attempt at 7.000 s",
    });
  });

  it("breaks I-05 when a repetition is not counted as an attempt", () => {
    const story = repeated().answer(0, 6, "2.04").see(0, 7, "SUCCEEDED", { attempts: 1 }).as("seen");
    expect(story.finding("I-05")).toEqual({
      requirement: "I-05",
      events: [story.event("first"), story.event("second"), story.event("seen")],
      expected: `numAttempts of ${NAME}, which was sent 2 times, is at least 2`,
      actual: "1",
    });
  });

  it("keeps I-05 by one counted attempt for each Register, however often that goes round", () => {
    const story = repeated().delivered(0, 5, "executed").reboot(0, 5).register(0, 9).request(0, 9);
    story.answer(0, 9, "2.04").see(0, 10, "SUCCEEDED", { attempts: 3 });
    expect(story.verdict("I-05")).toMatchObject({ examined: 3, findings: [] });
  });

  it("lets an exchange that a new address cut off be counted or not (choice 32)", () => {
    const told = history().register(0, 1).create(0, 2, { type: "E", property: REBOOT }).request(0, 2);
    told.delivered(0, 2, "executed");
    const story = told.move(0).update(0, 3).request(0, 3).answer(0, 4, "2.04");
    expect(story.see(0, 5, "SUCCEEDED", { attempts: 1 }).findings()).toEqual([]);
  });

  it("leaves open a repetition while the Register that brings it is not answered", () => {
    const told = history().register(0, 1).create(0, 2, { type: "E", property: REBOOT }).request(0, 2).reset(0, 3);
    expect(told.update(0, 4, { answer: "none" }).request(0, 4).outcome("I-05")).toBe("inconclusive");
  });

  it("is not exercised where no trigger is declared, by a retry by timer, another operation, or one attempt", () => {
    expect(repeated({ profile: EMPTY_PROFILE }).outcome("I-05")).toBe("not-exercised");
    expect(repeated({ profile: { ...ARTIK, timerRetry: 30 } }).outcome("I-05")).toBe("not-exercised");
    const read = history().register(0, 1).create(0, 2).request(0, 2).reset(0, 3).update(0, 4).request(0, 4);
    expect(read.outcome("I-05")).toBe("not-exercised");
    const once = history().register(0, 1).create(0, 2, { type: "E", property: REBOOT }).request(0, 2);
    expect(once.answer(0, 3, "2.04").see(0, 4, "SUCCEEDED", { attempts: 1 }).outcome("I-05")).toBe("not-exercised");
  });
});

describe("repeatsWritesAlike", () => {
  const NAME = `task 0 (W ${TIMEZONE}) of device 0`;
  const PATH = "3/0/15";
  const written = (value: string) => ({ path: PATH, value });
  const other = (value: string) => writeContent([3, 0, 15], TEXT, new TextEncoder().encode(value));
  /** Written at 2 s, and the answer lost; the device updates at 70 s. */
  const repeated = (): Story =>
    history()
      .register(0, 1)
      .create(0, 2, { type: "W", value: "Asia/Seoul" })
      .requestInVain(0, 2)
      .delivered(0, 30, "written", written("Asia/Seoul"))
      .update(0, 70);

  it("breaks I-06 when the repetition carries another value, and the task succeeds by it", () => {
    const story = repeated()
      .request(0, 70, { content: other("Asia/Seou") })
      .as("again");
    story.delivered(0, 70, "written", written("Asia/Seou")).answer(0, 70, "2.04");
    story.see(0, 71, "SUCCEEDED", { attempts: 2 }).as("seen");
    expect(story.finding("I-06")).toEqual({
      requirement: "I-06",
      events: [expect.any(Number), story.event("again"), story.event("seen")],
      expected: `${NAME} is repeated as it was: write ${PATH} "Asia/Seoul"`,
      actual: `write ${PATH} "Asia/Seou"`,
    });
  });

  it("breaks I-06 when a copy under the same message id and token carries another value", () => {
    const first = history().register(0, 1).create(0, 2, { type: "W", value: "UTC" });
    first.request(0, 2, { messageId: 77, token: "aa77" }).as("first");
    const story = first.request(0, 4, { messageId: 77, token: "aa77", content: other("U") }).as("copy");
    expect(story.finding("I-06")).toEqual({
      requirement: "I-06",
      events: [story.event("first"), story.event("copy")],
      expected: `the copy of message 77 asks the same: write ${PATH} "UTC"`,
      actual: `write ${PATH} "U"`,
    });
    expect(story.finding("R-07")).toMatchObject({ actual: "other bytes under its message id and token" });
  });

  it("breaks I-06 when the device is left with another value than that of the task", () => {
    const story = repeated().request(0, 70).delivered(0, 70, "written", written("UTC")).as("effect");
    story.answer(0, 70, "2.04").see(0, 71, "SUCCEEDED", { attempts: 2 }).as("seen");
    expect(story.finding("I-06")).toEqual({
      requirement: "I-06",
      events: [story.event("effect"), story.event("seen")],
      expected: `${NAME} leaves ${PATH} at "Asia/Seoul"`,
      actual: '"UTC"',
    });
  });

  it("keeps I-06 when two attempts leave the task's value", () => {
    const story = repeated().request(0, 70).delivered(0, 70, "written", written("Asia/Seoul")).answer(0, 70, "2.04");
    expect(story.see(0, 71, "SUCCEEDED", { attempts: 2 }).outcome("I-06")).toBe("pass");
  });

  it("lets a server write for reasons of its own, as long as the task's value gets its answer", () => {
    const story = repeated()
      .request(0, 70, { content: other("UTC") })
      .answer(0, 70, "2.04");
    story.request(0, 70).delivered(0, 70, "written", written("Asia/Seoul")).answer(0, 71, "2.04");
    expect(story.see(0, 72, "SUCCEEDED", { attempts: 2 }).findings()).toEqual([]);
  });

  it("is not exercised by one attempt, by a Read, or while the task is pending", () => {
    const once = history().register(0, 1).create(0, 2, { type: "W", value: "UTC" }).request(0, 2);
    once.delivered(0, 2, "written", written("UTC")).answer(0, 3, "2.04");
    expect(once.see(0, 4, "SUCCEEDED", { attempts: 1 }).outcome("I-06")).toBe("not-exercised");
    const read = history().register(0, 1).create(0, 2).request(0, 2).reset(0, 3).update(0, 4).request(0, 4);
    read.answer(0, 5, "2.05", { text: "UTC" });
    expect(read.see(0, 6, "SUCCEEDED", { attempts: 2 }).outcome("I-06")).toBe("not-exercised");
    expect(repeated().see(0, 71, "QUEUED", { attempts: 1 }).outcome("I-06")).toBe("not-exercised");
  });
});
