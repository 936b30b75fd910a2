import { describe, expect, it } from "vitest";
import { history, type Story } from "../oracle/test-history.ts";
import { deviceTaskCount, stateSeries } from "./state-series.ts";

const seriesOf = (story: Story, until: number) => {
  const { context } = story.judge();
  return stateSeries({ ...context, plan: { ...context.plan, until: until * 1_000 } });
};

describe("stateSeries", () => {
  it("counts how many device tasks wait, are in flight, and ended how, at each change and at the end", () => {
    const story = history({ devices: 2 })
      .register(0, 1)
      .create(0, 2, { devices: [0, 1], expiresAfter: 10 })
      .request(0, 2);
    story.answer(0, 5, "2.05", { text: "UTC" }).see(0, 20, "QUEUED");
    expect(seriesOf(story, 30)).toEqual({
      plan: "story",
      times: [0, 2, 5, 12, 30],
      series: [
        { status: "waiting", counts: [0, 1, 1, 0, 0] },
        { status: "in flight", counts: [0, 1, 0, 0, 0] },
        { status: "succeeded", counts: [0, 0, 1, 1, 1] },
        { status: "expired (4004)", counts: [0, 0, 0, 1, 1] },
      ],
    });
  });

  it("shows failures, retries and cancellations", () => {
    const story = history().register(0, 1).create(0, 2).request(0, 2).reset(0, 3).update(0, 4).request(0, 4);
    story.answer(0, 5, "4.05").create(1, 6, { property: "deviceProperties.device.utcOffset" }).cancelDevice(1, 0, 7);
    const { times, series } = seriesOf(story, 8);
    const at = (status: string, time: number) =>
      series.find((row) => row.status === status)?.counts[times.indexOf(time)];
    expect([2, 3, 4, 5].map((time) => at("in flight", time))).toEqual([1, 0, 1, 0]);
    expect(at("waiting", 3)).toBe(1);
    expect(at("failed", 5)).toBe(1);
    expect(at("cancelled", 7)).toBe(1);
  });

  it("always adds up to the device tasks that exist", () => {
    const story = history({ devices: 2 })
      .create(0, 1, { devices: [0, 1] })
      .register(0, 2)
      .request(0, 2)
      .create(1, 3);
    const { times, series } = seriesOf(story, 9);
    const sums = times.map((_, index) => series.reduce((sum, { counts }) => sum + (counts[index] ?? 0), 0));
    expect(times).toEqual([0, 1, 2, 3, 9]);
    expect(sums).toEqual([0, 2, 2, 3, 3]);
    expect(deviceTaskCount(story.judge().context)).toBe(3);
  });

  it("leaves out what comes after the end of the plan, and has no series where there is no task", () => {
    expect(seriesOf(history().create(0, 5), 2)).toMatchObject({ times: [0, 2], series: [] });
    expect(seriesOf(history().register(0, 1), 2)).toMatchObject({ times: [0, 2], series: [] });
  });
});
