/**
 * How many devices may be starting at once: who is due waits for a free place, in the order of becoming due.
 *
 * A server that gets ten thousand Registers in one millisecond loses most of them in its receive buffer, and what is
 * measured then is the retransmission timer of CoAP. A place is held until the device has its answer, or for a limited
 * time, because a device that never hears anything must not keep the others waiting. Pure.
 */
import { after, type Instant, type Micros, NEVER } from "../../protocol/time.ts";

export interface Pacer {
  /** Waiting for a place. */
  readonly waiting: number;
  /** Holding one. */
  readonly inFlight: number;
  /** When the oldest place is given up; `NEVER`: nobody holds one. */
  readonly deadline: Instant;
  /** A device is due. @returns who may start now, in order */
  due(device: number, now: Instant): readonly number[];
  /** A device has its answer. Without effect when it holds no place. @returns who may start now */
  settled(device: number, now: Instant): readonly number[];
  /** Takes places away that were held too long. @returns who may start now */
  tick(now: Instant): readonly number[];
}

/** @param hold how long a place is held at most */
export function createPacer(places: number, hold: Micros): Pacer {
  let queue: number[] = [];
  let head = 0;
  /** In the order of starting, so the first is the oldest. */
  const held = new Map<number, Instant>();

  const start = (now: Instant): readonly number[] => {
    const started: number[] = [];
    while (held.size < places && head < queue.length) {
      const device = queue[head++] as number;
      held.set(device, after(now, hold));
      started.push(device);
    }
    if (head > 1_024 && head * 2 > queue.length) {
      queue = queue.slice(head);
      head = 0;
    }
    return started;
  };

  return {
    get waiting() {
      return queue.length - head;
    },
    get inFlight() {
      return held.size;
    },
    get deadline() {
      for (const until of held.values()) return until;
      return NEVER;
    },
    due(device, now) {
      queue.push(device);
      return start(now);
    },
    settled: (device, now) => (held.delete(device) ? start(now) : []),
    tick(now) {
      for (const [device, until] of held) {
        if (until > now) break;
        held.delete(device);
      }
      return start(now);
    },
  };
}
