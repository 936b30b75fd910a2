import { describe, expect, it } from "vitest";
import { ARTIK } from "../../../protocol/profile.ts";
import { history, type Story } from "../test-history.ts";

/** Nothing is said about restarts. */
const { restart: _declared, ...UNDECLARED } = ARTIK;
const LOSING = { ...ARTIK, restart: { registrations: "lost" } } as const;

/** A task waits for a device that is not there; the server is down from 10 s to 20 s. */
const waiting = (): Story => history().create(0, 2).restart(10, 20).as("up");
/** A task is in flight when the server is killed. */
const inFlight = (options = {}): Story =>
  history(options).register(0, 1).create(0, 2).request(0, 2).restart(10, 20).as("up");

describe("survivesRestart", () => {
  it("breaks S-01 when a task that waited is FAILED, or is not sent to the device that comes", () => {
    const failed = waiting().see(0, 21, "FAILED", { code: "5000" });
    expect(failed.finding("S-01")).toEqual({
      requirement: "S-01",
      events: [0, failed.event("up"), failed.events.length - 1],
      expected: expect.stringMatching(/ is REQUESTED or QUEUED or PROCESSING, as if the server had not been killed$/),
      actual: "FAILED with error 5000",
    });
    const forgotten = waiting().register(0, 21).see(0, 30, "QUEUED");
    expect(forgotten.finding("S-01")?.actual).toBe("no request was sent");
  });

  it("breaks S-01 when the task is gone, and not when its 30 days are over", () => {
    expect(waiting().pollTask(0, 21, 404).finding("S-01")?.actual).toBe("HTTP 404");
    expect(
      waiting()
        .pollTask(0, 31 * 86_400, 404)
        .outcome("S-01"),
    ).toBe("not-exercised");
  });

  it("breaks S-01 when what has ended is done again", () => {
    const done = history().register(0, 1).create(0, 2).request(0, 2).answer(0, 3, "2.05", { text: "UTC" });
    done.see(0, 5, "SUCCEEDED", { attempts: 1 }).restart(10, 20).register(0, 21);
    expect(done.request(0, 21).finding("S-01")?.actual).toBe("a request for it");
  });

  it("does not ask for what began at the moment of the kill: it may be a failed attempt by then; a bit later it does", () => {
    const begins = (at: number): Story => history().register(0, 1).create(0, 2, { scheduledOn: at }).restart(10, 20);
    expect(begins(10).see(0, 40, "QUEUED", { attempts: 1 }).findings()).toEqual([]);
    expect(begins(10.5).see(0, 40, "QUEUED", { attempts: 0 }).finding("S-01")?.actual).toBe("no request was sent");
  });

  it("keeps S-01 when the task waits, is sent after a Register, and stays as it ended", () => {
    const story = waiting().see(0, 21, "QUEUED", { attempts: 0 }).register(0, 22).request(0, 22);
    story.answer(0, 23, "2.05", { text: "UTC" }).see(0, 24, "SUCCEEDED", { attempts: 1 });
    expect(story.outcome("S-01")).toBe("pass");
    expect(story.findings()).toEqual([]);
  });

  it("is not exercised by a task that is created afterwards, nor without a restart", () => {
    const later = history().restart(1, 2).create(0, 3).see(0, 4, "FAILED", { code: "5000" });
    expect(later.outcome("S-01")).toBe("not-exercised");
    expect(history().create(0, 2).see(0, 3, "FAILED", { code: "5000" }).outcome("S-01")).toBe("not-exercised");
  });

  it("does not blame the restart for what was so before it", () => {
    const story = history().create(0, 2).see(0, 5, "FAILED", { code: "5000" }).restart(10, 20);
    story.see(0, 21, "FAILED", { code: "5000" });
    expect([story.outcome("S-01"), story.outcome("T-01")]).toEqual(["not-exercised", "fail"]);
  });
});

describe("keepsRegistrations", () => {
  const registered = (options = {}): Story => history(options).register(0, 1).restart(10, 20).as("up");

  it("breaks S-02 when an Update of a registration that should survive is answered 4.04", () => {
    const story = registered().update(0, 21, { answer: "4.04" });
    expect(story.finding("S-02")).toEqual({
      requirement: "S-02",
      events: [story.event("up"), story.events.length - 1],
      expected: "rd/0-1 is known after the server was killed, too",
      actual: "4.04",
    });
  });

  it("keeps S-02 by 2.04, and is not exercised by a Register or by what was registered later", () => {
    expect(registered().update(0, 21).outcome("S-02")).toBe("pass");
    expect(registered().register(0, 21).outcome("S-02")).toBe("not-exercised");
    expect(registered().register(0, 21).update(0, 22).outcome("S-02")).toBe("not-exercised");
  });

  it("breaks S-02 the other way round where registrations are declared to be lost", () => {
    expect(registered({ profile: LOSING }).update(0, 21).finding("S-02")?.actual).toBe("2.04");
    expect(registered({ profile: LOSING }).update(0, 21, { answer: "4.04" }).outcome("S-02")).toBe("pass");
  });

  it("says nothing where nothing is declared, and neither does anybody else", () => {
    for (const answer of ["2.04", "4.04"] as const) {
      const story = registered({ profile: UNDECLARED }).update(0, 21, { answer });
      expect([story.outcome("S-02"), story.findings()]).toEqual(["not-exercised", []]);
    }
  });
});

