/** What a page says of requirements: what is open, how many had which outcome, and each of them. Pure. */
import type { RequirementVerdict, Verdict } from "../../harness/record/verdict.ts";
import type { ReportView } from "../report-view.ts";
import { groupRequirements, markOf, OUTCOME_ROWS, outcomeRow, type RequirementGroup } from "../requirement-lines.ts";
import { count } from "../text.ts";
import { type Column, table } from "./document.ts";
import { failureAnchor } from "./failure-section.ts";
import { type Content, element, type Markup } from "./markup.ts";

/** What was neither kept nor broken, by the reason. */
export function openQuestions({ requirements: rows }: Verdict): readonly Content[] {
  const open = rows.filter(({ outcome }) => outcome !== "pass" && outcome !== "fail");
  const groups = new Map<string, { readonly row: RequirementVerdict; readonly ids: string[] }>();
  for (const row of open) {
    const key = `${row.outcome} ${row.reason ?? ""}`;
    const known = groups.get(key);
    if (known === undefined) groups.set(key, { row, ids: [row.id] });
    else known.ids.push(row.id);
  }
  if (groups.size === 0) return [];
  const cells = [...groups.values()].map(({ row, ids }) => {
    const { symbol, text, colour } = outcomeRow(markOf(row));
    return [element("span", { class: colour }, `${symbol} ${text}`), row.reason ?? "", ids.join(", ")];
  });
  const caption = `${count(open.length, "requirement")} of ${rows.length}`;
  return [table(caption, [{ name: "outcome" }, { name: "why" }, { name: "requirements" }], cells)];
}

export function requirementSections(view: ReportView): readonly Content[] {
  const groups = groupRequirements(view.verdict.requirements);
  return [
    overview(groups, view.verdict),
    ...groups.map((group) => [
      element("h3", {}, `${group.letter} · ${group.title}`),
      tiles(group, view.verdict),
      element("details", {}, element("summary", {}, summaryOf(group)), matrix(group, view)),
    ]),
  ];
}

/** How many requirements of each group have which outcome. */
function overview(groups: readonly RequirementGroup[], verdict: Verdict): Markup {
  const outcomes = OUTCOME_ROWS;
  const counts = (rows: readonly RequirementVerdict[]): readonly Content[] =>
    outcomes.map(({ mark, colour }) => {
      const times = rows.filter((row) => markOf(row) === mark).length;
      return times === 0 ? "" : element("span", { class: colour }, times);
    });
  const examined = groups.reduce((sum, group) => sum + group.examined, 0);
  const violations = groups.reduce((sum, group) => sum + group.violations, 0);
  return table(
    "How many requirements of each group had which outcome",
    [
      { name: "group" },
      ...outcomes.map(({ symbol, text }) => ({ name: `${symbol} ${text}`, number: true })),
      { name: "examined", number: true },
      { name: "violations", number: true },
    ],
    [
      ...groups.map((group) => [group.title, ...counts(group.rows), group.examined, group.violations]),
      ["all", ...counts(verdict.requirements), examined, violations],
    ],
  );
}

const summaryOf = ({ rows, examined, undecided, violations }: RequirementGroup): string =>
  `${count(rows.length, "requirement")}: ${examined} examined, ${undecided} undecided, ${count(violations, "violation")}`;

function tiles({ rows }: RequirementGroup, verdict: Verdict): Markup {
  return element(
    "ul",
    { class: "tiles" },
    rows.map((row) => {
      const { symbol, text, colour } = outcomeRow(markOf(row));
      const failure = verdict.failures.find(({ requirement }) => requirement === row.id);
      const label = { "aria-label": `${row.id} ${text}`, title: `${row.id}: ${text}`, class: colour };
      const content = `${symbol} ${row.id}`;
      return element(
        "li",
        {},
        failure === undefined
          ? element("span", label, content)
          : element("a", { ...label, href: `#${failureAnchor(failure.id)}` }, content),
      );
    }),
  );
}

const COLUMNS: readonly Column[] = [
  { name: "id" },
  { name: "level" },
  { name: "outcome" },
  { name: "examined", number: true },
  { name: "undecided", number: true },
  { name: "violations", number: true },
  { name: "promise" },
];

function matrix({ title, rows }: RequirementGroup, { catalogue }: ReportView): Markup {
  const cells = (row: RequirementVerdict): readonly Content[] => {
    const { symbol, text, colour } = outcomeRow(markOf(row));
    const sentence = catalogue.find(({ id }) => id === row.id)?.sentence ?? "";
    return [
      row.id,
      row.level,
      element("span", { class: colour }, `${symbol} ${text}`),
      row.examined,
      row.undecided,
      row.violations,
      [sentence, row.reason === undefined ? "" : element("small", {}, row.reason)],
    ];
  };
  return table(`Requirements: ${title}`, COLUMNS, rows.map(cells));
}
