/**
 * What one row of the requirements catalogue says. The rows themselves stand in one file per group beside this one.
 *
 * An id is a name for life: it is never given to another sentence, and a row is never removed. A row that no checker
 * judges yet says why not; it can then be neither passed nor failed.
 */
import type { FamilyName } from "../families/names.ts";

/** MUST and DECLARED fail a campaign; SHOULD warns. DECLARED is judged only against what the profile declares. */
export type RequirementLevel = "MUST" | "SHOULD" | "DECLARED";

/**
 * Whether wall-clock time suffices: as it is, with CoAP times scaled down by the profile, or not at all; or only where
 * the harness may do something to the target that not everybody lets it do.
 */
export type LiveExercise =
  | "yes"
  | "with scaled times"
  /** `orTurnedClock`: also live, where the clock of the server can be turned. */
  | { readonly simulationOnly: string; readonly orTurnedClock?: true }
  /** `otherwise`: why it is not applicable to other targets, and what to do about it. */
  | { readonly needs: "restart"; readonly otherwise: string };

export interface RequirementRow {
  readonly id: string;
  readonly level: RequirementLevel;
  /** Whose promise it is. A device that breaks one is our own instrument out of order, never the server's fault. */
  readonly subject: "server" | "device";
  readonly sentence: string;
  /** Where it comes from. `choice 4` is that row of docs/semantics.md. */
  readonly source: string;
  /** The families whose plans provoke it on purpose. */
  readonly families: readonly FamilyName[];
  readonly live: LiveExercise;
  /** Whether this version has a checker for it. */
  readonly checked: true | { readonly notChecked: string };
}
