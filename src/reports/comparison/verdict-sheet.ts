/** Several verdicts side by side. Pure. */
import { type ComparedRequirement, type Comparison, letterOf } from "../../harness/record/comparison.ts";
import { markOf, OUTCOME_ROWS, type OutcomeMark, outcomeRow } from "../requirement-lines.ts";
import { count } from "../text.ts";
import { changeItems, fromTo, NOTHING_CHANGED, outcomeOf } from "./changes.ts";
import type { Cell, Sheet, SheetTable } from "./sheet.ts";

export function verdictSheet({ records, requirements, changes, cautions }: Comparison): Sheet {
  const items = changeItems(changes);
  const shown = requirements.filter((row) => alikeOf(row) === undefined);
  return {
    title: `${count(records.length, "record")} compared`,
    outcome: outcomeOf(items),
    reason: items.length === 0 ? NOTHING_CHANGED : items.map(({ label, text }) => `${label}: ${text}`).join("; "),
    warnings: cautions,
    sections: [
      { id: "records", title: "Records", table: recordTable(records) },
      { id: "changes", title: fromTo(records), items },
      {
        id: "requirements",
        title: "Requirements",
        about:
          `${OUTCOME_ROWS.map(({ symbol, text }) => `${symbol} ${text}`).join(" · ")}. ${leftOut(requirements)}`.trimEnd(),
        table: {
          caption: "Requirements that somebody breaks, or that are not the same to all",
          columns: [{ name: "id" }, ...records.map((_, index) => ({ name: letterOf(index) }))],
          groups: [{ rows: shown.map((row) => [row.id, ...row.outcomes.map(outcomeCell)]) }],
        },
      },
    ],
  };
}

/** The outcome that all records have, when nobody has to be told for each requirement: neither broken nor doubtful. */
function alikeOf({ outcomes }: ComparedRequirement): OutcomeMark | undefined {
  const marks = new Set(outcomes.map((row) => (row === undefined ? undefined : markOf(row))));
  const [mark] = marks;
  return marks.size === 1 && mark !== undefined && QUIET.has(mark) ? mark : undefined;
}

const QUIET: ReadonlySet<OutcomeMark> = new Set(["pass", "not-exercised", "not-applicable", "not-checked"]);

function leftOut(requirements: readonly ComparedRequirement[]): string {
  const alike = requirements.map(alikeOf);
  const counts = OUTCOME_ROWS.map(({ mark, text }) => ({ text, times: alike.filter((each) => each === mark).length }));
  const said = counts.filter(({ times }) => times > 0).map(({ text, times }) => `${times} ${text}`);
  return said.length === 0 ? "" : `Not shown, the same in all records: ${said.join(", ")}.`;
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
