import { describe, expect, it } from "vitest";
import { datagramChart } from "./datagram-chart.ts";

const timeline = (times: readonly number[], sent: readonly number[]) => ({
  times,
  series: [{ name: "sent", values: sent }],
});

describe("datagramChart", () => {
  it("makes rates of sums: each holds until the next time", () => {
    const [chart] = datagramChart(timeline([0, 10, 30], [0, 200, 300]));
    expect(chart?.y.title).toBe("datagrams per second");
    expect(chart?.series).toMatchObject([
      {
        points: [
          { x: 0, y: 20 },
          { x: 10, y: 5 },
          { x: 30, y: 5 },
        ],
      },
    ]);
    expect(chart?.says).toBe("Datagrams: 300 sent by devices; at most 20 per second in one direction.");
  });

  it("counts by the minute or hour where a second has few", () => {
    const titleOf = (sent: number) => datagramChart(timeline([0, 3_600], [0, sent]))[0]?.y.title;
    expect([titleOf(3_600), titleOf(50)]).toEqual(["datagrams per minute", "datagrams per hour"]);
  });

  it("is left out where nothing was sent, or nobody looked twice", () => {
    expect(datagramChart(timeline([0, 1], [0, 0]))).toEqual([]);
    expect(datagramChart(timeline([5], [7]))).toEqual([]);
    expect(datagramChart({ times: [0, 1], series: [{ name: "registered", values: [0, 1] }] })).toEqual([]);
  });
});
