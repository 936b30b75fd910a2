import { describe, expect, it } from "vitest";
import { chartConfiguration, drawStateChart } from "./chart.ts";

const series = {
  plan: "expiry-4",
  times: [0, 10, 700_000],
  series: [
    { status: "waiting", counts: [3, 1, 0] },
    { status: "succeeded", counts: [0, 2, 2] },
    { status: "cancelled", counts: [0, 0, 0] },
  ],
};

describe("chartConfiguration", () => {
  it("leaves out states that never occur, and measures seven days in days", () => {
    const { data, options } = chartConfiguration(series);
    expect(data.datasets.map(({ label }) => label)).toEqual(["waiting", "succeeded"]);
    expect(data.datasets[0]?.data[2]).toEqual({ x: 700_000 / 86_400, y: 0 });
    expect(options?.scales?.x).toMatchObject({ title: { text: expect.stringContaining("(days)") } });
  });

  it.each([
    [60, "seconds"],
    [3_600, "minutes"],
    [20_000, "hours"],
  ])("measures %d s in %s", (last, unit) => {
    const { options } = chartConfiguration({ ...series, times: [0, 1, last] });
    expect(options?.scales?.x).toMatchObject({ title: { text: expect.stringContaining(`(${unit})`) } });
  });
});

describe("drawStateChart", () => {
  it("draws a PNG of 1200 by 520 pixels that is not blank", async () => {
    const { loadImage, createCanvas } = await import("canvas");
    const bytes = await drawStateChart(series);
    expect([...bytes.subarray(0, 8)]).toEqual([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
    const image = await loadImage(Buffer.from(bytes));
    expect([image.width, image.height]).toEqual([1200, 520]);
    const context = createCanvas(1200, 520).getContext("2d");
    context.drawImage(image, 0, 0);
    const pixels = context.getImageData(0, 0, 1200, 520).data;
    const coloured = pixels.filter((value, index) => index % 4 !== 3 && value < 200).length;
    expect(coloured).toBeGreaterThan(10_000);
  });
});
