/** What a load comes to, from its parts. */
import type { LoadResult } from "../record/load-result.ts";

/** What an outcome is made of. */
export interface LoadFacts extends Pick<LoadResult, "generator" | "thresholds" | "check"> {
  readonly interrupted: boolean;
  /** Whether it is all of a load, or some of its shards: thresholds are judged on the whole only. */
  readonly whole: boolean;
}

/** A generator that lagged blames nobody; a broken promise outweighs slowness, and both what is not known. */
export function loadOutcome({ interrupted, generator, check, thresholds, whole }: LoadFacts): LoadResult["outcome"] {
  if (interrupted) return "interrupted";
  if (!generator.valid) return "invalid";
  if (check.requirements.some(({ outcome }) => outcome === "fail")) return "fail";
  if (!whole) return "pass";
  if (thresholds.some(({ outcome }) => outcome === "crossed")) return "crossed";
  return thresholds.some(({ outcome }) => outcome === "unknown") ? "unknown" : "pass";
}
