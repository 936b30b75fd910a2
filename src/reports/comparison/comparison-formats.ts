/** The formats of a comparison, a row each. */
import { renderSheetHtml } from "../html/sheet-page.ts";
import type { Sheet } from "./sheet.ts";
import { renderSheetMarkdown } from "./sheet-markdown.ts";
import { renderSheetText } from "./sheet-text.ts";

export interface ComparisonFormat {
  readonly name: string;
  /** Of its file. */
  readonly file: string;
  readonly render: (sheet: Sheet) => string;
}

export const COMPARISON_FORMATS: readonly ComparisonFormat[] = [
  { name: "html", file: "comparison.html", render: renderSheetHtml },
  { name: "md", file: "comparison.md", render: renderSheetMarkdown },
  { name: "text", file: "comparison.txt", render: renderSheetText },
];
