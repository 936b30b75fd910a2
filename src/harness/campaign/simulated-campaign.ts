/**
 * A campaign in simulation: chunks of plans go out to a runner and come back in the order of the plans, whichever was
 * done first. What it finds out depends on the plans alone.
 */
import { HarnessError } from "../../platform/errors.ts";
import { createHash } from "../../platform/hash.ts";
import {
  inThisThread,
  type PlanRunner,
  type PlansAnswer,
  type SimulatedPlan,
  type Trouble,
} from "../execution/plan-runner.ts";
import type { SimulatedTarget } from "../execution/target.ts";
import { simulatedFailures } from "../failures/simulated-failures.ts";
import { judge } from "../oracle/oracle.ts";
import { stateSeries } from "../settlement/state-series.ts";
import { simulate } from "../simulation/simulate.ts";
import type { CampaignFindings, Course } from "./course.ts";

export async function simulatedCampaign(course: Course, target: SimulatedTarget): Promise<CampaignFindings> {
  const runner = openRunner(course, target);
  try {
    const { historyHash, mostTasks } = await runAll(course, runner);
    const { settlement } = course;
    const shrinking = () => course.progress("shrinking", settlement.runs, settlement.violated.length);
    if (settlement.violated.length > 0) shrinking();
    const failures = await simulatedFailures({
      violated: settlement.violated,
      build: target.build,
      runner,
      planAt: (index) => course.planAt(index),
      budget: course.options.shrinkBudget,
      runs: course.settlement.runs,
      elapsed: () => course.elapsed(),
      stopped: () => course.stopped(),
      onProgress: shrinking,
    });
    return { failures, states: mostTasks === undefined ? undefined : statesOf(course, target, mostTasks), historyHash };
  } finally {
    await runner.close();
  }
}

/** A thread that gets fewer plans than this is not worth its start. */
const LEAST_PLANS_A_THREAD = 100;

function openRunner({ options }: Course, { build, recipe }: SimulatedTarget): PlanRunner {
  const { runner, threads, runs = Number.POSITIVE_INFINITY, signal } = options;
  if (runner !== undefined) return runner;
  const count = Math.min(threads?.most ?? 1, Math.floor(runs / LEAST_PLANS_A_THREAD));
  return threads === undefined || recipe === undefined || count < 2
    ? inThisThread(build, signal)
    : threads.open(count, recipe, signal);
}

interface AllRuns {
  readonly historyHash: string;
  /** Index of the first plan with the most device tasks; `undefined` when none had any. */
  readonly mostTasks: number | undefined;
}

async function runAll(course: Course, runner: PlanRunner): Promise<AllRuns> {
  const hash = createHash();
  let most = 0;
  let mostTasks: number | undefined;
  for await (const plan of inOrder(course, runner)) {
    hash.update(`${plan.historyHash}\n`);
    if (plan.deviceTasks > most) {
      most = plan.deviceTasks;
      mostTasks = plan.index;
    }
    await course.add(plan, plan.kept);
    if (plan.divergence !== undefined) course.settlement.addHarnessError(plan.id, notRepeatable(plan.divergence));
  }
  return { historyHash: `sha256:${hash.hex()}`, mostTasks };
}

const notRepeatable = (divergence: string): string =>
  `the same plan ran twice and gave two histories: ${divergence}. A simulated server must take time and randomness only from what it is given, and keep nothing from one run to the next`;

/** Every plan that ran, without gap. One chunk more than the runner has lanes is on its way, so that none is idle. */
async function* inOrder(course: Course, runner: PlanRunner): AsyncGenerator<SimulatedPlan> {
  const { seed, profile, families, runs = Number.POSITIVE_INFINITY, keep = "failures" } = course.options;
  const ahead = runner.lanes === 1 ? 1 : runner.lanes + 1;
  const chunk = Math.max(1, Math.min(runner.chunk, Math.ceil(runs / (ahead * 4))));
  const waiting: { readonly count: number; readonly answer: Promise<PlansAnswer> }[] = [];
  const { settlement } = course;
  for (let from = 0; ; ) {
    while (waiting.length < ahead && from < runs && !course.isOver()) {
      const count = Math.min(chunk, runs - from);
      const answer = runner.plans({ seed, profile, families, from, count, keep });
      // It is awaited in its turn; until then its failure is nobody's.
      answer.catch(() => undefined);
      waiting.push({ count, answer });
      from += count;
    }
    const first = waiting.shift();
    if (first === undefined) return;
    const { results, trouble } = await first.answer;
    yield* results;
    course.progress("running", settlement.runs, settlement.violated.length);
    if (trouble !== undefined) throw errorOf(trouble);
    // It had to stop: what was begun after it does not count, or there would be a gap.
    if (results.length < first.count) return;
  }
}

const errorOf = (trouble: Trouble): Error =>
  trouble.kind === "bug" ? new Error(trouble.message) : new HarnessError(trouble.code, trouble.message);

/** The plan runs once more: its model was left where it ran first. */
function statesOf(course: Course, { build }: SimulatedTarget, index: number): CampaignFindings["states"] {
  const plan = course.planAt(index);
  return stateSeries(judge(plan, simulate(plan, build)).context);
}
