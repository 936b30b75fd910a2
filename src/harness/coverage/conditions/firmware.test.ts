import { describe, expect, it } from "vitest";
import { Plan } from "../../../scenarios/plan.ts";
import type { UpdateEvent } from "../../../simulator/device/firmware-machine.ts";
import type { History, HistoryEvent } from "../../history/history.ts";
import { judge } from "../../oracle/oracle.ts";
import { history, type Story } from "../../oracle/test-history.ts";
import { coverageOf } from "../coverage.ts";

const SECOND = 1_000_000;

/** A device with object 5, and what else its model says. */
const device = (firmware: object = {}) => ({ firmware: { version: "1.0", ...firmware } });
/** Registered at 1 s; its update is created at 2 s and may take 60 s. */
const told = (firmware: object = {}): Story =>
  history({ devices: [device(firmware)] })
    .register(0, 1)
    .create(0, 2, { expiresAfter: 60 });

/** The firmware of device 0 gets to a State and Result. */
function step(story: Story, at: number, event: UpdateEvent, state: number, result = 0, version = "1.0"): Story {
  return story.add({ kind: "firmware", device: 0, event, state, result, version, at: at * SECOND });
}

const STEPS = {
  push: (story: Story): Story => step(step(story, 3, "package-begins", 1), 5, "downloaded", 2),
  pull: (story: Story): Story => step(step(story, 3, "uri-written", 1), 5, "downloaded", 2),
  install: (story: Story): Story => step(step(story, 7, "execute", 3), 12, "installed", 0, 1, "2.0"),
};
const succeeded = (story: Story): Story => STEPS.install(story).see(0, 20, "SUCCEEDED");

/** What the story meets when its tasks are updates to an image of version 2.0. */
function seen(story: Story, size = 100): readonly string[] {
  const plan = Plan.parse({ ...story.planned, images: [{ version: "2.0", size }] });
  const events = story.history().events.map((event): HistoryEvent => {
    if (event.kind !== "rest-request" || event.purpose?.kind !== "create-task") return event;
    return { ...event, purpose: { ...event.purpose, image: 0 } };
  });
  const whole: History = { ...story.history(), events };
  return coverageOf(plan, whole, judge(plan, whole)).conditions;
}

const FAILED = (code: string) => ({ code }) as const;

describe("DELIVERIES", () => {
  it("tells push from pull by what the device got, and only when the update succeeded", () => {
    const pushed = seen(succeeded(STEPS.push(told())));
    expect(pushed).toEqual(expect.arrayContaining(["update-downloaded", "update-pushed", "update-of-both-ways"]));
    expect(pushed).not.toContain("update-pulled");
    const pulled = seen(succeeded(STEPS.pull(told({ delivery: "pull" }))));
    expect(pulled).toContain("update-pulled");
    expect(pulled).not.toEqual(expect.arrayContaining(["update-of-both-ways"]));
    expect(seen(STEPS.push(told()).see(0, 20, "PROCESSING"))).not.toContain("update-pushed");
  });

  it("counts an image of more than a block as transferred in blocks, and one of 3 kB as kilobytes", () => {
    const blocks = ["block-wise-write", "update-of-kilobytes"];
    const met = (size: number): readonly string[] =>
      blocks.filter((id) => seen(succeeded(STEPS.push(told())), size).includes(id));
    expect(met(1_024)).toEqual([]);
    expect(met(1_025)).toEqual(["block-wise-write"]);
    expect(met(3_000)).toEqual(blocks);
  });

  it("sees a device that no URI of the server's fits: pushed to if it can be, failed with 5000 if not", () => {
    const http = { protocols: ["http"] };
    expect(seen(succeeded(STEPS.push(told(http))))).toContain("update-pushed-for-want-of-uri");
    const pullOnly = told({ ...http, delivery: "pull" }).see(0, 9, "FAILED", FAILED("5000"));
    expect(seen(pullOnly)).toContain("update-without-uri");
    expect(seen(told({ delivery: "pull" }).see(0, 9, "FAILED", FAILED("5000")))).not.toContain("update-without-uri");
  });
});

describe("UPDATED_DEVICES", () => {
  it("sees a device that was not registered, alone and among others", () => {
    const two = history({ devices: [device(), device()] })
      .register(0, 1)
      .create(0, 2, { devices: [0, 1] });
    const ends = (status: "SUCCEEDED" | "PROCESSING"): Story =>
      two.poll(0, 9, [
        { device: 0, status },
        { device: 1, status: "FAILED", code: "4001" },
      ]);
    expect(seen(ends("PROCESSING"))).toContain("update-of-unregistered-device");
    expect(seen(ends("PROCESSING"))).not.toContain("update-of-unregistered-among-others");
    expect(seen(ends("SUCCEEDED"))).toContain("update-of-unregistered-among-others");
  });
});

