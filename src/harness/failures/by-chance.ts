/**
 * Whether two things are seen in the same plans by chance alone. What breaks in every third plan is there in most plans in
 * which something else breaks, and has nothing to do with it.
 */

/** Of what could be chance with this probability, nothing is concluded. */
const MOST_DOUBT = 0.01;

/**
 * @param plans in which one thing was seen
 * @param others in which the other was seen
 * @param runs all plans
 */
export function goesWith(plans: readonly number[], others: readonly number[], runs: number): boolean {
  if (plans.length === 0 || runs === 0) return false;
  const seen = new Set(others);
  const together = plans.filter((plan) => seen.has(plan)).length;
  return atLeastByChance(together, plans.length, seen.size / runs) < MOST_DOUBT;
}

/** Probability, 0 to 1, that something that shows in a share of all plans shows in so many or more of some of them. */
export function atLeastByChance(least: number, of: number, share: number): number {
  if (least <= 0 || share >= 1) return 1;
  if (share <= 0) return 0;
  const [logShare, logRest] = [Math.log(share), Math.log1p(-share)];
  let ways = 0;
  let sum = 0;
  for (let count = 0; count <= of; count++) {
    if (count > 0) ways += Math.log((of - count + 1) / count);
    if (count >= least) sum += Math.exp(ways + count * logShare + (of - count) * logRest);
  }
  return Math.min(1, sum);
}
