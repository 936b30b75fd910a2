/**
 * A run record on disk: writing it. Reading is in formats.ts and kept-histories.ts; what stands in reports is not here.
 *
 * `run.json` says `incomplete` from the start until the verdict and all evidence are written, so that a record that
 * was cut short is known as such. A failure has a directory: the plan as it ran, the shrunk plan, a history of each.
 */
import path from "node:path";
import { UsageError } from "../../platform/errors.ts";
import { exists, remove, writeJson, writeText } from "../../platform/files.ts";
import type { Plan } from "../../scenarios/plan.ts";
import type { CampaignResult } from "../campaign/campaign.ts";
import type { KeptPlan } from "../execution/plan-runner.ts";
import type { CampaignFailure } from "../failures/failures.ts";
import type { History } from "../history/history.ts";
import { historyHash, historyText } from "../history/history-file.ts";
import type { Meeting } from "../record/expectations.ts";
import type { Finding } from "../record/finding.ts";
import { SAVED_PLAN_FORMAT_VERSION } from "../record/formats.ts";
import { MEETING_FILE } from "../record/meeting-record.ts";
import type { RunRecord, SavedPlan } from "../record/verdict.ts";

/** Where the evidence of a failure stands, relative to the record. */
export const failurePaths = (id: string) => ({
  plan: `failures/${id}/plan.json`,
  history: `failures/${id}/history.ndjson`,
  shrunk: `failures/${id}/shrunk.json`,
  shrunkHistory: `failures/${id}/shrunk-history.ndjson`,
});

/** Directories of a record. */
const EVIDENCE = ["failures", "histories"] as const;

/**
 * Begins a record: marks it incomplete, and removes the evidence of an older record in the same place.
 *
 * @throws UsageError when the directory holds something else; HarnessError when it cannot be written
 */
export async function beginRecord(directory: string, run: RunRecord): Promise<void> {
  for (const name of EVIDENCE) {
    if (!(await exists(path.join(directory, name))) || (await exists(path.join(directory, "run.json")))) continue;
    throw new UsageError("conflict", `${directory} has a directory "${name}" that is not ours: choose another --out`);
  }
  await writeJson(path.join(directory, "run.json"), { ...run, status: "incomplete" } satisfies RunRecord);
  for (const name of [
    ...EVIDENCE,
    "verdict.json",
    "coverage.json",
    "states.json",
    "tasks.json",
    MEETING_FILE,
    "states.png",
    "report.md",
    "report.html",
    "junit.xml",
  ]) {
    await remove(path.join(directory, name));
  }
}

/** What `replay` needs to know besides the plan. */
export interface SavedPlanOrigin {
  readonly fleetproof: string;
  readonly target: string;
  readonly mutant?: string | undefined;
  /** The histories are exact, so that their hashes can be compared. */
  readonly exact: boolean;
}

/** Writes verdict, evidence and states. The record stays incomplete until `completeRecord`. */
export async function writeResult(directory: string, result: CampaignResult, origin: SavedPlanOrigin): Promise<void> {
  for (const failure of result.failures) await writeFailure(directory, failure, origin);
  if (result.states !== undefined) await writeJson(path.join(directory, "states.json"), result.states);
  await writeJson(path.join(directory, "coverage.json"), result.coverage);
  await writeJson(path.join(directory, "tasks.json"), result.tasks);
  await writeJson(path.join(directory, "verdict.json"), result.verdict);
}

export const writeMeeting = (directory: string, meeting: Meeting): Promise<void> =>
  writeJson(path.join(directory, MEETING_FILE), meeting);

export async function completeRecord(directory: string, run: RunRecord, finishedAt: string): Promise<void> {
  await writeJson(path.join(directory, "run.json"), { ...run, status: "complete", finishedAt } satisfies RunRecord);
}

async function writeFailure(directory: string, failure: CampaignFailure, origin: SavedPlanOrigin): Promise<void> {
  const files = failurePaths(failure.id);
  const { plan, finding, history, shrunk, shrunkFinding, shrunkHistory } = failure;
  await writeJson(path.join(directory, files.plan), savedPlan(plan, finding, history, origin));
  await writeText(path.join(directory, files.history), historyText(history));
  await writeJson(path.join(directory, files.shrunk), savedPlan(shrunk, shrunkFinding, shrunkHistory, origin));
  await writeText(path.join(directory, files.shrunkHistory), historyText(shrunkHistory));
}

/** Writes a history that is kept though nothing is wrong with it: `histories/<plan>/plan.json` and `history.ndjson`. */
export async function writeKept(directory: string, kept: KeptPlan, origin: SavedPlanOrigin): Promise<void> {
  const folder = path.join(directory, "histories", kept.plan.id);
  await writeJson(path.join(folder, "plan.json"), saved(kept.plan, undefined, kept.historyHash, origin));
  await writeText(path.join(folder, "history.ndjson"), kept.history);
}

/** A plan as it is saved: with the finding that it showed, and in simulation the hash of the history that showed it. */
export const savedPlan = (plan: Plan, finding: Finding, history: History, origin: SavedPlanOrigin): SavedPlan =>
  saved(plan, finding, historyHash(history), origin);

/** Writes a run of a plan, whatever it showed: `plan.json` and `history.ndjson`, for `replay` and `recheck`. */
export async function writeRun(
  directory: string,
  { plan, history, finding }: { readonly plan: Plan; readonly history: History; readonly finding: Finding | undefined },
  origin: SavedPlanOrigin,
): Promise<void> {
  await writeJson(path.join(directory, "plan.json"), saved(plan, finding, historyHash(history), origin));
  await writeText(path.join(directory, "history.ndjson"), historyText(history));
}

function saved(plan: Plan, finding: Finding | undefined, hash: string, origin: SavedPlanOrigin): SavedPlan {
  const { fleetproof, target, mutant, exact } = origin;
  return {
    formatVersion: SAVED_PLAN_FORMAT_VERSION,
    fleetproof,
    target,
    ...(mutant === undefined ? {} : { mutant }),
    ...(finding === undefined
      ? {}
      : { requirement: finding.requirement, expected: finding.expected, actual: finding.actual }),
    ...(exact ? { historyHash: hash } : {}),
    plan,
  };
}
