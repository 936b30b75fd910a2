import { describe, expect, it } from "vitest";
import { history, type Story, TIMEZONE } from "../../oracle/test-history.ts";
import { met } from "../test-kit.ts";

const OFFSET = "deviceProperties.device.utcOffset";
const success = { text: "UTC" } as const;

function createMany(story: Story, count: number, at: number): Story {
  for (let task = 0; task < count; task++) story.create(task, at + task, { property: task === 0 ? TIMEZONE : OFFSET });
  return story;
}

describe("WAITING", () => {
  it("tells for whom a task is created", () => {
    const never = history().create(0, 1);
    expect(met(never, "task-for-never-registered")).toBe(true);
    const left = history().register(0, 1).deregister(0, 2).create(0, 3);
    expect(met(left, "task-for-departed")).toBe(true);
    expect(met(left, "task-for-never-registered")).toBe(false);
    const lapsed = history().register(0, 1, { lifetime: 60 }).create(0, 70);
    expect(met(lapsed, "task-for-lapsed")).toBe(true);
    expect(met(lapsed, "task-for-departed")).toBe(false);
    const there = history().register(0, 1).create(0, 3);
    expect(met(there, "task-for-always-on")).toBe(true);
    expect(met(there, "task-for-lapsed")).toBe(false);
  });

  it("knows the awake window of 93 s from both sides (choice 13)", () => {
    const at = (seconds: number): Story => history().register(0, 1, { queueMode: true }).create(0, seconds);
    expect(met(at(91), "task-for-awake-queue-mode")).toBe(true);
    expect(met(at(91), "task-just-before-sleep")).toBe(true);
    expect(met(at(80), "task-just-before-sleep")).toBe(false);
    expect(met(at(95), "task-for-sleeping-queue-mode")).toBe(true);
    expect(met(at(95), "task-just-after-sleep")).toBe(true);
    expect(met(at(120), "task-just-after-sleep")).toBe(false);
  });

  it("counts 12 tasks for one sleeping device, and does not take 11 for 12", () => {
    const asleep = (): Story => history().register(0, 1, { queueMode: true });
    expect(met(createMany(asleep(), 12, 200), "twelve-tasks-asleep")).toBe(true);
    expect(met(createMany(asleep(), 11, 200), "twelve-tasks-asleep")).toBe(false);
    const oneLess = createMany(asleep().create(99, 190).cancel(99, 195), 11, 200);
    expect(met(oneLess, "twelve-tasks-asleep")).toBe(false);
    expect(met(createMany(history(), 12, 200), "twelve-tasks-asleep")).toBe(false);
    expect(met(createMany(history(), 12, 200), "twelve-tasks-unregistered")).toBe(true);
  });

  it("sees a task that is created during an exchange, and one that asks the same", () => {
    const story = history().register(0, 1).create(0, 2).request(0, 2).create(1, 3, { property: OFFSET });
    expect(met(story, "task-during-exchange")).toBe(true);
    expect(met(story, "same-operation-waits-twice")).toBe(false);
    expect(met(history().create(0, 1).create(1, 2), "same-operation-waits-twice")).toBe(true);
  });

  it("knows that a task waited a day, or six", () => {
    const DAY = 86_400;
    const after = (days: number): Story =>
      history()
        .create(0, 1)
        .register(0, days * DAY)
        .request(0, days * DAY);
    expect(met(after(2), "waited-a-day")).toBe(true);
    expect(met(after(2), "waited-six-days")).toBe(false);
    expect(met(after(6.5), "waited-six-days")).toBe(true);
    expect(met(after(0.5), "waited-a-day")).toBe(false);
  });

  it("sees that a failure stops the drain, and that a task created afterwards overtakes (choice 28)", () => {
    const story = history().create(0, 1).create(1, 2, { property: OFFSET }).register(0, 3).request(0, 3).reset(0, 4);
    expect(met(story, "failure-stops-drain")).toBe(false);
    story.create(2, 5, { property: "deviceProperties.device.currentTime" }).request(0, 5, { task: 2 });
    expect(met(story, "new-task-overtakes-failed-one")).toBe(true);
    story.answer(0, 6, "2.05", success).update(0, 10).request(0, 10).answer(0, 11, "2.05", success);
    expect(met(story.request(0, 11, { task: 1 }), "failure-stops-drain")).toBe(true);
  });

  it("sees expiry and cancellation behind another exchange", () => {
    const busy = (): Story =>
      history()
        .register(0, 1)
        .create(0, 2)
        .request(0, 2)
        .acknowledge(0, 2.5)
        .create(1, 3, { property: OFFSET, expiresAfter: 5 });
    expect(met(busy().poll(1, 9, []), "expired-behind-another")).toBe(true);
    expect(met(busy().cancel(1, 4), "cancelled-behind-another")).toBe(true);
    expect(met(busy().cancel(0, 4), "cancelled-behind-another")).toBe(false);
  });
});

