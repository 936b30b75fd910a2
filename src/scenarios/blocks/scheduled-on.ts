/** How far ahead of its `scheduledOn` a task is created. */
import { part } from "../pace.ts";
import type { Sketch } from "../sketch.ts";
import { pick } from "../steps.ts";

/** Milliseconds from the creation to the scheduledOn: some seconds, some minutes, some days. */
export const waitOf = (sketch: Sketch, share: number): number => {
  const { beat, mode } = sketch.pace;
  if (mode === "live") return 2 * beat + part(share, 2 * beat);
  return pick([3, 20, 90, 100, 600, 90_000, 400_000], share) * 1_000 + part(share, beat);
};
