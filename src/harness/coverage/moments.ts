/** Moments of a run, and what comes before what. */
import type { RunTime } from "../history/history.ts";

/** A moment: microseconds, then the index of the event; -1 for what happens by the passing of time alone. */
export interface Moment {
  readonly at: RunTime;
  readonly event: number;
}

export const isBefore = (a: Moment, b: Moment): boolean => a.at < b.at || (a.at === b.at && a.event < b.event);

/** The last of a list in order of time that lies before a moment. */
export function lastBefore<T extends Moment>(list: readonly T[], moment: Moment): T | undefined {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const item = list[middle];
    if (item !== undefined && isBefore(item, moment)) low = middle + 1;
    else high = middle;
  }
  return list[low - 1];
}
