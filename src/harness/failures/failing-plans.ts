/**
 * Which failing plans are looked at more closely: for each broken requirement some, spread over the campaign and over
 * the shapes of its findings, so that two defects behind one requirement both have their chance.
 */
import type { Sightings, Violated } from "../settlement/settle.ts";

/** Plans of one requirement that are made small. */
const MOST = 5;

export interface FailingPlan {
  readonly violated: Violated;
  /** Index of the plan. */
  readonly index: number;
  /** Shape of the finding that it is chosen for; absent: it is run together with another plan. */
  readonly shape?: string;
  /** Plans of the campaign with a finding of that shape. */
  readonly plans: number;
  /** 0: the first one of its shape; the others confirm it, or show another way to it. */
  readonly round: number;
}

/** In the order in which they are best looked at: one of each shape first. */
export function chooseFailingPlans(violated: Violated): readonly FailingPlan[] {
  const joined: readonly FailingPlan[] =
    violated.joinedWith === undefined
      ? []
      : [{ violated, index: violated.plan.index, plans: violated.plans, round: 0 }];
  // What never broke first is most likely the echo of something else: one plan will do.
  const most = (violated.first > 0 ? MOST : 1) - joined.length;
  const shapes = [...violated.shapes].sort(([, a], [, b]) => weight(b) - weight(a));
  const shares = shareOut(
    shapes.map(([, { first }]) => Math.max(1, first.length)),
    most,
  );
  const chosen = shapes.flatMap(([shape, { first, later }], position) =>
    spread(first.length > 0 ? first : later, shares[position] ?? 0).map((index, round) => {
      return { violated, index, shape, plans: first.length + later.length, round };
    }),
  );
  return [...joined, ...chosen].sort((a, b) => a.round - b.round);
}

/** Where it broke first counts; the rest decides between equals. */
const weight = ({ first, later }: Sightings): number => first.length + later.length / (first.length + later.length + 1);

/** One for each in turn, until all are given away or nobody takes more. */
function shareOut(limits: readonly number[], most: number): readonly number[] {
  const shares = limits.map(() => 0);
  for (let left = most, gave = true; left > 0 && gave; ) {
    gave = false;
    for (const [position, limit] of limits.entries()) {
      const share = shares[position] ?? 0;
      if (left === 0 || share >= limit) continue;
      shares[position] = share + 1;
      left--;
      gave = true;
    }
  }
  return shares;
}

/** So many of a list, at equal distances, the first one among them. */
const spread = (list: readonly number[], wanted: number): readonly number[] =>
  Array.from({ length: Math.min(wanted, list.length) }, (_, i) => list[Math.floor((i * list.length) / wanted)] ?? 0);
