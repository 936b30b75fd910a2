/**
 * A live campaign: many plans at once against one target, each with endpoints and tasks of its own, in this process.
 * Results are added in the order of the plans when all have ended.
 */

import { HarnessError, UsageError } from "../../platform/errors.ts";
import { pause } from "../../platform/timers.ts";
import { millis } from "../../protocol/time.ts";
import type { Plan } from "../../scenarios/plan.ts";
import { isKept, keptPlan } from "../execution/plan-runner.ts";
import { createExecutor, type Executor, type LiveAddress } from "../execution/target.ts";
import { type CampaignFailure, withOwners } from "../failures/failures.ts";
import { liveFailure } from "../failures/live-failures.ts";
import { durationOf, MOST_AT_ONCE, startsOn } from "../failures/live-shrinking.ts";
import type { History } from "../history/history.ts";
import type { RestartableServers } from "../live/restartable-server.ts";
import { createStarts, INTERVAL, type Starts } from "../live/starts.ts";
import { SERVERS_AT_ONCE } from "../live/turns.ts";
import { type Judgement, judge } from "../oracle/oracle.ts";
import type { StateSeries } from "../record/verdict.ts";
import { planResult } from "../settlement/plan-result.ts";
import { stateSeries } from "../settlement/state-series.ts";
import type { CampaignFindings, Course } from "./course.ts";
import { createPlansAtOnce } from "./plans-at-once.ts";

export async function liveCampaign(course: Course, target: LiveAddress): Promise<CampaignFindings> {
  const executor = createExecutor(target, course.options.signal);
  try {
    const campaign = new LiveCampaign(course, target, executor);
    await campaign.run();
    const failures = await campaign.failures();
    const worstLateness = Math.round(executor.worstLate() / 1_000);
    return { failures, states: campaign.states, worstLateness };
  } finally {
    await executor.close();
  }
}

/** Plans at once: a target is tested, not flooded. */
const AT_ONCE = 200;
/** A target that is further behind, or a process that is later, both microseconds, has too many of them. */
const MOST_BEHIND = 250_000;
const MOST_LATE = 1_000_000;
/** Runs at once for making all failures small. */
const SHRINKING_AT_ONCE = 72;
const TIME_LIMIT = 20_000;
/** Plans that do not fit before no more are tried. */
const MOST_MISFITS = 20;
/** Plans that have to run apart from others and wait for their turn; unless a number of plans was asked for, more are left out. */
const MOST_WAITING = 20;
/** Of a campaign's time, for the other plans, where those that run apart have to wait for their end. */
const SHARE_OF_OTHERS = 0.7;
/** Between two looks for a plan that waits, and between two signs of progress. */
const LOOK = millis(100);
const BETWEEN_SHOWS = millis(500);

class LiveCampaign {
  states: StateSeries | undefined;
  private readonly course: Course;
  private readonly target: LiveAddress;
  private readonly executor: Executor;
  private readonly starts: Starts;
  /** The history in which a requirement failed first, in the order of the plans. */
  private readonly evidence = new Map<string, History>();
  private most = 0;
  /** Plans that have ended; they are added in their order at the end. */
  private completed = 0;
  private readonly done: (readonly [number, Plan, LiveOutcome])[] = [];
  /** Plans that kill their server, or turn its clock. */
  private readonly waiting: (readonly [number, Plan])[] = [];
  /** No more plans come to wait. */
  private allWait = false;

  constructor(course: Course, target: LiveAddress, executor: Executor) {
    this.course = course;
    this.target = target;
    this.executor = executor;
    this.starts = createStarts({
      behind: () => executor.behind(),
      stopped: () => course.stopped(),
    });
  }

  private progress(phase: "running" | "shrinking"): void {
    const { runs, violated } = this.course.settlement;
    this.course.progress(phase, Math.max(runs, this.completed), violated.length);
  }

  async run(): Promise<void> {
    const { course } = this;
    const { restartable, clock } = this.target;
    const serves = clock === undefined ? restartable?.serves : "all-plans";
    const lanes = serves === undefined ? 0 : serves === "each-plan" ? SERVERS_AT_ONCE : 1;
    const killing = Promise.all(Array.from({ length: lanes }, () => this.runApart(serves === "all-plans")));
    // It is waited for below, when the others have ended.
    killing.catch(() => undefined);
    try {
      await this.runTogether(serves);
    } finally {
      this.allWait = true;
    }
    await this.showUntil(killing);
    // In the order of the plans, whichever ended first.
    for (const [index, plan, outcome] of this.done.sort(([a], [b]) => a - b)) {
      if (outcome instanceof HarnessError) course.settlement.addHarnessError(plan.id, outcome.message);
      else await this.add(index, plan, outcome);
    }
    this.progress("running");
  }

