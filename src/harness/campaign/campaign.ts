/**
 * A campaign: many plans against one target, one verdict. `verify` runs one.
 *
 * Plan i depends on (seed, i) alone, and results are added up in the order of the plans. So in simulation the outcome
 * does not depend on how many threads share the work, only on how many plans there was time for.
 */
import type { Profile } from "../../protocol/profile.ts";
import type { FamilyName } from "../../scenarios/families/names.ts";
import type { Keep, KeptPlan, PlanRunner, ServerRecipe } from "../execution/plan-runner.ts";
import type { Target } from "../execution/target.ts";
import { type CampaignFailure, failureSummary } from "../failures/failures.ts";
import type { CoverageRecord } from "../record/coverage-record.ts";
import type { TaskRecord } from "../record/task-record.ts";
import { type StateSeries, VERDICT_FORMAT_VERSION, type Verdict } from "../record/verdict.ts";
import { Course } from "./course.ts";
import { liveCampaign } from "./live-campaign.ts";
import { simulatedCampaign } from "./simulated-campaign.ts";

export interface CampaignOptions {
  readonly target: Target;
  readonly profile: Profile;
  readonly seed: string;
  /** Only plans of these; absent: of all. */
  readonly families?: readonly FamilyName[];
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
  /** Threads that share the work of a simulated campaign; absent: this one does it all. */
  readonly threads?: Threads;
  /** Does the plans of a simulated campaign instead of threads; it ends with the campaign. */
  readonly runner?: PlanRunner;
  /** Histories to keep beside those of failures; absent: `failures`, which is none. */
  readonly keep?: Keep;
  /** Called with each history that is to be kept, in the order of the plans; waited for. */
  readonly onKept?: (kept: KeptPlan) => Promise<void>;
}

export interface Threads {
  /** The most that may run at once. */
  readonly most: number;
  open(count: number, server: ServerRecipe, signal: AbortSignal | undefined): PlanRunner;
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
  readonly coverage: CoverageRecord;
  /** What became of the device tasks of all plans. */
  readonly tasks: TaskRecord;
}

/** What a simulated or a live campaign found out, beside what its course has added up. */
export interface CampaignFindings {
  readonly failures: readonly CampaignFailure[];
  readonly states: StateSeries | undefined;
  /** Simulation: hash over the hashes of all histories, a line each. */
  readonly historyHash?: string;
}

/**
 * Runs a campaign to its end, its limit, or the signal.
 *
 * @throws HarnessError when the target cannot be used at all
 */
export async function runCampaign(options: CampaignOptions): Promise<CampaignResult> {
  const { target } = options;
  const course = new Course(options);
  const findings = target.kind === "sim" ? await simulatedCampaign(course, target) : await liveCampaign(course, target);
  const { failures, states } = findings;
  return {
    verdict: verdictOf(course, findings),
    failures,
    states,
    coverage: course.coverage(),
    tasks: course.taskRecord(),
  };
}

function verdictOf(course: Course, { failures, historyHash }: CampaignFindings): Verdict {
  const { target, seed, profile, runs } = course.options;
  return {
    formatVersion: VERDICT_FORMAT_VERSION,
    ...course.settlement.conclude(course.stopped()),
    target: target.name,
    seed,
    profile: profile.name,
    ...(runs === undefined ? {} : { requestedRuns: runs }),
    interrupted: course.stopped(),
    ...(historyHash === undefined ? {} : { historyHash }),
    failures: failures.map(failureSummary),
  };
}
