/** Exit codes of every command. A code is a promise to scripts: it never changes its meaning. */
import type { CampaignOutcome } from "../harness/record/verdict.ts";

export const EXIT_CODES = [
  { code: 0, name: "pass", meaning: "the target kept its promises, or the command did its work" },
  { code: 1, name: "fail", meaning: "a requirement is broken, or a replay failed again" },
  { code: 2, name: "inconclusive", meaning: "nothing can be concluded, or the set-up does not work" },
  { code: 64, name: "usage", meaning: "the command line, or a file named on it, is wrong" },
  { code: 70, name: "bug", meaning: "a bug in Fleetproof" },
  { code: 99, name: "threshold", meaning: "a threshold of load is crossed" },
] as const;

export type ExitCode = (typeof EXIT_CODES)[number]["code"];
type ExitName = (typeof EXIT_CODES)[number]["name"];

const codeOf = (name: ExitName): ExitCode => EXIT_CODES.find((row) => row.name === name)?.code ?? 70;

export const EXIT_PASS = codeOf("pass");
export const EXIT_FAIL = codeOf("fail");
export const EXIT_INCONCLUSIVE = codeOf("inconclusive");
export const EXIT_USAGE = codeOf("usage");
export const EXIT_BUG = codeOf("bug");
export const EXIT_THRESHOLD = codeOf("threshold");

/** Exit code of a campaign. */
export const exitCodeOf = (outcome: CampaignOutcome): ExitCode => codeOf(outcome);

/** The worse of two: a broken promise outweighs an inconclusive run, which outweighs a pass. */
export function worse(a: ExitCode, b: ExitCode): ExitCode {
  const order: readonly ExitCode[] = [0, 2, 99, 1, 64, 70];
  return order.indexOf(a) >= order.indexOf(b) ? a : b;
}
