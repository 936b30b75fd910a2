/**
 * What a self-test found: one row per mutant and legal variant, and what they say together.
 */

export interface MutantRow {
  readonly id: string;
  readonly sentence: string;
  readonly requirement: string;
  readonly level: string;
  readonly source: string;
}

export interface VariantRow {
  readonly id: string;
  readonly sentence: string;
  readonly choice: string;
}

export interface MutantOutcome extends MutantRow {
  /** Plans until it was caught, one number per seed that caught it, ascending. */
  readonly caughtAfter: readonly number[];
  readonly seeds: number;
  /** Plans that broke each requirement. */
  readonly broken: Readonly<Record<string, number>>;
  /** Why it does not count as caught; absent: it does. */
  readonly problem?: string;
  /** The self-test was interrupted before all of its plans had run. */
  readonly unfinished?: true;
}

export interface VariantOutcome extends VariantRow {
  readonly plans: number;
  /** Plans in which it behaved differently from the reference server. */
  readonly activated: number;
  readonly problem?: string;
  /** The self-test was interrupted before all of its plans had run. */
  readonly unfinished?: true;
}

export interface SelfTestReport {
  readonly outcome: "pass" | "fail" | "inconclusive";
  readonly interrupted: boolean;
  readonly seeds: readonly string[];
  readonly mutants: readonly MutantOutcome[];
  readonly variants: readonly VariantOutcome[];
  /** The unmutated server. */
  readonly reference: { readonly plans: number; readonly problem?: string };
  readonly caught: number;
  readonly must: { readonly caught: number; readonly all: number };
  /** Plans until caught, over all mutants and seeds. */
  readonly plansUntilCaught: { readonly median: number; readonly p95: number } | undefined;
}
