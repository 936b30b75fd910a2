/**
 * The course of a campaign: what has been added up so far, how long it has taken, and whether it is to stop. Simulated
 * and live campaigns share it; results are added in the order of the plans.
 */
import { now } from "../platform/clock.ts";
import { between, toMillis } from "../protocol/time.ts";
import { generatePlan } from "../scenarios/generate.ts";
import type { Plan } from "../scenarios/plan.ts";
import type { CampaignOptions, CampaignProgress } from "./campaign.ts";
import type { PlanResult } from "./plan-result.ts";
import type { KeptPlan } from "./plan-runner.ts";
import { COVERAGE_FORMAT_VERSION, type CoverageRecord } from "./record/coverage-record.ts";
import { createSettlement, type Settlement } from "./settle.ts";

export class Course {
  readonly options: CampaignOptions;
  readonly settlement: Settlement;
  private readonly started = now();
  private readonly conditions = new Map<string, number>();
  private readonly transitions = new Map<string, number>();

  constructor(options: CampaignOptions) {
    this.options = options;
    this.settlement = createSettlement({ ...options, live: options.target.kind === "live" });
  }

  /** Milliseconds since the start. */
  elapsed(): number {
    return toMillis(between(this.started, now()));
  }

  stopped(): boolean {
    return this.options.signal?.aborted === true;
  }

  /** No more plans are begun. */
  isOver(): boolean {
    const { timeLimit } = this.options;
    return this.stopped() || (timeLimit !== undefined && this.elapsed() >= timeLimit);
  }

  planAt(index: number): Plan {
    const { seed, profile, target, families } = this.options;
    return generatePlan({ seed, index, profile, mode: target.kind, families });
  }

  progress(phase: CampaignProgress["phase"], runs: number, failures: number): void {
    const { onProgress, runs: requestedRuns } = this.options;
    const asked = requestedRuns === undefined ? {} : { requestedRuns };
    onProgress?.({ phase, runs, failures, elapsed: this.elapsed(), ...asked });
  }

  async add(result: PlanResult, kept: KeptPlan | undefined): Promise<void> {
    this.settlement.add(result);
    countEach(this.conditions, result.coverage.conditions);
    countEach(this.transitions, result.coverage.transitions);
    if (kept !== undefined) await this.options.onKept?.(kept);
  }

  coverage(): CoverageRecord {
    return {
      formatVersion: COVERAGE_FORMAT_VERSION,
      conditions: sorted(this.conditions),
      transitions: sorted(this.transitions),
    };
  }
}

function countEach(counts: Map<string, number>, ids: readonly string[]): void {
  for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1);
}

const sorted = (counts: ReadonlyMap<string, number>): Readonly<Record<string, number>> =>
  Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
