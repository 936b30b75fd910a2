import { describe, expect, it } from "vitest";
import { history, type Story } from "../oracle/test-history.ts";
import { coverageOfStory } from "./test-kit.ts";
import { RARE_TRANSITIONS, USUAL_TRANSITIONS } from "./transitions.ts";

const seen = (story: Story): readonly string[] => coverageOfStory(story).transitions;
const success = { text: "UTC" } as const;

describe("storyOf", () => {
  it("tells a device task from creation to answer", () => {
    const story = history().create(0, 1).register(0, 2).request(0, 2).acknowledge(0, 3);
    story.retransmit(0, 4).answer(0, 5, "2.05", { ...success, type: "CON" });
    expect(seen(story)).toEqual([
      "in-flight + 2.xx @ always-on > succeeded",
      "in-flight + ack @ always-on > in-flight",
      "in-flight + retransmission @ always-on > in-flight",
      "none + create @ unregistered > pending",
      "pending + register @ unregistered > pending",
      "pending + send-at-register @ always-on > in-flight",
    ]);
  });

  it("tells a Register that ends an exchange as one step", () => {
    const story = history().register(0, 1).create(0, 2).request(0, 2).register(0, 3);
    expect(seen(story)).toContain("in-flight + register @ always-on > pending");
    expect(seen(story).filter((id) => id.startsWith("pending + register"))).toEqual([]);
  });

  it("tells a cancellation in flight from one in the queue, and how each ends", () => {
    const flying = history().register(0, 1).create(0, 2).request(0, 2).cancel(0, 3).reset(0, 4).update(0, 5);
    expect(seen(flying)).toEqual([
      "cancel-requested + reset @ always-on > cancelled",
      "cancelled + update @ always-on > cancelled",
      "in-flight + cancel @ always-on > cancel-requested",
      "none + create @ always-on > pending",
      "pending + send-at-creation @ always-on > in-flight",
    ]);
    expect(seen(history().create(0, 1).cancel(0, 2))).toContain("pending + cancel @ unregistered > cancelled");
  });

  it("takes a queue-mode device for asleep before an Update that wakes it", () => {
    const story = history().register(0, 1, { queueMode: true }).create(0, 200).update(0, 300).request(0, 300);
    expect(seen(story)).toEqual([
      "none + create @ queue-asleep > pending",
      "pending + send-at-update @ queue-awake > in-flight",
      "pending + update @ queue-asleep > pending",
    ]);
  });

  it("takes it for asleep, too, before a Register that ends its exchange", () => {
    const story = history().register(0, 1, { queueMode: true }).create(0, 2).request(0, 2).acknowledge(0, 3);
    expect(seen(story.register(0, 100))).toContain("in-flight + register @ queue-asleep > pending");
  });

  it("tells expiry in flight, and what comes too late", () => {
    const story = history()
      .register(0, 1)
      .create(0, 2, { expiresAfter: 5 })
      .request(0, 2)
      .answer(0, 9, "2.05", success);
    expect(seen(story)).toContain("in-flight + expiry @ always-on > expired");
    expect(seen(story)).toContain("expired + late-response @ always-on > expired");
  });

  it("has no story of a task that was refused, or that the oracle lost sight of", () => {
    expect(seen(history().create(0, 1, { status: 400 }))).toEqual([]);
    const two = history().register(0, 1).create(0, 2).create(1, 2).request(0, 2);
    expect(seen(two)).toEqual([]);
  });
});

describe("the declared transitions", () => {
  it("are named once each", () => {
    const all = [...USUAL_TRANSITIONS, ...RARE_TRANSITIONS];
    expect(new Set(all).size).toBe(all.length);
    expect(USUAL_TRANSITIONS.length).toBeGreaterThanOrEqual(60);
  });
});
