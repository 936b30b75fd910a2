/**
 * Durations as people write them, on the command line and in files: a number and a unit, `500ms`, `20s`, `1.5m`, `7d`.
 * A number without a unit is refused.
 */
import { err, ok, type Result } from "./result.ts";

const UNITS = [
  { unit: "ms", milliseconds: 1 },
  { unit: "s", milliseconds: 1_000 },
  { unit: "m", milliseconds: 60_000 },
  { unit: "h", milliseconds: 3_600_000 },
  { unit: "d", milliseconds: 86_400_000 },
] as const;

/** Longest duration accepted: 366 days. Anything longer is a slip of the finger. */
const LONGEST = 366 * 86_400_000;

/**
 * Reads a duration.
 *
 * @returns whole milliseconds, or a sentence that says what is wrong and how to write it
 */
export function parseDuration(text: string): Result<number, string> {
  const match = /^(\d+(?:\.\d+)?)([a-z]*)$/.exec(text);
  if (match === null)
    return err(`"${text}" is not a duration: write a number and a unit, such as 500ms, 20s, 5m, 2h or 7d`);
  const [, number = "", name = ""] = match;
  if (name === "") return err(`"${text}" has no unit: write ${number}s for seconds (units: ms, s, m, h, d)`);
  const row = UNITS.find(({ unit }) => unit === name);
  if (row === undefined) return err(`"${text}" has the unknown unit "${name}" (units: ms, s, m, h, d)`);
  const milliseconds = Math.round(Number(number) * row.milliseconds);
  return milliseconds <= LONGEST ? ok(milliseconds) : err(`"${text}" is longer than 366 days`);
}

/** A duration in its largest whole unit: `500ms`, `20s`, `90s`, `7d`. */
export function formatDuration(milliseconds: number): string {
  const row = UNITS.findLast((unit) => milliseconds >= unit.milliseconds && milliseconds % unit.milliseconds === 0);
  return row === undefined ? `${milliseconds}ms` : `${milliseconds / row.milliseconds}${row.unit}`;
}
