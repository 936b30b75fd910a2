import { describe, expect, it } from "vitest";
import { history, type Story, TIMEZONE } from "../../oracle/test-history.ts";
import { met } from "../test-kit.ts";

const success = { text: "UTC" } as const;
/** Three devices registered, one task for all. */
const three = (): Story => {
  const story = history({ devices: 3 });
  for (const device of [0, 1, 2]) story.register(device, 1);
  return story.create(0, 2, { devices: [0, 1, 2], expiresAfter: 100 });
};

describe("TASKS", () => {
  it("counts targets", () => {
    expect(met(three(), "two-targets")).toBe(true);
    expect(met(three(), "ten-targets")).toBe(false);
    const devices = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
    expect(met(history({ devices: 10 }).create(0, 1, { devices }), "ten-targets")).toBe(true);
  });

  it("tells in which different states the devices of one task end", () => {
    const story = three().request(0, 2).answer(0, 3, "2.05", success).request(1, 2).answer(1, 3, "4.04");
    expect(met(story, "succeeded-and-failed")).toBe(true);
    expect(met(story, "three-different-ends")).toBe(false);
    story.poll(0, 200, []);
    expect(met(story, "failed-and-expired")).toBe(true);
    expect(met(story, "three-different-ends")).toBe(true);
    expect(met(story, "succeeded-and-cancelled")).toBe(false);
  });

  it("does not put together what two tasks came to", () => {
    const story = history({ devices: 2 })
      .register(0, 1)
      .register(1, 1)
      .create(0, 2, { devices: [0] })
      .create(1, 2, { devices: [1] });
    story.request(0, 2).answer(0, 3, "2.05", success).request(1, 2, { task: 1 }).answer(1, 3, "4.04");
    expect(met(story, "succeeded-and-failed")).toBe(false);
  });

  it("sees a task in flight to two devices, and one that is done while another waits", () => {
    const story = three().request(0, 2);
    expect(met(story, "two-devices-in-flight")).toBe(false);
    expect(met(story.request(1, 2.5), "two-devices-in-flight")).toBe(true);
    expect(met(story, "one-device-waits-another-done")).toBe(false);
    expect(met(story.answer(0, 3, "2.05", success), "one-device-waits-another-done")).toBe(true);
  });
});

describe("CANCELLING", () => {
  it("knows what a cancellation finds: all waiting, in flight, done, and one of each", () => {
    const ids = [
      "cancel-while-waiting",
      "cancel-in-flight",
      "cancel-one-done-one-waiting",
      "cancel-one-in-flight-one-done-one-waiting",
      "cancel-complete",
    ];
    const seen = (story: Story): readonly string[] => ids.filter((id) => met(story, id));
    expect(seen(three().cancel(0, 2))).toEqual([ids[0]]);
    expect(seen(three().request(0, 2).cancel(0, 3))).toEqual([ids[1]]);
    expect(seen(three().request(0, 2).answer(0, 3, "2.05", success).cancel(0, 4))).toEqual([ids[2]]);
    expect(seen(three().request(0, 2).answer(0, 3, "2.05", success).request(1, 3).cancel(0, 4))).toEqual([
      ids[1],
      ids[2],
      ids[3],
    ]);
    expect(
      seen(history().register(0, 1).create(0, 2).request(0, 2).answer(0, 3, "2.05", success).cancel(0, 4)),
    ).toEqual([ids[4]]);
    expect(seen(three().cancel(0, 2, 404))).toEqual([]);
  });

  it("tells the cancellation of one device from that of the task", () => {
    expect(met(three().cancelDevice(0, 1, 3), "cancel-device-waiting")).toBe(true);
    expect(met(three().cancelDevice(0, 1, 3), "cancel-while-waiting")).toBe(false);
    expect(met(three().request(1, 2).cancelDevice(0, 1, 3), "cancel-device-in-flight")).toBe(true);
    expect(met(three().request(1, 2).cancelDevice(0, 0, 3), "cancel-device-in-flight")).toBe(false);
    const done = three().request(1, 2).answer(1, 3, "2.05", success).cancelDevice(0, 1, 4);
    expect(met(done, "cancel-device-done")).toBe(true);
    const other = three().cancelDevice(0, 1, 3).request(0, 3).answer(0, 4, "2.05", success);
    expect(met(other, "cancel-device-of-many")).toBe(true);
    expect(met(done, "cancel-device-of-many")).toBe(false);
  });

  it("knows how a task ends that was cancelled in flight", () => {
    const flying = (): Story => history().register(0, 1).create(0, 2).request(0, 2).cancel(0, 3);
    expect(met(flying().answer(0, 4, "2.05", success), "cancelled-in-flight-then-succeeded")).toBe(true);
    expect(met(flying().answer(0, 4, "4.04"), "cancelled-in-flight-then-failed")).toBe(true);
    expect(met(flying().reset(0, 4), "cancelled-in-flight-then-cancelled")).toBe(true);
    expect(met(flying(), "cancelled-in-flight-then-cancelled")).toBe(false);
    expect(met(flying().cancel(0, 4), "cancel-twice")).toBe(true);
    expect(met(flying(), "cancel-twice")).toBe(false);
    expect(met(history().create(0, 1).cancel(0, 2).register(0, 3), "device-back-after-cancel")).toBe(true);
    expect(met(history().register(0, 1).create(0, 1).cancel(0, 2), "device-back-after-cancel")).toBe(false);
  });
});

