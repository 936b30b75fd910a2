/** What a recheck found out: the settled requirements, and what differs from what the record says. */
import type { Verdict } from "./verdict.ts";

export interface RecheckSummary
  extends Pick<Verdict, "outcome" | "reason" | "requirements" | "observedChoices" | "harnessErrors" | "cutOff"> {
  /** What the histories were recorded on. */
  readonly targets: readonly string[];
  readonly profiles: readonly string[];
  /** Histories that were judged, of those that were found. */
  readonly histories: number;
  readonly found: number;
  readonly interrupted: boolean;
  /** Findings that the record has too. */
  readonly same: number;
  /** Findings of a failing plan beside the one that it names, where no verdict tells whether they are new. */
  readonly uncompared: number;
  /** Requirements that are broken, and that the campaign was told not to judge. */
  readonly leftOut: readonly string[];
  readonly differences: readonly Difference[];
  readonly unreadable: readonly { readonly file: string; readonly reason: string }[];
  /** Histories whose lines are not those that the plan beside them has the hash of. They were judged as they are. */
  readonly edited: readonly string[];
  /** Records that were cut short: their directories. There may have been more. */
  readonly incomplete: readonly string[];
}

/** `new`: shown now, unknown to the record. `gone`: in the record, and not shown any more. */
export interface Difference {
  readonly kind: "new" | "gone";
  /** The file; or the two plans between which there is a conflict. */
  readonly history: string;
  readonly requirement: string;
  readonly expected: string;
  readonly actual: string;
}
