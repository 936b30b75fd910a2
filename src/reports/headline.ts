/** What a verdict says first: its outcome in a word, and why; with expectations, whether they are met. Pure. */
import type { Meeting } from "../harness/record/expectations.ts";
import type { CampaignOutcome, Verdict } from "../harness/record/verdict.ts";

export interface Headline {
  /** `FAIL`, `AS EXPECTED` */
  readonly word: string;
  readonly tone: CampaignOutcome;
  readonly reason: string;
}

/** A campaign that breaks only what it is known to break ends well, and its report does not say otherwise. */
export function headline({ outcome, reason }: Verdict, expectations: Meeting | undefined): Headline {
  const plain = { word: outcome.toUpperCase(), tone: outcome, reason };
  if (expectations === undefined || outcome === "inconclusive") return plain;
  const { known, unexpected, stale } = expectations;
  const parts = [
    ...(unexpected.length === 0 ? [] : [`newly broken: ${unexpected.join(", ")}`]),
    ...(stale.length === 0 ? [] : [`expected to be broken, but kept: ${stale.join(", ")}`]),
    ...(known.length === 0 ? [] : [`known to be broken: ${known.join(", ")}`]),
  ];
  if (parts.length === 0) return plain;
  const fails = unexpected.length > 0 || stale.length > 0;
  return { word: fails ? "FAIL" : "AS EXPECTED", tone: fails ? "fail" : "pass", reason: parts.join("; ") };
}

/** Whether a requirement is known to be broken. */
export const isKnown = (requirement: string, expectations: Meeting | undefined): boolean =>
  expectations?.known.includes(requirement) === true;
