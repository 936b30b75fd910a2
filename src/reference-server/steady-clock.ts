/**
 * The engine's time over restarts: it never goes back, whatever the machine's clock does while the server is away.
 *
 * Within a process that is the caller's affair. Between two, the clock may have been set back; then the engine goes on
 * from the latest moment that its store tells of, and is ahead of the machine by that much until it is started again.
 * Deadlines are told in the machine's time.
 *
 * Source: docs/decisions.md (a clock that went back); docs/semantics.md row 26.
 */
import type { StoredRecord } from "../protocol/server-port.ts";
import { after, before, between, type Instant, type Micros, micros } from "../protocol/time.ts";
import { TABLES } from "./records.ts";

export interface SteadyClock {
  /** The engine's time at a moment of the machine's. */
  at(now: Instant): Instant;
  /** The machine's time of a deadline. */
  outside(deadline: Instant): Instant;
  /** Goes on from what is stored. @returns the engine's time */
  resume(stored: readonly StoredRecord[], now: Instant): Instant;
}

export function createSteadyClock(): SteadyClock {
  let ahead: Micros = micros(0);
  return {
    at: (now) => after(now, ahead),
    outside: (deadline) => before(deadline, ahead),
    resume(stored, now) {
      ahead = aheadOf(now, stored);
      return after(now, ahead);
    },
  };
}

/** How far what is stored is ahead of the machine's clock; 0 unless that went back. */
export function aheadOf(now: Instant, stored: readonly StoredRecord[]): Micros {
  let latest = now;
  for (const { table, value } of stored) {
    const row = STAMPS.get(table);
    if (row === undefined) continue;
    for (const record of Array.isArray(value) ? (value as readonly unknown[]) : [value]) {
      const stamp = (record as Readonly<Record<string, unknown>> | null)?.[row.field];
      if (typeof stamp === "number" && stamp * row.micros > latest) latest = (stamp * row.micros) as Instant;
    }
  }
  return between(now, latest);
}

const MILLISECONDS = 1_000;
const MICROSECONDS = 1;

/** Of each table the field that tells when the record was last written; none tells of the future. */
const STAMPS: ReadonlyMap<string, { readonly field: string; readonly micros: number }> = new Map([
  [TABLES.bearerToken, { field: "createdOn", micros: MILLISECONDS }],
  [TABLES.deviceType, { field: "modifiedOn", micros: MILLISECONDS }],
  [TABLES.serverProperties, { field: "ts", micros: MILLISECONDS }],
  [TABLES.registration, { field: "updatedAt", micros: MICROSECONDS }],
  [TABLES.task, { field: "createdAt", micros: MICROSECONDS }],
  [TABLES.taskState, { field: "modifiedOn", micros: MILLISECONDS }],
  [TABLES.taskHistory, { field: "ts", micros: MILLISECONDS }],
  [TABLES.deviceTask, { field: "ts", micros: MILLISECONDS }],
  [TABLES.deviceTaskHistory, { field: "ts", micros: MILLISECONDS }],
  [TABLES.update, { field: "createdOn", micros: MILLISECONDS }],
]);
