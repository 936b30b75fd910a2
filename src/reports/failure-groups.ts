/** Failures that are perhaps one defect, put together. A guess, for the reader's eye only. Pure. */
import type { FailureSummary, Verdict } from "../harness/record/verdict.ts";
import { failuresFirst } from "./requirement-lines.ts";

export interface FailureGroup {
  readonly first: FailureSummary;
  /** What comes with it, or was seen to break in one small plan with it. */
  readonly others: readonly FailureSummary[];
}

/** What breaks in a larger share of all plans is in another's plan by chance. */
const MOST_BY_CHANCE = 0.02;

/** The groups in the order of their first failures. */
export function failureGroups(verdict: Verdict): readonly FailureGroup[] {
  const groups: { readonly first: FailureSummary; readonly others: FailureSummary[] }[] = [];
  for (const failure of failuresFirst(verdict)) {
    const group = groups.find(({ first, others }) =>
      [first, ...others].some((other) => belongTogether(failure, other, verdict.runs)),
    );
    if (group === undefined) groups.push({ first: failure, others: [] });
    else group.others.push(failure);
  }
  return groups;
}

const belongTogether = (failure: FailureSummary, other: FailureSummary, runs: number): boolean =>
  failure.belongsTo === other.id || breaksIn(failure, other, runs) || breaksIn(other, failure, runs);

/** The small plan of the rarer one breaks the other too, and that is no chance. */
const breaksIn = ({ alsoBroke, plans }: FailureSummary, other: FailureSummary, runs: number): boolean =>
  alsoBroke?.includes(other.requirement) === true && plans <= other.plans && other.plans < MOST_BY_CHANCE * runs;
