/**
 * From broken requirements to distinct failures, in simulation: some failing plans of each are made small, and those
 * that come to the same are one failure, told by the smallest plan.
 *
 * Two plans come to the same when the requirement broke in the same way in plans that do the same things in the same
 * order. While there is wall time left, the result does not depend on how many threads share the work.
 */
import { planSignature } from "../../scenarios/describe.ts";
import type { Plan } from "../../scenarios/plan.ts";
import type { PlanRunner, ShrinkAnswer } from "../execution/plan-runner.ts";
import { joinPlans } from "../plans/normalise-plan.ts";
import type { Violated } from "../settlement/settle.ts";
import type { BuildServer } from "../simulation/build-server.ts";
import { simulate } from "../simulation/simulate.ts";
import { chooseFailingPlans, type FailingPlan } from "./failing-plans.ts";
import { type CampaignFailure, campaignFailure, judged, withOwners } from "./failures.ts";

export interface SimulatedFailuresOptions {
  readonly violated: readonly Violated[];
  readonly build: BuildServer;
  readonly runner: PlanRunner;
  readonly planAt: (index: number) => Plan;
  /** Milliseconds of wall time for making plans small. */
  readonly budget: number;
  /** Plans of the campaign. */
  readonly runs: number;
  /** Milliseconds since some moment. */
  readonly elapsed: () => number;
  readonly stopped: () => boolean;
  readonly onProgress: () => void;
}

/** Runs for making one plan small: some hundreds are needed for most. */
const MOST_EXECUTIONS = 2_000;

interface SmallPlan extends FailingPlan {
  readonly plan: Plan;
  readonly answer: ShrinkAnswer;
}

/** Every broken requirement has at least one failure; those that stand for themselves come first. */
export async function simulatedFailures(options: SimulatedFailuresOptions): Promise<readonly CampaignFailure[]> {
  const chosen = options.violated.map(chooseFailingPlans);
  const rounds = Math.max(0, ...chosen.flat().map(({ round }) => round + 1));
  const until = options.elapsed() + options.budget;
  const small: SmallPlan[] = [];
  for (let round = 0; round < rounds; round++) {
    const plans = chosen.flat().filter((plan) => plan.round === round);
    if (round > 0 && (options.stopped() || options.elapsed() >= until)) break;
    small.push(...(await makeAllSmall(plans, until, options)));
  }
  const taken = new Set<string>();
  const failures = options.violated.flatMap((violated) => {
    const plans = small.filter((plan) => plan.violated === violated);
    const telling = plans.filter((plan) => isTelling(plan, plans));
    return groups(telling).map((group) => failureOf(group, telling.length, taken, options));
  });
  return withOwners(failures, options.runs);
}

/** As many at once as the runner has lanes; each gets an equal share of the wall time that is left. */
async function makeAllSmall(
  plans: readonly FailingPlan[],
  until: number,
  options: SimulatedFailuresOptions,
): Promise<readonly SmallPlan[]> {
  const { runner, elapsed, planAt, onProgress } = options;
  const done: SmallPlan[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    for (let mine = next++; mine < plans.length; mine = next++) {
      const failing = plans[mine];
      if (failing === undefined) return;
      const plan = planOf(failing, planAt);
      const left = Math.max(0, until - elapsed());
      const limit = Math.min(left, (left * runner.lanes) / (plans.length - mine));
      const { violated, shape } = failing;
      const job = { plan, requirement: violated.requirement, executions: MOST_EXECUTIONS, limit };
      done[mine] = { ...failing, plan, answer: await runner.shrink(shape === undefined ? job : { ...job, shape }) };
      onProgress();
    }
  };
  await Promise.all(Array.from({ length: Math.min(runner.lanes, plans.length) }, work));
  return done;
}

function planOf({ violated, index, shape }: FailingPlan, planAt: (index: number) => Plan): Plan {
  const { joinedWith } = violated;
  const isJoined = shape === undefined && joinedWith !== undefined;
  return isJoined ? joinPlans(planAt(index), planAt(joinedWith.index)) : planAt(index);
}

/** Of one requirement: the plans that come to the same, the smallest first, in the groups and among them. */
function groups(plans: readonly SmallPlan[]): readonly (readonly SmallPlan[])[] {
  const byKey = new Map<string, SmallPlan[]>();
  for (const plan of plans) {
    const key = `${plan.shape ?? ""}\n${planSignature(plan.answer.plan)}`;
    byKey.set(key, [...(byKey.get(key) ?? []), plan]);
  }
  return [...byKey.values()]
    .map((group) => group.toSorted((a, b) => sizeOf(a.answer.plan) - sizeOf(b.answer.plan) || a.index - b.index))
    .sort((a, b) => smallestOf(a) - smallestOf(b) || b.length - a.length);
}

/** A plan that could not be made quite small differs from others by accident: it counts when its shape has no other. */
function isTelling(plan: SmallPlan, all: readonly SmallPlan[]): boolean {
  const others = all.filter(({ shape }) => shape === plan.shape);
  return plan.answer.minimal || (plan.round === 0 && others.every(({ answer }) => !answer.minimal));
}

const smallestOf = ([first]: readonly SmallPlan[]): number => (first === undefined ? 0 : sizeOf(first.answer.plan));

const sizeOf = (plan: Plan): number => plan.operations.length + plan.faults.length + plan.fleet.length;

function failureOf(
  group: readonly SmallPlan[],
  of: number,
  taken: Set<string>,
  { build }: SimulatedFailuresOptions,
): CampaignFailure {
  const [smallest] = group;
  if (smallest === undefined) throw new RangeError("a group of plans has at least one");
  const { violated, shape, plan, plans, answer } = smallest;
  const { requirement } = violated;
  const original = judged(plan, simulate(plan, build), requirement, shape);
  const shrunk = judged(answer.plan, simulate(answer.plan, build), requirement, shape);
  // Where a run does not come again, the plan as it was is all there is.
  const isGone = shrunk.finding === undefined;
  return campaignFailure({
    id: freeName(`${requirement}-${plan.id}`, taken),
    violated,
    plan,
    original,
    shrunk: isGone ? plan : answer.plan,
    minimal: !isGone && answer.minimal,
    small: isGone ? original : shrunk,
    plans,
    alike: { plans: group.length, of },
  });
}

function freeName(wanted: string, taken: Set<string>): string {
  let name = wanted;
  for (let number = 2; taken.has(name); number++) name = `${wanted}-${number}`;
  taken.add(name);
  return name;
}
