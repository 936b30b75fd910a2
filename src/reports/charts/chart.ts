/**
 * A chart as data: what is shown, not how it is drawn. draw-svg.ts and draw-png.ts draw it alike, since all that could
 * differ, where an axis begins and what stands at its ticks, is decided before.
 */

export interface Chart {
  /** Of its file, without ending, and of its place in a page. */
  readonly name: string;
  readonly title: string;
  /** What it shows in words, for those who do not see it. A sentence with the figures that matter. */
  readonly says: string;
  /** `areas` and `bars` stand on each other; `steps` is a line that holds its value until the next point. */
  readonly kind: "areas" | "bars" | "lines" | "steps";
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly ChartSeries[];
}

export interface ChartSeries {
  readonly name: string;
  readonly colour: string;
  /** In ascending `x`; all series of `areas` have the same ones. */
  readonly points: readonly Point[];
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Axis {
  readonly title: string;
  readonly from: number;
  readonly to: number;
  readonly logarithmic: boolean;
  readonly ticks: readonly Tick[];
}

interface Tick {
  readonly at: number;
  readonly text: string;
}

const TICKS = 5;

/** From 0 to `most` or a little more, with round numbers. */
export function countAxis(title: string, most: number): Axis {
  const step = Math.max(1, roundStep(most / TICKS));
  const to = Math.max(step, Math.ceil(most / step) * step);
  return { title, from: 0, to, logarithmic: false, ticks: ticksOf(to, step) };
}

/** 0 to 100. */
export const percentAxis = (title: string): Axis => ({
  title,
  from: 0,
  to: 100,
  logarithmic: false,
  ticks: ticksOf(100, 20).map(({ at }) => ({ at, text: `${at} %` })),
});

/** From 0 to `lastSeconds`, in the largest unit in which that is still a number of some size. */
export function timeAxis(what: string, lastSeconds: number): Axis {
  const unit = timeUnit(lastSeconds);
  const to = Math.max(lastSeconds, 0.001);
  const step = roundStep(to / unit.seconds / TICKS);
  const ticks = ticksOf(to / unit.seconds, step).map(({ at, text }) => ({ at: at * unit.seconds, text }));
  return { title: `${what} (${unit.name})`, from: 0, to, logarithmic: false, ticks };
}

/** Seconds that people have a name for; what lies between two of them is found by eye. */
const SPANS: readonly Tick[] = [
  { at: 0.000_1, text: "0.1 ms" },
  { at: 0.001, text: "1 ms" },
  { at: 0.01, text: "10 ms" },
  { at: 0.1, text: "100 ms" },
  { at: 1, text: "1 s" },
  { at: 10, text: "10 s" },
  { at: 60, text: "1 min" },
  { at: 600, text: "10 min" },
  { at: 3_600, text: "1 h" },
  { at: 21_600, text: "6 h" },
  { at: 86_400, text: "1 d" },
  { at: 604_800, text: "7 d" },
  { at: 2_592_000, text: "30 d" },
  { at: 31_536_000, text: "1 year" },
];

/** Spans of two digits are up to a tenth too large: thirty days are not to ask for a year. */
const ROUNDED = 1.1;

/** Spans of seconds, from milliseconds to days in one picture. */
export function spanAxis(title: string, seconds: readonly number[]): Axis {
  const least = Math.min(...seconds, SPANS.at(-1)?.at ?? 1);
  const most = Math.max(...seconds, 0);
  const first = SPANS.findLastIndex(({ at }) => at <= least);
  const last = SPANS.findIndex(({ at }) => at * ROUNDED >= most);
  const begin = Math.max(0, Math.min(first, SPANS.length - 2));
  const end = last < 0 ? SPANS.length : Math.max(last, begin + 1) + 1;
  const ticks = SPANS.slice(begin, end);
  return { title, from: ticks[0]?.at ?? 1, to: ticks.at(-1)?.at ?? 10, logarithmic: true, ticks };
}

/** A place for each name: 0, 1, 2, … */
export const nameAxis = (title: string, names: readonly string[]): Axis => ({
  title,
  from: -0.5,
  to: Math.max(1, names.length) - 0.5,
  logarithmic: false,
  ticks: names.map((text, at) => ({ at, text })),
});

/** The largest unit in which so many seconds are still a number of some size. */
function timeUnit(lastSeconds: number): { readonly name: string; readonly seconds: number } {
  if (lastSeconds > 3 * 86_400) return { name: "days", seconds: 86_400 };
  if (lastSeconds > 3 * 3_600) return { name: "hours", seconds: 3_600 };
  return lastSeconds > 600 ? { name: "minutes", seconds: 60 } : { name: "seconds", seconds: 1 };
}

/** 1, 2 or 5 times a power of ten, not below `least`. */
function roundStep(least: number): number {
  if (!(least > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(least));
  return power * ([1, 2, 5].find((factor) => factor * power >= least * 0.999_999) ?? 10);
}

const ticksOf = (to: number, step: number): readonly Tick[] =>
  Array.from({ length: Math.floor(to / step + 1e-9) + 1 }, (_, index) => {
    const at = Number((index * step).toPrecision(12));
    return { at, text: String(at) };
  });

/** Where `value` stands between the ends of the axis: 0 to 1. What lies outside stands at the end. */
export function placeOn({ from, to, logarithmic }: Axis, value: number): number {
  const scale = logarithmic ? Math.log10 : (each: number) => each;
  const inside = Math.min(to, Math.max(from, value));
  return (scale(inside) - scale(from)) / (scale(to) - scale(from));
}

/** Lines differ by their dashes too: not everybody tells colours apart. Lengths of line and gap in turn; empty: solid. */
const DASHES = [[], [8, 4], [2, 3], [10, 3, 2, 3]] as const;
export const dashOf = (index: number): readonly number[] => DASHES[index % DASHES.length] ?? [];

/** A chart in which nothing would be drawn says less than none. */
export const isEmpty = ({ series }: Chart): boolean => series.every(({ points }) => points.length === 0);
