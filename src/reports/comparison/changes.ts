/** What is said alike of changes between verdicts and between measurements. */
import { type Change, type ChangeKind, letterOf } from "../../harness/record/comparison.ts";
import type { CellTone, Sheet, SheetItem } from "./sheet.ts";

const CHANGES: readonly { readonly kind: ChangeKind; readonly title: string; readonly tone: CellTone }[] = [
  { kind: "broken", title: "Newly broken", tone: "bad" },
  { kind: "fixed", title: "Fixed", tone: "good" },
  { kind: "unseen", title: "Not decided any more", tone: "open" },
  { kind: "new", title: "Decided for the first time", tone: "soft" },
];

/** One for each kind of change that there is, with the requirements. */
export const changeItems = (changes: readonly Change[]): readonly SheetItem[] =>
  CHANGES.flatMap(({ kind, title, tone }) => {
    const rows = changes.filter((change) => change.kind === kind);
    return rows.length === 0 ? [] : [{ label: title, text: rows.map(changeText).join(", "), tone }];
  });

const changeText = ({ requirement, kind, before, after }: Change): string =>
  kind === "fixed" ? requirement : `${requirement} (${before} → ${after})`;

/** Title of what changed. */
export const fromTo = (records: readonly unknown[]): string => `From A to ${letterOf(records.length - 1)}`;

export const NOTHING_CHANGED = "Nothing changed.";

/** Worse outweighs better. */
export function outcomeOf(items: readonly SheetItem[]): Sheet["outcome"] {
  if (items.some(({ tone }) => tone === "bad")) return { word: "WORSE", tone: "fail" };
  if (items.some(({ tone }) => tone === "good")) return { word: "BETTER", tone: "pass" };
  return items.length === 0 ? { word: "UNCHANGED", tone: "pass" } : { word: "CHANGED", tone: "inconclusive" };
}
