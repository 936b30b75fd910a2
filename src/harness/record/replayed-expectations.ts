/**
 * How plans that were run again meet the file of expected results, so that saved failures can be replayed in CI.
 *
 * A replay sees a part of what a campaign sees. So an entry is stale here only when plans that were saved for its
 * requirement were replayed, and each of them keeps it now; one for which no plan was replayed says nothing.
 */
import { requirementById } from "../../scenarios/requirements.ts";
import type { Expectations, Meeting } from "./expectations.ts";
import type { ReplayOutcome } from "./replay-outcome.ts";

/** One plan that was run again. */
export interface Replayed {
  /** The requirement that it was saved for; `undefined`: it passed. */
  readonly recorded: string | undefined;
  readonly outcome: ReplayOutcome;
}

export interface ReplayMeeting extends Omit<Meeting, "unseen"> {
  /** SHOULDs that were not kept, are not in the file, and fail nothing. */
  readonly warnings: readonly string[];
}

export interface MeetingOptions {
  /** A SHOULD that is not kept fails, as in a strict campaign. */
  readonly strict: boolean;
  /** All plans were replayed; else nothing is called stale. */
  readonly complete: boolean;
}

/** Ids of broken requirements in the order in which they were seen. */
export function meetReplays(
  replays: readonly Replayed[],
  { broken: entries }: Expectations,
  { strict, complete }: MeetingOptions,
): ReplayMeeting {
  const expected = new Set(entries.map(({ requirement }) => requirement));
  const broken = [...new Set(replays.flatMap(({ outcome }) => outcome.broken))];
  const fresh = broken.filter((id) => !expected.has(id));
  const fails = (id: string): boolean => strict || requirementById(id)?.level !== "SHOULD";
  return {
    known: broken.filter((id) => expected.has(id)),
    unexpected: fresh.filter(fails),
    stale: complete ? [...expected].filter((id) => isStale(id, replays)) : [],
    warnings: fresh.filter((id) => !fails(id)),
  };
}

function isStale(id: string, replays: readonly Replayed[]): boolean {
  if (requirementById(id) === undefined) return true;
  if (replays.some(({ outcome }) => outcome.broken.includes(id))) return false;
  const savedForIt = replays.filter(({ recorded }) => recorded === id);
  return savedForIt.length > 0 && savedForIt.every(({ outcome }) => holds(outcome, id));
}

/** Of a run that was cut off, nobody knows. */
const holds = ({ kind, kept }: ReplayOutcome, id: string): boolean => kind !== "inconclusive" && kept.includes(id);
