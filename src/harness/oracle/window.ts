/**
 * When something happened, as far as we can tell: not before `earliest`, not after `latest`, both in microseconds
 * from the start of the run. In simulation the two are equal. What depends on the difference is undecided.
 */
import type { HistoryEvent, RunTime } from "../history/history.ts";

export interface Window {
  readonly earliest: RunTime;
  readonly latest: RunTime;
}

export const windowOf = (event: Pick<HistoryEvent, "at" | "earliest">): Window => ({
  earliest: event.earliest ?? event.at,
  latest: event.at,
});

export const surelyBefore = (a: Window, b: Window): boolean => a.latest < b.earliest;
export const FOREVER: RunTime = Number.POSITIVE_INFINITY;
