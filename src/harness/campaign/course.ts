/**
 * The course of a campaign: what has been added up so far, how long it has taken, and whether it is to stop. Simulated
 * and live campaigns share it; results are added in the order of the plans.
 */
import { now } from "../../platform/clock.ts";
import { UsageError } from "../../platform/errors.ts";
import { between, toMillis } from "../../protocol/time.ts";
import { FAMILY_NAMES, type FamilyName } from "../../scenarios/families/names.ts";
import { generatePlan } from "../../scenarios/generate.ts";
import type { Plan } from "../../scenarios/plan.ts";
import type { Limits } from "../adapter/capabilities.ts";
import type { KeptPlan } from "../execution/plan-runner.ts";
import { limitsOfTarget } from "../execution/target.ts";
import type { CampaignFailure } from "../failures/failures.ts";
import { COVERAGE_FORMAT_VERSION, type CoverageRecord } from "../record/coverage-record.ts";
import { type TaskRecord, TaskSums } from "../record/task-record.ts";
import type { StateSeries } from "../record/verdict.ts";
import type { PlanResult } from "../settlement/plan-result.ts";
import { createSettlement, type Settlement } from "../settlement/settle.ts";
import type { CampaignOptions, CampaignProgress } from "./campaign-options.ts";

/** What a simulated or a live campaign found out, beside what its course has added up. */
export interface CampaignFindings {
  readonly failures: readonly CampaignFailure[];
  readonly states: StateSeries | undefined;
  /** Simulation: hash over the hashes of all histories, a line each. */
  readonly historyHash?: string;
  /** Live: milliseconds, the most by which this process may have been late. */
  readonly worstLateness?: number;
}

/** A class: whoever runs the plans adds to it until it says that it is over. */
export class Course {
  readonly options: CampaignOptions;
  readonly settlement: Settlement;
  /** Absent: all. */
  private readonly families: readonly FamilyName[] | undefined;
  private readonly started = now();
  private readonly conditions = new Map<string, number>();
  private readonly transitions = new Map<string, number>();
  private readonly tasks = new TaskSums();

  constructor(options: CampaignOptions) {
    this.options = options;
    const { target } = options;
    const restartable = target.kind === "live" && target.restartable !== undefined;
    const turnsClock = target.kind === "live" && target.clock !== undefined;
    const limits = limitsOfTarget(target);
    this.families = limits === undefined ? options.families : familiesWithin(limits, options.families);
    const notApplicable = limits?.notApplicable;
    this.settlement = createSettlement({
      ...options,
      live: target.kind === "live",
      restartable,
      turnsClock,
      notApplicable,
    });
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
    const { seed, profile, target } = this.options;
    const turnsClock = target.kind === "live" && target.clock !== undefined;
    return generatePlan({ seed, index, profile, mode: target.kind, families: this.families, turnsClock });
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
    this.tasks.add(result.tasks);
    if (kept !== undefined) await this.options.onKept?.(kept);
  }

  taskRecord(): TaskRecord {
    return this.tasks.record();
  }

  coverage(): CoverageRecord {
    return {
      formatVersion: COVERAGE_FORMAT_VERSION,
      conditions: sorted(this.conditions),
      transitions: sorted(this.transitions),
    };
  }
}

/** @throws UsageError when plans are asked for of families of which the target can do nothing */
function familiesWithin({ families: left }: Limits, asked: readonly FamilyName[] | undefined): readonly FamilyName[] {
  const within = (asked ?? FAMILY_NAMES).filter((name) => !left.has(name));
  if (within.length > 0) return within;
  throw new UsageError("conflict", `the adapter can do nothing of what plans of ${asked?.join(", ")} are about`);
}

function countEach(counts: Map<string, number>, ids: readonly string[]): void {
  for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1);
}

const sorted = (counts: ReadonlyMap<string, number>): Readonly<Record<string, number>> =>
  Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
