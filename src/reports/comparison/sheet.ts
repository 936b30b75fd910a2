/**
 * Records side by side as a page of headings, sentences and tables: what is said, not how it looks. Markdown, plain text
 * and HTML are made of the same sheet.
 */
import type { Chart } from "../charts/chart.ts";
import type { Tone } from "../html/document.ts";

export interface Sheet {
  /** `2 loads compared`. */
  readonly title: string;
  readonly outcome: { readonly word: string; readonly tone: Tone };
  /** What changed from the first record to the last, in a sentence. */
  readonly reason: string;
  /** What has to be known before a figure is believed. Sentences. */
  readonly warnings: readonly string[];
  readonly sections: readonly SheetSection[];
}

/** One without items, table and charts is left out. */
export interface SheetSection {
  readonly id: string;
  readonly title: string;
  /** Stands above the rest. */
  readonly about?: string | undefined;
  readonly items?: readonly SheetItem[] | undefined;
  readonly table?: SheetTable | undefined;
  readonly charts?: readonly Chart[] | undefined;
}

/** `label: text`. */
export interface SheetItem {
  readonly label: string;
  readonly text: string;
  readonly tone?: CellTone | undefined;
}

export interface SheetTable {
  readonly caption: string;
  readonly columns: readonly { readonly name: string; readonly number?: boolean }[];
  readonly groups: readonly SheetGroup[];
}

/** Rows that belong together, below a title of their own. */
export interface SheetGroup {
  readonly title?: string | undefined;
  readonly rows: readonly (readonly Cell[])[];
}

export type CellTone = "good" | "bad" | "open" | "soft";

/** Text, or text that is good or bad news. */
export type Cell = string | { readonly text: string; readonly tone: CellTone };

export const cellText = (cell: Cell): string => (typeof cell === "string" ? cell : cell.text);

/** Those that say something. */
export const shownSections = ({ sections }: Sheet): readonly SheetSection[] =>
  sections.filter(
    ({ items = [], table, charts = [] }) =>
      items.length > 0 || charts.length > 0 || table?.groups.some(({ rows }) => rows.length > 0),
  );
