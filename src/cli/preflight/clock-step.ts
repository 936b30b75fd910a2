/** Whether the clock of a target goes with ours: what is scheduled, and what times it tells, is judged by both. */
import type { PreflightStep } from "./step.ts";

/** Milliseconds. */
const MOST_SKEW = 1_000;

const NAME = "same clock";

/**
 * @param told when a task was created, milliseconds since the Unix epoch by the target's clock; `undefined`: not told
 * @param asked when we asked for it, and `answered`, by our own
 * @returns nothing where the target tells no time
 */
export function clockSteps(told: unknown, asked: number, answered: number): readonly PreflightStep[] {
  if (typeof told !== "number") return [];
  const skew = told < asked ? told - asked : Math.max(0, told - answered);
  const apart = Math.abs(skew);
  if (apart <= MOST_SKEW) return [{ name: NAME, outcome: "ok", detail: `${Math.round(apart)} ms apart` }];
  const away = `${(apart / 1_000).toFixed(1)} s ${skew < 0 ? "behind" : "ahead of"} ours`;
  const detail = `a task was created at ${told}: its clock is ${away}; set both clocks (NTP), or is createdOn not in milliseconds?`;
  return [{ name: NAME, outcome: "set-up fault", detail }];
}
