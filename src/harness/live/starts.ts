/**
 * When live runs may begin: one after the other, and not while the target is behind, or this process itself is late. A
 * target is tested, not flooded, and who is late cannot tell what happened when.
 */
import { pause } from "../../platform/timers.ts";
import { type Micros, millis } from "../../protocol/time.ts";

/** Between two starts. */
export const INTERVAL = millis(40);
/** Of a target that is further behind, microseconds, nothing more is asked until it has caught up. */
const MOST_BEHIND = 250_000;
/** Of a process that is later than this, microseconds, in its last second, nothing more is asked until it is punctual. */
const MOST_LATE = 100_000;
/** Between two looks at a target that is behind. */
const LOOK = millis(100);

export interface StartsOptions {
  /** For how long the target has been behind, microseconds. */
  readonly behind: () => number;
  /** By how much this process may have been late in its last second, microseconds. Absent: it does not matter. */
  readonly late?: () => number;
  /** Whoever waits then need wait no longer. */
  readonly stopped: () => boolean;
  /** Default 40 ms. */
  readonly interval?: Micros;
}

/** Runs that take turns to begin. */
export interface Starts {
  /** Does the work when it is its turn. */
  begin<T>(work: () => Promise<T>): Promise<T>;
  /** Settles when whatever has asked to begin has begun. */
  readonly begun: Promise<void>;
}

export function createStarts({ behind, late = () => 0, stopped, interval = INTERVAL }: StartsOptions): Starts {
  let begun: Promise<void> = Promise.resolve();
  let running = 0;
  // Nobody waits for a target that has nothing to do and does not answer: it is gone.
  const isTooMuch = (): boolean => running > 0 && (behind() > MOST_BEHIND || late() > MOST_LATE);
  const turn = async (before: Promise<void>): Promise<void> => {
    await before;
    if (!stopped()) await pause(interval);
    while (isTooMuch() && !stopped()) await pause(LOOK);
    running++;
  };
  return {
    get begun() {
      return begun;
    },
    async begin(work) {
      begun = turn(begun);
      await begun;
      try {
        return await work();
      } finally {
        running--;
      }
    },
  };
}
