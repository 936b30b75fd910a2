/** Several verdicts side by side, as Markdown that is also readable on a screen. Pure. */
import type { Change, ChangeKind, ComparedRequirement, Comparison } from "../harness/record/comparison.ts";
import { markOf, OUTCOME_ROWS, outcomeRow } from "./requirement-lines.ts";
import { count, tableRow } from "./text.ts";

const CHANGES: readonly { readonly kind: ChangeKind; readonly title: string }[] = [
  { kind: "broken", title: "Newly broken" },
  { kind: "fixed", title: "Fixed" },
  { kind: "unseen", title: "Not decided any more" },
  { kind: "new", title: "Decided for the first time" },
];

export function renderComparison(comparison: Comparison): string {
  const { records, cautions } = comparison;
  const [first, last] = [records[0], records.at(-1)];
  const lines = [
    `# ${count(records.length, "record")} compared`,
    "",
    tableRow(["", "record", "outcome", "target", "plans", "seed"]),
    "|---|---|---|---|---:|---|",
    ...records.map(({ name, verdict }, index) =>
      tableRow([letterOf(index), name, verdict.outcome, verdict.target, verdict.runs, verdict.seed]),
    ),
    "",
    `## From ${first?.name ?? ""} to ${last?.name ?? ""}`,
    "",
    ...changeLines(comparison),
    ...(cautions.length === 0 ? [] : ["", `Mind: ${cautions.join("; ")}.`]),
    "",
    "## Requirements",
    "",
    OUTCOME_ROWS.map(({ symbol, text }) => `${symbol} ${text}`).join(" · "),
    "",
    ...matrixLines(comparison),
  ];
  return `${lines.join("\n")}\n`;
}

/** `A`, `B`, … `Z`, `27`. */
const letterOf = (index: number): string => (index < 26 ? String.fromCharCode(65 + index) : String(index + 1));

function changeLines({ changes }: Comparison): readonly string[] {
  if (changes.length === 0) return ["Nothing changed."];
  return CHANGES.flatMap(({ kind, title }) => {
    const rows = changes.filter((change) => change.kind === kind);
    return rows.length === 0 ? [] : [`- **${title}:** ${rows.map(changeText).join(", ")}`];
  });
}

const changeText = ({ requirement, kind, before, after }: Change): string =>
  kind === "fixed" ? requirement : `${requirement} (${before} → ${after})`;

/** Rows in which all agree on a pass say nothing: they are counted. */
function matrixLines({ records, requirements }: Comparison): readonly string[] {
  const shown = requirements.filter((row) => !row.outcomes.every((each) => each?.outcome === "pass"));
  const alike = requirements.length - shown.length;
  const kept = alike === 0 ? [] : [`${count(alike, "requirement")} kept by all.`, ""];
  if (shown.length === 0) return kept;
  return [
    ...kept,
    tableRow(["id", ...records.map((_, index) => letterOf(index))]),
    `|---|${records.map(() => ":-:|").join("")}`,
    ...shown.map((row) => tableRow([row.id, ...row.outcomes.map(symbolOf)])),
  ];
}

const symbolOf = (row: ComparedRequirement["outcomes"][number]): string =>
  row === undefined ? "" : outcomeRow(markOf(row)).symbol;
