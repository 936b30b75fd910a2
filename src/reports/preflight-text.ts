/** What `preflight` found, on the screen. Pure. */
import type { TerminalStyle } from "./terminal.ts";
import { count, labelled, spanText } from "./text.ts";

interface Step {
  readonly name: string;
  readonly outcome: "ok" | "set-up fault" | "unclear" | "finding" | "not offered" | "skipped";
  readonly detail: string;
  readonly requirement?: string;
}

interface Wait {
  readonly letter: string;
  readonly title: string;
  readonly wait?: number | undefined;
  readonly why: string;
  readonly simulationOnly: number;
  readonly requirements: number;
}

const SYMBOLS = {
  ok: ["✓", "32"],
  "set-up fault": ["!", "33"],
  unclear: ["?", "33"],
  finding: ["✗", "31"],
  "not offered": ["–", "90"],
  skipped: ["·", "90"],
} as const;

export function renderPreflight(
  target: string,
  profile: string,
  steps: readonly Step[],
  waits: readonly Wait[],
  style: TerminalStyle,
): string {
  const paint = (code: string, text: string) => (style.colours ? `\u001b[${code}m${text}\u001b[0m` : text);
  const lines = [
    `preflight of ${target}, profile ${profile}`,
    "",
    ...steps.flatMap((step) => {
      const [symbol, colour] = SYMBOLS[step.outcome];
      const kind =
        step.outcome === "ok" || step.outcome === "skipped"
          ? ""
          : `${step.outcome}${step.requirement === undefined ? "" : ` ${step.requirement}`}: `;
      const [first = "", ...rest] = labelled(`   ${step.name.padEnd(28)}`, kind + step.detail, style.columns);
      return [` ${paint(colour, symbol)}${first.slice(2)}`, ...rest];
    }),
    "",
    "What one live plan must wait for, by group of requirements:",
    ...waits.flatMap((row) => {
      const wait = row.wait === undefined ? "–" : spanText(rounded(row.wait));
      const label = `   ${row.letter}  ${row.title.padEnd(15)}${wait.padStart(7)}  `;
      return labelled(label, row.why + onlySimulated(row), style.columns);
    }),
    "",
    ...labelled("", conclusion(steps), style.columns),
  ];
  return `${lines.join("\n")}\n`;
}

/** To a tenth of a second. */
const rounded = (milliseconds: number): number => Math.ceil(milliseconds / 100) * 100;

const onlySimulated = (row: Wait): string =>
  row.simulationOnly === 0 || row.wait === undefined
    ? ""
    : ` (${row.simulationOnly} of ${row.requirements} in simulation only)`;

function conclusion(steps: readonly Step[]): string {
  const faults = steps.filter(({ outcome }) => outcome === "set-up fault");
  const doubts = steps.filter(({ outcome }) => outcome === "unclear");
  const findings = steps.filter(({ outcome }) => outcome === "finding");
  const alsoUnclear = doubts.length === 0 ? "" : `, and ${count(doubts.length, "step")} unclear`;
  if (faults.length > 0)
    return `NOT READY: ${count(faults.length, "set-up fault")}${alsoUnclear}. This says nothing about the server's promises.`;
  if (doubts.length > 0)
    return `NOT READY: ${count(doubts.length, "step")} unclear: the adapter or the server is wrong there. Find out which: until then verify may blame the server for the adapter.`;
  if (findings.length > 0) return `READY, and ${count(findings.length, "promise")} of the server broken already.`;
  return "READY: the target can be verified.";
}
