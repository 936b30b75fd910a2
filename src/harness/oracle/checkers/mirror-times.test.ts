import { describe, expect, it } from "vitest";
import { history, type Story, TIMEZONE } from "../test-history.ts";

const OFFSET = "deviceProperties.device.utcOffset";
/** Created at 1 s, asked of the device at 2 s, answered with UTC at 3 s; run time 0 is millisecond 0. */
const read = (options = {}): Story =>
  history(options).create(0, 1).register(0, 2).request(0, 2).answer(0, 3, "2.05", { text: "UTC" }).as("answer");
const written = (): Story =>
  history()
    .create(0, 1, { type: "W", property: OFFSET, value: "+02:00" })
    .register(0, 2)
    .request(0, 2)
    .answer(0, 3, "2.04");
const UTC = { [TIMEZONE]: "UTC" };

describe("timesWhatItMirrors", () => {
  it.each([
    ["of its task's creation, 1 s", 1_000],
    ["in seconds", 3],
    ["after the answer that shows it, at 4 s", 4_002],
  ])("breaks D-01 when a value that was read has a time %s (choice 17)", (_which, ts) => {
    const story = read().mirror(0, 4, UTC, ts).as("seen");
    expect(story.finding("D-01")).toEqual({
      requirement: "D-01",
      events: [story.event("answer"), story.event("seen")],
      expected: `the time of ${TIMEZONE} of device 0 lies between its request, 2000, and this answer, 4000 (milliseconds since the Unix epoch)`,
      actual: String(ts),
    });
  });

  it("breaks D-02 when a value that was written has the time of its task's creation", () => {
    expect(
      written()
        .mirror(0, 4, { [OFFSET]: "+02:00" }, 1_000)
        .outcome("D-02"),
    ).toBe("fail");
    expect(
      written()
        .mirror(0, 4, { [OFFSET]: "+02:00" }, 3_000)
        .outcome("D-02"),
    ).toBe("pass");
  });

  it.each([1_999, 2_000, 3_000, 4_000, 4_001])(
    "keeps D-01 by a time from the request at 2 s to the answer at 4 s, however it is rounded: %d ms",
    (ts) => {
      expect(read().mirror(0, 4, UTC, ts).verdict("D-01")).toMatchObject({ examined: 2, findings: [] });
    },
  );

  it("breaks D-01 when the time changes while nothing touches the value", () => {
    const story = read().mirror(0, 4, UTC, 3_000).as("before").mirror(0, 9, UTC, 9_000).as("seen");
    expect(story.finding("D-01")).toEqual({
      requirement: "D-01",
      events: [story.event("before"), story.event("seen")],
      expected: `the time of ${TIMEZONE} of device 0 is still 3000: nothing has touched it`,
      actual: "9000",
    });
    expect(read().mirror(0, 4, UTC, 3_000).mirror(0, 9, UTC, 3_000).outcome("D-01")).toBe("pass");
  });

  it("takes the first or the last time when the same value was read at 3 s and at 6 s", () => {
    const again = () =>
      read().mirror(0, 4, UTC, 3_000).create(1, 5).request(0, 5, { task: 1 }).answer(0, 6, "2.05", { text: "UTC" });
    expect(again().mirror(0, 7, UTC, 3_000).outcome("D-01")).toBe("pass");
    expect(again().mirror(0, 7, UTC, 6_000).outcome("D-01")).toBe("pass");
    expect(again().mirror(0, 7, UTC, 1_000).outcome("D-01")).toBe("fail");
  });

  it("leaves the time of another clock open live, but not one that changes by itself", () => {
    const live = () => read({ live: true }).mirror(0, 20, UTC, 1_000_000);
    expect(live().verdict("D-01")).toMatchObject({ examined: 1, findings: [] });
    expect(live().mirror(0, 30, UTC, 1_000_001).outcome("D-01")).toBe("fail");
  });

  it("judges the value alone where no time is shown", () => {
    expect(read().mirror(0, 4, UTC).verdict("D-01")).toMatchObject({ examined: 1, findings: [] });
  });

  it("judges no time of a value that a response after the end, at 13 s, may have brought before (choice 10)", () => {
    const late = history().register(0, 1).create(0, 2, { expiresAfter: 10 }).request(0, 2);
    late.answer(0, 13, "2.05", { text: "UTC" }).create(1, 20).request(0, 20, { task: 1 });
    late.answer(0, 21, "2.05", { text: "UTC" }).mirror(0, 22, UTC, 13_000);
    expect(late.verdict("D-01")).toMatchObject({ examined: 1, findings: [] });
  });

  it("judges no time of a value that the mirror should not show, nor of a response after the end", () => {
    expect(
      read()
        .mirror(0, 4, { [TIMEZONE]: "CET" }, 3)
        .findings(),
    ).toHaveLength(1);
    const late = history().register(0, 1).create(0, 2, { expiresAfter: 10 }).request(0, 2);
    late.answer(0, 13, "2.05", { text: "UTC" }).mirror(0, 14, UTC, 3);
    expect(late.outcome("D-01")).toBe("not-exercised");
  });
});
