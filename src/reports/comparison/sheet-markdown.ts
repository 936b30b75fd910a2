/** A sheet as Markdown. Pure. */
import { tableRow } from "../text.ts";
import { cellText, type Sheet, type SheetSection, type SheetTable, shownSections } from "./sheet.ts";

export function renderSheetMarkdown(sheet: Sheet): string {
  const { title, outcome, reason, warnings } = sheet;
  const lines = [
    `# ${title}`,
    "",
    `**${outcome.word}**: ${plain(reason)}`,
    ...(warnings.length === 0 ? [] : ["", ...warnings.map((line) => `> ${plain(line)}  `)]),
    ...shownSections(sheet).flatMap(sectionLines),
  ];
  return `${lines.join("\n")}\n`;
}

function sectionLines({ title, about, items = [], table, charts = [] }: SheetSection): readonly string[] {
  return [
    "",
    `## ${plain(title)}`,
    ...(about === undefined ? [] : ["", plain(about)]),
    ...(items.length === 0 ? [] : ["", ...items.map(({ label, text }) => `- **${label}:** ${plain(text)}`)]),
    ...(table === undefined ? [] : ["", ...tableLines(table)]),
    ...(charts.length === 0 ? [] : ["", ...charts.map(({ title: name, says }) => `- ${plain(name)}: ${plain(says)}`)]),
  ];
}

function tableLines({ columns, groups }: SheetTable): readonly string[] {
  const rules = columns.map(({ number = false }) => (number ? "---:" : "---"));
  return [
    tableRow(columns.map(({ name }) => name)),
    `|${rules.join("|")}|`,
    ...groups.flatMap(({ title, rows }) => [
      ...(title === undefined ? [] : [tableRow([`**${plain(title)}**`, ...columns.slice(1).map(() => "")])]),
      ...rows.map((row) => tableRow(row.map((cell) => plain(cellText(cell))))),
    ]),
  ];
}

/** What a server or a user has named is no markup. */
const plain = (text: string): string => text.replaceAll(/([<>*`_\\])/g, "\\$1");
