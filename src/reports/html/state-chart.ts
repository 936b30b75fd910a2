/** Draws how many device tasks were in which state over time, as stacked areas in SVG. Pure. */
import type { StateSeries } from "../../harness/record/verdict.ts";
import { stateColour, timeUnit } from "../state-colours.ts";
import { count } from "../text.ts";
import { type Content, element, type Markup } from "./markup.ts";

const WIDTH = 900;
const HEIGHT = 300;
const LEFT = 48;
const RIGHT = 12;
const TOP = 10;
const BOTTOM = 66;
const TICKS = 5;

export function drawStates({ plan, times, series }: StateSeries): Markup {
  const shown = series.filter(({ counts }) => counts.some((value) => value > 0));
  const last = Math.max(times.at(-1) ?? 0, Number.MIN_VALUE);
  const most = Math.max(1, ...times.map((_, index) => shown.reduce((sum, row) => sum + (row.counts[index] ?? 0), 0)));
  const x = (time: number) => round(LEFT + (time / last) * (WIDTH - LEFT - RIGHT));
  const y = (value: number) => round(TOP + (1 - value / most) * (HEIGHT - TOP - BOTTOM));
  const below = times.map(() => 0);
  const areas = shown.map(({ status, counts }) => {
    const floor = [...below];
    for (const index of below.keys()) below[index] = (below[index] ?? 0) + (counts[index] ?? 0);
    return area(times, floor, below, x, y, status);
  });
  const unit = timeUnit(last);
  const title = `Device tasks by state over time, plan ${plan}: at the end ${endText(shown)}`;
  return element(
    "svg",
    { class: "chart", role: "img", "aria-label": title, viewBox: `0 0 ${WIDTH} ${HEIGHT}`, width: WIDTH },
    element("title", {}, title),
    ticks(most).map((value) => [
      element("line", { class: "grid", x1: LEFT, y1: y(value), x2: WIDTH - RIGHT, y2: y(value) }),
      element("text", { class: "tick", x: LEFT - 6, y: y(value) + 4, "text-anchor": "end" }, value),
    ]),
    areas,
    Array.from({ length: TICKS + 1 }, (_, index) => {
      const time = (last * index) / TICKS;
      const text = Number((time / unit.seconds).toFixed(1));
      return element("text", { class: "tick", x: x(time), y: HEIGHT - BOTTOM + 18, "text-anchor": "middle" }, text);
    }),
    element(
      "text",
      { class: "tick", x: (WIDTH + LEFT) / 2, y: HEIGHT - BOTTOM + 36, "text-anchor": "middle" },
      `time since the start of the plan (${unit.name})`,
    ),
    legend(shown.map(({ status }) => status)),
  );
}

/** In steps: a count holds until the next time. */
function area(
  times: readonly number[],
  floor: readonly number[],
  ceiling: readonly number[],
  x: (time: number) => number,
  y: (value: number) => number,
  status: string,
): Markup {
  const edge = (values: readonly number[]) =>
    times.flatMap((time, index) => [
      ...(index === 0 ? [] : [`${x(time)},${y(values[index - 1] ?? 0)}`]),
      `${x(time)},${y(values[index] ?? 0)}`,
    ]);
  const points = [...edge(ceiling), ...edge(floor).reverse()].join(" ");
  return element("polygon", { points, fill: stateColour(status) }, element("title", {}, status));
}

const ticks = (most: number): readonly number[] => {
  const step = Math.max(1, Math.ceil(most / TICKS));
  return Array.from({ length: Math.floor(most / step) + 1 }, (_, index) => index * step);
};

function legend(names: readonly string[]): Content {
  const space = (WIDTH - LEFT - RIGHT) / Math.max(1, names.length);
  return names.map((name, index) => [
    element("rect", { x: LEFT + index * space, y: HEIGHT - 18, width: 11, height: 11, fill: stateColour(name) }),
    element("text", { class: "tick", x: LEFT + index * space + 16, y: HEIGHT - 8 }, name),
  ]);
}

const endText = (shown: StateSeries["series"]): string =>
  shown
    .map(({ status, counts }) => ({ status, left: counts.at(-1) ?? 0 }))
    .filter(({ left }) => left > 0)
    .map(({ status, left }) => `${count(left, "device task")} ${status}`)
    .join(", ") || "none";

const round = (value: number): number => Math.round(value * 10) / 10;
