import { describe, expect, it } from "vitest";
import { EMPTY_PROFILE } from "../../../protocol/profile.ts";
import { history, type Story } from "../test-history.ts";

const UTC_OFFSET = { property: "deviceProperties.device.utcOffset" };
const LABEL = { type: "W", property: "serverProperties.label", value: "x" } as const;
const THIRTY_DAYS = 2_592_000;

/** Registered at 1 s; a Read is created at 2 s, to begin at 100 s. */
const scheduled = (options = {}, more = {}): Story =>
  history(options)
    .register(0, 1)
    .create(0, 2, { scheduledOn: 100, ...more })
    .as("created");

describe("beginsWhenScheduled", () => {
  it("breaks T-05 when a request leaves a second before the scheduledOn", () => {
    const story = scheduled().request(0, 99).as("request");
    expect(story.finding("T-05")).toEqual({
      requirement: "T-05",
      events: [story.event("created") - 1, story.event("request")],
      expected: "nothing is sent for task 0 before 100.000 s, when it is to begin",
      actual: "a request at 99.000 s",
    });
  });

  it("breaks T-05 also for a server that declares nothing, and where an Update lets the request go", () => {
    expect(scheduled({ profile: EMPTY_PROFILE }).update(0, 50).request(0, 50).outcome("T-05")).toBe("fail");
  });

  it("takes a request for the task that has begun when another one asks the same later", () => {
    const story = scheduled().create(1, 3).request(0, 3, { task: 1 }).answer(0, 4, "2.05", { text: "UTC" });
    expect(story.see(1, 5, "SUCCEEDED", { attempts: 1 }).see(0, 5, "REQUESTED", { attempts: 0 }).findings()).toEqual(
      [],
    );
  });

  it("keeps T-05 when the device that is there is tried at the scheduledOn, without any message from it", () => {
    const story = scheduled().request(0, 100).answer(0, 101, "2.05", { text: "UTC" }).see(0, 102, "SUCCEEDED");
    expect(story.findings()).toEqual([]);
    expect(story.outcome("T-05")).toBe("pass");
  });

  it("breaks T-05 when it is not tried within 1 s of the scheduledOn", () => {
    const story = scheduled().wait(102);
    expect(story.finding("T-05")).toMatchObject({ actual: "no request was sent" });
    expect(scheduled().wait(100.5).findings()).toEqual([]);
  });

  it("asks for nothing at the scheduledOn when the device has left, and for an attempt when it registers again", () => {
    const away = (): Story => scheduled().deregister(0, 50).see(0, 110, "QUEUED", { attempts: 0 });
    expect(away().findings()).toEqual([]);
    expect(away().register(0, 120).wait(130).outcome("Q-04")).toBe("fail");
  });

  it("owes nothing to a Register or an Update before the scheduledOn", () => {
    const story = history().create(0, 1, { scheduledOn: 100 }).register(0, 10).update(0, 50).wait(99);
    expect(story.findings()).toEqual([]);
  });

  it("asks for nothing of a device that sleeps when its task begins, until it updates", () => {
    const asleep = (): Story =>
      history().register(0, 1, { queueMode: true }).create(0, 2, { scheduledOn: 500 }).wait(600);
    expect(asleep().findings()).toEqual([]);
    expect(asleep().update(0, 700).wait(710).outcome("Q-08")).toBe("fail");
  });

  it("begins at once when the scheduledOn has passed at creation", () => {
    expect(history().register(0, 1).create(0, 5, { scheduledOn: 2 }).request(0, 5).wait(6).findings()).toEqual([]);
    expect(history().register(0, 1).create(0, 5, { scheduledOn: 2 }).wait(10).outcome("Q-02")).toBe("fail");
  });

  it("breaks T-05 when a task is SCHEDULED 2 s after it has begun, and accepts it before", () => {
    const shown = (at: number): Story => scheduled().deregister(0, 50).poll(0, at, [], { status: "SCHEDULED" });
    expect(shown(99).outcome("T-05")).toBe("pass");
    expect(shown(100.5).findings()).toEqual([]);
    expect(shown(102).outcome("T-05")).toBe("fail");
  });

  it("breaks T-05 when a task that was PROCESSING is SCHEDULED again", () => {
    const story = scheduled().poll(0, 10, [], { status: "PROCESSING" }).poll(0, 20, [], { status: "SCHEDULED" });
    expect(story.finding("T-05")).toMatchObject({ actual: "SCHEDULED" });
  });

  it("does not say which status a task shows before it begins: the text names SCHEDULED and no more", () => {
    for (const status of ["SCHEDULED", "REQUESTED", "QUEUING", "PROCESSING"] as const)
      expect(
        scheduled()
          .poll(0, 50, [{ status: "QUEUED" }], { status })
          .findings(),
      ).toEqual([]);
  });

  it("is not exercised, and so not passed, without a scheduledOn", () => {
    const story = history().register(0, 1).create(0, 2).request(0, 2).answer(0, 3, "2.05", { text: "UTC" });
    expect(story.see(0, 9, "SUCCEEDED").verdict("T-05")).toBeUndefined();
  });
});

