/**
 * How much later than it happened we may have noticed something.
 *
 * What a live process reads now was ready earlier: while the event loop was busy with other callbacks, and while the
 * operating system ran somebody else. The first is bounded by the time since the loop last waited, the second is
 * estimated by how late our own heartbeat is. Both are upper bounds on purpose: an event judged with too wide an
 * interval is undecided, with too narrow an interval it accuses a server of our own slowness.
 */
import { idleTime, now as platformNow } from "../../platform/clock.ts";
import { createAlarm } from "../../platform/timers.ts";
import { after, before, between, type Instant, type Micros, micros, millis } from "../../protocol/time.ts";

export interface Measuring {
  /** To be called when something was read, with the time of reading: how long it may have waited for us. */
  lateness(now: Instant): Micros;
  /** The worst lateness of the whole run so far. */
  readonly worst: Micros;
  /** The machine's time without that by which this process was late: in it nothing was waited for in vain. */
  punctual(): Instant;
  close(): void;
}

/** Between heartbeats, and so the widest interval that a busy but punctual loop leaves unseen. */
const BEAT = millis(20);
/** A timer and a wake-up may each be a millisecond late on a quiet machine. */
const LEAST_SLACK = millis(2);
/** Heartbeats that count as the present: a second. */
const REMEMBERED_BEATS = 50;

/** @param ahead by how much the times that it is asked about are ahead of the machine's */
export function createMeasuring(ahead: () => Micros = () => micros(0)): Measuring {
  const tracker = createLagTracker(platformNow(), idleTime());
  const beat = createAlarm(() => {
    tracker.beat(platformNow(), idleTime());
    beat.set(tracker.nextBeat);
  });
  beat.set(tracker.nextBeat);
  return {
    lateness: (now) => tracker.lateness(before(now, ahead()), idleTime()),
    get worst() {
      return tracker.worst;
    },
    punctual() {
      const at = platformNow();
      return before(at, tracker.lost(at));
    },
    close: () => beat.close(),
  };
}

export interface LagTracker {
  /** When `beat` wants to be called. */
  readonly nextBeat: Instant;
  readonly worst: Micros;
  /** By how much heartbeats have come late so far, all together; never less than before, and never ahead of the time. */
  lost(now: Instant): Micros;
  beat(now: Instant, idle: Micros): void;
  lateness(now: Instant, idle: Micros): Micros;
}

/** @param idle how long the event loop has waited in total, at `start`; every later call says it again */
export function createLagTracker(start: Instant, idle: Micros): LagTracker {
  let lastLook = start;
  let lastIdle: number = idle;
  /** Time since the loop last waited, at most. */
  let busy = 0;
  let nextBeat = after(start, BEAT);
  let worst = 0;
  const oversleeps = new Float64Array(REMEMBERED_BEATS);
  let beats = 0;
  let slack: number = LEAST_SLACK;
  let lost = 0;
  const overdue = (now: Instant): number => Math.max(0, between(nextBeat, now) - LEAST_SLACK);
  const look = (now: Instant, idleNow: Micros): void => {
    const passed = between(lastLook, now);
    const waited = idleNow - lastIdle;
    // Where within the span the loop waited is unknown; at worst it was at the beginning.
    busy = waited > 0 ? Math.max(0, passed - waited) : busy + passed;
    lastLook = now;
    lastIdle = idleNow;
  };

  return {
    get nextBeat() {
      return nextBeat;
    },
    get worst() {
      return micros(worst);
    },
    lost: (now) => micros(lost + overdue(now)),
    beat(now, idleNow) {
      look(now, idleNow);
      lost += overdue(now);
      oversleeps[beats++ % REMEMBERED_BEATS] = Math.max(0, between(nextBeat, now));
      slack = Math.max(LEAST_SLACK, ...oversleeps);
      nextBeat = after(now, BEAT);
    },
    lateness(now, idleNow) {
      look(now, idleNow);
      // A heartbeat that is overdue at this moment tells of a pause that nobody has measured yet.
      const late = busy + Math.max(slack, between(nextBeat, now));
      if (late > worst) worst = late;
      return micros(late);
    },
  };
}
