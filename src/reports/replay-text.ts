/** What a replay showed, on the screen and as JSON. Pure. */
import type { Finding } from "../harness/record/finding.ts";
import type { ReplayOutcome } from "../harness/record/replay-outcome.ts";
import type { ReplayMeeting } from "../harness/record/replayed-expectations.ts";
import type { SavedPlan } from "../harness/record/verdict.ts";
import { eventPlaces } from "./event-places.ts";
import { eventLine, planStart } from "./history-text.ts";
import type { TerminalStyle } from "./terminal.ts";
import { count, labelled } from "./text.ts";

/** Events shown before the last one of a finding. */
const CONTEXT = 8;

const HEADS = {
  reproduced: { text: "REPRODUCED", colour: "31" },
  "different-failure": { text: "DIFFERENT FAILURE", colour: "31" },
  passes: { text: "PASSES", colour: "32" },
  inconclusive: { text: "INCONCLUSIVE", colour: "33" },
} as const;

export interface ReplayView {
  readonly saved: SavedPlan;
  readonly outcome: ReplayOutcome;
  /** What it ran on now. */
  readonly target: string;
  /** Where the history leaves the recorded one; absent when that is not known, or when it does not. */
  readonly divergence?: string | undefined;
  /** Where the run was written; absent: nowhere. */
  readonly written?: string | undefined;
}

export function renderReplay(view: ReplayView, style: TerminalStyle): string {
  const { saved, outcome, target } = view;
  const head = HEADS[outcome.kind];
  const title = style.colours ? `\u001b[1;${head.colour}m${head.text}\u001b[0m` : head.text;
  const lines = [
    `${title}  plan ${saved.plan.id} on ${target}`,
    ...outcomeLines(view, style.columns),
    ...(view.written === undefined ? [] : [`  written   ${view.written}`]),
  ];
  return `${lines.join("\n")}\n`;
}

/** What the pass rests on: of the requirement that failed once, then of all others. */
function lookLines({ saved: { requirement }, outcome: { looks } }: ReplayView, width: number): readonly string[] {
  const own = looks.find((look) => look.requirement === requirement);
  const others = looks.filter((look) => look !== own);
  const examined = others.filter((look) => look.examined > 0).map((look) => `${look.requirement} ${look.examined}`);
  const open = others.filter((look) => look.undecided > 0).map((look) => `${look.requirement} ${look.undecided}`);
  return [
    ...(requirement === undefined
      ? []
      : [`  ${requirement}      ${count(own?.examined ?? 0, "event")} examined, ${own?.undecided ?? 0} undecided`]),
    ...(examined.length === 0 ? [] : labelled("  examined  ", examined.join(", "), width)),
    ...(open.length === 0 ? [] : labelled("  undecided ", open.join(", "), width)),
  ];
}

function outcomeLines(view: ReplayView, width: number): readonly string[] {
  const { saved, outcome, divergence } = view;
  const was = saved.requirement ?? "no requirement";
  switch (outcome.kind) {
    case "reproduced":
      return [
        ...findingLines(outcome.finding, width),
        ...(outcome.sameHistory === undefined ? [] : historyLines(outcome.sameHistory, divergence, width)),
        ...contextLines(outcome.finding, outcome.history.events),
      ];
    case "different-failure":
      return [
        `  ${was} failed when it was recorded; now:`,
        ...outcome.findings.flatMap((each) => findingLines(each, width)),
      ];
    case "inconclusive":
      return [
        ...labelled("  ", `${outcome.reason}: whether ${was} holds cannot be said.`, width),
        ...lookLines(view, width),
      ];
    case "passes":
      return [
        ...labelled("  ", `${passesText(saved, outcome.kept)}: ${count(outcome.examined, "event")} examined.`, width),
        ...lookLines(view, width),
        // Of a plan that failed, the history is expected to be another one now.
        ...(saved.requirement !== undefined || outcome.sameHistory === undefined
          ? []
          : historyLines(outcome.sameHistory, divergence, width)),
      ];
  }
}

function passesText({ requirement }: SavedPlan, kept: readonly string[]): string {
  if (requirement === undefined) return "Nothing failed when it was recorded, and nothing does now";
  return kept.includes(requirement)
    ? `${requirement} failed when it was recorded, and holds now`
    : `${requirement} failed when it was recorded; now nothing fails, and ${requirement} was not examined`;
}

/** How the replay of one plan among many ended, and what is to be known of it. */
export interface ReplayLine {
  readonly word: "FIXED" | "REPRODUCED" | "DIFFERENT FAILURE" | "KNOWN" | "WARNS" | "PASSES" | "INCONCLUSIVE" | "ERROR";
  readonly about: string;
}

/**
 * A plan that failed when it was recorded and keeps the same now is fixed; one that passed then, or in which that is not
 * examined any more, passes.
 *
 * @param meeting of this plan alone with what is expected: a failure that is known there, or only warns, says so
 */
