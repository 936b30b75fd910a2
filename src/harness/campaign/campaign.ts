/**
 * A campaign: many plans against one target, one verdict. `verify` runs one.
 *
 * Plan i depends on (seed, i) alone, and results are added up in the order of the plans. So in simulation the outcome
 * does not depend on how many threads share the work, only on how many plans there was time for.
 */
import { type CampaignFailure, failureSummary } from "../failures/failures.ts";
import type { CoverageRecord } from "../record/coverage-record.ts";
import type { TaskRecord } from "../record/task-record.ts";
import { type StateSeries, VERDICT_FORMAT_VERSION, type Verdict } from "../record/verdict.ts";
import type { CampaignOptions } from "./campaign-options.ts";
import { type CampaignFindings, Course } from "./course.ts";
import { liveCampaign } from "./live-campaign.ts";
import { simulatedCampaign } from "./simulated-campaign.ts";

export interface CampaignResult {
  readonly verdict: Verdict;
  readonly failures: readonly CampaignFailure[];
  /** Of the plan with the most device tasks, for the chart. */
  readonly states: StateSeries | undefined;
  readonly coverage: CoverageRecord;
  /** What became of the device tasks of all plans. */
  readonly tasks: TaskRecord;
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

function verdictOf(course: Course, { failures, historyHash, worstLateness }: CampaignFindings): Verdict {
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
    ...(worstLateness === undefined ? {} : { worstLateness }),
    failures: failures.map(failureSummary),
  };
}