describe("DRAINING", () => {
  it("counts what one Register lets go", () => {
    const story = createMany(history(), 1, 1)
      .create(1, 2, { property: OFFSET })
      .create(2, 3, { property: "deviceProperties.device.batteryLevel" });
    story.register(0, 10);
    for (const task of [0, 1]) story.request(0, 10, { task }).answer(0, 10.5, "2.05", success);
    expect(met(story, "register-drains-three")).toBe(false);
    story.request(0, 11, { task: 2 });
    expect(met(story, "register-drains-three")).toBe(true);
    expect(met(story, "update-drains-three")).toBe(false);
  });

  it("knows a trigger with an empty queue, and two devices that are busy at once", () => {
    expect(met(history().create(0, 1).register(0, 2), "trigger-with-empty-queue")).toBe(false);
    expect(met(history().register(0, 2), "trigger-with-empty-queue")).toBe(true);
    const both = history({ devices: 2 })
      .register(0, 1)
      .register(1, 1)
      .create(0, 2, { devices: [0, 1] })
      .request(0, 2);
    expect(met(both, "devices-busy-at-once")).toBe(false);
    expect(met(both.request(1, 2), "devices-busy-at-once")).toBe(true);
  });
});

describe("REPEATED_ATTEMPTS", () => {
  const failing = (times: number): Story => {
    const story = history().register(0, 1).create(0, 2).request(0, 2).reset(0, 3);
    for (let time = 1; time < times; time++)
      story
        .update(0, 10 * time)
        .request(0, 10 * time)
        .reset(0, 10 * time + 1);
    return story.update(0, 100).request(0, 100);
  };

  it("counts three failures in a row, and how it ended", () => {
    expect(met(failing(3).answer(0, 101, "2.05", success), "three-failures-then-success")).toBe(true);
    expect(met(failing(2).answer(0, 101, "2.05", success), "three-failures-then-success")).toBe(false);
    expect(met(failing(3).answer(0, 101, "4.04"), "three-failures-then-error")).toBe(true);
    expect(met(failing(3).answer(0, 101, "4.04"), "three-failures-then-success")).toBe(false);
    expect(met(failing(3).reset(0, 101).cancel(0, 110), "three-failures-then-cancel")).toBe(true);
    expect(met(failing(3).reset(0, 101).poll(0, 700_000, []), "three-failures-then-expiry")).toBe(true);
  });

  it("tells what brought the next attempt", () => {
    expect(met(failing(1), "retried-by-update")).toBe(true);
    expect(met(failing(1), "retried-by-register")).toBe(false);
    const left = history()
      .register(0, 1)
      .create(0, 2)
      .request(0, 2)
      .reset(0, 3)
      .deregister(0, 4)
      .register(0, 5)
      .request(0, 5);
    expect(met(left, "retried-by-register")).toBe(true);
    expect(met(left, "retried-after-deregister")).toBe(true);
    expect(met(failing(1), "retried-after-deregister")).toBe(false);
  });

  it("knows what was overcome", () => {
    expect(met(failing(1), "overcame-reset")).toBe(false);
    expect(met(failing(1).answer(0, 101, "2.05", success), "overcame-reset")).toBe(true);
    expect(met(failing(1).answer(0, 101, "2.05", success), "overcame-no-response")).toBe(false);
  });
});
