/**
 * A verdict on the screen: what broke first, then every requirement at a glance, the conclusion last, where the eye rests.
 *
 * Pure: gives text. The width and whether colours are wanted come from the caller.
 */
import type { Meeting } from "../harness/record/expectations.ts";
import type { FailureSummary, RequirementVerdict, Verdict } from "../harness/record/verdict.ts";
import type { Plan } from "../scenarios/plan.ts";
import type { Requirement } from "../scenarios/requirements.ts";
import { failureGroups } from "./failure-groups.ts";
import { headline, isKnown } from "./headline.ts";
import { type ExcerptLine, excerpt } from "./plan-excerpt.ts";
import { type Evident, planLines } from "./plan-text.ts";
import {
  type Colour,
  comesWith,
  failuresFirst,
  groupRequirements,
  markOf,
  mayShrink,
  outcomeCounts,
  outcomeRow,
  type RequirementGroup,
  seenIn,
  whatPlan,
  whichOf,
} from "./requirement-lines.ts";
import { count, labelled, shorten } from "./text.ts";
import { troubleLines as wordsOfTrouble } from "./trouble-lines.ts";

export interface TerminalStyle {
  /** Characters per line. */
  readonly columns: number;
  readonly colours: boolean;
}

export interface VerdictView {
  readonly verdict: Verdict;
  readonly catalogue: readonly Pick<Requirement, "id" | "sentence">[];
  /** The shrunk plan of each failure, by the failure's id. */
  readonly shrunk: ReadonlyMap<string, Plan>;
  /** What shows the violation in it, by the failure's id. */
  readonly evident?: ReadonlyMap<string, readonly Evident[]> | undefined;
  /** The command that replays a failure. */
  readonly replayCommand: (failure: FailureSummary) => string;
  /** The command that makes its plan smaller; absent: none is told. */
  readonly shrinkCommand?: ((failure: FailureSummary) => string) | undefined;
  /** How the verdict meets what is expected of the target; absent: nothing is. */
  readonly expectations?: Meeting | undefined;
}

/** Failures told at length; the others in a line each. */
const TOLD_AT_LENGTH = 5;
/** Lines of a shrunk plan on the screen; the report has all. */
const LONGEST_PLAN = 16;

type Paint = (colour: Colour | "bold", text: string) => string;

const CODES: Readonly<Record<Colour | "bold", string>> = {
  green: "32",
  red: "31",
  yellow: "33",
  grey: "90",
  bold: "1",
};

const painter =
  (style: TerminalStyle): Paint =>
  (colour, text) =>
    style.colours ? `\u001b[${CODES[colour]}m${text}\u001b[0m` : text;

const widthOf = (style: TerminalStyle): number => Math.max(60, Math.min(style.columns, 120));

/** Every requirement at a glance, alone: its symbol, and how much was examined of its group. */
export const renderMatrix = (requirements: readonly RequirementVerdict[], style: TerminalStyle): string =>
  `${matrixLines(requirements, widthOf(style), painter(style)).join("\n")}\n`;

