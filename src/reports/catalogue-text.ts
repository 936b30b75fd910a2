/** The requirements catalogue as text: a table for the screen, one requirement at length, a page for the docs. Pure. */
import Table from "cli-table3";
import type { Plan } from "../scenarios/plan.ts";
import type { Requirement } from "../scenarios/requirements.ts";
import { planLines } from "./plan-text.ts";
import { REQUIREMENT_GROUPS } from "./requirement-lines.ts";
import { count, labelled, tableRow } from "./text.ts";

/** A shipped defective server that breaks the requirement. */
export interface MutantLine {
  readonly id: string;
  readonly sentence: string;
}

export function renderCatalogue(rows: readonly Requirement[], columns: number): string {
  const width = Math.max(70, Math.min(columns, 140));
  const narrow = [6, 10, 8, 20];
  const sentence = width - narrow.reduce((sum, each) => sum + each, 0);
  const table = new Table({
    head: ["id", "level", "promise", "live", "sentence"].map((text) => text.toUpperCase()),
    colWidths: [...narrow, sentence],
    wordWrap: true,
    style: { head: [], border: [], compact: true, "padding-left": 0, "padding-right": 1 },
    chars: NO_BORDERS,
  });
  for (const row of rows)
    table.push([row.id, row.level, row.subject, liveText(row, "short"), row.sentence + uncheckedText(row)]);
  const lines = table
    .toString()
    .split("\n")
    .map((line) => line.trimEnd());
  const checked = rows.filter((row) => row.checked === true).length;
  return `${lines.join("\n")}\n\n${count(rows.length, "requirement")}, ${checked} with a checker. fleetproof explain ID tells more.\n`;
}

const NO_BORDERS = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: "",
};

function liveText(row: Requirement, style: "short" | "long"): string {
  if (typeof row.live === "string") return row.live;
  if ("needs" in row.live) return `if the target can be restarted`;
  return style === "short" ? "simulation only" : `in simulation only: ${row.live.simulationOnly}`;
}

const uncheckedText = (row: Requirement): string => (row.checked === true ? "" : " (not checked yet)");

export interface RequirementView {
  readonly row: Requirement;
  readonly mutants: readonly MutantLine[];
  /** Names of the checkers that may judge it. */
  readonly checkers: readonly string[];
  /** The smallest plan that exercises it; absent: none is known. */
  readonly example: Plan | undefined;
  /** How the user calls this program. */
  readonly program: string;
  /** Characters per line. */
  readonly columns: number;
}

export function renderRequirement({ row, mutants, checkers, example, program, columns }: RequirementView): string {
  const width = Math.max(60, Math.min(columns, 110));
  const field = (name: string, text: string) => labelled(`  ${name.padEnd(12)}`, text, width);
  const lines = [
    `${row.id}  ${row.level}  a promise of the ${row.subject}`,
    "",
    ...labelled("  ", row.sentence, width),
    "",
    ...field("source", row.source),
    ...field(
      "provoked by",
      `plans of the ${row.families.length === 1 ? "family" : "families"} ${row.families.join(", ")}`,
    ),
    ...field("live", liveText(row, "long")),
    ...field("checked", row.checked === true ? `yes, by ${checkers.join(", ")}` : `no: ${row.checked.notChecked}`),
    ...(mutants.length === 0 ? field("mutants", "none in this version") : []),
    ...mutants.flatMap((mutant, index) => field(index === 0 ? "mutants" : "", `${mutant.id}: ${mutant.sentence}`)),
    ...mutants
      .slice(0, 1)
      .flatMap(({ id }) => field("see it fail", `${program} verify --mutant ${id} --only ${row.id}`)),
    ...(example === undefined ? [] : ["", "  the smallest plan that exercises it:", ""]),
    ...(example === undefined ? [] : planLines(example, width - 4).map((line) => `    ${line}`)),
  ];
  return `${lines.join("\n")}\n`;
}

/** `docs/requirements.md`. */
export function renderRequirementsPage(rows: readonly Requirement[]): string {
  const checked = rows.filter((row) => row.checked === true).length;
  const head = [
    "# Requirements",
    "",
    "Rendered from the catalogue in `src/scenarios/requirements.ts` by `npm run docs`; do not edit.",
    "",
    `${count(rows.length, "requirement")}, ${checked} of them with a checker. An id is a name for life.`,
    "",
    "- **Level**: a broken MUST fails a campaign; a broken SHOULD is a warning unless `--strict`; DECLARED is judged as a",
    "  MUST where the profile declares the choice.",
    "- **Promise of**: `server`, the one under test, or `device`: a broken promise of our own devices is a fault of the",
    "  instrument, never the server's.",
    "- **Live**: whether wall-clock time suffices, as it is or with CoAP times scaled down.",
  ];
  const groups = REQUIREMENT_GROUPS.flatMap(({ letter, title }) => {
    const own = rows.filter(({ id }) => id.startsWith(`${letter}-`));
    return own.length === 0
      ? []
      : [
          "",
          `## ${title}`,
          "",
          "| id | level | promise of | requirement | source | live | checked |",
          "|---|---|---|---|---|---|---|",
          ...own.map(pageRow),
        ];
  });
  return `${[...head, ...groups].join("\n")}\n`;
}

function pageRow(row: Requirement): string {
  const checked = row.checked === true ? "yes" : `no: ${row.checked.notChecked}`;
  const cells = [`**${row.id}**`, row.level, row.subject, row.sentence, row.source, liveText(row, "long"), checked];
  return tableRow(cells);
}
