/**
 * Plans of a campaign that did not run to their end: why, and what they might have shown.
 *
 * A requirement that nothing brought about is open only while the plans that are made for it are few: where twenty of them
 * ran to their end without it, those that did not would hardly have done better.
 */
import { FAMILY_NAMES } from "../../scenarios/families/names.ts";
import type { Requirement } from "../../scenarios/requirements.ts";
import type { Verdict } from "../record/verdict.ts";

export interface Unfinished {
  add(plan: { readonly id: string; readonly cutOff: boolean; readonly cutOffBecause?: string }): void;
  readonly plans: number;
  readonly because: NonNullable<Verdict["cutOffBecause"]>;
  /** @param interrupted other plans were not run at all */
  mightShow(row: Pick<Requirement, "families">, interrupted: boolean): boolean;
}

/** Finished plans of the families that are made for a requirement. */
const ENOUGH = 20;

export function createUnfinished(): Unfinished {
  /** By the family, which begins the id of a plan: `queue-17`. */
  const finished = new Map<string, number>();
  const cutOff = new Map<string, number>();
  /** By what is said but for the numbers in it. */
  const reasons = new Map<string, { readonly plan: string; readonly reason: string; plans: number }>();
  const sum = (counts: ReadonlyMap<string, number>, families: readonly string[]): number =>
    families.reduce((total, family) => total + (counts.get(family) ?? 0), 0);
  return {
    add({ id, cutOff: isCutOff, cutOffBecause: reason = "a bound was hit" }) {
      const family = id.replace(/-\d+$/, "");
      const counts = isCutOff ? cutOff : finished;
      counts.set(family, (counts.get(family) ?? 0) + 1);
      if (!isCutOff) return;
      const kind = reason.replaceAll(/\d+/g, "");
      const known = reasons.get(kind) ?? { plan: id, reason, plans: 0 };
      known.plans++;
      reasons.set(kind, known);
    },
    get plans() {
      return sum(cutOff, [...cutOff.keys()]);
    },
    get because() {
      return [...reasons.values()].map((each) => ({ ...each }));
    },
    mightShow({ families }, interrupted) {
      // A plan that somebody wrote may be about anything.
      const others = [...cutOff.keys()].filter((family) => !FAMILY_NAMES.some((name) => name === family));
      const missing = interrupted || sum(cutOff, [...families, ...others]) > 0;
      return missing && sum(finished, families) < ENOUGH;
    },
  };
}
