/**
 * Requests that are under way, each of which is given up after the same time: so they expire in the order of beginning.
 *
 * Neither an entry of the agenda for each, which would hold a request long after its answer, nor a Map: what a Map has
 * held when its table was replaced is reachable from the old table. Once that is among the engine's long-lived objects,
 * each later request stays in memory until a full collection. A list whose entries are unlinked keeps nothing.
 */
import { now } from "../../platform/clock.ts";
import { after, between, type Instant, type Micros, micros } from "../../protocol/time.ts";
import type { Agenda } from "./agenda.ts";

export interface UnderWay {
  /** @param giveUp called when its time is over, or at `close`; not once it has ended */
  begin(giveUp: (why: "timeout" | "cancelled") => void): Begun;
  /** Gives up all that have not ended. */
  close(): void;
}

export interface Begun {
  /** @returns whether it was under way until now */
  end(): boolean;
}

/**
 * @param timeout how long each may take
 * @param clock that it is measured by; one that stands still while this process is late gives nothing up of which the
 *   answer may be here and unread. Default: the machine's, also where the target's clock is turned on: no answer comes
 *   sooner for that.
 */
export function createUnderWay(agenda: Agenda, timeout: Micros, clock: () => Instant = now): UnderWay {
  const list = new Ring();
  const wantFor = (entry: Entry): void =>
    alarm.want(after(now(), micros(Math.max(0, between(clock(), entry.until)) + agenda.ahead)));
  const alarm = agenda.waker(() => {
    const at = clock();
    for (let { first } = list; first !== undefined && first.until <= at; first = list.first) first.stop("timeout");
    if (list.first !== undefined) wantFor(list.first);
  });
  return {
    begin(giveUp) {
      const entry = new Entry(after(clock(), timeout), giveUp);
      if (list.first === undefined) wantFor(entry);
      list.append(entry);
      return entry;
    },
    close() {
      for (let { first } = list; first !== undefined; first = list.first) first.stop("cancelled");
    },
  };
}

/** A place in a ring; one that has left it knows no others. */
class Place {
  previous: Place | undefined;
  next: Place | undefined;
}

class Entry extends Place implements Begun {
  readonly until: Instant;
  private readonly giveUp: (why: "timeout" | "cancelled") => void;

  constructor(until: Instant, giveUp: (why: "timeout" | "cancelled") => void) {
    super();
    this.until = until;
    this.giveUp = giveUp;
  }

  end(): boolean {
    const { previous, next } = this;
    if (previous === undefined || next === undefined) return false;
    previous.next = next;
    next.previous = previous;
    this.previous = undefined;
    this.next = undefined;
    return true;
  }

  stop(why: "timeout" | "cancelled"): void {
    if (this.end()) this.giveUp(why);
  }
}

class Ring {
  private readonly head = new Place();

  constructor() {
    this.head.previous = this.head;
    this.head.next = this.head;
  }

  get first(): Entry | undefined {
    const { next } = this.head;
    return next instanceof Entry ? next : undefined;
  }

  append(entry: Entry): void {
    const last = this.head.previous ?? this.head;
    entry.previous = last;
    entry.next = this.head;
    last.next = entry;
    this.head.previous = entry;
  }
}
