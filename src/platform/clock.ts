/**
 * The clock of live runs: microseconds since the Unix epoch that never go back.
 *
 * The wall clock is read once, when the process starts; from then on only monotonic time counts. A clock that is set
 * while a run is under way shifts nothing. Simulation has its own time and never comes here.
 */
import { fromUnixMillis, type Instant, type Micros, micros } from "../protocol/time.ts";

const EPOCH = Date.now() * 1_000 - Math.round(performance.now() * 1_000);

export const now = (): Instant => (EPOCH + Math.round(performance.now() * 1_000)) as Instant;

/** How long this process's event loop has waited for something to happen, in total. Grows only while it waits. */
export const idleTime = (): Micros => micros(performance.nodeTiming.idleTime * 1_000);

/**
 * Reads a time of day with date and zone: ISO 8601, `2026-01-31T12:00:00Z`.
 *
 * @returns `undefined` when it is none
 */
export function readTimeOfDay(text: string): Instant | undefined {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)$/.test(text)) return undefined;
  const milliseconds = Date.parse(text);
  return Number.isNaN(milliseconds) ? undefined : fromUnixMillis(milliseconds);
}
