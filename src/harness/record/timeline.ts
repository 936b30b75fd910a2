/** How numbers went over time during a fleet or a load: a value of each at some seconds, held until the next one. */
import { z } from "zod";
import { Count } from "./measured.ts";

export const Timeline = z.strictObject({
  /** Seconds from the start, ascending. */
  times: z.array(Count).readonly(),
  /** In the order of their names; a value for each time. */
  series: z.array(z.strictObject({ name: z.string(), values: z.array(Count).readonly() })).readonly(),
});
export type Timeline = Readonly<z.infer<typeof Timeline>>;

/** Seconds that are kept; where a run has more, it is looked at less often. */
const MOST_TIMES = 300;

/** Keeps what it is told once a second, in little room however long that goes on. */
export class TimelineRecorder {
  private times: number[] = [];
  private rows: Readonly<Record<string, number>>[] = [];
  private interval = 1;

  /** @param at seconds from the start; the same names each time */
  add(at: number, values: Readonly<Record<string, number>>): void {
    const time = Math.round(at);
    if (time % this.interval !== 0 || time <= (this.times.at(-1) ?? -1)) return;
    this.times.push(time);
    this.rows.push(values);
    if (this.times.length <= MOST_TIMES) return;
    this.interval *= 2;
    const kept = this.times.map((each) => each % this.interval === 0);
    this.rows = this.rows.filter((_, index) => kept[index]);
    this.times = this.times.filter((_, index) => kept[index]);
  }

  /** What holds at the end, which is kept whenever that is. Told once, and last. */
  end(at: number, values: Readonly<Record<string, number>>): void {
    const time = Math.max(Math.ceil(at), this.times.at(-1) ?? 0);
    if (time === this.times.at(-1)) {
      this.times.pop();
      this.rows.pop();
    }
    this.times.push(time);
    this.rows.push(values);
  }

  saved(): Timeline {
    const names = Object.keys(this.rows[0] ?? {}).sort();
    const series = names.map((name) => ({ name, values: this.rows.map((row) => row[name] ?? 0) }));
    return { times: [...this.times], series };
  }
}

/** The sum of several that ran at the same time; `undefined` when one of them is not known. */
export function joinTimelines(parts: readonly (Timeline | undefined)[]): Timeline | undefined {
  const known = parts.flatMap((part) => part ?? []);
  if (known.length < parts.length) return undefined;
  const times = [...new Set(known.flatMap((part) => part.times))].sort((a, b) => a - b);
  const names = [...new Set(known.flatMap((part) => part.series.map(({ name }) => name)))].sort();
  const series = names.map((name) => {
    const values = times.map(() => 0);
    for (const part of known) {
      const held = heldAt(part, name, times);
      for (const index of values.keys()) values[index] = (values[index] ?? 0) + (held[index] ?? 0);
    }
    return { name, values };
  });
  return { times, series };
}

/** The values that one of them has at other times: 0 before its first one. */
function heldAt(part: Timeline, name: string, times: readonly number[]): readonly number[] {
  const values = part.series.find((each) => each.name === name)?.values ?? [];
  let next = 0;
  let value = 0;
  return times.map((time) => {
    for (; (part.times[next] ?? Number.POSITIVE_INFINITY) <= time; next++) value = values[next] ?? value;
    return value;
  });
}
