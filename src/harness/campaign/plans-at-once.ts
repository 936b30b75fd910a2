/**
 * How many plans of a live campaign go on at the same time: as many as are allowed, and fewer where the target, or this
 * process, cannot keep up with them. What is asked of a server that is seconds behind says nothing about it.
 */

/** As few as this always may: of one plan at a time a campaign learns little. */
const LEAST = 8;
/** Milliseconds between two changes: a change has to show first. */
const BETWEEN_CHANGES = 1_000;
/** So many more are let in when all went well since the last change. */
const STEP = 10;

export interface PlansAtOnceOptions {
  readonly most: number;
  /** Whether the target or this process cannot keep up. */
  readonly isStrained: () => boolean;
  /** Milliseconds since some moment. */
  readonly elapsed: () => number;
}

/** @returns whether one more may begin beside so many that are running */
export function createPlansAtOnce({ most, isStrained, elapsed }: PlansAtOnceOptions): (running: number) => boolean {
  const least = Math.min(LEAST, most);
  let limit = most;
  let changed = elapsed();
  return (running) => {
    if (elapsed() - changed >= BETWEEN_CHANGES) {
      changed = elapsed();
      limit = isStrained() ? Math.max(least, Math.floor(Math.min(limit, running) / 2)) : Math.min(most, limit + STEP);
    }
    return running < limit;
  };
}
