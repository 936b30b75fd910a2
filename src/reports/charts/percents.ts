/** The percentiles that reports show, and finding one in counted values. */

/** 100: the largest. */
export const PERCENTS = [50, 90, 99, 99.9, 100] as const;

/** `p50`, `max`. */
export const percentName = (percent: number): string => (percent === 100 ? "max" : `p${percent}`);

/** The smallest value that `percent` of all do not exceed; 0 when there is none. `counted`: ascending, with how often. */
export function percentOf(counted: readonly (readonly [number, number])[], percent: number): number {
  const total = counted.reduce((sum, [, times]) => sum + times, 0);
  let left = Math.max(1, Math.ceil((total * percent) / 100 - 1e-9));
  for (const [value, times] of counted) {
    left -= times;
    if (left <= 0) return value;
  }
  return counted.at(-1)?.[0] ?? 0;
}
