/** What a campaign is asked to do, with whom it shares the work, and what it tells while it runs. */
import type { Profile } from "../../protocol/profile.ts";
import type { FamilyName } from "../../scenarios/families/names.ts";
import type { Keep, KeptPlan, PlanRunner, ServerRecipe } from "../execution/plan-runner.ts";
import type { Target } from "../execution/target.ts";

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
  /** Live: the most plans at the same time; absent: 200. */
  readonly atOnce?: number;
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