describe("a task that begins later, to the other checkers", () => {
  const absent = (): Story => history().create(0, 2, { scheduledOn: 100, expiresAfter: 10 });

  it("expires its expiresAfter after its scheduledOn: 4004 at 50 s breaks E-02, REQUESTED at 111 s does so too", () => {
    expect(absent().see(0, 50, "FAILED", { code: "4004" }).outcome("E-02")).toBe("fail");
    expect(absent().see(0, 109, "QUEUED").see(0, 111, "FAILED", { code: "4004" }).findings()).toEqual([]);
    expect(absent().see(0, 111, "REQUESTED").outcome("E-02")).toBe("fail");
  });

  it("is CANCELLED at once when it is cancelled before, and never sent (T-04, Q-11)", () => {
    const cancelled = (): Story => scheduled().cancel(0, 50);
    expect(cancelled().see(0, 51, "CANCELLED").findings()).toEqual([]);
    expect(cancelled().see(0, 51, "REQUESTED").outcome("T-04")).toBe("fail");
    expect(cancelled().request(0, 100).outcome("Q-11")).toBe("fail");
  });

  it("goes before what was created after it, when both are due (Q-10)", () => {
    const both = (): Story => history().create(0, 1, { scheduledOn: 100 }).create(1, 2, UTC_OFFSET).register(0, 200);
    expect(both().request(0, 200, { task: 1 }).outcome("Q-10")).toBe("fail");
    const early = history().create(0, 1, { scheduledOn: 100 }).create(1, 2, UTC_OFFSET).register(0, 50);
    expect(early.request(0, 50, { task: 1 }).findings()).toEqual([]);
  });

  it("writes a server property at its scheduledOn: SUCCEEDED at 50 s breaks T-01, and so does REQUESTED at 102 s", () => {
    const written = (): Story => history().create(0, 2, { ...LABEL, scheduledOn: 100 });
    expect(written().see(0, 50, "SUCCEEDED").outcome("T-01")).toBe("fail");
    expect(written().see(0, 50, "REQUESTED").see(0, 102, "SUCCEEDED").findings()).toEqual([]);
    expect(written().see(0, 102, "REQUESTED").outcome("T-01")).toBe("fail");
  });

  it("says nothing of a server property that is cancelled at the moment at which it is written", () => {
    const story = history()
      .create(0, 2, { ...LABEL, scheduledOn: 100 })
      .cancel(0, 100);
    expect(story.see(0, 105, "CANCELLED").mirror(0, 106, {}).findings()).toEqual([]);
  });

  it("is gone 30 days after its creation, whenever it began (L-02)", () => {
    const late = history().create(0, 0, { scheduledOn: 2_000_000, expiresAfter: 60 });
    expect(late.pollTask(0, THIRTY_DAYS + 10).outcome("L-02")).not.toBe("pass");
  });

  it("has to be refused when it would end a second after its record, and may end with it (choice 8, L-04)", () => {
    const ending = (scheduledOn: number, status: number, profile = {}): Story =>
      history(profile).create(0, 10, { scheduledOn, expiresAfter: 60, status });
    const last = 10 + THIRTY_DAYS - 60;
    expect(ending(last, 201).outcome("L-04")).not.toBe("fail");
    expect(ending(last + 1, 201).outcome("L-04")).toBe("fail");
    expect(ending(last + 1, 400).outcome("L-04")).toBe("pass");
    expect(ending(last + 1, 201, { profile: EMPTY_PROFILE }).findings()).toEqual([]);
  });

  it("has no device that has ended while it has none at all: SCHEDULED is right until it begins (choice 33)", () => {
    const nobody = (): Story => history().create(0, 2, { devices: [], scheduledOn: 100 });
    const shown = (at: number): Story =>
      nobody().poll(0, 20, [], { status: "SCHEDULED" }).poll(0, at, [], { status: "SCHEDULED" });
    expect(shown(90).findings()).toEqual([]);
    expect(
      nobody().poll(0, 102, [], { status: "PROCESSING" }).poll(0, 110, [], { status: "PROCESSING" }).outcome("T-02"),
    ).toBe("fail");
  });
});

describe("a task that begins later, live", () => {
  /** The server's clock is 1000 s ahead of ours. */
  const ahead = (createdOn?: number): Story =>
    history({ live: true })
      .register(0, 1)
      .create(0, 2, { scheduledOn: 1_050, ...(createdOn === undefined ? {} : { createdOn }) });

  it("begins by the server's clock, which the createdOn of its answer tells", () => {
    expect(ahead(1_002.005).request(0, 40).outcome("T-05")).toBe("fail");
    expect(ahead(1_002.005).request(0, 50).findings()).toEqual([]);
    expect(ahead(1_002.005).wait(70).outcome("T-05")).toBe("fail");
  });

  it("leaves the measuring uncertainty open: 100 ms before is not too early", () => {
    expect(ahead(1_002.005).request(0, 49.9).findings()).toEqual([]);
  });

  it("is not judged when the answer does not show a createdOn", () => {
    expect(ahead().request(0, 4).findings()).toEqual([]);
    expect(ahead().wait(2_000).findings()).toEqual([]);
  });
});
