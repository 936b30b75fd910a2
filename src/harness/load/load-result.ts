/** What a load came to, as it is on disk. */
import type { FleetSummary } from "../fleet/snapshot.ts";
import type { Finding } from "../record/finding.ts";
import type { GeneratorVerdict } from "./generator-lag.ts";
import type { SavedSeries } from "./series.ts";
import type { ThresholdOutcome } from "./thresholds.ts";

export const LOAD_FORMAT_VERSION = 1;

export interface LoadResult {
  readonly formatVersion: typeof LOAD_FORMAT_VERSION;
  /** `invalid`: the generator lagged; `fail`: a broken requirement; `crossed`: a threshold; `unknown`: one could not be judged. */
  readonly outcome: "pass" | "fail" | "crossed" | "unknown" | "invalid" | "interrupted";
  readonly seed: string;
  readonly target: string;
  readonly generator: GeneratorVerdict;
  readonly thresholds: readonly ThresholdOutcome[];
  readonly check: LoadCheck;
  /** Part of the devices that were registered when the last task was asked for; absent: no task ever was. */
  readonly registered?: number;
  /** Tasks that were asked for, Updates included. */
  readonly tasks: number;
  readonly series: SavedSeries;
  readonly fleet: FleetSummary;
}

/** Correctness during the load. */
export interface LoadCheck {
  /** Devices that were watched, of how many. */
  readonly devices: number;
  readonly of: number;
  /** Why none was. */
  readonly reason?: string;
  readonly requirements: readonly CheckedRequirement[];
}

export interface CheckedRequirement {
  readonly id: string;
  /** `warn`: broken, but only a SHOULD. */
  readonly outcome: "pass" | "fail" | "warn" | "undecided";
  readonly examined: number;
  readonly undecided: number;
  readonly findings: readonly Finding[];
}

/** A generator that lagged blames nobody; a broken promise outweighs slowness, and both what is not known. */
export function loadOutcome(
  result: Pick<LoadResult, "generator" | "thresholds" | "check"> & { readonly interrupted: boolean },
): LoadResult["outcome"] {
  if (result.interrupted) return "interrupted";
  if (!result.generator.valid) return "invalid";
  if (result.check.requirements.some(({ outcome }) => outcome === "fail")) return "fail";
  if (result.thresholds.some(({ outcome }) => outcome === "crossed")) return "crossed";
  return result.thresholds.some(({ outcome }) => outcome === "unknown") ? "unknown" : "pass";
}
