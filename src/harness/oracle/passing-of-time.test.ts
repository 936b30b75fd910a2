import { describe, expect, it } from "vitest";
import { ARTIK } from "../../protocol/profile.ts";
import { deviceWith, IMAGES, READ_STATE } from "./firmware/test-story.ts";
import { history, type Story } from "./test-history.ts";

/** Records are kept for an hour, active periods are seven days. */
const briefly = { profile: { ...ARTIK, retention: 3_600 } };

describe("a record that goes before the active period ends (choice 11)", () => {
  it("takes with it what its task asks for: nothing is owed at a Register two hours later", () => {
    const story = history(briefly).create(0, 1).register(0, 7_200).wait(7_300);
    expect(story.findings()).toEqual([]);
    expect(story.outcome("Q-04")).toBe("not-exercised");
  });

  it("takes nothing before: Q-04 is broken by silence at a Register half an hour later", () => {
    expect(history(briefly).create(0, 1).register(0, 1_800).wait(1_900).outcome("Q-04")).toBe("fail");
    expect(history().create(0, 1).register(0, 7_200).wait(7_300).outcome("Q-04"), "30 days").toBe("fail");
  });

  it("is no reason not to send it: nobody is accused of that either", () => {
    const story = history(briefly).create(0, 1).register(0, 7_200).request(0, 7_200);
    expect(story.answer(0, 7_201, "2.05", { text: "UTC" }).findings()).toEqual([]);
  });

  it("may end what is in flight: another request may follow at once, and its response may be reset", () => {
    const inFlight = (): Story => history(briefly).create(0, 1).register(0, 3_598).request(0, 3_598);
    const next = { property: "deviceProperties.device.modelNumber" };
    const follows = inFlight().create(1, 3_602, next).request(0, 3_602, { task: 1 });
    expect(follows.findings()).toEqual([]);
    const kept = history().create(0, 1).register(0, 3_598).request(0, 3_598).create(1, 3_602, next);
    expect(kept.request(0, 3_602, { task: 1 }).outcome("Q-06"), "with the record still there").toBe("fail");
  });

  it("is no news for Q-10: what was created later may go first", () => {
    const story = history({ profile: { ...ARTIK, retention: 3_600 } })
      .create(0, 1)
      .create(1, 3_000, { property: "deviceProperties.device.modelNumber" })
      .register(0, 5_000)
      .request(0, 5_000, { task: 1 });
    expect(story.findings()).toEqual([]);
  });

  it("holds for firmware updates as well", () => {
    const waiting = (retention: number): Story =>
      history({ profile: { ...ARTIK, retention }, devices: [deviceWith()], images: IMAGES })
        .register(0, 1)
        .create(0, 2, { image: 0 })
        .requestInVain(0, 2, { content: READ_STATE })
        .register(0, 7_200)
        .wait(7_290)
        .see(0, 7_300, "PROCESSING");
    expect(waiting(3_600).verdict("R-05")).toBeUndefined();
    expect(waiting(86_400).outcome("R-05")).toBe("fail");
  });
});
