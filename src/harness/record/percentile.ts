/** The smallest number that at least `share` percent of an ascending list do not exceed; 0 of an empty one. */
export const percentile = (ascending: readonly number[], share: number): number =>
  ascending[Math.max(0, Math.ceil((ascending.length * share) / 100) - 1)] ?? 0;
