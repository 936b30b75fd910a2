/**
 * A live campaign: many plans at once against one target, each with endpoints and tasks of its own, in this process.
 * Results are added in the order of the plans when all have ended.
 */
import { HarnessError, UsageError } from "../platform/errors.ts";
import { pause } from "../platform/timers.ts";
import { millis } from "../protocol/time.ts";
import type { Plan } from "../scenarios/plan.ts";
import type { CampaignFindings } from "./campaign.ts";
import type { Course } from "./course.ts";
import { type CampaignFailure, withOwners } from "./failures.ts";
import type { History } from "./history.ts";
import { LIVE_MARGIN, liveFailure } from "./live-failures.ts";
import { type Judgement, judge } from "./oracle/oracle.ts";
import { planResult } from "./plan-result.ts";
import { isKept, keptPlan } from "./plan-runner.ts";
import type { StateSeries } from "./record/verdict.ts";
import { stateSeries } from "./state-series.ts";
import { createExecutor, type Executor, type LiveAddress } from "./target.ts";

export async function liveCampaign(course: Course, target: LiveAddress): Promise<CampaignFindings> {
  const executor = createExecutor(target, course.options.signal);
  try {
    const campaign = new LiveCampaign(course, executor);
    await campaign.run();
    return { failures: await campaign.failures(), states: campaign.states };
  } finally {
    await executor.close();
  }
}

/** Plans at once, and the time between two starts: a target is tested, not flooded. */
const AT_ONCE = 200;
const INTERVAL = millis(40);
const TIME_LIMIT = 20_000;
/** Plans that do not fit before no more are tried. */
const MOST_MISFITS = 20;

class LiveCampaign {
  states: StateSeries | undefined;
  private readonly course: Course;
  private readonly executor: Executor;
  /** The history in which a requirement failed first, in the order of the plans. */
  private readonly evidence = new Map<string, History>();
  private most = 0;
  /** Plans that have ended; they are added in their order at the end. */
  private completed = 0;

  constructor(course: Course, executor: Executor) {
    this.course = course;
    this.executor = executor;
  }

  private progress(phase: "running" | "shrinking"): void {
    const { runs, violated } = this.course.settlement;
    this.course.progress(phase, Math.max(runs, this.completed), violated.length);
  }

  async run(): Promise<void> {
    const { course } = this;
    const { runs, timeLimit: limit = TIME_LIMIT } = course.options;
    const running = new Set<Promise<void>>();
    const done: (readonly [number, Plan, LiveOutcome])[] = [];
    let misfits = 0;
    for (let index = 0; index < (runs ?? Number.POSITIVE_INFINITY) && !course.stopped(); index++) {
      const plan = course.planAt(index);
      // A plan that cannot end in time is not begun, unless a number of plans was asked for.
      if (runs === undefined && course.elapsed() + plan.until + LIVE_MARGIN > limit) {
        if (++misfits < MOST_MISFITS) continue;
        if (done.length + running.size === 0) throw tooShort(limit, plan);
        break;
      }
      const run = this.runOne(plan).then((outcome) => {
        done.push([index, plan, outcome]);
        this.completed++;
        running.delete(run);
      });
      running.add(run);
      this.progress("running");
      await pause(INTERVAL);
      while (running.size >= AT_ONCE) await Promise.race(running);
    }
    while (running.size > 0) {
      await Promise.race(running);
      this.progress("running");
    }
    // In the order of the plans, whichever ended first.
    for (const [index, plan, outcome] of done.sort(([a], [b]) => a - b)) {
      if (outcome instanceof HarnessError) course.settlement.addHarnessError(plan.id, outcome.message);
      else await this.add(index, plan, outcome);
    }
    this.progress("running");
  }

  private async add(index: number, plan: Plan, { judgement, history }: LiveJudgement): Promise<void> {
    const gone = history.events.find((event) => event.kind === "rest-failure" && event.reason.startsWith("refused"));
    if (gone?.kind === "rest-failure") {
      // A target that is not there any more keeps no promise, and breaks none either.
      this.course.settlement.addHarnessError(plan.id, `the target is gone: ${gone.reason}`);
      return;
    }
    for (const { requirement, findings } of judgement.tallies) {
      if (findings.length > 0 && !this.evidence.has(requirement)) this.evidence.set(requirement, history);
    }
    const result = planResult(index, plan, history, judgement);
    const kept = isKept(result, this.course.options.keep ?? "failures") ? keptPlan(plan, history) : undefined;
    await this.course.add(result, kept);
    if (result.deviceTasks <= this.most) return;
    this.most = result.deviceTasks;
    this.states = stateSeries(judgement.context);
  }

  private async runOne(plan: Plan): Promise<LiveOutcome> {
    try {
      const history = await this.executor.execute(plan);
      return { judgement: judge(plan, history), history };
    } catch (error) {
      if (error instanceof HarnessError) return error;
      throw error;
    }
  }

  /** At the same time: executions wait for the clock, not for the processor. */
  async failures(): Promise<readonly CampaignFailure[]> {
    const { course, executor } = this;
    const { violated } = course.settlement;
    if (violated.length > 0) this.progress("shrinking");
    const deadline = course.elapsed() + course.options.shrinkBudget;
    const failures = await Promise.all(
      violated.map((violation) =>
        liveFailure(violation, {
          executor,
          planAt: (index) => course.planAt(index),
          evidence: this.evidence.get(violation.requirement),
          hasTimeFor: (duration) => !course.stopped() && course.elapsed() + duration < deadline,
        }),
      ),
    );
    return withOwners(failures);
  }
}

const tooShort = (limit: number, plan: Plan): UsageError =>
  new UsageError(
    "bad-value",
    `--time ${limit / 1_000}s is too short: with the times that the profile declares a plan takes about ${Math.ceil((plan.until + LIVE_MARGIN) / 1_000)} s; give more time, or declare shorter times (--ack-timeout, --max-retransmit, --response-timeout)`,
  );

/** A run that could be judged. */
interface LiveJudgement {
  readonly judgement: Judgement;
  readonly history: History;
}
type LiveOutcome = LiveJudgement | HarnessError;
