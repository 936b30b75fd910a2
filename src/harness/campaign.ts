/**
 * A campaign: many plans against one target, one verdict. `verify` runs one.
 *
 * Plan i depends on (seed, i) alone. In simulation plans run one after the other; live they run many at once, each
 * with endpoints and tasks of its own. Every requirement that failed is reported with its first plan, made small.
 */

import { now } from "../platform/clock.ts";
import { HarnessError, UsageError } from "../platform/errors.ts";
import { createHash } from "../platform/hash.ts";
import { nextTurn, pause } from "../platform/timers.ts";
import type { Profile } from "../protocol/profile.ts";
import { millis } from "../protocol/time.ts";
import { generatePlan } from "../scenarios/generate.ts";
import type { Plan } from "../scenarios/plan.ts";
import { type CampaignFailure, failureSummary, LIVE_MARGIN, makeSmall } from "./failures.ts";
import type { History } from "./history.ts";
import { historyHash } from "./history-file.ts";
import { type Judgement, judge } from "./oracle/oracle.ts";
import { type StateSeries, VERDICT_FORMAT_VERSION, type Verdict } from "./record/verdict.ts";
import { createSettlement, type Settlement, type Violated } from "./settle.ts";
import { type BuildServer, simulate } from "./simulate.ts";
import { deviceTaskCount, stateSeries } from "./state-series.ts";
import { createExecutor, type Executor, type Target } from "./target.ts";

export interface CampaignOptions {
  readonly target: Target;
  readonly profile: Profile;
  readonly seed: string;
  /** Plans to run; absent: as many as fit into `timeLimit`. */
  readonly runs?: number;
  /** Milliseconds of wall time. */
  readonly timeLimit?: number;
  /** Prefixes of requirement ids to judge (`Q-`, `R-04`); empty: all. */
  readonly only: readonly string[];
  readonly strict: boolean;
  /** Requirements (id prefixes) that must have been exercised, or the campaign is inconclusive. */
  readonly require: readonly string[];
  /** Milliseconds of wall time for making failures small, over all failures. */
  readonly shrinkBudget: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: CampaignProgress) => void;
  /** Version of Fleetproof, for saved plans. */
  readonly version: string;
}

export interface CampaignProgress {
  readonly phase: "running" | "shrinking";
  readonly runs: number;
  readonly requestedRuns?: number;
  readonly failures: number;
  /** Milliseconds since the start. */
  readonly elapsed: number;
}

export interface CampaignResult {
  readonly verdict: Verdict;
  readonly failures: readonly CampaignFailure[];
  /** Of the plan with the most device tasks, for the chart. */
  readonly states: StateSeries | undefined;
}

/**
 * Runs a campaign to its end, its limit, or the signal.
 *
 * @throws HarnessError when the target cannot be used at all
 */
export async function runCampaign(options: CampaignOptions): Promise<CampaignResult> {
  const campaign = new Campaign(options);
  try {
    if (options.target.kind === "sim") await campaign.simulated(options.target.build);
    else await campaign.live();
    const failures = await campaign.failures();
    return { verdict: campaign.verdict(failures), failures, states: campaign.states };
  } finally {
    await campaign.close();
  }
}

/** How long simulated plans may keep the event loop before signals and timers get their turn. */
const TURN = 50_000;
/** Live plans at once, and milliseconds between two starts: a target is tested, not flooded. */
const LIVE_AT_ONCE = 200;
const LIVE_INTERVAL = millis(40);
const LIVE_TIME_LIMIT = 20_000;
/** Plans that do not fit before no more are tried. */
const MOST_MISFITS = 20;

class Campaign {
  states: StateSeries | undefined;
  private readonly options: CampaignOptions;
  private readonly settlement: Settlement;
  private readonly started = now();
  private readonly hash = createHash();
  /** Live: the history in which a requirement failed first, in the order of the plans. */
  private readonly evidence = new Map<string, History>();
  private most = 0;
  /** Live: plans that have ended; they are added to the settlement in their order at the end. */
  private completed = 0;
  private readonly executor: Executor;

  constructor(options: CampaignOptions) {
    this.options = options;
    this.executor = createExecutor(options.target, options.signal);
    this.settlement = createSettlement({ ...options, live: options.target.kind === "live" });
  }

  private elapsed(): number {
    return (now() - this.started) / 1_000;
  }

  private progress(phase: CampaignProgress["phase"]): void {
    const { onProgress, runs } = this.options;
    onProgress?.({
      phase,
      runs: Math.max(this.settlement.runs, this.completed),
      failures: Math.max(this.settlement.violated.length, this.evidence.size),
      elapsed: this.elapsed(),
      ...(runs === undefined ? {} : { requestedRuns: runs }),
    });
  }

  private stopped(): boolean {
    return this.options.signal?.aborted === true;
  }

  private add(plan: Plan, judgement: Judgement): void {
    this.settlement.add(plan, judgement);
    const count = deviceTaskCount(judgement.context);
    if (count <= this.most) return;
    this.most = count;
    this.states = stateSeries(judgement.context);
  }

  // ── running

