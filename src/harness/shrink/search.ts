/**
 * The search for a smaller plan that still fails: the best one so far, what has been tried, and the budget.
 *
 * What may be left out, and in which order it is tried, is the business of the passes.
 */
import { sha256 } from "../../platform/hash.ts";
import { isCreation, type Operation, Plan } from "../../scenarios/plan.ts";
import { normalisePlan } from "../plans/normalise-plan.ts";

export interface ShrinkOptions {
  /** Whether the plan still breaks the requirement. */
  readonly fails: (plan: Plan) => Promise<boolean>;
  /** Asked before each execution. */
  readonly mayContinue: () => boolean;
  /**
   * Milliseconds, for runs in real time: no wait is cut below it, and none is cut as far as the failure just stays.
   * Absent: virtual time, in which an edge is where it was.
   */
  readonly leastWait?: number;
  /** Milliseconds of the plan's time by which the failure had shown: what comes after it is left out first. */
  readonly shownBy?: number;
}

export interface Search {
  /** The smallest plan so far. */
  readonly best: Plan;
  /** Calls of `fails` so far. */
  readonly executions: number;
  /** Plans that took the place of the best one so far. */
  readonly improvements: number;
  /** As in the options. */
  readonly leastWait: number | undefined;
  /**
   * Makes the candidate the best plan if it still fails. One that was tried before is not executed again.
   *
   * @throws OutOfBudget when the budget is spent
   */
  attempt(candidate: Plan): Promise<boolean>;
}

/** No execution may begin any more: the search is over. */
export class OutOfBudget extends Error {}

export function createSearch(failing: Plan, { fails, mayContinue, leastWait }: ShrinkOptions): Search {
  let best = normalisePlan(Plan.parse(failing));
  let executions = 0;
  let improvements = 0;
  const tried = new Set([nameOf(best)]);
  return {
    get best() {
      return best;
    },
    get executions() {
      return executions;
    },
    get improvements() {
      return improvements;
    },
    leastWait,
    async attempt(candidate) {
      const plan = withoutSkipped(candidate);
      const name = nameOf(plan);
      if (tried.has(name)) return false;
      if (!mayContinue()) throw new OutOfBudget();
      tried.add(name);
      executions++;
      if (!(await fails(plan))) return false;
      improvements++;
      best = plan;
      return true;
    },
  };
}

/** Plans of hundreds of kilobytes are remembered by their hash. */
export const nameOf = (plan: Plan): string => sha256(JSON.stringify(plan));

/**
 * Leaves out the operations that every run skips, since their task does not exist then: the run is the same without.
 * One that prolongs the run stays.
 */
function withoutSkipped(plan: Plan): Plan {
  const created = new Map<number, number>();
  for (const operation of plan.operations) {
    if (!isCreation(operation)) continue;
    created.set(operation.task, Math.min(operation.at, created.get(operation.task) ?? operation.at));
  }
  const isSkipped = (operation: Operation): boolean =>
    "task" in operation && operation.at <= plan.until && operation.at < (created.get(operation.task) ?? Infinity);
  return { ...plan, operations: plan.operations.filter((operation) => !isSkipped(operation)) };
}
