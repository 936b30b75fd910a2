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
import { address } from "../protocol/address.ts";
import type { Profile } from "../protocol/profile.ts";
import { millis } from "../protocol/time.ts";
import { generatePlan } from "../scenarios/generate.ts";
import type { Plan } from "../scenarios/plan.ts";
import type { History } from "./history.ts";
import { historyHash } from "./history-file.ts";
import { type LiveSession, type LiveTarget, openLiveSession, runLive } from "./live/run-live.ts";
import { joinPlans } from "./normalise-plan.ts";
import { type Judgement, judge } from "./oracle/oracle.ts";
import type { Finding } from "./record/finding.ts";
import { type FailureSummary, type StateSeries, VERDICT_FORMAT_VERSION, type Verdict } from "./record/verdict.ts";
import { createSettlement, type Settlement, type Violated } from "./settle.ts";
import { shrink } from "./shrink.ts";
import { type BuildServer, simulate } from "./simulate.ts";
import { deviceTaskCount, stateSeries } from "./state-series.ts";

/** What is verified. Live targets are reached by HTTP and UDP; starting and stopping them is the caller's business. */
export type Target =
  | { readonly kind: "sim"; readonly name: string; readonly build: BuildServer }
  | {
      readonly kind: "live";
      readonly name: string;
      /** Base URL of the task API: `http://127.0.0.1:8080/v1.1`. */
      readonly http: string;
      /** `127.0.0.1:5683` */
      readonly coap: string;
      readonly token?: string;
    };

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

/** One distinct failure with its evidence. */
export interface CampaignFailure {
  readonly id: string;
  readonly finding: Finding;
  readonly plan: Plan;
  readonly history: History;
  readonly shrunk: Plan;
  readonly shrunkHistory: History;
  readonly shrunkFinding: Finding;
  readonly historyHash: string;
  /** Live, when there was time for it: whether the plan failed again when it was run again. */
  readonly reproduced?: boolean;
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
    else await campaign.live(options.target);
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
/** Milliseconds that a live run may take beyond its plan, for set-up and the last answers. */
const LIVE_MARGIN = 1_000;
/** Plans that do not fit before no more are tried. */
const MOST_MISFITS = 20;
/** Live, one execution takes seconds: a failure gets at most this many. */
const LIVE_SHRINK_EXECUTIONS = 24;

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
  /** Opened with the first live run: what runs share, and part of every name on the target. */
  private session: LiveSession | undefined;

