/** Several verdicts side by side. Pure. */
import { type ComparedRequirement, type Comparison, letterOf } from "../../harness/record/comparison.ts";
import { markOf, OUTCOME_ROWS, outcomeRow } from "../requirement-lines.ts";
import { count } from "../text.ts";
import { changeItems, NOTHING_CHANGED, outcomeOf } from "./changes.ts";
import type { Cell, Sheet, SheetTable } from "./sheet.ts";

export function verdictSheet({ records, requirements, changes, cautions }: Comparison): Sheet {
  const items = changeItems(changes);
  const [first, last] = [records[0], records.at(-1)];
  const shown = requirements.filter((row) => !row.outcomes.every((each) => each?.outcome === "pass"));
  const alike = requirements.length - shown.length;
  const kept = alike === 0 ? "" : ` ${count(alike, "requirement")} kept by all.`;
  return {
    title: `${count(records.length, "record")} compared`,
    outcome: outcomeOf(items),
    reason:
      items.length === 0
        ? NOTHING_CHANGED
        : items.map(({ label, text }) => `${label.toLowerCase()}: ${text}`).join("; "),
    warnings: cautions,
    sections: [
      { id: "records", title: "Records", table: recordTable(records) },
      { id: "changes", title: `From ${first?.name ?? ""} to ${last?.name ?? ""}`, items },
      {
        id: "requirements",
        title: "Requirements",
        about: `${OUTCOME_ROWS.map(({ symbol, text }) => `${symbol} ${text}`).join(" · ")}.${kept}`,
        table: {
          caption: "Requirements that not all keep",
          columns: [{ name: "id" }, ...records.map((_, index) => ({ name: letterOf(index) }))],
          groups: [{ rows: shown.map((row) => [row.id, ...row.outcomes.map(outcomeCell)]) }],
        },
      },
    ],
  };
}

const recordTable = (records: Comparison["records"]): SheetTable => ({
  caption: "Records in the order in which they were named",
  columns: [
    ...["", "record", "outcome", "target"].map((name) => ({ name })),
    { name: "plans", number: true },
    { name: "seed" },
  ],
  groups: [
    {
      rows: records.map(({ name, verdict }, index) => [
        letterOf(index),
        name,
        verdict.outcome,
        verdict.target,
        String(verdict.runs),
        verdict.seed,
      ]),
    },
  ],
});

const TONES = { green: "good", red: "bad", yellow: "open", grey: "soft" } as const;

function outcomeCell(row: ComparedRequirement["outcomes"][number]): Cell {
  if (row === undefined) return "";
  const { symbol, colour } = outcomeRow(markOf(row));
  return { text: symbol, tone: TONES[colour] };
}
