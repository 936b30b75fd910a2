/**
 * One case of the self-test: a defective server or device that must be caught, or a legal one that must pass, under one
 * seed. Which they are is not known here: they arrive as something that runs a plan.
 *
 * A defect counts as caught in a plan only if it made a difference there, the requirement that it must break failed,
 * and the same plan finds nothing wrong with the unmutated server.
 */
import type { Profile } from "../../protocol/profile.ts";
import type { Plan } from "../../scenarios/plan.ts";
import type { History } from "../history/history.ts";
import { judge } from "../oracle/oracle.ts";
import { atStake } from "./at-stake.ts";
import { makePlan, type PlanMaker } from "./plan-cache.ts";

/** What is run: pure data, so that it reaches a worker thread. */
export interface SelfTestCase {
  /** Of the mutant or variant; `reference` for the unmutated server. */
  readonly id: string;
  readonly seed: string;
  readonly profile: Profile;
  /** What a mutant must break; absent: nothing may be broken. */
  readonly requirement?: string;
  /** Index of the first plan. */
  readonly from: number;
  /** Plans at most; a mutant's case ends with the plan that catches it. */
  readonly plans: number;
  /** Ends with the first plan in which the subject made a difference. */
  readonly untilActive?: true;
}

export interface SelfTestResult {
  readonly id: string;
  readonly seed: string;
  /** Plans that ran, and those in which the requirement was not at stake. */
  readonly plans: number;
  /** Plans in which the defect, or the unusual choice, made a difference. */
  readonly activated: number;
  /** Plans until it was caught; absent: it was not. */
  readonly caughtAfter?: number;
  /** How many plans broke which requirement. */
  readonly broken: Readonly<Record<string, number>>;
  /** Plans that would have caught it, had the unmutated server passed them: `R-04 in retry-17`. */
  readonly notGreen: readonly string[];
  /** Of a case in which nothing may be broken, the first finding. */
  readonly accusation?: string;
  /** It was stopped before its end; absent: it was not. */
  readonly stopped?: true;
}

export interface Subject {
  /** The subject itself. */
  run(plan: Plan): { readonly history: History; readonly activated: boolean };
  /** The unmutated server and devices. */
  runReference(plan: Plan): History;
}

/** @param goesOn asked before each plan: whether the case is to go on */
export function runSelfTestCase(
  selfTest: SelfTestCase,
  subject: Subject,
  goesOn: () => boolean = () => true,
  planOf: PlanMaker = makePlan,
): SelfTestResult {
  const { id, seed, profile, requirement, from } = selfTest;
  const broken: Record<string, number> = {};
  const notGreen: string[] = [];
  let accusation: string | undefined;
  let activatedPlans = 0;
  let count = 0;
  let stopped = false;
  while (count < selfTest.plans && !(selfTest.untilActive === true && activatedPlans > 0)) {
    stopped = !goesOn();
    if (stopped) break;
    count++;
    const plan = planOf(seed, from + count - 1, profile);
    if (requirement !== undefined && !atStake(requirement, plan)) continue;
    const { history, activated } = subject.run(plan);
    if (activated) activatedPlans++;
    // A defect that did nothing leaves the unmutated server: there is nothing to be caught in this plan.
    if (requirement !== undefined && !activated) continue;
    const found = findingsOf(plan, history);
    for (const each of new Set(found.map((finding) => finding.requirement))) broken[each] = (broken[each] ?? 0) + 1;
    const result = { id, seed, plans: count, activated: activatedPlans, broken, notGreen };
    const [first] = found;
    if (requirement === undefined) {
      if (first !== undefined)
        accusation ??= `${plan.id}: ${first.requirement}: expected ${first.expected}, got ${first.actual}`;
      continue;
    }
    if (!found.some((finding) => finding.requirement === requirement)) continue;
    const [wrong] = findingsOf(plan, subject.runReference(plan));
    if (wrong === undefined) return { ...result, caughtAfter: count };
    notGreen.push(`${wrong.requirement} in ${plan.id}`);
  }
  return {
    id,
    seed,
    plans: count,
    activated: activatedPlans,
    broken,
    notGreen,
    ...(accusation === undefined ? {} : { accusation }),
    ...(stopped ? { stopped } : {}),
  };
}

const findingsOf = (plan: Plan, history: History) => judge(plan, history).tallies.flatMap(({ findings }) => findings);
