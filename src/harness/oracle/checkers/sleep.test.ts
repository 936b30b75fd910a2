import { describe, expect, it } from "vitest";
import { EMPTY_PROFILE } from "../../../protocol/profile.ts";
import { SHIPPED_PROFILES } from "../../../scenarios/profiles/shipped-profiles.ts";
import { history, type Story } from "../test-history.ts";

/** A queue-mode device that was heard last at 1 s: awake until 94 s by the profile's window of 93 s (choice 13). */
const sleeper = (options = {}): Story => history(options).register(0, 1, { queueMode: true });

describe("letsDevicesSleep", () => {
  it("breaks Q-07 by a first transmission 93.1 s after the last datagram of a queue-mode device", () => {
    const story = sleeper().create(0, 94.1).request(0, 94.1).as("request");
    expect(story.finding("Q-07")).toEqual({
      requirement: "Q-07",
      events: [story.event("request")],
      expected: "device 0 sleeps 93.000 s after its last datagram: no request until it is heard again",
      actual: "a request at 94.100 s",
    });
  });

  it("counts from the last datagram of the device, not from that of the server", () => {
    const story = sleeper().create(0, 50).requestInVain(0, 50).create(1, 120, { property: UTC_OFFSET });
    expect(story.request(0, 120, { task: 1 }).outcome("Q-07")).toBe("fail");
    const heard = sleeper().create(0, 50).request(0, 50).acknowledge(0, 51).answer(0, 60, "2.05", { text: "UTC" });
    expect(heard.create(1, 150, { property: UTC_OFFSET }).request(0, 150, { task: 1 }).outcome("Q-07")).toBe(
      "not-exercised",
    );
  });

  it("keeps Q-07 when a task that comes in its sleep waits until it is heard again", () => {
    const story = sleeper().create(0, 100).update(0, 200).request(0, 200);
    expect(story.verdict("Q-07")).toMatchObject({ examined: 1, findings: [] });
  });

  it("lets retransmissions finish after the window", () => {
    const story = sleeper().create(0, 90).requestInVain(0, 90).update(0, 200);
    expect(story.verdict("Q-07")).toBeUndefined();
  });

  it("leaves the exact end of the window open: either is right", () => {
    expect(sleeper().create(0, 94).request(0, 94).outcome("Q-07")).toBe("inconclusive");
  });

  it("leaves open live what the server may have sent before we could tell: window 3 s, reaction 2 s", () => {
    const live = { profile: SHIPPED_PROFILES.live, live: true };
    expect(sleeper(live).create(0, 5).request(0, 5).outcome("Q-07")).toBe("inconclusive");
    expect(sleeper(live).create(0, 7).request(0, 7).outcome("Q-07")).toBe("fail");
  });

  it("is not exercised without queue mode, within the window, by an undeclared window, or by a task from before", () => {
    expect(history().register(0, 1).create(0, 200).request(0, 200).outcome("Q-07")).toBe("not-exercised");
    expect(sleeper().create(0, 60).request(0, 60).outcome("Q-07")).toBe("not-exercised");
    expect(sleeper({ profile: EMPTY_PROFILE }).create(0, 200).request(0, 200).outcome("Q-07")).toBe("not-exercised");
    const failed = sleeper().create(0, 50).request(0, 50).reset(0, 51).update(0, 200);
    expect(failed.outcome("Q-07")).toBe("not-exercised");
  });
});

const UTC_OFFSET = "deviceProperties.device.utcOffset";