export function replayLine(view: ReplayView, meeting?: ReplayMeeting): ReplayLine {
  const line = plainLine(view);
  if (meeting === undefined || meeting.unexpected.length > 0) return line;
  if (meeting.known.length > 0) return { word: "KNOWN", about: meeting.known.join(", ") };
  return meeting.warnings.length > 0 ? { word: "WARNS", about: meeting.warnings.join(", ") } : line;
}

function plainLine({ saved, outcome, divergence }: ReplayView): ReplayLine {
  const was = saved.requirement ?? "";
  switch (outcome.kind) {
    case "reproduced":
      return {
        word: "REPRODUCED",
        about: `${outcome.finding.requirement}${historyRemark(outcome.sameHistory, divergence)}`,
      };
    case "different-failure":
      return {
        word: "DIFFERENT FAILURE",
        about: `${[...new Set(outcome.findings.map(({ requirement }) => requirement))].join(", ")}, recorded: ${was}`,
      };
    case "inconclusive":
      return { word: "INCONCLUSIVE", about: `${was} ${outcome.reason}`.trim() };
    case "passes":
      if (saved.requirement === undefined)
        return { word: "PASSES", about: historyRemark(outcome.sameHistory, divergence).replace(/^, /, "") };
      if (!outcome.kept.includes(saved.requirement)) return { word: "PASSES", about: `${was} was not examined` };
      return { word: "FIXED", about: was };
  }
}

function historyRemark(same: boolean | undefined, divergence: string | undefined): string {
  if (same === undefined || same) return "";
  return `, another history${divergence === undefined ? "" : `: ${divergence}`}`;
}

/** One plan a line: outcome, file, remark; then how many there are of each. */
export function renderReplayLine(line: ReplayLine, file: string, style: TerminalStyle): string {
  const word = line.word.padEnd(WORD_WIDTH);
  const shown = style.colours ? `\u001b[1;${WORD_COLOURS[line.word]}m${word}\u001b[0m` : word;
  return `${shown} ${file}${line.about === "" ? "" : `  ${line.about}`}\n`;
}

const WORD_WIDTH = 17;
const WORD_COLOURS: Readonly<Record<ReplayLine["word"], string>> = {
  FIXED: "32",
  PASSES: "32",
  REPRODUCED: "31",
  "DIFFERENT FAILURE": "31",
  KNOWN: "32",
  WARNS: "33",
  INCONCLUSIVE: "33",
  ERROR: "33",
};

/** `12 plans: 10 reproduced, 2 fixed`. */
export function renderReplayCount(lines: readonly ReplayLine[]): string {
  const words = [...new Set(lines.map(({ word }) => word))].sort();
  const counts = words.map((word) => `${lines.filter((line) => line.word === word).length} ${word.toLowerCase()}`);
  return `${count(lines.length, "plan")}: ${counts.join(", ")}\n`;
}

const findingLines = (finding: Finding, width: number): readonly string[] => [
  `  ${finding.requirement}`,
  ...labelled("  expected  ", finding.expected, width),
  ...labelled("  actual    ", finding.actual, width),
];

function historyLines(same: boolean, divergence: string | undefined, width: number): readonly string[] {
  const label = "  history   ";
  if (same) return [`${label}the same as the recorded one, event by event`];
  return labelled(
    label,
    `differs from the recorded one${divergence === undefined ? "" : `, first at ${divergence}`}`,
    width,
  );
}

function contextLines(finding: Finding, events: Parameters<typeof planStart>[0]): readonly string[] {
  const last = finding.events.at(-1);
  if (last === undefined) return [];
  const first = Math.max(0, last - CONTEXT);
  const start = planStart(events);
  const places = eventPlaces(events);
  const lines = events
    .slice(first, last + 1)
    .map(
      (event, index) =>
        `${finding.events.includes(first + index) ? ">" : " "}${eventLine(event, start, places[first + index])}`,
    );
  return ["", `  the last events, of ${events.length}:`, ...lines];
}

export function replayJson({ saved, outcome, target, divergence }: ReplayView): Readonly<Record<string, unknown>> {
  const { broken, kept, looks } = outcome;
  const plan = { plan: saved.plan.id, recorded: saved.requirement, target, broken, kept, looks };
  switch (outcome.kind) {
    case "reproduced":
      return { outcome: outcome.kind, ...plan, finding: outcome.finding, sameHistory: outcome.sameHistory, divergence };
    case "different-failure":
      return { outcome: outcome.kind, ...plan, findings: outcome.findings };
    case "inconclusive":
      return { outcome: outcome.kind, ...plan, reason: outcome.reason };
    case "passes":
      return {
        outcome: outcome.kind,
        ...plan,
        examined: outcome.examined,
        sameHistory: outcome.sameHistory,
        divergence,
      };
  }
}
