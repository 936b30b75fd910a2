/**
 * What a live process waits for: one alarm for all runs, their devices and their datagrams on the way.
 *
 * A deadline that moves away, as those of devices do with every datagram, costs a comparison: its old entry stays,
 * finds nothing due and moves on then.
 */
import { now as machineNow } from "../../platform/clock.ts";
import { createAlarm } from "../../platform/timers.ts";
import { after, before, type Instant, type Micros, micros, NEVER } from "../../protocol/time.ts";
import { createEventQueue } from "../../simulator/event-queue.ts";
import { PRIORITY } from "../../simulator/world.ts";

export interface Agenda {
  /** The time of all deadlines: the machine's, ahead of it by what the target's clock was turned. */
  now(): Instant;
  /** By how much it is ahead of the machine. */
  readonly ahead: Micros;
  /** The target's clock was turned on by so much: all that was due in the meantime is due now. */
  turn(by: Micros): void;
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
  /** Of its events in the queue that earlier ones have overtaken, the next one last. */
  overtaken: Instant[] | undefined;
}

/** @param turned by how much the target's clock is ahead of the machine's already */
export function createAgenda(turned: Micros = micros(0)): Agenda {
  const queue = createEventQueue<Entry>();
  let ahead = turned;
  const now = (): Instant => after(machineNow(), ahead);
  const ringAt = (deadline: Instant): void => alarm.set(before(deadline, ahead));
  let closed = false;

  /** Not when an event is due by then anyway: a deadline that comes and goes must not fill the queue. */
  const enqueue = (entry: Entry, at: Instant, priority: number): void => {
    if (at >= entry.queued) return;
    if (entry.queued !== NEVER) {
      entry.overtaken ??= [];
      entry.overtaken.push(entry.queued);
    }
    entry.queued = at;
    queue.push(at, entry, priority);
    ringAt(queue.nextAt);
  };

  const serve = (): void => {
    for (let at = queue.nextAt; !closed && at <= now(); at = queue.nextAt) {
      const entry = queue.pop();
      if (entry === undefined) break;
      entry.queued = entry.overtaken?.pop() ?? NEVER;
      if (entry.wanted <= now()) {
        entry.wanted = NEVER;
        entry.call(now());
      } else {
        enqueue(entry, entry.wanted, PRIORITY.deadline);
      }
    }
    ringAt(closed ? NEVER : queue.nextAt);
  };

  const alarm = createAlarm(serve);

  return {
    now,
    get ahead() {
      return ahead;
    },
    turn(by) {
      ahead = micros(ahead + by);
      serve();
    },
    once(at, call) {
      if (!closed) enqueue({ call, wanted: at, queued: NEVER, overtaken: undefined }, at, PRIORITY.input);
    },
    waker(wake) {
      const entry: Entry = { call: wake, wanted: NEVER, queued: NEVER, overtaken: undefined };
      return {
        want(deadline) {
          entry.wanted = deadline;
          if (!closed) enqueue(entry, deadline, PRIORITY.deadline);
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
