/**
 * Time as it is inside Fleetproof: integer microseconds, branded so that a span is never mistaken for a point.
 *
 * Outside, other units rule: milliseconds in the REST API and in plans, seconds in LwM2M. They are converted
 * here and nowhere else. Nothing in this file reads a clock.
 */

/** A point in time: microseconds since the Unix epoch. In simulation the epoch is `SIMULATION_START`. */
export type Instant = number & { readonly __unit: "instant: µs since the Unix epoch" };
/** A span of time in microseconds. */
export type Micros = number & { readonly __unit: "span: µs" };

/** The deadline of somebody who waits for nothing. */
export const NEVER = Number.POSITIVE_INFINITY as Instant;

/** Where every simulated run begins: 2026-01-01T00:00:00Z. Any fixed value would do; zero would hide bugs. */
export const SIMULATION_START = 1_767_225_600_000_000 as Instant;

/** A span of so many microseconds, rounded. */
export const micros = (value: number): Micros => Math.round(value) as Micros;
/** A span of so many milliseconds, rounded to microseconds. */
export const millis = (value: number): Micros => Math.round(value * 1_000) as Micros;
/** A span of so many seconds, rounded to microseconds. */
export const seconds = (value: number): Micros => Math.round(value * 1_000_000) as Micros;

/** The point that lies so much later. */
export const after = (start: Instant, span: Micros): Instant => (start + span) as Instant;
/** The point that lies so much earlier. */
export const before = (end: Instant, span: Micros): Instant => (end - span) as Instant;
/** The span from one point to another; negative when `end` comes first. */
export const between = (start: Instant, end: Instant): Micros => (end - start) as Micros;
/** The earlier of two points. */
export const earliest = (a: Instant, b: Instant): Instant => (a < b ? a : b);

/** Milliseconds since the Unix epoch, rounded down: the unit of `createdOn` and `ts` in the task API. */
export const toUnixMillis = (instant: Instant): number => Math.floor(instant / 1_000);
/** The point at so many milliseconds since the Unix epoch. */
export const fromUnixMillis = (milliseconds: number): Instant => (milliseconds * 1_000) as Instant;
/** A span in seconds, with fractions. */
export const toSeconds = (span: Micros): number => span / 1_000_000;
/** A span in milliseconds, with fractions. */
export const toMillis = (span: Micros): number => span / 1_000;
