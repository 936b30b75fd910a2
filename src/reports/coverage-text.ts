/** What a campaign reached, and above all what it never did, as text; and the page of docs that lists the names. Pure. */
import type { CoverageNames } from "../harness/record/coverage-names.ts";
import type { CoverageRecord } from "../harness/record/coverage-record.ts";
import { count, labelled } from "./text.ts";

export interface CoverageTextOptions {
  /** Live: only what live runs can meet is missed. */
  readonly live?: boolean;
  /** Characters of a line. Default 100. */
  readonly columns?: number;
  /** The most names of missed transitions; the others are counted. Default 12. */
  readonly most?: number;
}

/**
 * For the terminal and for Markdown: what was reached, then the sentences of what was not, as a list.
 *
 * Names that this version does not know, from the record of another one, are left out.
 */
export function renderCoverage(
  coverage: CoverageRecord,
  names: CoverageNames,
  { live = false, columns = 100, most = 12 }: CoverageTextOptions = {},
): string {
  const themes = names.themes.map(({ title, conditions: rows }) => {
    const reachable = rows.filter((row) => !live || row.reachable === "live-too");
    return { title, reachable, missed: reachable.filter(({ id }) => (coverage.conditions[id] ?? 0) === 0) };
  });
  const conditions = themes.flatMap(({ reachable }) => reachable);
  const missed = themes.flatMap((theme) => theme.missed);
  const unseen = names.transitions.filter((id) => (coverage.transitions[id] ?? 0) === 0);
  const lines = [
    reached("condition", conditions.length, missed.length),
    ...themes.flatMap((theme) => missedLines(theme, columns)),
  ];
  // A live campaign is too short for these.
  if (!live) {
    lines.push(reached("transition", names.transitions.length, unseen.length));
    lines.push(...unseen.slice(0, most).map((id) => `- ${id}`));
    if (unseen.length > most) lines.push(`- and ${count(unseen.length - most, "other")}`);
  }
  return `${lines.join("\n")}\n`;
}

interface ThemeReached {
  readonly title: string;
  readonly reachable: readonly { readonly id: string; readonly sentence: string }[];
  readonly missed: ThemeReached["reachable"];
}

/** A theme of which nothing was met is told in one line: most likely the target does not have such a thing. */
function missedLines({ title, reachable, missed }: ThemeReached, columns: number): readonly string[] {
  if (missed.length > 1 && missed.length === reachable.length)
    return labelled("- ", `${title}: none of its ${count(missed.length, "condition")}`, columns);
  return missed.flatMap(({ id, sentence }) => labelled(`- ${id}: `, sentence, columns));
}

/** In one line: `reached 240 of 262 conditions, 90 of 101 transitions`. */
export function coverageLine(coverage: CoverageRecord, names: CoverageNames, live: boolean): string {
  const conditions = names.themes
    .flatMap((theme) => theme.conditions)
    .filter(({ reachable }) => !live || reachable === "live-too");
  const met = conditions.filter(({ id }) => coverage.conditions[id] !== undefined).length;
  const seen = names.transitions.filter((id) => coverage.transitions[id] !== undefined).length;
  const transitions = live ? "" : `, ${seen} of ${count(names.transitions.length, "transition")}`;
  return `reached ${met} of ${count(conditions.length, "condition")}${transitions}`;
}

function reached(noun: string, all: number, missed: number): string {
  const met = `Reached ${all - missed} of ${count(all, noun)}`;
  return missed === 0 ? `${met}.` : `${met}; never:`;
}

/** `docs/coverage.md`. */
export function renderCoveragePage(names: CoverageNames): string {
  const conditions = names.themes.flatMap((theme) => theme.conditions);
  const lines = [
    "# What a campaign should meet sometimes",
    "",
    "<!-- Made by `npm run docs`. Do not edit. -->",
    "",
    "Passing proves little where nothing happened. `coverage.json` counts in how many plans of a campaign each of these",
    "conditions was met and each transition of a device task was seen; the report names those that never were. Meeting a",
    "condition says nothing about the server: whether it behaved is what the [requirements](requirements.md) are for.",
    "",
    `${count(conditions.length, "condition")}; ${conditions.filter(({ reachable }) => reachable === "live-too").length} of them in live runs too, whose plans take seconds.`,
  ];
  for (const { title, conditions: rows } of names.themes) {
    lines.push("", `## ${title}`, "", "| condition | met when | live |", "|---|---|---|");
    for (const { id, sentence, reachable } of rows)
      lines.push(`| \`${id}\` | ${sentence} | ${reachable === "live-too" ? "yes" : "no"} |`);
  }
  lines.push(
    "",
    "## Not yet",
    "",
    "Named, but nothing can meet them so far.",
    "",
    "| condition | met when | missing |",
    "|---|---|---|",
  );
  for (const { id, sentence, reason } of names.notYet) lines.push(`| \`${id}\` | ${sentence} | ${reason} |`);
  lines.push(
    "",
    "## Transitions of a device task",
    "",
    "`from + what happened @ mode of the device > to`, in the states of the oracle's model. Every long simulated campaign",
    `should see these ${names.transitions.length}; ${names.rareTransitions.length} others can happen too.`,
    "",
    ...names.transitions.map((id) => `- \`${id}\``),
    "",
    "Rare:",
    "",
    ...names.rareTransitions.map((id) => `- \`${id}\``),
  );
  return `${lines.join("\n")}\n`;
}