  /** All plans but those that do to their server what others would feel: these wait. */
  private async runTogether(serves: RestartableServers["serves"] | undefined): Promise<void> {
    const { course } = this;
    const { runs } = course.options;
    const limit = this.limit * (serves === "all-plans" ? SHARE_OF_OTHERS : 1);
    const running = new Set<Promise<void>>();
    const hasRoom = createPlansAtOnce({
      most: course.options.atOnce ?? AT_ONCE,
      isStrained: () => this.executor.behind() > MOST_BEHIND || this.executor.late() > MOST_LATE,
      elapsed: () => course.elapsed(),
    });
    let misfits = 0;
    for (let index = 0; index < (runs ?? Number.POSITIVE_INFINITY) && !course.stopped(); index++) {
      const plan = course.planAt(index);
      const apart = this.executor.runsApart(plan);
      if (!this.fits(plan, apart ? this.limit : limit)) {
        if (apart || ++misfits < MOST_MISFITS) continue;
        if (this.done.length + running.size + this.waiting.length === 0) throw tooShort(this.limit, plan);
        break;
      }
      if (apart) {
        if (runs !== undefined || this.waiting.length < MOST_WAITING) this.waiting.push([index, plan]);
        await pause(INTERVAL);
      } else {
        const run = this.starts.begin(() => this.runOne(index, plan)).then(() => void running.delete(run));
        running.add(run);
      }
      this.progress("running");
      await this.starts.begun;
      while (!hasRoom(running.size) && !course.stopped()) await Promise.race([...running, pause(LOOK)]);
    }
    await this.showUntil(Promise.all(running));
  }

  /** One after another; `afterwards`: when all others have ended. */
  private async runApart(afterwards: boolean): Promise<void> {
    while (!this.course.stopped()) {
      const next = afterwards && !this.allWait ? undefined : this.waiting.shift();
      if (next === undefined) {
        if (this.allWait) return;
        await pause(LOOK);
        continue;
      }
      const [index, plan] = next;
      if (this.fits(plan, this.limit)) await this.runOne(index, plan);
    }
  }

  private get limit(): number {
    return this.course.options.timeLimit ?? TIME_LIMIT;
  }

  /** A plan that cannot end in time is not begun, unless a number of plans was asked for. */
  private fits(plan: Plan, limit: number): boolean {
    const { course } = this;
    return course.options.runs !== undefined || course.elapsed() + durationOf(plan, this.executor.turnsClock) <= limit;
  }

  private async showUntil(done: Promise<unknown>): Promise<void> {
    let over = false;
    const ended = done.finally(() => {
      over = true;
    });
    while (!over) {
      this.progress("running");
      await Promise.race([ended, pause(BETWEEN_SHOWS)]);
    }
    await ended;
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

  private async runOne(index: number, plan: Plan): Promise<void> {
    this.done.push([index, plan, await this.outcomeOf(plan)]);
    this.completed++;
  }

  private async outcomeOf(plan: Plan): Promise<LiveOutcome> {
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
    const starts = startsOn(executor, () => course.stopped() || course.elapsed() >= deadline);
    const share = Math.floor(SHRINKING_AT_ONCE / Math.max(1, violated.length));
    const failures = await Promise.all(
      violated.map((violation) =>
        liveFailure(violation, {
          executor,
          planAt: (index) => course.planAt(index),
          evidence: this.evidence.get(violation.requirement),
          hasTimeFor: (duration) => !course.stopped() && course.elapsed() + duration < deadline,
          starts,
          atOnce: Math.min(share, MOST_AT_ONCE),
        }),
      ),
    );
    return withOwners(failures, course.settlement.runs);
  }
}

const tooShort = (limit: number, plan: Plan): UsageError =>
  new UsageError(
    "bad-value",
    `--time ${limit / 1_000}s is too short: with the times that the profile declares a plan takes about ${Math.ceil(durationOf(plan) / 1_000)} s; give more time, or declare shorter times (--ack-timeout, --max-retransmit, --response-timeout)`,
  );

/** A run that could be judged. */
interface LiveJudgement {
  readonly judgement: Judgement;
  readonly history: History;
}
type LiveOutcome = LiveJudgement | HarnessError;
