/** How a verdict meets what is expected of the target, in words. Pure. */
import type { Meeting } from "../harness/record/expectations.ts";

/** A sentence for each kind of entry that there is; none where nothing was expected. */
export function expectationLines(meeting: Meeting | undefined): readonly string[] {
  if (meeting === undefined) return [];
  return ROWS.flatMap(([kind, before, after]) =>
    meeting[kind].length === 0 ? [] : [`${before} ${meeting[kind].join(", ")}${after}`],
  );
}

const ROWS = [
  ["unexpected", "Newly broken:", ". This fails."],
  ["stale", "Expected to be broken, and kept:", ". This fails: take it out of the expectations."],
  ["known", "Known to be broken:", ". This fails nothing."],
  ["unseen", "Known to be broken, and not seen this time:", ". It is too rare for that to say anything."],
] as const satisfies readonly (readonly [keyof Meeting, string, string])[];
