/** Draws charts as SVG for a page. Ink and fonts come from the page's style sheet, by class. Pure. */
import { type Content, element, type Markup } from "../html/markup.ts";
import { type Axis, type Chart, type ChartSeries, dashOf, type Point, placeOn } from "./chart.ts";

/** In units of the picture. */
export const SVG_WIDTH = 900;
const WIDTH = SVG_WIDTH;
const LEFT = 76;
const RIGHT = 26;
const TOP = 10;
const PLOT_HEIGHT = 224;
const BOTTOM = TOP + PLOT_HEIGHT;
const TITLE = BOTTOM + 38;
const LEGEND = BOTTOM + 54;
const LEGEND_ROW = 20;
/** Of the font at 12 units, at its widest. */
const CHARACTER = 7.4;
const BAR_SHARE = 0.7;

interface Scales {
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
}

/** With as many rows of the legend as it needs. */
export const svgHeight = ({ series }: Chart): number => LEGEND + legendOf(series).rows * LEGEND_ROW;

export function drawSvg(chart: Chart): Markup {
  const scales: Scales = {
    x: (value) => round(LEFT + placeOn(chart.x, value) * (WIDTH - LEFT - RIGHT)),
    y: (value) => round(BOTTOM - placeOn(chart.y, value) * PLOT_HEIGHT),
  };
  const legend = legendOf(chart.series);
  return element(
    "svg",
    {
      class: "chart",
      role: "img",
      "aria-label": `${chart.title}. ${chart.says}`,
      viewBox: `0 0 ${WIDTH} ${svgHeight(chart)}`,
      width: WIDTH,
      height: svgHeight(chart),
    },
    xAxis(chart.x, scales),
    yAxis(chart.y, scales),
    chart.kind === "areas" || chart.kind === "bars"
      ? stacked(chart, scales)
      : chart.series.map((each, index) => line(each, index, chart.kind === "lines", scales)),
    legend.content,
  );
}

const yAxis = ({ ticks, title }: Axis, { y }: Scales): Content => [
  ticks.map(({ at, text }) => [
    element("line", { class: "grid", x1: LEFT, y1: y(at), x2: WIDTH - RIGHT, y2: y(at) }),
    element("text", { class: "tick", x: LEFT - 6, y: y(at) + 4, "text-anchor": "end" }, text),
  ]),
  element(
    "text",
    {
      class: "tick",
      transform: `translate(12 ${TOP + PLOT_HEIGHT / 2}) rotate(-90)`,
      "text-anchor": "middle",
    },
    title,
  ),
];

const xAxis = ({ ticks, title }: Axis, { x }: Scales): Content => [
  ticks.map(({ at, text }) =>
    element("text", { class: "tick", x: x(at), y: BOTTOM + 18, "text-anchor": "middle" }, text),
  ),
  element("text", { class: "tick", x: (LEFT + WIDTH - RIGHT) / 2, y: TITLE, "text-anchor": "middle" }, title),
];

/** Each stands on those before it. */
function stacked({ kind, series, x: axis }: Chart, { x, y }: Scales): Content {
  const floors = new Map<number, number>();
  const width = ((WIDTH - LEFT - RIGHT) / (axis.to - axis.from)) * BAR_SHARE;
  return series.map(({ name, colour, points }) => {
    const floor = points.map((point) => ({ x: point.x, y: floors.get(point.x) ?? 0 }));
    const ceiling = points.map((point, at) => ({ x: point.x, y: (floor[at]?.y ?? 0) + point.y }));
    for (const point of ceiling) floors.set(point.x, point.y);
    const title = element("title", {}, name);
    if (kind === "areas") return element("polygon", { points: outline(floor, ceiling, { x, y }), fill: colour }, title);
    return ceiling.flatMap((top, at) => {
      const bottom = floor[at]?.y ?? 0;
      if (top.y === bottom) return [];
      const height = round(y(bottom) - y(top.y));
      const box = { x: round(x(top.x) - width / 2), y: y(top.y), width: round(width), height };
      return [element("rect", { ...box, fill: colour }, element("title", {}, `${name}: ${top.y - bottom}`))];
    });
  });
}

const outline = (floor: readonly Point[], ceiling: readonly Point[], scales: Scales): string =>
  [...stepsOf(ceiling, scales), ...stepsOf(floor, scales).reverse()].join(" ");

/** In steps: a value holds until the next point. A point that changes nothing is left out. */
function stepsOf(points: readonly Point[], { x, y }: Scales): string[] {
  const corners: string[] = [];
  let height: number | undefined;
  for (const [index, point] of points.entries()) {
    const next = y(point.y);
    if (next === height && index < points.length - 1) continue;
    if (height !== undefined) corners.push(`${x(point.x)},${height}`);
    if (next !== height) corners.push(`${x(point.x)},${next}`);
    height = next;
  }
  return corners;
}

function line({ name, colour, points }: ChartSeries, index: number, straight: boolean, scales: Scales): Content {
  const { x, y } = scales;
  const corners = straight ? points.map((point) => `${x(point.x)},${y(point.y)}`) : stepsOf(points, scales);
  const dash = dashOf(index).join(" ");
  return [
    element(
      "polyline",
      {
        points: corners.join(" "),
        fill: "none",
        stroke: colour,
        "stroke-width": 2.2,
        "stroke-dasharray": dash === "" ? undefined : dash,
      },
      element("title", {}, name),
    ),
    straight ? points.map((point) => element("circle", { cx: x(point.x), cy: y(point.y), r: 3.2, fill: colour })) : "",
  ];
}

/** Entries one after another, in as many rows as they need. */
function legendOf(series: readonly ChartSeries[]): { readonly rows: number; readonly content: Content } {
  let left = LEFT;
  let row = 0;
  const content = series.map(({ name, colour }) => {
    const width = name.length * CHARACTER + 34;
    if (left > LEFT && left + width > WIDTH - RIGHT) {
      left = LEFT;
      row += 1;
    }
    const at = { x: left, y: LEGEND + row * LEGEND_ROW };
    left += width;
    return [
      element("rect", { x: at.x, y: at.y, width: 11, height: 11, fill: colour }),
      element("text", { class: "tick", x: at.x + 16, y: at.y + 10 }, name),
    ];
  });
  return { rows: row + 1, content };
}

const round = (value: number): number => Math.round(value * 10) / 10;
