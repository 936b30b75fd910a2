/** What a replay showed, on the screen and as JSON. Pure. */
import type { Finding } from "../harness/record/finding.ts";
import type { ReplayOutcome } from "../harness/record/replay-outcome.ts";
import type { SavedPlan } from "../harness/record/verdict.ts";
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
}

export function renderReplay(view: ReplayView, style: TerminalStyle): string {
  const { saved, outcome, target } = view;
  const head = HEADS[outcome.kind];
  const title = style.colours ? `\u001b[1;${head.colour}m${head.text}\u001b[0m` : head.text;
  const lines = [`${title}  plan ${saved.plan.id} on ${target}`, ...outcomeLines(view, style.columns)];
  return `${lines.join("\n")}\n`;
}

function outcomeLines({ saved, outcome, divergence }: ReplayView, width: number): readonly string[] {
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
      return labelled("  ", `${outcome.reason}: whether ${was} holds cannot be said.`, width);
    case "passes":
      return labelled(
        "  ",
        `${was} failed when it was recorded, and holds now: ${count(outcome.examined, "event")} examined.`,
        width,
      );
  }
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
  const lines = events
    .slice(first, last + 1)
    .map((event, index) => `${finding.events.includes(first + index) ? ">" : " "}${eventLine(event, start)}`);
  return ["", `  the last events, of ${events.length}:`, ...lines];
}

export function replayJson({ saved, outcome, target, divergence }: ReplayView): unknown {
  const plan = { plan: saved.plan.id, recorded: saved.requirement, target };
  switch (outcome.kind) {
    case "reproduced":
      return { outcome: outcome.kind, ...plan, finding: outcome.finding, sameHistory: outcome.sameHistory, divergence };
    case "different-failure":
      return { outcome: outcome.kind, ...plan, findings: outcome.findings };
    case "inconclusive":
      return { outcome: outcome.kind, ...plan, reason: outcome.reason };
    case "passes":
      return { outcome: outcome.kind, ...plan, examined: outcome.examined };
  }
}
