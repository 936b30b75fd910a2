/**
 * Changes of the reference server that no outsider can tell from the original, and why.
 *
 * A row names the changed line by its text, so that it survives edits elsewhere in the file; it stops to apply, and the
 * change counts as survived again, when the line itself is edited.
 */
export interface Equivalent {
  /** Under src/reference-server. */
  readonly file: string;
  /** The line on which the changed text begins, without its indentation. */
  readonly line: string;
  /** The changed text and what it became, spaces collapsed: `from → to`. */
  readonly changes: readonly string[];
  readonly why: string;
}

export const EQUIVALENTS: readonly Equivalent[] = [];
