import { describe, expect, it } from "vitest";
import { drawPng, pngConfiguration } from "./draw-png.ts";
import { stateChart } from "./state-charts.ts";
import { taskCharts } from "./task-charts.ts";

const STATES = stateChart({
  plan: "expiry-4",
  times: [0, 10, 700_000],
  series: [
    { status: "waiting", counts: [3, 1, 0] },
    { status: "succeeded", counts: [0, 2, 2] },
    { status: "cancelled", counts: [0, 0, 0] },
  ],
});
const ENDS = { end: "succeeded", deviceTasks: 5, attempts: { 1: 5 }, milliseconds: { 40: 5 } } as const;

describe("pngConfiguration", () => {
  it("shows the same series, axes and ticks as the chart says", () => {
    const { data, options } = pngConfiguration(STATES);
    expect(data.datasets.map(({ label }) => label)).toEqual(["waiting", "succeeded"]);
    expect(data.datasets[0]?.data[2]).toEqual({ x: 700_000, y: 0 });
    expect(options?.scales?.x).toMatchObject({ max: 700_000, title: { text: expect.stringContaining("(days)") } });
    expect(options?.scales?.y).toMatchObject({ stacked: true });
    const axis = { ticks: [] as { value: number }[] };
    const scale = options?.scales?.x as unknown as { afterBuildTicks(given: typeof axis): void } | undefined;
    scale?.afterBuildTicks(axis);
    expect(axis.ticks.map(({ value }) => value)).toEqual(STATES.x.ticks.map(({ at }) => at));
  });
});

/** Pixels of each kind of picture that are neither paper nor ink. */
async function colouredPixels(bytes: Uint8Array): Promise<number> {
  const { loadImage, createCanvas } = await import("canvas");
  expect([...bytes.subarray(0, 8)]).toEqual([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const image = await loadImage(Buffer.from(bytes));
  expect([image.width, image.height]).toEqual([1200, 520]);
  const context = createCanvas(1200, 520).getContext("2d");
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, 1200, 520);
  let coloured = 0;
  // One pixel in seven is enough to see that something is there.
  for (let at = 0; at < data.length; at += 4 * 7) {
    const [red = 0, green = 0, blue = 0] = [data[at], data[at + 1], data[at + 2]];
    if (Math.max(red, green, blue) - Math.min(red, green, blue) > 40) coloured += 1;
  }
  return coloured;
}

describe("drawPng", () => {
  it("draws areas, bars and lines as PNG of 1200 by 520 pixels, none of them blank", async () => {
    const charts = [STATES, ...taskCharts({ formatVersion: 1, ends: [ENDS] })];
    const found: [string, boolean][] = [];
    for (const chart of charts) found.push([chart.kind, (await colouredPixels(await drawPng(chart))) > 70]);
    expect(found).toEqual([
      ["areas", true],
      ["areas", true],
      ["bars", true],
      ["lines", true],
    ]);
  });
});