export function renderTerminal(view: VerdictView, style: TerminalStyle): string {
  const paint = painter(style);
  const width = widthOf(style);
  const blocks = [
    ...failureBlocks(view, width, paint),
    matrixLines(view.verdict.requirements, width, paint),
    troubleLines(view.verdict, width, paint),
    conclusionLines(view, width, paint),
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

function failureBlocks(view: VerdictView, width: number, paint: Paint): readonly (readonly string[])[] {
  const failures = failuresFirst(view.verdict).filter(({ belongsTo }) => belongsTo === undefined);
  const others = view.verdict.failures.length - failures.length;
  const told = failures.slice(0, TOLD_AT_LENGTH);
  const lengths = told.map((failure, index) => failureLines(view, failure, told.slice(0, index), width, paint));
  const rest = failures
    .slice(TOLD_AT_LENGTH)
    .flatMap((failure) => [
      ` ${symbol(requirementOf(view.verdict, failure), paint)} ${failure.requirement}  ${shorten(sentenceOf(view, failure), width - 9)}`,
      `   ${view.replayCommand(failure)}`,
    ]);
  const more = rest.length === 0 ? [] : [paint("bold", `${count(rest.length / 2, "more failure")}:`), ...rest];
  const left =
    others === 0 ? [] : [paint("grey", ` most likely come with these: ${count(others, "failure")}, in the report`)];
  return [...lengths, more, left];
}

const sentenceOf = (view: VerdictView, failure: FailureSummary): string =>
  view.catalogue.find(({ id }) => id === failure.requirement)?.sentence ?? "";

const requirementOf = (verdict: Verdict, failure: FailureSummary): RequirementVerdict | undefined =>
  verdict.requirements.find(({ id }) => id === failure.requirement);

function failureLines(
  view: VerdictView,
  failure: FailureSummary,
  before: readonly FailureSummary[],
  width: number,
  paint: Paint,
): readonly string[] {
  const row = requirementOf(view.verdict, failure);
  const which = whichOf(failure, view.verdict);
  const known = isKnown(failure.requirement, view.expectations) ? ", known" : "";
  const head = labelled(
    `   ${failure.requirement}${which} ${row?.level ?? ""}${known}  `,
    sentenceOf(view, failure),
    width,
  );
  const field = (name: string, text: string) => labelled(`   ${name.padEnd(9)} `, text, width);
  return [
    ...head.map((line, index) => paint("bold", index === 0 ? ` ${symbolText(row)}${line.slice(2)}` : line)),
    ...field("expected", failure.expected),
    ...field("actual", failure.actual).map((line) => paint(row?.level === "SHOULD" ? "yellow" : "red", line)),
    ...field("seen in", seenIn(failure, view.verdict.runs)),
    ...shrunkPlanLines(view, failure, before, width, paint),
    ...comesWithLines(comesWith(failure, view.verdict), width),
    ...perhapsLines(failure, view.verdict),
    `   ${"replay".padEnd(9)} ${view.replayCommand(failure)}`,
    ...(mayShrink(failure) && view.shrinkCommand !== undefined ? [`   smaller   ${view.shrinkCommand(failure)}`] : []),
  ];
}

/** Names are told up to this number. */
const MOST_NAMES = 4;

function comesWithLines(ids: readonly string[], width: number): readonly string[] {
  if (ids.length === 0) return [];
  const left = ids.length - MOST_NAMES;
  const names = `${ids.slice(0, MOST_NAMES).join(", ")}${left > 0 ? ` and ${left} more` : ""}`;
  return labelled(`   ${"with it".padEnd(9)} `, names, width);
}

/** What stands for itself may still be one defect with what is told above. */
function perhapsLines(failure: FailureSummary, verdict: Verdict): readonly string[] {
  const group = failureGroups(verdict).find(({ others }) => others.includes(failure));
  return group === undefined ? [] : [`   perhaps   the same defect as ${group.first.id}`];
}

/** One plan often breaks several requirements: it is told once. */
function shrunkPlanLines(
  view: VerdictView,
  failure: FailureSummary,
  before: readonly FailureSummary[],
  width: number,
  paint: Paint,
): readonly string[] {
  const plan = view.shrunk.get(failure.id);
  if (plan === undefined) return [];
  const text = JSON.stringify(plan);
  const same = before.find(({ id }) => JSON.stringify(view.shrunk.get(id)) === text);
  if (same !== undefined) return [`   plan      the same as for ${same.requirement} above`];
  const lines = excerpt(planLines(plan, width - 4, view.evident?.get(failure.id)), LONGEST_PLAN);
  const size = `${count(plan.fleet.length, "device")}, ${count(plan.operations.length, "operation")}, ${count(plan.faults.length, "fault")}`;
  return [
    ...labelled("   plan      ", `${whatPlan(failure)}: ${size}`, width),
    ...lines.map(({ text, kind }) => paintLine(kind, `    ${text}`, paint)),
  ];
}

const paintLine = (kind: ExcerptLine["kind"], text: string, paint: Paint): string => {
  if (kind === "plan") return text;
  return kind === "evident" ? paint("bold", text) : paint("grey", text);
};

const symbolText = (row: RequirementVerdict | undefined): string =>
  outcomeRow(row === undefined ? "fail" : markOf(row)).symbol;

function symbol(row: RequirementVerdict | undefined, paint: Paint): string {
  const outcome = outcomeRow(row === undefined ? "fail" : markOf(row));
  return paint(outcome.colour, outcome.symbol);
}

function matrixLines(requirements: readonly RequirementVerdict[], width: number, paint: Paint): readonly string[] {
  const groups = groupRequirements(requirements);
  if (groups.length === 0) return [];
  const legend = outcomeCounts(requirements);
  const header = `${" ".repeat(NAME_WIDTH)}${"examined".padStart(9)}${"undecided".padStart(10)}${"violations".padStart(11)}`;
  return [
    paint("grey", header),
    ...groups.flatMap((group) => groupLines(group, width, paint)),
    "",
    ...legendLines(legend, width, paint),
  ];
}

/** Wrapped by what is seen: colour codes have no width. */
function legendLines(rows: ReturnType<typeof outcomeCounts>, width: number, paint: Paint): readonly string[] {
  const lines: { text: string; length: number }[] = [];
  for (const row of rows) {
    const symbol = `${row.symbol} ${row.count}`;
    const length = 3 + symbol.length + 1 + row.text.length;
    const text = `${paint(row.colour, symbol)} ${row.text}`;
    const open = lines.at(-1);
    if (open === undefined || open.length + length > width) lines.push({ text: ` ${text}`, length: length - 2 });
    else {
      open.text += `   ${text}`;
      open.length += length;
    }
  }
  return lines.map(({ text }) => text);
}

const NAME_WIDTH = 19;
const COUNTS_WIDTH = 30;

function groupLines(group: RequirementGroup, width: number, paint: Paint): readonly string[] {
  const perLine = Math.max(4, Math.floor((width - NAME_WIDTH - COUNTS_WIDTH - 1) / 4));
  const cells = group.rows.map((row) => {
    const outcome = outcomeRow(markOf(row));
    return ` ${paint(outcome.colour, `${outcome.symbol}${row.id.slice(2)}`)}`;
  });
  const violations = String(group.violations).padStart(11);
  const counts = `${String(group.examined).padStart(9)}${String(group.undecided).padStart(10)}${group.violations === 0 ? violations : paint("red", violations)}`;
  const head = ` ${group.letter}  ${group.title}`.padEnd(NAME_WIDTH) + counts;
  const lines: string[] = [];
  for (let index = 0; index < cells.length; index += perLine) {
    const start = index === 0 ? head : " ".repeat(NAME_WIDTH + COUNTS_WIDTH);
    lines.push(`${start} ${cells.slice(index, index + perLine).join("")}`);
  }
  return lines;
}

/** What keeps the campaign from being conclusive, and who is to look at it. */
function troubleLines(verdict: Verdict, width: number, paint: Paint): readonly string[] {
  const plain = [
    ...wordsOfTrouble(verdict, 0).flatMap((line) => labelled(" ", line, width)),
    ...verdict.requirements
      .filter(({ outcome }) => outcome === "inconclusive")
      .slice(0, TOLD_AT_LENGTH)
      .flatMap((row) => labelled(` ? ${row.id}  `, row.reason ?? "undecided", width)),
  ];
  return plain.map((line) => paint("yellow", line));
}

const OUTCOME_COLOURS = { pass: "green", fail: "red", inconclusive: "yellow" } as const;

function conclusionLines({ verdict, expectations }: VerdictView, width: number, paint: Paint): readonly string[] {
  const { word, tone, reason } = headline(verdict, expectations);
  const label = `${word}  `;
  const [first = label, ...rest] = labelled(label, reason, width);
  const facts = [
    verdict.target,
    `profile ${verdict.profile}`,
    count(verdict.runs, "plan"),
    count(verdict.devices, "device"),
    `seed ${verdict.seed}`,
  ];
  return [
    paint("bold", paint(OUTCOME_COLOURS[tone], word)) + first.slice(word.length),
    ...rest,
    ...labelled(" ".repeat(label.length), facts.join(" · "), width).map((line) => paint("grey", line)),
  ];
}
