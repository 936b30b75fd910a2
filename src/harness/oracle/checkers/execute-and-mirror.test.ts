import { describe, expect, it } from "vitest";
import { history, REBOOT, type Story, TIMEZONE } from "../test-history.ts";

const OFFSET = "deviceProperties.device.utcOffset";
/** UTC is read at 3 s and shown at 10 s; the device is rebooted by a task at 20 s. */
const executed = (options = {}): Story =>
  history(options)
    .register(0, 1)
    .create(0, 2)
    .request(0, 2.01)
    .answer(0, 3, "2.05", { text: "UTC" })
    .mirror(0, 10, { [TIMEZONE]: "UTC", "serverProperties.room": "5" })
    .as("before")
    .create(1, 20, { type: "E", property: REBOOT })
    .request(0, 20.01, { task: 1 })
    .as("execute")
    .answer(0, 21, "2.04");

describe("executeChangesNoValue", () => {
  it("breaks D-05 when a value is gone, changed or new after an Execute", () => {
    const gone = executed().mirror(0, 22, {}).as("after");
    expect(gone.finding("D-05")).toEqual({
      requirement: "D-05",
      events: [gone.event("before"), gone.event("execute"), gone.event("after")],
      expected: `${TIMEZONE} of device 0 still shows "UTC": nothing but Executes happened`,
      actual: "nothing",
    });
    for (const shown of [{ [TIMEZONE]: "CET" }, { [TIMEZONE]: "UTC", [OFFSET]: "+00:00" }])
      expect(executed().mirror(0, 22, shown).outcome("D-05")).toBe("fail");
  });

  it("breaks D-05 when what was executed has a value", () => {
    const story = history().register(0, 1).create(0, 2, { type: "E", property: REBOOT }).request(0, 2);
    expect(
      story
        .answer(0, 3, "2.04")
        .mirror(0, 4, { [REBOOT]: "" })
        .finding("D-05"),
    ).toMatchObject({
      expected: `${REBOOT} of device 0 shows nothing: it was executed, and has no value`,
      actual: '""',
    });
  });

  it("keeps D-05 when all device properties stay as they were, whatever server properties do", () => {
    const story = executed().mirror(0, 22, { [TIMEZONE]: "UTC" });
    expect(story.verdict("D-05")).toMatchObject({ examined: 2, findings: [] });
    expect(story.findings()).toEqual([]);
  });

  it("says nothing of a change when a Read or Write was under way as well", () => {
    const story = executed().create(2, 22, { type: "W", property: OFFSET, value: "+02:00" });
    story
      .request(0, 22, { task: 2 })
      .answer(0, 23, "2.04")
      .mirror(0, 24, { [TIMEZONE]: "UTC", [OFFSET]: "+02:00" });
    expect(story.verdict("D-05")).toMatchObject({ findings: [] });
  });

  it("says nothing live of a change within the 5 s of reaction after a Read", () => {
    const live = (read: number): Story =>
      history({ live: true })
        .register(0, 1)
        .create(0, 2)
        .request(0, 2.01)
        .answer(0, read, "2.05", { text: "UTC" })
        .mirror(0, 10, {})
        .create(1, 20, { type: "E", property: REBOOT })
        .request(0, 20.01, { task: 1 })
        .answer(0, 21, "2.04")
        .mirror(0, 22, { [TIMEZONE]: "UTC" });
    expect(live(8).outcome("D-05")).toBe("pass");
    expect(live(3).outcome("D-05")).toBe("fail");
  });

  it("is not exercised without an Execute", () => {
    const story = history().register(0, 1).create(0, 2).request(0, 2).answer(0, 3, "2.05", { text: "UTC" });
    expect(
      story
        .mirror(0, 4, { [TIMEZONE]: "UTC" })
        .mirror(0, 5, {})
        .outcome("D-05"),
    ).toBe("not-exercised");
  });
});
