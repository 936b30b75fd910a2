/** What a checker says about one history. Data; renderers turn it into text. */

/** A broken requirement, and where the history shows it. */
export interface Finding {
  readonly requirement: string;
  /** Indices into the history's events: the last one is where it became certain. */
  readonly events: readonly number[];
  readonly expected: string;
  readonly actual: string;
}

/** Tally of one requirement over one history. */
export interface Tally {
  readonly requirement: string;
  readonly examined: number;
  readonly undecided: number;
  readonly findings: readonly Finding[];
}
