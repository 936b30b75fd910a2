/** Charts on a page: the picture, below it what it says, and the figures for those who want them. Pure. */
import { type Chart, isEmpty } from "../charts/chart.ts";
import { drawSvg } from "../charts/draw-svg.ts";
import { element, type Markup } from "./markup.ts";

/** A figure for each that has something to show. */
export const chartFigures = (charts: readonly Chart[]): readonly Markup[] =>
  charts
    .filter((chart) => !isEmpty(chart))
    .map((chart) =>
      element(
        "figure",
        { class: "chart", id: `chart-${chart.name}` },
        element("h3", {}, chart.title),
        element("div", { class: "plot", tabindex: 0, role: "region", "aria-label": chart.title }, drawSvg(chart)),
        element("figcaption", {}, chart.says),
      ),
    );
