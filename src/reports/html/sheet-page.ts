/** A sheet as one HTML page that needs nothing else. Pure. */
import { type CellTone, type Sheet, type SheetItem, shownSections } from "../comparison/sheet.ts";
import { chartFigures } from "./chart-section.ts";
import { groupedTable, renderDocument } from "./document.ts";
import { type Content, element, type Markup } from "./markup.ts";

const COLOURS: Readonly<Record<CellTone, string>> = { good: "green", bad: "red", open: "yellow", soft: "grey" };

export function renderSheetHtml(sheet: Sheet): string {
  const { title, outcome, reason, warnings } = sheet;
  return renderDocument(
    {
      title: `${outcome.word}: ${title} · Fleetproof`,
      outcome,
      subject: title,
      reason,
      facts: [],
      more: read(warnings),
    },
    shownSections(sheet).map(({ id, title: name, about, items = [], table, charts = [] }) => ({
      id,
      title: name,
      content: [
        ...(about === undefined ? [] : [element("p", {}, about)]),
        ...(items.length === 0 ? [] : [element("ul", {}, items.map(item))]),
        ...(table === undefined ? [] : [groupedTable(table.caption, table.columns, table.groups.map(contentsOf))]),
        ...chartFigures(charts),
      ],
    })),
  );
}

const read = (warnings: readonly string[]): readonly Content[] =>
  warnings.length === 0
    ? []
    : [
        element(
          "ul",
          { class: "warnings" },
          warnings.map((line) => element("li", {}, line)),
        ),
      ];

const coloured = (text: string, tone: CellTone | undefined): Content =>
  tone === undefined ? text : element("span", { class: COLOURS[tone] }, text);

const item = ({ label, text, tone }: SheetItem): Markup => element("li", {}, coloured(label, tone), ": ", text);

const contentsOf = ({
  title,
  rows,
}: NonNullable<ReturnType<typeof shownSections>[number]["table"]>["groups"][number]) => ({
  title,
  rows: rows.map((row) => row.map((cell) => (typeof cell === "string" ? cell : coloured(cell.text, cell.tone)))),
});