describe("ASKED_USERS", () => {
  const answered = (
    story: Story,
    at: number,
    answer: "ACCEPTED" | "REJECTED",
    status = 200,
    who: object = {},
  ): Story => {
    const ticket = 900 + at;
    const purpose = { kind: "answer-update", task: 0, device: 0, answer, ...who } as const;
    const request = { method: "POST", path: [], query: {} };
    return story
      .add({ kind: "rest-request", ticket, request, purpose, at: at * SECOND })
      .add({ kind: "rest-answer", ticket, response: { status, body: {} }, at: at * SECOND });
  };
  const asked = (id: string, story: Story): boolean => seen(story).includes(id);

  it("tells acceptance from rejection by what came of it", () => {
    expect(asked("update-accepted", succeeded(STEPS.push(answered(told(), 3, "ACCEPTED"))))).toBe(true);
    expect(asked("update-accepted", succeeded(STEPS.push(answered(told(), 3, "ACCEPTED", 400))))).toBe(false);
    const rejected = answered(told(), 3, "REJECTED").see(0, 9, "FAILED", FAILED("4006"));
    expect(asked("update-rejected", rejected)).toBe(true);
    expect(asked("update-accepted", rejected)).toBe(false);
  });

  it("tells a second answer, a stranger's, and one for another device", () => {
    const once = (): Story => answered(told(), 3, "ACCEPTED");
    expect(asked("update-answered-twice", answered(once(), 4, "REJECTED", 400))).toBe(true);
    expect(asked("update-answered-twice", once())).toBe(false);
    expect(asked("update-answered-by-stranger", answered(told(), 3, "REJECTED", 403, { as: "stranger" }))).toBe(true);
    expect(asked("update-answered-by-stranger", answered(told(), 3, "REJECTED", 403))).toBe(false);
    expect(asked("update-answered-for-another-device", answered(told(), 3, "ACCEPTED", 404, { device: 1 }))).toBe(true);
    expect(asked("update-answered-for-another-device", once())).toBe(false);
  });

  it("measures an acceptance from the end of the active period at 62 s, on both sides", () => {
    const near = ["update-accepted-just-before-expiry", "update-accepted-after-expiry"];
    const met = (at: number): readonly string[] => near.filter((id) => asked(id, answered(told(), at, "ACCEPTED")));
    expect(met(60)).toEqual([]);
    expect(met(61.5)).toEqual([near[0]]);
    expect(met(62.5)).toEqual([near[1]]);
    expect(met(64)).toEqual([]);
  });
});

describe("SPOILED_UPDATES", () => {
  it("tells a failed installation that keeps the image from one that drops it", () => {
    const failing = (state: number): readonly string[] =>
      seen(step(step(STEPS.push(told()), 7, "execute", 3), 9, "installation-failed", state, 5)).filter((id) =>
        id.startsWith("update-installation-fails"),
      );
    expect(failing(2)).toEqual(["update-installation-fails"]);
    expect(failing(0)).toEqual(["update-installation-fails-for-good"]);
  });

  it("sees a reboot in the midst of a download, and not one before it", () => {
    const begun = step(told(), 3, "package-begins", 1);
    expect(seen(step(begun, 4, "reboot", 0))).toContain("update-interrupted-by-reboot");
    expect(seen(STEPS.push(told()))).not.toContain("update-interrupted-by-reboot");
  });

  it("takes a trouble for met in the attempt that it is of", () => {
    const slow = { kind: "slow-reboot", bootTime: 1 };
    expect(seen(succeeded(STEPS.push(told({ troubles: [slow] }))))).toContain("update-slow-reboot");
    expect(seen(succeeded(STEPS.push(told({ troubles: [{ kind: "none" }, slow] }))))).not.toContain(
      "update-slow-reboot",
    );
  });

  it("sees a wrong version by what really runs", () => {
    const other = step(step(STEPS.push(told()), 7, "execute", 3), 12, "installed", 0, 1, "1.9");
    expect(seen(other.see(0, 20, "FAILED", FAILED("5000")))).toContain("update-to-wrong-version");
    expect(seen(STEPS.install(STEPS.push(told())).see(0, 20, "FAILED", FAILED("5000")))).not.toContain(
      "update-to-wrong-version",
    );
  });
});

describe("DISTURBED_UPDATES", () => {
  const disturbed = (story: Story): readonly string[] =>
    seen(story).filter((id) => /^update-(idle|downloading|downloaded|installing|rebooting|installed)-/.test(id));

  it("places a Register by what the device was doing", () => {
    const begun = (): Story => step(told(), 3, "package-begins", 1);
    expect(disturbed(told().register(0, 2.5))).toEqual(["update-idle-register"]);
    expect(disturbed(begun().register(0, 4))).toEqual(["update-downloading-register"]);
    expect(disturbed(STEPS.push(told()).register(0, 6))).toEqual(["update-downloaded-register"]);
    expect(disturbed(step(STEPS.push(told()), 7, "execute", 3).register(0, 8))).toEqual(["update-installing-register"]);
    expect(disturbed(STEPS.install(STEPS.push(told())).register(0, 13))).toEqual(["update-installed-register"]);
  });

  it("places nothing before the update was created, nor after its end was seen", () => {
    expect(disturbed(told())).toEqual([]);
    expect(disturbed(succeeded(STEPS.push(told())).register(0, 30))).toEqual([]);
  });

  it("places a cancellation and an expiry", () => {
    const begun = (): Story => step(told(), 3, "package-begins", 1);
    expect(disturbed(begun().cancel(0, 4))).toEqual(["update-downloading-cancel"]);
    expect(disturbed(begun().see(0, 70, "FAILED", FAILED("4004")))).toEqual(["update-downloading-expiry"]);
  });
});

describe("UPDATES_AND_OTHERS", () => {
  const second = (story: Story, at: number): Story => STEPS.install(story.create(1, at)).see(1, 40, "SUCCEEDED");

  it("tells an update that waited behind another from one after it", () => {
    const first = (): Story => STEPS.push(told());
    expect(seen(second(first(), 6).see(0, 41, "SUCCEEDED"))).toContain("update-behind-update");
    expect(seen(second(first().see(0, 5.5, "FAILED", FAILED("5000")), 6))).toContain("update-after-failed-update");
    expect(seen(second(first().see(0, 5.5, "FAILED", FAILED("5000")), 6))).not.toContain("update-behind-update");
  });
});
