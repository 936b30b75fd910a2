import { describe, expect, it } from "vitest";
import { history, type Story } from "../../oracle/test-history.ts";
import { met } from "../test-kit.ts";

const DAY = 86_400;
/** Registered at 1 s for 60 s. */
const short = (): Story => history().register(0, 1, { lifetime: 60 });

describe("REGISTRATION_REQUESTS", () => {
  it("tells a first Register from a further one", () => {
    expect(met(short(), "register-first")).toBe(true);
    expect(met(short(), "register-again")).toBe(false);
    expect(met(short().register(0, 5), "register-again")).toBe(true);
    expect(met(short().move(0).register(0, 5), "register-from-new-address")).toBe(true);
    expect(met(short().register(0, 5), "register-from-new-address")).toBe(false);
  });

  it("sees copies, each of its own kind", () => {
    expect(met(short().askAgain(0, 2), "register-copied")).toBe(true);
    expect(met(short().askAgain(0, 2), "update-copied")).toBe(false);
    expect(met(short().update(0, 3).askAgain(0, 4), "update-copied")).toBe(true);
    expect(met(short().deregister(0, 3).askAgain(0, 4), "deregister-copied")).toBe(true);
    expect(met(short(), "register-copied")).toBe(false);
  });

  it("reads the lifetime that was said", () => {
    expect(met(history().register(0, 1), "register-without-lifetime")).toBe(true);
    expect(met(short(), "register-without-lifetime")).toBe(false);
    expect(met(history().register(0, 1, { lifetime: 0 }), "register-with-lifetime-0")).toBe(true);
    expect(met(short(), "register-with-lifetime-0")).toBe(false);
    expect(met(short(), "register-in-queue-mode")).toBe(false);
    expect(met(history().register(0, 1, { queueMode: true }), "register-in-queue-mode")).toBe(true);
  });

  it("measures an Update from the end of the lifetime at 61 s, on both sides (choice 16)", () => {
    const near = ["update-just-before-lifetime-end", "update-just-after-lifetime-end", "update-after-lifetime"];
    const seen = (story: Story): readonly string[] => near.filter((id) => met(story, id));
    expect(seen(short().update(0, 60.5))).toEqual([near[0]]);
    expect(seen(short().update(0, 50))).toEqual([]);
    expect(seen(short().update(0, 61.5, { answer: "4.04" }))).toEqual([near[1], near[2]]);
    expect(seen(short().update(0, 70, { answer: "4.04" }))).toEqual([near[2]]);
    expect(met(short().register(0, 61.5), "register-just-after-lifetime-end")).toBe(true);
    expect(met(short().register(0, 70), "register-just-after-lifetime-end")).toBe(false);
  });

  it("knows stale locations, and requests that come too late", () => {
    const replaced = short().register(0, 5).update(0, 6, { location: "rd/0-1", answer: "4.04" });
    expect(met(replaced, "update-to-stale-location")).toBe(true);
    expect(met(replaced, "update-to-replaced-location")).toBe(true);
    expect(met(short().update(0, 6, { location: "rd/nobody", answer: "4.04" }), "update-to-stale-location")).toBe(
      false,
    );
    expect(met(short().update(0, 6), "update-in-time")).toBe(true);
    expect(met(short().update(0, 6, { answer: "4.04" }), "update-in-time")).toBe(false);
    expect(met(short().deregister(0, 70, { answer: "4.04" }), "deregister-too-late")).toBe(true);
    expect(met(short().deregister(0, 5), "deregister-too-late")).toBe(false);
  });

  it("sees a De-register with waiting tasks", () => {
    expect(met(short().create(0, 2).deregister(0, 3), "deregister-with-waiting-tasks")).toBe(true);
    expect(met(short().deregister(0, 3).create(0, 4), "deregister-with-waiting-tasks")).toBe(false);
  });
});

describe("REGISTERED_DEVICES", () => {
  it("tells why a device registers again", () => {
    const ids = [
      "register-after-deregister",
      "register-after-lifetime",
      "register-after-reboot",
      "update-refused-then-register",
    ];
    const seen = (story: Story): readonly string[] => ids.filter((id) => met(story, id));
    expect(seen(short().deregister(0, 3).register(0, 4))).toEqual([ids[0]]);
    expect(seen(short().wait(70).register(0, 70))).toEqual([ids[1]]);
    expect(seen(short().reboot(0, 3).register(0, 4))).toEqual([ids[2]]);
    expect(seen(short().update(0, 3, { answer: "4.04" }).register(0, 4))).toEqual([ids[3]]);
    expect(seen(short().register(0, 4))).toEqual([]);
  });

  it("counts ten Updates in a row, and not nine", () => {
    const updates = (count: number): Story => {
      const story = short();
      for (let index = 0; index < count; index++) story.update(0, 2 + index);
      return story;
    };
    expect(met(updates(9), "ten-updates-in-a-row")).toBe(false);
    expect(met(updates(10), "ten-updates-in-a-row")).toBe(true);
  });

  it("knows how long a device was silent", () => {
    expect(met(short().register(0, 31 * DAY), "back-after-30-days")).toBe(true);
    expect(met(short().register(0, 29 * DAY), "back-after-30-days")).toBe(false);
    expect(met(short().register(0, 29 * DAY), "back-after-a-day")).toBe(true);
    expect(met(short().register(0, 40), "back-after-a-day")).toBe(false);
  });

  it("sees the end of a lifetime with a task waiting", () => {
    expect(met(short().create(0, 2).wait(90).register(0, 100), "lifetime-over-with-waiting-task")).toBe(true);
    expect(met(short().wait(90).create(0, 95).register(0, 100), "lifetime-over-with-waiting-task")).toBe(false);
  });
});