describe("what polls show", () => {
  it("counts the states that were shown, and only those", () => {
    const story = history().create(0, 1).see(0, 2, "QUEUED", { attempts: 3 });
    expect(met(story, "device-shown-queued")).toBe(true);
    expect(met(story, "device-shown-cancel-requested")).toBe(false);
    expect(met(story, "three-attempts-shown")).toBe(true);
    expect(met(story, "task-shown-processing")).toBe(true);
    expect(met(story, "task-shown-complete")).toBe(false);
    expect(met(story.see(0, 3, "FAILED", { code: "4004" }), "expired-shown")).toBe(true);
  });
});

describe("MIRRORS", () => {
  const write = (): Story =>
    history().register(0, 1).create(0, 2, { type: "W", property: TIMEZONE, value: "A" }).request(0, 2);

  it("knows whether the mirror is read before, between or after", () => {
    const ids = [
      "mirror-read-before-anything",
      "mirror-read-during-write",
      "mirror-read-after-write",
      "mirror-read-after-failed-write",
    ];
    const seen = (story: Story): readonly string[] => ids.filter((id) => met(story, id));
    expect(seen(history().register(0, 1).mirror(0, 2, {}))).toEqual([ids[0]]);
    expect(seen(write().mirror(0, 3, {}))).toEqual([ids[0], ids[1]]);
    expect(
      seen(
        write()
          .answer(0, 3, "2.04")
          .mirror(0, 4, { [TIMEZONE]: "A" }),
      ),
    ).toEqual([ids[2]]);
    expect(seen(write().answer(0, 3, "4.05").mirror(0, 4, {}))).toEqual([ids[0], ids[3]]);
  });

  it("sees a mirror behind the device, one whose value changed, and one of an absent device", () => {
    expect(met(write().delivered(0, 2, "written").mirror(0, 3, {}), "mirror-behind-device")).toBe(true);
    expect(met(write().mirror(0, 3, {}), "mirror-behind-device")).toBe(false);
    const twice = write()
      .answer(0, 3, "2.04")
      .create(1, 4, { type: "W", property: TIMEZONE, value: "B" })
      .request(0, 4, { task: 1 });
    expect(met(twice.mirror(0, 5, {}), "mirror-value-changed")).toBe(false);
    expect(met(twice.answer(0, 6, "2.04").mirror(0, 7, {}), "mirror-value-changed")).toBe(true);
    expect(met(twice.deregister(0, 8), "mirror-of-absent-device")).toBe(false);
    expect(met(twice.mirror(0, 9, {}), "mirror-of-absent-device")).toBe(true);
  });
});

describe("answers", () => {
  it("counts each answer for its own kind of task", () => {
    const story = history().register(0, 1).create(0, 2, { type: "W", property: TIMEZONE, value: "A" }).request(0, 2);
    story.answer(0, 3, "4.05");
    expect(met(story, "write-answered-405")).toBe(true);
    for (const id of ["read-answered-405", "write-answered-404", "write-answered-unlisted-4xx", "execute-answered-405"])
      expect(met(story, id), id).toBe(false);
  });

  it("tells listed errors from others, and diagnostics from none (choices 2, 3)", () => {
    const answered = (code: "4.00" | "4.09" | "5.03", diagnostic?: string): Story =>
      history()
        .register(0, 1)
        .create(0, 2)
        .request(0, 2)
        .answer(0, 3, code, diagnostic === undefined ? {} : { diagnostic });
    expect(met(answered("4.09"), "read-answered-unlisted-4xx")).toBe(true);
    expect(met(answered("5.03"), "read-answered-5xx")).toBe(true);
    expect(met(answered("4.00", "no"), "bad-request-with-diagnostic")).toBe(true);
    expect(met(answered("4.00"), "bad-request-with-diagnostic")).toBe(false);
    expect(met(answered("4.00"), "bad-request-without-diagnostic")).toBe(true);
    expect(met(answered("4.09", "nö"), "diagnostic-beyond-ascii")).toBe(true);
    expect(met(answered("4.09", "no"), "diagnostic-beyond-ascii")).toBe(false);
  });

  it("sees a success that does not fit (choice 25), and a device that comes back after an error", () => {
    const story = (code: "2.04" | "2.05"): Story =>
      history().register(0, 1).create(0, 2).request(0, 2).answer(0, 3, code, success);
    expect(met(story("2.04"), "success-that-does-not-fit")).toBe(true);
    expect(met(story("2.05"), "success-that-does-not-fit")).toBe(false);
    expect(met(story("2.04").update(0, 4), "device-back-after-error")).toBe(true);
    expect(met(story("2.04"), "device-back-after-error")).toBe(false);
  });
});
