/**
 * What the second server will do by itself, and when: the only clock that it has.
 *
 * The driver says what time it is and asks for the next appointment; nothing here reads a clock.
 */
import { type Instant, NEVER } from "../../src/protocol/time.ts";

export interface Appointment {
  readonly at: Instant;
  readonly keep: () => void;
}

export class Agenda {
  now: Instant;
  /** In order of time; those of one instant in the order in which they were made. */
  private readonly appointments: Appointment[] = [];

  constructor(now: Instant) {
    this.now = now;
  }

  get next(): Instant {
    return this.appointments[0]?.at ?? NEVER;
  }

  at(when: Instant, keep: () => void): Appointment {
    const appointment = { at: when, keep };
    const later = this.appointments.findLastIndex(({ at }) => at <= when) + 1;
    this.appointments.splice(later, 0, appointment);
    return appointment;
  }

  cancel(appointment: Appointment | undefined): void {
    const position = appointment === undefined ? -1 : this.appointments.indexOf(appointment);
    if (position >= 0) this.appointments.splice(position, 1);
  }

  /** Keeps every appointment that is due, those that are made meanwhile included. */
  advance(now: Instant): void {
    this.now = now;
    for (let first = this.appointments[0]; first !== undefined && first.at <= now; first = this.appointments[0]) {
      this.appointments.shift();
      first.keep();
    }
  }
}
