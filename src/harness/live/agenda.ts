/**
 * What a live process waits for: one alarm for all runs, their devices and their datagrams on the way.
 *
 * A deadline that moves away, as those of devices do with every datagram, costs a comparison: its old entry stays,
 * finds nothing due and moves on then.
 */
import { now } from "../../platform/clock.ts";
import { createAlarm } from "../../platform/timers.ts";
import { type Instant, NEVER } from "../../protocol/time.ts";
import { createEventQueue } from "../../simulator/event-queue.ts";
import { PRIORITY } from "../../simulator/world.ts";

export interface Agenda {
  /** Calls once, at `at` or later. */
  once(at: Instant, task: (now: Instant) => void): void;
  /** A deadline that may move; it is called once per deadline. */
  waker(wake: (now: Instant) => void): Waker;
  /** Calls all that is due. To be called before an input is handled: a deadline due now comes first. */
  serve(): void;
  /** Nothing is called any more. */
  close(): void;
}

export interface Waker {
  /** Replaces the deadline; `NEVER`: none. */
  want(deadline: Instant): void;
}

interface Entry {
  readonly call: (now: Instant) => void;
  wanted: Instant;
  /** When its next event in the queue is due. */
  queued: Instant;
}

export function createAgenda(): Agenda {
  const queue = createEventQueue<Entry>();
  let closed = false;

  const enqueue = (entry: Entry, at: Instant, priority: number): void => {
    entry.queued = at;
    queue.push(at, entry, priority);
    alarm.set(queue.nextAt);
  };

  const serve = (): void => {
    for (let at = queue.nextAt; !closed && at <= now(); at = queue.nextAt) {
      const entry = queue.pop();
      // An event that was overtaken by an earlier one of the same entry has nothing to do.
      if (entry === undefined || entry.queued !== at) continue;
      entry.queued = NEVER;
      if (entry.wanted <= now()) {
        entry.wanted = NEVER;
        entry.call(now());
      } else if (entry.wanted !== NEVER) {
        enqueue(entry, entry.wanted, PRIORITY.deadline);
      }
    }
    alarm.set(closed ? NEVER : queue.nextAt);
  };

  const alarm = createAlarm(serve);

  return {
    once(at, call) {
      if (!closed) enqueue({ call, wanted: at, queued: NEVER }, at, PRIORITY.input);
    },
    waker(wake) {
      const entry: Entry = { call: wake, wanted: NEVER, queued: NEVER };
      return {
        want(deadline) {
          entry.wanted = deadline;
          if (!closed && deadline < entry.queued) enqueue(entry, deadline, PRIORITY.deadline);
        },
      };
    },
    serve,
    close() {
      closed = true;
      alarm.close();
    },
  };
}