describe("the oracle, of a server that was killed", () => {
  it("waits for a trigger: R-06 breaks when what was in flight is sent at the start, if that is declared", () => {
    expect(inFlight().request(0, 20).outcome("R-06")).toBe("fail");
    expect(inFlight({ profile: UNDECLARED }).request(0, 20).findings()).toEqual([]);
    expect(inFlight().update(0, 21).request(0, 21).outcome("R-06")).toBe("pass");
  });

  it("counts what was in flight where that is declared (R-08), and may count it elsewhere", () => {
    expect(inFlight().see(0, 21, "QUEUED", { attempts: 0 }).outcome("R-08")).toBe("fail");
    expect(inFlight().see(0, 21, "QUEUED", { attempts: 1 }).outcome("R-08")).toBe("pass");
    for (const attempts of [0, 1])
      expect(inFlight({ profile: UNDECLARED }).see(0, 21, "QUEUED", { attempts }).findings()).toEqual([]);
  });

  it("lets an attempt count that was stored and never sent, and no more than one", () => {
    const created = (): Story => history().register(0, 1).create(0, 2).restart(2, 3);
    expect(created().see(0, 4, "QUEUED", { attempts: 1 }).findings()).toEqual([]);
    expect(created().see(0, 4, "QUEUED", { attempts: 2 }).outcome("R-08")).toBe("fail");
    const idle = history().register(0, 1).create(0, 2).restart(60, 61).see(0, 62, "QUEUED", { attempts: 1 });
    expect(idle.outcome("R-08")).toBe("fail");
  });

  it("takes a late answer for RST or for silence (I-04), and its success for nothing", () => {
    const late = (): Story => inFlight().answer(0, 21, "2.05", { text: "UTC", type: "CON" });
    expect(late().reply(0, 21, "RST").see(0, 22, "QUEUED", { attempts: 1 }).findings()).toEqual([]);
    expect(late().reply(0, 21, "RST").see(0, 22, "SUCCEEDED", { attempts: 1 }).outcome("S-01")).toBe("fail");
  });

  it("lets message ids and tokens from before come again", () => {
    const again = inFlight().update(0, 21).request(0, 21, { messageId: 1_001 });
    expect(again.outcome("R-07")).toBe("inconclusive");
  });

  it("lets a task expire while nobody is there, and shows it so within a second of the start", () => {
    const expiring = (): Story => history().create(0, 2, { expiresAfter: 10 }).restart(5, 60);
    expect(expiring().see(0, 60.5, "QUEUED").findings()).toEqual([]);
    expect(expiring().see(0, 62, "FAILED", { code: "4004" }).findings()).toEqual([]);
    expect(expiring().see(0, 62, "QUEUED").outcome("E-05")).toBe("fail");
  });

  it("does not count the period anew: what expires after the restart expires when it would have", () => {
    const story = history().create(0, 2, { expiresAfter: 30 }).restart(5, 10);
    expect(story.see(0, 34, "QUEUED").outcome("E-02")).toBe("fail");
  });

  it("asks nothing of a server for what was about to happen when it was killed", () => {
    const story = history().register(0, 1).create(0, 2).restart(2.5, 3).see(0, 60, "QUEUED", { attempts: 0 });
    expect(story.findings()).toEqual([]);
  });

  it("leaves open whether an answer was stored that came just before", () => {
    const answered = (): Story =>
      history().register(0, 1).create(0, 2).request(0, 2).answer(0, 3, "2.05", { text: "UTC" });
    for (const status of ["SUCCEEDED", "QUEUED"] as const)
      expect(answered().restart(3.5, 10).see(0, 11, status, { attempts: 1 }).outcome("T-01")).not.toBe("fail");
    expect(answered().restart(5, 10).see(0, 11, "QUEUED", { attempts: 1 }).outcome("S-01")).toBe("fail");
    const shown = answered().see(0, 3.2, "SUCCEEDED", { attempts: 1 }).restart(3.5, 10);
    expect(shown.see(0, 11, "QUEUED", { attempts: 1 }).outcome("S-01")).toBe("fail");
  });

  it("does not call a target useless whose requests failed while it was down", () => {
    const story = history().restart(1, 2);
    story.events.splice(1, 0, { kind: "rest-failure", ticket: 9, reason: "the server is down", at: 1_500_000 });
    expect(story.judge().unanswered).toEqual([]);
    expect(history().unanswered(3, { kind: "cancel-task", task: 0 }).judge().unanswered).toEqual(["time-out"]);
  });

  it("asks nothing about registrations of devices whose Register was not answered", () => {
    const open = (): Story => history().register(0, 1).register(0, 9.5, { answer: "none" }).restart(10, 20);
    for (const answer of ["2.04", "4.04"] as const)
      expect(open().update(0, 21, { answer, location: "rd/0-1" }).findings()).toEqual([]);
  });

  it("ends a device task that was cancelled in flight, where interruption is declared to be a failure", () => {
    const cancelled = (options = {}): Story =>
      history(options).register(0, 1).create(0, 2).request(0, 2).cancel(0, 3).restart(10, 20);
    expect(cancelled().see(0, 22, "CANCELLED", { attempts: 1 }).findings()).toEqual([]);
    expect(cancelled().see(0, 22, "QUEUED", { attempts: 1 }).outcome("S-01")).toBe("fail");
  });
});
