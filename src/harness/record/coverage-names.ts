/** The names that a coverage record counts, as renderers need them. */

export interface CoverageNames {
  readonly themes: readonly {
    readonly title: string;
    readonly conditions: readonly {
      readonly id: string;
      readonly sentence: string;
      readonly reachable: "sim" | "live-too";
    }[];
  }[];
  /** Named, but nothing can meet them yet. */
  readonly notYet: readonly { readonly id: string; readonly sentence: string; readonly reason: string }[];
  /** Transitions that every long simulated campaign should see. */
  readonly transitions: readonly string[];
  /** Transitions that can happen too. */
  readonly rareTransitions: readonly string[];
}