  constructor(options: CampaignOptions) {
    this.options = options;
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

  async live(target: LiveAddress): Promise<void> {
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
      const run = this.runLive(plan, target).then((outcome) => {
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

  private async runLive(plan: Plan, target: LiveAddress): Promise<LiveOutcome> {
    try {
      const history = await this.executeLive(plan, target);
      return { judgement: judge(plan, history), history };
    } catch (error) {
      if (error instanceof HarnessError) return error;
      throw error;
    }
  }

  private executeLive(plan: Plan, target: LiveAddress): Promise<History> {
    const { signal } = this.options;
    this.session ??= openLiveSession(liveAddress(target));
    return runLive(plan, liveAddress(target), { session: this.session, ...(signal === undefined ? {} : { signal }) });
  }

  async close(): Promise<void> {
    await this.session?.close();
  }

  // ── failures

  async failures(): Promise<readonly CampaignFailure[]> {
    const violated = this.settlement.violated;
    const { shrinkBudget, target } = this.options;
    if (target.kind === "live") {
      // At the same time: live executions wait for the clock, not for the processor.
      const deadline = this.elapsed() + shrinkBudget;
      if (violated.length > 0) this.progress("shrinking");
      return Promise.all(violated.map((violation) => this.makeSmall(violation, deadline)));
    }
    const failures: CampaignFailure[] = [];
    for (const violation of violated) {
      this.progress("shrinking");
      failures.push(await this.makeSmall(violation, this.elapsed() + shrinkBudget / violated.length));
    }
    return failures;
  }

  /** @param deadline in milliseconds since the start of the campaign */
  private async makeSmall(violation: Violated, deadline: number): Promise<CampaignFailure> {
    const { requirement } = violation;
    const plan = violation.joinedWith === undefined ? violation.plan : joinPlans(violation.plan, violation.joinedWith);
    const execute = this.executor();
    const seen = this.evidence.get(requirement);
    // Live, the run that failed is the evidence; it may not come again.
    const original: Execution =
      seen === undefined ? await execute(plan, requirement) : { history: seen, finding: violation.finding };
    let best = original;
    let executions = 0;
    const live = this.options.target.kind === "live";
    const fails = async (candidate: Plan): Promise<boolean> => {
      executions++;
      const run = await unlessGone(execute(candidate, requirement));
      if (run?.finding !== undefined) best = run;
      return run?.finding !== undefined;
    };
    // A live execution lasts as long as its plan: one that cannot end in time is not begun.
    const duration = live ? plan.until + LIVE_MARGIN : 0;
    const mayContinue = (): boolean =>
      !this.stopped() && this.elapsed() + duration < deadline && (!live || executions < LIVE_SHRINK_EXECUTIONS);
    const again = live ? (mayContinue() ? await fails(plan) : undefined) : original.finding !== undefined;
    const shrunk = again === true ? (await shrink(plan, { fails, mayContinue })).plan : plan;
    return {
      id: `${requirement}-${violation.plan.id}`,
      // Of a conflict between two plans, what their joint run shows.
      finding: original.finding ?? violation.finding,
      plan,
      history: original.history,
      shrunk,
      shrunkHistory: best.history,
      shrunkFinding: best.finding ?? violation.finding,
      historyHash: historyHash(best.history),
      ...(live && again !== undefined ? { reproduced: again } : {}),
    };
  }

  private executor(): (plan: Plan, requirement: string) => Promise<Execution> {
    const { target } = this.options;
    return async (plan, requirement) => {
      if (target.kind === "sim") await nextTurn();
      const history = target.kind === "sim" ? simulate(plan, target.build) : await this.executeLive(plan, target);
      const tally = judge(plan, history).tallies.find((t) => t.requirement === requirement);
      return { history, finding: tally?.findings[0] };
    };
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
      failures: failures.map((failure) => summary(failure, this.settlement.violated)),
    };
  }
}

interface Execution {
  readonly history: History;
  readonly finding: Finding | undefined;
}

/** A live target may be gone by the time its failures are made small: then they stay as they are. */
async function unlessGone(execution: Promise<Execution>): Promise<Execution | undefined> {
  try {
    return await execution;
  } catch (error) {
    if (error instanceof HarnessError) return undefined;
    throw error;
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
type LiveAddress = Extract<Target, { kind: "live" }>;

/** The same target as the live driver names it. */
export const liveAddress = (target: LiveAddress): LiveTarget => ({
  http: target.http,
  coap: address(target.coap),
  ...(target.token === undefined ? {} : { token: target.token }),
});

function summary(failure: CampaignFailure, violated: readonly Violated[]): FailureSummary {
  const { id, shrunk, shrunkFinding, historyHash: hash } = failure;
  const folder = `failures/${id}`;
  return {
    id,
    requirement: shrunkFinding.requirement,
    plan: `${folder}/plan.json`,
    history: `${folder}/history.ndjson`,
    shrunk: `${folder}/shrunk.json`,
    operations: shrunk.operations.length,
    faults: shrunk.faults.length,
    expected: shrunkFinding.expected,
    actual: shrunkFinding.actual,
    plans: violated.find(({ requirement }) => requirement === shrunkFinding.requirement)?.plans ?? 1,
    historyHash: hash,
    ...(failure.reproduced === undefined ? {} : { reproduced: failure.reproduced }),
    replay: `fleetproof replay ${folder}/shrunk.json`,
  };
}
