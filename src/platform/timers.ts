/**
 * Timers: one alarm that follows a moving deadline, and pauses for asynchronous code.
 *
 * A deadline of a CoAP endpoint moves with every datagram. So an alarm leaves its timer alone when the deadline moves
 * away, looks at the clock when the timer fires, and sets it again when it was too early: a datagram costs a comparison.
 */
import { after, between, type Instant, type Micros, millis, NEVER, toMillis } from "../protocol/time.ts";
import { now } from "./clock.ts";

/** `setTimeout` takes at most 2^31 - 1 ms (24.8 days) and fires at once beyond that. */
const LONGEST_WAIT = millis(2_000_000_000);

export interface Alarm {
  /** Replaces the deadline. After `NEVER` nothing rings; a deadline in the past rings in the next turn of the event loop. */
  set(deadline: Instant): void;
  /** Never rings again, and no longer keeps the process alive. */
  close(): void;
}

/** @param ring called once per deadline, at it or after it, never before; it may call `set` */
export function createAlarm(ring: () => void): Alarm {
  let deadline = NEVER;
  let armedFor = NEVER;
  let timer: NodeJS.Timeout | undefined;
  let immediate: NodeJS.Immediate | undefined;
  let closed = false;

  const disarm = (): void => {
    clearTimeout(timer);
    clearImmediate(immediate);
    timer = undefined;
    immediate = undefined;
    armedFor = NEVER;
  };

  const fired = (): void => {
    disarm();
    if (closed || deadline === NEVER) return;
    const at = now();
    if (at < deadline) {
      arm(at);
    } else {
      deadline = NEVER;
      ring();
    }
  };

  const arm = (at: Instant): void => {
    disarm();
    armedFor = deadline;
    const wait = between(at, deadline);
    if (wait <= 0) {
      immediate = setImmediate(fired);
    } else if (wait > LONGEST_WAIT) {
      armedFor = after(at, LONGEST_WAIT);
      timer = setTimeout(fired, toMillis(LONGEST_WAIT));
    } else {
      timer = setTimeout(fired, Math.ceil(toMillis(wait)));
    }
  };

  return {
    set(next) {
      if (closed) return;
      deadline = next;
      if (next < armedFor) arm(now());
    },
    close() {
      closed = true;
      deadline = NEVER;
      disarm();
    },
  };
}

/** Waits; ends early, without an error, when the signal is aborted. */
export function pause(span: Micros, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) return resolve();
    const timer = setTimeout(done, Math.ceil(toMillis(span)));
    function done(): void {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    }
    signal?.addEventListener("abort", done);
  });
}

/** Lets sockets and timers have their turn: for long computations in a process that also serves. */
export const nextTurn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
