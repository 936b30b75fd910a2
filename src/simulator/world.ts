/**
 * Virtual time: a clock that jumps from one event to the next, and bounds on how far it goes.
 *
 * Knows nothing about devices, servers or networks: the caller's handler performs the events and schedules more.
 * At one instant, deadlines come before inputs, and otherwise what was scheduled first comes first.
 */
import { type Instant, NEVER } from "../protocol/time.ts";
import { createEventQueue } from "./event-queue.ts";

/** Order of the events of one instant. */
export const PRIORITY = {
  /** Somebody's deadline: due at `now`, it fires before what arrives at `now`. */
  deadline: 0,
  /** Something arrives, or is done to somebody. */
  input: 1,
} as const;

/** How a run ended: nothing more to do up to its end, or a bound was hit. */
export type RunEnd = "done" | "cut-off-events" | "cut-off-time";

/** The clock of a run and what is still to come; `E` is whatever the caller calls an event. */
export interface World<E> {
  readonly now: Instant;
  /** Events performed so far. */
  readonly performed: number;
  /** Plans an event. Throws when `at` is past or not a finite integer: that is a mistake of ours. */
  schedule(at: Instant, event: E, priority?: number): void;
  /**
   * Performs all events up to and including `until`, and leaves the clock there.
   *
   * A handler may schedule more, also for the same instant. `cut-off-events`: `maxEvents` were performed, over all
   * runs of this world, and more were due; the clock stands at the last one. `cut-off-time`: an event was due beyond
   * `maxTime`; the clock stands there.
   */
  run(until: Instant, handler: (event: E, now: Instant) => void): RunEnd;
}

/** Where the clock starts, and how far a run may go. */
export interface WorldOptions {
  readonly start: Instant;
  readonly maxEvents: number;
  readonly maxTime: Instant;
}

/** Makes a world in which nothing is planned yet. */
export function createWorld<E>({ start, maxEvents, maxTime }: WorldOptions): World<E> {
  const queue = createEventQueue<E>();
  let now = start;
  let performed = 0;
  return {
    get now() {
      return now;
    },
    get performed() {
      return performed;
    },
    schedule(at, event, priority = PRIORITY.input) {
      if (!Number.isSafeInteger(at) || at < now) throw new Error(`an event cannot be scheduled at ${at}: it is ${now}`);
      queue.push(at, event, priority);
    },
    run(until, handler) {
      const end = until < maxTime ? until : maxTime;
      for (let at = queue.nextAt; at <= end; at = queue.nextAt) {
        if (performed >= maxEvents) return "cut-off-events";
        performed += 1;
        now = at;
        handler(queue.pop() as E, at);
      }
      if (end > now) now = end;
      return until > maxTime && queue.size > 0 && queue.nextAt <= until ? "cut-off-time" : "done";
    },
  };
}

/** Deadlines of many actors, each of which has one that moves. */
export interface Wakeups {
  /** Says when the actor wants to be called; replaces what it wanted before. `NEVER`: not at all. */
  want(actor: number, deadline: Instant): void;
  /**
   * To be called for every wake-up event of an actor.
   *
   * @returns whether the actor's deadline is due: if so, call it, and `want` again; if not, there is nothing to do
   */
  fire(actor: number): boolean;
}

/**
 * Keeps the wake-up events of `actors` actors in a world.
 *
 * A deadline that moves to later costs nothing: its event stays, finds nothing due and moves on then. An earlier one
 * gets an event of its own; the event that it overtakes stays too, and serves a later deadline if it can.
 *
 * @param wakeupEvent makes the event that names an actor; called once per actor
 */
export function createWakeups<E>(world: World<E>, actors: number, wakeupEvent: (actor: number) => E): Wakeups {
  const wanted = new Float64Array(actors).fill(NEVER);
  /** The actor's next event that is still in the queue, and one that it overtook. */
  const scheduled = new Float64Array(actors).fill(NEVER);
  const overtaken = new Float64Array(actors).fill(NEVER);
  const events: (E | undefined)[] = new Array(actors).fill(undefined);

  function schedule(actor: number, deadline: number): void {
    const at = Math.max(deadline, world.now);
    const current = scheduled[actor] as number;
    if (at >= current) return;
    if (current < (overtaken[actor] as number)) overtaken[actor] = current;
    scheduled[actor] = at;
    events[actor] ??= wakeupEvent(actor);
    world.schedule(at as Instant, events[actor] as E, PRIORITY.deadline);
  }

  return {
    want(actor, deadline) {
      wanted[actor] = deadline;
      schedule(actor, deadline);
    },
    fire(actor) {
      const now = world.now;
      if (now < (scheduled[actor] as number)) return false;
      scheduled[actor] = overtaken[actor] as number;
      overtaken[actor] = NEVER;
      if ((wanted[actor] as number) <= now) return true;
      schedule(actor, wanted[actor] as number);
      return false;
    },
  };
}
