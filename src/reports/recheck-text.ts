/** What a recheck found out, on the screen and as JSON. Pure. */
import type { Difference, RecheckSummary } from "../harness/record/recheck-summary.ts";
import { renderMatrix, type TerminalStyle } from "./terminal.ts";
import { count, labelled } from "./text.ts";

/** Differences told at length; a changed checker may bring thousands. */
const TOLD_AT_LENGTH = 12;

const OUTCOME_COLOURS = { pass: "32", fail: "31", inconclusive: "33" } as const;

export function renderRecheck(summary: RecheckSummary, style: TerminalStyle): string {
  const width = Math.max(60, Math.min(style.columns, 120));
  const blocks = [
    differenceLines(summary, width),
    [renderMatrix(summary.requirements, style).trimEnd()],
    troubleLines(summary, width),
    conclusionLines(summary, width, style.colours),
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

function differenceLines(summary: RecheckSummary, width: number): readonly string[] {
  const { differences, same } = summary;
  if (differences.length === 0)
    return [
      same === 0 ? "No findings, as recorded." : `The same as recorded: ${count(same, "finding")}.`,
      ...besideLines(summary, width),
    ];
  const left = differences.length - TOLD_AT_LENGTH;
  return [
    ...differences.slice(0, TOLD_AT_LENGTH).flatMap((difference) => tell(difference, width)),
    ...(left > 0 ? [`… and ${left} more; --json has all`] : []),
    `Findings: ${countOf(differences, "new")} new, ${countOf(differences, "gone")} gone, ${same} as recorded`,
    ...besideLines(summary, width),
  ];
}

/** Findings that nothing recorded can be compared with. */
function besideLines({ leftOut, uncompared }: RecheckSummary, width: number): readonly string[] {
  return [
    ...(leftOut.length === 0
      ? []
      : labelled("", `${leftOut.join(", ")} broken too: the campaign was told to leave them out (--only).`, width)),
    ...(uncompared === 0
      ? []
      : labelled("", `${count(uncompared, "further finding")}: without verdict.json nobody knows whether new.`, width)),
  ];
}

const countOf = (differences: readonly Difference[], kind: Difference["kind"]): number =>
  differences.filter((difference) => difference.kind === kind).length;

const tell = ({ kind, requirement, history, expected, actual }: Difference, width: number): readonly string[] => [
  `${kind.toUpperCase().padEnd(5)} ${requirement}  ${history}`,
  ...labelled("      expected  ", expected, width),
  ...labelled(kind === "new" ? "      actual    " : "      recorded  ", actual, width),
];

function troubleLines(summary: RecheckSummary, width: number): readonly string[] {
  const { unreadable, edited, incomplete, interrupted, histories, found } = summary;
  return [
    ...(interrupted ? [`Interrupted: ${histories} of ${found} histories were judged.`] : []),
    ...unreadable.slice(0, TOLD_AT_LENGTH).flatMap(({ reason }) => labelled("unreadable  ", reason, width)),
    ...edited
      .slice(0, TOLD_AT_LENGTH)
      .flatMap((file) => labelled("edited      ", `${file} is not the history that the plan has the hash of`, width)),
    ...incomplete.flatMap((directory) =>
      labelled("incomplete  ", `${directory}: its campaign was cut short, so there may be more than was kept`, width),
    ),
  ];
}

function conclusionLines(summary: RecheckSummary, width: number, colours: boolean): readonly string[] {
  const label = summary.outcome.toUpperCase();
  const shown = colours ? `\u001b[1;${OUTCOME_COLOURS[summary.outcome]}m${label}\u001b[0m` : label;
  const [first = "", ...rest] = labelled(`${label}  `, summary.reason, width);
  const { histories, targets, profiles } = summary;
  const facts = [
    count(histories, "history", "histories"),
    ...fewOrCount(targets, "target"),
    ...fewOrCount(
      profiles.map((name) => `profile ${name}`),
      "profile",
    ),
  ];
  return [
    shown + first.slice(label.length),
    ...rest,
    ...labelled(" ".repeat(label.length + 2), facts.join(" · "), width),
  ];
}

/** Histories of a corpus have a target each: then only how many there are. */
const fewOrCount = (names: readonly string[], noun: string): readonly string[] =>
  names.length <= 3 ? names : [count(names.length, noun)];
