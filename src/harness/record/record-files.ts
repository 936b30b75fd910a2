/**
 * A run record on disk: writing it, and reading what other commands need of it. What stands in reports is not here.
 *
 * `run.json` says `incomplete` from the start until the verdict and all evidence are written, so that a record that
 * was cut short is known as such. A failure has a directory: the plan as it ran, the shrunk plan, a history of each.
 */
import path from "node:path";
import { z } from "zod";
import { UsageError } from "../../platform/errors.ts";
import { exists, readJson, readText, remove, writeJson, writeText } from "../../platform/files.ts";
import { PLAN_FORMAT_VERSION, type Plan } from "../../scenarios/plan.ts";
import type { CampaignResult } from "../campaign.ts";
import type { CampaignFailure } from "../failures.ts";
import type { History } from "../history.ts";
import { historyHash, historyLines } from "../history-file.ts";
import type { Finding } from "./finding.ts";
import { type RunRecord, SavedPlan } from "./verdict.ts";

export const SAVED_PLAN_FORMAT_VERSION = 1;

/** Where the evidence of a failure stands, relative to the record. */
export const failurePaths = (id: string) => ({
  plan: `failures/${id}/plan.json`,
  history: `failures/${id}/history.ndjson`,
  shrunk: `failures/${id}/shrunk.json`,
  shrunkHistory: `failures/${id}/shrunk-history.ndjson`,
});

/**
 * Begins a record: marks it incomplete, and removes the evidence of an older record in the same place.
 *
 * @throws UsageError when the directory holds something else; HarnessError when it cannot be written
 */
export async function beginRecord(directory: string, run: RunRecord): Promise<void> {
  const evidence = path.join(directory, "failures");
  if ((await exists(evidence)) && !(await exists(path.join(directory, "run.json")))) {
    throw new UsageError("conflict", `${directory} has a directory "failures" that is not ours: choose another --out`);
  }
  await writeJson(path.join(directory, "run.json"), { ...run, status: "incomplete" } satisfies RunRecord);
  for (const name of ["failures", "verdict.json", "states.json", "states.png", "report.md"]) {
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
  await writeJson(path.join(directory, "verdict.json"), result.verdict);
}

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

const historyText = (history: History): string => `${[...historyLines(history)].join("\n")}\n`;

/** A plan as it is saved: with the finding that it showed, and in simulation the hash of the history that showed it. */
export function savedPlan(plan: Plan, finding: Finding, history: History, origin: SavedPlanOrigin): SavedPlan {
  return {
    formatVersion: SAVED_PLAN_FORMAT_VERSION,
    fleetproof: origin.fleetproof,
    target: origin.target,
    ...(origin.mutant === undefined ? {} : { mutant: origin.mutant }),
    requirement: finding.requirement,
    expected: finding.expected,
    actual: finding.actual,
    ...(origin.exact ? { historyHash: historyHash(history) } : {}),
    plan,
  };
}

/**
 * Reads a saved plan.
 *
 * @throws HarnessError `file-not-found`, `file-not-readable`, `file-not-json`
 * @throws UsageError `bad-file`: from a newer Fleetproof, naming the version needed; or no saved plan, naming the field
 */
export async function readSavedPlan(file: string): Promise<SavedPlan> {
  return parseSavedPlan(await readJson(file), file);
}

/**
 * Compares a history with the one that was recorded beside a saved plan.
 *
 * @param file the saved plan
 * @returns the first event that differs: `event 12, recorded as {…}, now {…}`; `undefined` when there is no recorded one
 */
export async function firstDivergence(file: string, history: History): Promise<string | undefined> {
  const beside = path.basename(file) === "shrunk.json" ? "shrunk-history.ndjson" : "history.ndjson";
  const recordedFile = path.join(path.dirname(file), beside);
  if (!(await exists(recordedFile))) return undefined;
  const recorded = (await readText(recordedFile)).trimEnd().split("\n");
  const now = [...historyLines(history)];
  for (let line = 0; line < Math.max(recorded.length, now.length); line++) {
    if (recorded[line] === now[line]) continue;
    const place = line === 0 ? "the header" : `event ${line - 1}`;
    return `${place}, recorded as ${excerpt(recorded[line])}, now ${excerpt(now[line])}`;
  }
  return undefined;
}

const excerpt = (line: string | undefined): string => (line === undefined ? "nothing" : line.slice(0, 200));

const Versions = z.object({
  formatVersion: z.number().optional(),
  fleetproof: z.string().optional(),
  plan: z.object({ formatVersion: z.number().optional() }).optional(),
});

/** @param file named in the messages */
export function parseSavedPlan(value: unknown, file: string): SavedPlan {
  const versions = Versions.safeParse(value);
  if (versions.success) refuseNewer(versions.data, file);
  const saved = SavedPlan.safeParse(value);
  if (saved.success) return saved.data;
  throw new UsageError("bad-file", `${file} is not a saved plan: ${issueText(saved.error)}`);
}

function refuseNewer(versions: z.infer<typeof Versions>, file: string): void {
  const parts = [
    { what: "saved plan", found: versions.formatVersion ?? 0, known: SAVED_PLAN_FORMAT_VERSION },
    { what: "plan", found: versions.plan?.formatVersion ?? 0, known: PLAN_FORMAT_VERSION },
  ];
  const newer = parts.find(({ found, known }) => found > known);
  if (newer === undefined) return;
  const needed = versions.fleetproof === undefined ? "a newer version" : `version ${versions.fleetproof} or newer`;
  throw new UsageError(
    "bad-file",
    `${file} has ${newer.what} format ${newer.found}, this version reads up to ${newer.known}: use Fleetproof ${needed}`,
  );
}

/** The first thing wrong, with its place: `plan.operations.3.at: expected number`. */
export function issueText(error: z.ZodError): string {
  const [issue] = error.issues;
  if (issue === undefined) return "it does not fit";
  const place = issue.path.map(String).join(".");
  return place === "" ? issue.message : `${place}: ${issue.message}`;
}
