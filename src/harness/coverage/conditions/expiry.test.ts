import { describe, expect, it } from "vitest";
import { history, type Story } from "../../oracle/test-history.ts";
import { met } from "../test-kit.ts";

const success = { text: "UTC" } as const;
const DAY = 86_400;
/** Created at 2 s, expires at 12 s, read at 100 s. */
const tenSeconds = (story: Story): Story => story.create(0, 2, { expiresAfter: 10 });
const later = (story: Story): Story => story.poll(0, 100, []);

describe("EXPIRED", () => {
  it("tells where a task expired: never registered, unregistered, asleep, after a failure, in flight", () => {
    const stories: Readonly<Record<string, Story>> = {
      "expired-never-registered": later(tenSeconds(history())),
      "expired-asleep": history()
        .register(0, 1, { queueMode: true })
        .create(0, 200, { expiresAfter: 10 })
        .poll(0, 300, []),
      "expired-after-failure": later(tenSeconds(history().register(0, 1)).request(0, 2).reset(0, 3)),
      "expired-in-flight": later(tenSeconds(history().register(0, 1)).request(0, 2)),
    };
    for (const [id, story] of Object.entries(stories))
      expect(Object.keys(stories).filter((each) => met(story, each))).toEqual([id]);
    const left = later(tenSeconds(history().register(0, 1)).deregister(0, 3));
    expect(met(left, "expired-unregistered")).toBe(true);
    expect(met(left, "expired-asleep")).toBe(false);
  });

  it("says nothing of a task that is answered in time", () => {
    const story = later(tenSeconds(history().register(0, 1)).request(0, 2).answer(0, 5, "2.05", success));
    for (const id of ["expired-in-flight", "own-period-expired", "answered-within-300-ms-of-expiry"])
      expect(met(story, id), id).toBe(false);
  });

  it("tells an acknowledged request in flight from a retransmitted one", () => {
    const flying = (): Story => tenSeconds(history().register(0, 1)).request(0, 2);
    const acknowledged = later(flying().acknowledge(0, 3));
    expect(met(acknowledged, "expired-in-flight-acknowledged")).toBe(true);
    expect(met(acknowledged, "expired-between-retransmissions")).toBe(false);
    const repeated = later(flying().retransmit(0, 4));
    expect(met(repeated, "expired-between-retransmissions")).toBe(true);
    expect(met(repeated, "expired-in-flight-acknowledged")).toBe(false);
    expect(met(later(flying().delivered(0, 3, "read")), "expired-after-acting")).toBe(true);
    expect(met(repeated, "expired-after-acting")).toBe(false);
  });

  it("knows who set the period (choice 7)", () => {
    expect(met(later(tenSeconds(history())), "own-period-expired")).toBe(true);
    expect(met(later(tenSeconds(history())), "default-period-expired")).toBe(false);
    expect(met(history({ typeExpiry: 60 }).create(0, 2).poll(0, 100, []), "type-period-expired")).toBe(true);
    expect(
      met(
        history()
          .create(0, 2)
          .poll(0, 8 * DAY, []),
        "default-period-expired",
      ),
    ).toBe(true);
  });

  it("sees a device that comes back within 10 s after expiry, and not one that comes later", () => {
    expect(met(tenSeconds(history()).register(0, 13), "device-back-just-after-expiry")).toBe(true);
    expect(met(tenSeconds(history()).register(0, 23), "device-back-just-after-expiry")).toBe(false);
    expect(met(tenSeconds(history()).register(0, 11.5), "device-back-just-after-expiry")).toBe(false);
  });
});

describe("DEADLINES", () => {
  it("measures how close to expiry an answer came", () => {
    const answered = (at: number): Story =>
      tenSeconds(history().register(0, 1))
        .request(0, 2)
        .acknowledge(0, 3)
        .answer(0, at, "2.05", { ...success, type: "CON" });
    expect(met(answered(11.8), "answered-within-300-ms-of-expiry")).toBe(true);
    expect(met(answered(11.6), "answered-within-300-ms-of-expiry")).toBe(false);
    expect(met(answered(12.1), "answered-within-10-s-of-expiry")).toBe(false);
  });

  it("sees a task that was cancelled in flight and then expired (semantics, States)", () => {
    const story = tenSeconds(history().register(0, 1)).request(0, 2).cancel(0, 3);
    expect(met(story, "cancel-requested-then-expired")).toBe(false);
    expect(met(later(story), "cancel-requested-then-expired")).toBe(true);
  });

  it("sees that the device type was changed while a task waited that had inherited its period", () => {
    expect(met(history({ typeExpiry: 600 }).create(0, 2).configure(5, 60), "type-changed-while-waiting")).toBe(true);
    expect(met(tenSeconds(history({ typeExpiry: 600 })).configure(5, 60), "type-changed-while-waiting")).toBe(false);
    expect(
      met(history({ typeExpiry: 60 }).create(0, 2).poll(0, 90, []).configure(100, 70), "type-changed-while-waiting"),
    ).toBe(false);
    expect(met(history({ typeExpiry: 600 }).create(0, 2).configure(5, 6, 400), "type-changed-while-waiting")).toBe(
      false,
    );
  });
});

describe("RECORDS", () => {
  it("sees reads within the second before and after expiry and removal (choice 11)", () => {
    const asked = (at: number): Story => tenSeconds(history()).pollTask(0, at);
    expect(met(asked(11.5), "read-just-before-expiry")).toBe(true);
    expect(met(asked(10.5), "read-just-before-expiry")).toBe(false);
    expect(met(asked(12.5), "read-just-after-expiry")).toBe(true);
    const removal = 2 + 30 * DAY;
    expect(met(asked(removal - 0.5), "read-just-before-removal")).toBe(true);
    expect(met(asked(removal - 0.5), "read-just-after-removal")).toBe(false);
    expect(met(asked(removal + 0.5), "read-just-after-removal")).toBe(true);
    expect(met(asked(removal + 0.5), "expired-task-removed")).toBe(true);
    expect(met(asked(removal + 0.5), "succeeded-task-removed")).toBe(false);
  });
});
