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

/**
 * Probability, 0 to 1, that something that shows in a share of all plans shows in so many or more of some of them.
 *
 * Each number of plans is weighed against the likeliest one, by multiplication alone: the same on every machine.
 */
export function atLeastByChance(least: number, of: number, share: number): number {
  if (least <= 0 || share >= 1) return 1;
  if (share <= 0) return 0;
  const odds = share / (1 - share);
  const likeliest = Math.min(of, Math.floor((of + 1) * share));
  const weights = [...weightsUp(likeliest, of, odds), ...weightsDown(likeliest, of, odds)];
  const sum = (all: readonly Weight[]): number => all.reduce((total, [, weight]) => total + weight, 0);
  return sum(weights.filter(([count]) => count >= least)) / sum(weights);
}

/** So many plans, and how likely that is beside the likeliest number. */
type Weight = readonly [count: number, weight: number];

function weightsUp(likeliest: number, of: number, odds: number): readonly Weight[] {
  const weights: Weight[] = [[likeliest, 1]];
  for (let count = likeliest, weight = 1; count < of; count++) {
    weight *= ((of - count) / (count + 1)) * odds;
    weights.push([count + 1, weight]);
  }
  return weights;
}

function weightsDown(likeliest: number, of: number, odds: number): readonly Weight[] {
  const weights: Weight[] = [];
  for (let count = likeliest, weight = 1; count > 0; count--) {
    weight *= count / (of - count + 1) / odds;
    weights.push([count - 1, weight]);
  }
  return weights;
}
