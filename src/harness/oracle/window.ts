/**
 * When something happened, as far as we can tell: not before `earliest`, not after `latest`, both in microseconds
 * from the start of the run. In simulation the two are equal. What depends on the difference is undecided.
 */
import type { HistoryEvent, RunTime } from "../history/history.ts";

/** Microseconds from the start of the run; `earliest` is never after `latest`. */
export interface Window {
  readonly earliest: RunTime;
  readonly latest: RunTime;
}

/** When an event happened. Where it says no `earliest`, its time is exact. */
export const windowOf = (event: Pick<HistoryEvent, "at" | "earliest">): Window => ({
  earliest: event.earliest ?? event.at,
  latest: event.at,
});

/** Whether `a` was over, whatever is uncertain, when `b` began. */
export const surelyBefore = (a: Window, b: Window): boolean => a.latest < b.earliest;
/** A time that does not come. */
export const FOREVER: RunTime = Number.POSITIVE_INFINITY;
