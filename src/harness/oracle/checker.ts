/**
 * A checker: a fold over facts that judges one or more requirements.
 *
 * It says `pass` for an event that was decided in favour, `undecided` for one that the measuring uncertainty leaves
 * open, `violate` for a broken requirement. Saying nothing means that nothing was examined.
 */
import type { OracleContext } from "./context.ts";
import type { FactKind, FactOf } from "./facts.ts";

/** Where a checker says what it finds. */
export interface Judge {
  pass(requirement: string): void;
  undecided(requirement: string): void;
  /** @param events indices into the history, the last one where it became certain */
  violate(requirement: string, expected: string, actual: string, events: readonly number[]): void;
  /** A choice that this server made and that must be one within a campaign: `M-08`, `4.04`, `4040`. */
  choose(requirement: string, choice: string, value: string, event: number): void;
}

/** What it does with each kind of fact, and which requirements it judges by that. */
export interface Checker {
  /** The ids that it may judge: the catalogue's tests hold it to that. */
  readonly requirements: readonly string[];
  readonly on: { readonly [K in FactKind]?: (fact: FactOf<K>, judge: Judge, context: OracleContext) => void };
}
