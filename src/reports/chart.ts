/**
 * Chart of a plan: how many device tasks were in which state over time, as stacked areas in a PNG.
 *
 * The drawing library is loaded when a chart is drawn, not before: all else works where no canvas can be loaded.
 */
import type { ChartConfiguration } from "chart.js";
import type { StateSeries } from "../harness/record/verdict.ts";
import { stateColour, timeUnit } from "./state-colours.ts";

/** Pixels. */
const WIDTH = 1200;
const HEIGHT = 520;

/** The first that the machine has. */
const FONTS = "DejaVu Sans, Liberation Sans, Arial, Helvetica, sans-serif";

/** @returns bytes of a PNG. @throws what the canvas library throws where it cannot be loaded */
export async function drawStateChart(series: StateSeries): Promise<Uint8Array> {
  const { ChartJSNodeCanvas } = await import("chartjs-node-canvas");
  const canvas = new ChartJSNodeCanvas({ width: WIDTH, height: HEIGHT, backgroundColour: "white" });
  return canvas.renderToBufferSync(chartConfiguration(series), "image/png");
}

/** The chart as the library wants it: pure data, so that what is drawn can be tested without a canvas. */
export function chartConfiguration(series: StateSeries): ChartConfiguration<"line", { x: number; y: number }[]> {
  const unit = timeUnit(series.times.at(-1) ?? 0);
  const shown = series.series.filter(({ counts }) => counts.some((value) => value > 0));
  return {
    type: "line",
    data: {
      datasets: shown.map(({ status, counts }) => ({
        label: status,
        data: counts.map((y, index) => ({ x: (series.times[index] ?? 0) / unit.seconds, y })),
        backgroundColor: stateColour(status),
        borderColor: stateColour(status),
        borderWidth: 1,
        pointRadius: 0,
        fill: true,
        stepped: "before",
      })),
    },
    options: {
      responsive: false,
      animation: false,
      layout: { padding: 16 },
      plugins: {
        title: {
          display: true,
          text: `Device tasks by state, plan ${series.plan}`,
          font: { size: 18, family: FONTS },
          color: "#222222",
        },
        legend: { position: "bottom", labels: { color: "#222222", font: { size: 14, family: FONTS } } },
      },
      scales: {
        x: {
          type: "linear",
          min: 0,
          max: (series.times.at(-1) ?? 0) / unit.seconds,
          title: {
            display: true,
            text: `time since the start of the plan (${unit.name})`,
            color: "#222222",
            font: { size: 14, family: FONTS },
          },
          ticks: { color: "#222222", font: { family: FONTS } },
        },
        y: {
          stacked: true,
          min: 0,
          title: { display: true, text: "device tasks", color: "#222222", font: { size: 14, family: FONTS } },
          ticks: { color: "#222222", font: { family: FONTS }, precision: 0 },
        },
      },
    },
  };
}