  async simulated(build: BuildServer): Promise<void> {
    const { seed, profile, runs, timeLimit } = this.options;
    let turn = now();
    for (let index = 0; index < (runs ?? Number.POSITIVE_INFINITY); index++) {
      if (this.stopped() || (timeLimit !== undefined && this.elapsed() >= timeLimit)) break;
      const plan = generatePlan({ seed, index, profile, mode: "sim" });
      const history = simulate(plan, build);
      this.hash.update(`${historyHash(history)}\n`);
      this.add(plan, judge(plan, history));
      if (now() - turn < TURN) continue;
      this.progress("running");
      await nextTurn();
      turn = now();
    }
    this.progress("running");
  }

  async live(): Promise<void> {
    const { seed, profile, runs } = this.options;
    const limit = this.options.timeLimit ?? LIVE_TIME_LIMIT;
    const running = new Set<Promise<void>>();
    const done: (readonly [number, Plan, LiveOutcome])[] = [];
    let misfits = 0;
    for (let index = 0; index < (runs ?? Number.POSITIVE_INFINITY) && !this.stopped(); index++) {
      const plan = generatePlan({ seed, index, profile, mode: "live" });
      // A plan that cannot end in time is not begun, unless a number of plans was asked for.
      if (runs === undefined && this.elapsed() + plan.until + LIVE_MARGIN > limit) {
        if (++misfits < MOST_MISFITS) continue;
        if (done.length + running.size === 0) throw tooShort(limit, plan);
        break;
      }
      const run = this.runLive(plan).then((outcome) => {
        done.push([index, plan, outcome]);
        this.completed++;
        running.delete(run);
      });
      running.add(run);
      this.progress("running");
      await pause(LIVE_INTERVAL);
      while (running.size >= LIVE_AT_ONCE) await Promise.race(running);
    }
    while (running.size > 0) {
      await Promise.race(running);
      this.progress("running");
    }
    // In the order of the plans, whichever ended first.
    for (const [, plan, outcome] of done.sort(([a], [b]) => a - b)) {
      if (outcome instanceof HarnessError) this.settlement.addHarnessError(plan.id, outcome.message);
      else this.addLive(plan, outcome);
    }
    this.progress("running");
  }

  private addLive(plan: Plan, { judgement, history }: LiveJudgement): void {
    const gone = history.events.find((event) => event.kind === "rest-failure" && event.reason.startsWith("refused"));
    if (gone?.kind === "rest-failure") {
      // A target that is not there any more keeps no promise, and breaks none either.
      this.settlement.addHarnessError(plan.id, `the target is gone: ${gone.reason}`);
      return;
    }
    for (const { requirement, findings } of judgement.tallies) {
      if (findings.length > 0 && !this.evidence.has(requirement)) this.evidence.set(requirement, history);
    }
    this.add(plan, judgement);
  }

  private async runLive(plan: Plan): Promise<LiveOutcome> {
    try {
      const history = await this.executor.execute(plan);
      return { judgement: judge(plan, history), history };
    } catch (error) {
      if (error instanceof HarnessError) return error;
      throw error;
    }
  }

  close(): Promise<void> {
    return this.executor.close();
  }

  // ── failures

  async failures(): Promise<readonly CampaignFailure[]> {
    const violated = this.settlement.violated;
    const { shrinkBudget } = this.options;
    if (this.executor.live) {
      // At the same time: live executions wait for the clock, not for the processor.
      if (violated.length > 0) this.progress("shrinking");
      return Promise.all(violated.map((violation) => this.makeSmall(violation, shrinkBudget)));
    }
    const failures: CampaignFailure[] = [];
    for (const violation of violated) {
      this.progress("shrinking");
      failures.push(await this.makeSmall(violation, shrinkBudget / violated.length));
    }
    return failures;
  }

  private makeSmall(violation: Violated, budget: number): Promise<CampaignFailure> {
    const deadline = this.elapsed() + budget;
    return makeSmall(violation, {
      executor: this.executor,
      evidence: this.evidence.get(violation.requirement),
      hasTimeFor: (duration) => !this.stopped() && this.elapsed() + duration < deadline,
    });
  }

  // ── verdict

  verdict(failures: readonly CampaignFailure[]): Verdict {
    const { target, seed, profile, runs } = this.options;
    return {
      formatVersion: VERDICT_FORMAT_VERSION,
      ...this.settlement.conclude(this.stopped()),
      target: target.name,
      seed,
      profile: profile.name,
      ...(runs === undefined ? {} : { requestedRuns: runs }),
      interrupted: this.stopped(),
      ...(target.kind === "sim" ? { historyHash: `sha256:${this.hash.hex()}` } : {}),
      failures: failures.map((failure) => failureSummary(failure, this.settlement.violated)),
    };
  }
}

const tooShort = (limit: number, plan: Plan): UsageError =>
  new UsageError(
    "bad-value",
    `--time ${limit / 1_000}s is too short: with the times that the profile declares a plan takes about ${Math.ceil((plan.until + LIVE_MARGIN) / 1_000)} s; give more time, or declare shorter times (--ack-timeout, --max-retransmit, --response-timeout)`,
  );

/** A live run that could be judged. */
interface LiveJudgement {
  readonly judgement: Judgement;
  readonly history: History;
}
type LiveOutcome = LiveJudgement | HarnessError;
