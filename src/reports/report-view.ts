/** What a report is made of, whatever its format. Data. */
import type { History } from "../harness/history/history.ts";
import type { Meeting } from "../harness/record/expectations.ts";
import type { Finding } from "../harness/record/finding.ts";
import type { TaskRecord } from "../harness/record/task-record.ts";
import type { FailureSummary, StateSeries, Verdict } from "../harness/record/verdict.ts";
import type { Plan } from "../scenarios/plan.ts";
import type { Requirement } from "../scenarios/requirements.ts";

/** What a failure is told with. All of the shrunk plan. */
export interface FailureEvidence {
  readonly plan: Plan;
  readonly history: History;
  readonly finding: Finding;
}

export interface ReportView {
  readonly verdict: Verdict;
  readonly catalogue: readonly Pick<Requirement, "id" | "sentence" | "source">[];
  /** By the failure's id. */
  readonly evidence: ReadonlyMap<string, FailureEvidence>;
  readonly replayCommand: (failure: FailureSummary) => string;
  /** The command that makes its plan smaller; absent: none is told. */
  readonly shrinkCommand?: ((failure: FailureSummary) => string) | undefined;
  /** How the verdict meets what is expected of the target; absent: nothing is. */
  readonly expectations?: Meeting | undefined;
  /** What the campaign reached, as `renderCoverage` tells it. */
  readonly coverage: string;
  /** How many device tasks were in which state over time, in one plan. */
  readonly states?: StateSeries | undefined;
  /** What became of the device tasks of all plans; absent in records that are older than this file. */
  readonly tasks?: TaskRecord | undefined;
  /** Path of the chart of it inside the record; absent when there is none. */
  readonly chart?: string | undefined;
}
