/**
 * Draws charts as PNG.
 *
 * The drawing library is loaded when a chart is drawn, not before: all else works where no canvas can be loaded.
 */
import type { ChartConfiguration, ChartDataset, ScaleOptionsByType, Tick } from "chart.js";
import { type Axis, type Chart, type ChartSeries, dashOf } from "./chart.ts";

/** Pixels. */
const WIDTH = 1200;
const HEIGHT = 520;
const INK = "#222222";
/** Of a bar, as a part of the room that it has. */
const BAR_SHARE = 0.7;
const PLOT_WIDTH = WIDTH - 120;

/** The first that the machine has. */
const FONTS = "DejaVu Sans, Liberation Sans, Arial, Helvetica, sans-serif";

type PngConfiguration = ChartConfiguration<"line" | "bar", { x: number; y: number }[]>;
type PngDataset = ChartDataset<"line" | "bar", { x: number; y: number }[]>;

/** @returns bytes of a PNG. @throws what the canvas library throws where it cannot be loaded */
export async function drawPng(chart: Chart): Promise<Uint8Array> {
  const { ChartJSNodeCanvas } = await import("chartjs-node-canvas");
  const canvas = new ChartJSNodeCanvas({ width: WIDTH, height: HEIGHT, backgroundColour: "white" });
  return canvas.renderToBufferSync(pngConfiguration(chart) as ChartConfiguration, "image/png");
}

/** The chart as the library wants it: pure data, so that what is drawn can be tested without a canvas. */
export function pngConfiguration(chart: Chart): PngConfiguration {
  const { kind, title, x, y, series } = chart;
  const stacked = kind === "areas" || kind === "bars";
  return {
    type: kind === "bars" ? "bar" : "line",
    data: { datasets: series.map((each, index) => dataset(each, index, chart)) },
    options: {
      responsive: false,
      animation: false,
      layout: { padding: 16 },
      plugins: {
        title: { display: true, text: title, font: { size: 17, family: FONTS }, color: INK },
        legend: { position: "bottom", labels: { color: INK, font: { size: 14, family: FONTS } } },
      },
      scales: { x: scale(x, false), y: scale(y, stacked) },
    },
  };
}

function dataset({ name, colour, points }: ChartSeries, index: number, { kind, x }: Chart): PngDataset {
  const common = { label: name, data: [...points], backgroundColor: colour, borderColor: colour };
  switch (kind) {
    case "bars":
      return { ...common, stack: "all", barThickness: (PLOT_WIDTH / (x.to - x.from)) * BAR_SHARE };
    case "areas":
      return { ...common, borderWidth: 1, pointRadius: 0, fill: true, stepped: "before" };
    case "steps":
      return { ...common, borderWidth: 2, pointRadius: 0, stepped: "before", borderDash: [...dashOf(index)] };
    case "lines":
      return { ...common, borderWidth: 2.5, pointRadius: 4, borderDash: [...dashOf(index)] };
  }
}

type Scale = Partial<ScaleOptionsByType<"linear" | "logarithmic">>;

function scale({ title, from, to, logarithmic, ticks }: Axis, stacked: boolean): Scale {
  const text = (value: number | string): string => ticks.find(({ at }) => at === Number(value))?.text ?? "";
  const options = {
    type: logarithmic ? "logarithmic" : "linear",
    min: from,
    max: to,
    ...(stacked ? { stacked } : {}),
    title: { display: true, text: title, color: INK, font: { size: 14, family: FONTS } },
    afterBuildTicks(axis: { ticks: Tick[] }) {
      axis.ticks = ticks.map(({ at }) => ({ value: at }));
    },
    ticks: { color: INK, font: { family: FONTS }, autoSkip: false, maxRotation: 0, callback: text },
  };
  // The library's types want every option of a scale; what is left out has its defaults.
  return options as unknown as Scale;
}
