/** A chart as an SVG file of its own: with the title and the style that a page gives it else. Pure. */
import { element, verbatim } from "../html/markup.ts";
import type { Chart } from "./chart.ts";
import { drawSvg, SVG_WIDTH, svgHeight } from "./draw-svg.ts";

const STYLE =
  'svg { font: 12px system-ui, "DejaVu Sans", Arial, sans-serif; } text { fill: #1c2330; } .tick { fill: #5a6577; } .grid { stroke: #d5dbe4; } .title { font-size: 15px; font-weight: 600; }';
const TITLE_HEIGHT = 34;

export function svgPicture(chart: Chart): string {
  const height = svgHeight(chart) + TITLE_HEIGHT;
  const picture = element(
    "svg",
    { xmlns: "http://www.w3.org/2000/svg", viewBox: `0 0 ${SVG_WIDTH} ${height}`, width: SVG_WIDTH, height },
    element("style", {}, verbatim(STYLE)),
    element("rect", { width: SVG_WIDTH, height, fill: "#ffffff" }),
    element("text", { class: "title", x: SVG_WIDTH / 2, y: 22, "text-anchor": "middle" }, chart.title),
    element("g", { transform: `translate(0 ${TITLE_HEIGHT})` }, drawSvg(chart)),
  );
  return `${picture.markup}\n`;
}
