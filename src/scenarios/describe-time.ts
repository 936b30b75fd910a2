/** Times of a plan in words. */

const UNITS = [
  { name: "d", milliseconds: 86_400_000 },
  { name: "h", milliseconds: 3_600_000 },
  { name: "min", milliseconds: 60_000 },
] as const;

/** `12.5 s`; from two minutes on also the larger unit: `604800 s (7 d)`, when it comes out whole. */
export function describeTime(milliseconds: number): string {
  const text = `${milliseconds / 1_000} s`;
  const unit = UNITS.find((row) => milliseconds >= 2 * row.milliseconds && milliseconds % row.milliseconds === 0);
  return unit === undefined ? text : `${text} (${milliseconds / unit.milliseconds} ${unit.name})`;
}
