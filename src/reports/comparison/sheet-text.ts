/** A sheet as plain text for a screen: columns stand below each other. Pure. */
import { labelled, wrap } from "../text.ts";
import { cellText, type Sheet, type SheetSection, type SheetTable, shownSections } from "./sheet.ts";

const WIDTH = 100;

export function renderSheetText(sheet: Sheet): string {
  const { title, outcome, reason, warnings } = sheet;
  const lines = [
    title,
    ...labelled(`${outcome.word}: `, reason, WIDTH),
    ...warnings.flatMap((line) => labelled("! ", line, WIDTH)),
    ...shownSections(sheet).flatMap(sectionLines),
  ];
  return `${lines.join("\n")}\n`;
}

function sectionLines({ title, about, items = [], table, charts = [] }: SheetSection): readonly string[] {
  // A screen shows no charts; what they say stands in the tables.
  if (charts.length > 0 && items.length === 0 && table === undefined) return [];
  return [
    "",
    title,
    ...(about === undefined ? [] : wrap(about, WIDTH)),
    ...items.flatMap(({ label, text }) => labelled(`  ${label}: `, text, WIDTH)),
    ...(table === undefined ? [] : tableLines(table)),
  ];
}

function tableLines({ columns, groups }: SheetTable): readonly string[] {
  const grouped = groups.some(({ title }) => title !== undefined);
  const indent = grouped ? "  " : "";
  const rows = groups.flatMap((group) => group.rows.map((row) => row.map(cellText)));
  const widths = columns.map(({ name }, at) => Math.max(name.length, ...rows.map((row) => (row[at] ?? "").length)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, at) => (columns[at]?.number === true ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0)))
      .join("  ")
      .trimEnd();
  return [
    `${indent}${line(columns.map(({ name }) => name))}`,
    ...groups.flatMap((group) => [
      ...(group.title === undefined ? [] : [group.title]),
      ...group.rows.map((row) => `${indent}${line(row.map(cellText))}`),
    ]),
  ];
}
