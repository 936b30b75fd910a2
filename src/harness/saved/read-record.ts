/**
 * Reads a run record from disk, whole, for whoever renders or compares it.
 *
 * A failure's evidence is its smallest plan and the history of that. Which of its events show the violation is found
 * by judging the history again; where today's checkers do not find it any more, no event is marked.
 */
import path from "node:path";
import type { z } from "zod";
import { UsageError } from "../../platform/errors.ts";
import { exists, kindOf, readJson } from "../../platform/files.ts";
import type { Plan } from "../../scenarios/plan.ts";
import type { History, HistoryEvent, HistoryHeader } from "../history/history.ts";
import { readHistory } from "../history/history-file.ts";
import { createOracle } from "../oracle/oracle.ts";
import { CoverageRecord } from "../record/coverage-record.ts";
import type { Meeting } from "../record/expectations.ts";
import type { Finding } from "../record/finding.ts";
import { issueText, readRunRecord, readSavedPlan, readVerdict } from "../record/formats.ts";
import { historyBeside } from "../record/kept-histories.ts";
import { MEETING_FILE, MeetingRecord } from "../record/meeting-record.ts";
import { TaskRecord } from "../record/task-record.ts";
import { type FailureSummary, type RunRecord, StateSeries, type Verdict } from "../record/verdict.ts";

export interface ReadRecord {
  readonly directory: string;
  readonly run: RunRecord;
  readonly verdict: Verdict;
  readonly coverage: CoverageRecord | undefined;
  readonly states: StateSeries | undefined;
  readonly tasks: TaskRecord | undefined;
  /** How the verdict met what was expected; absent: nothing was. */
  readonly expectations: Meeting | undefined;
  /** By the failure's id. */
  readonly evidence: ReadonlyMap<string, Evidence>;
}

export interface Evidence {
  readonly plan: Plan;
  readonly history: History;
  readonly finding: Finding;
}

/** @throws UsageError `bad-file`: no record, or one that was cut short; HarnessError when it cannot be read */
export async function readRecord(directory: string): Promise<ReadRecord> {
  const file = (name: string) => path.join(directory, name);
  if ((await kindOf(directory)) !== "directory" || !(await exists(file("run.json"))))
    throw new UsageError(
      "bad-file",
      `${directory} is no run record: it has no run.json. verify writes one, with --out`,
    );
  const run = await readRunRecord(file("run.json"));
  if (!(await exists(file("verdict.json"))))
    throw new UsageError("bad-file", `${directory} was cut short before there was a verdict: run it again`);
  const verdict = await readVerdict(file("verdict.json"));
  const evidence = new Map<string, Evidence>();
  for (const failure of verdict.failures) {
    const found = await readEvidence(directory, failure);
    if (found !== undefined) evidence.set(failure.id, found);
  }
  return {
    directory,
    run,
    verdict,
    coverage: await optional(file("coverage.json"), CoverageRecord),
    states: await optional(file("states.json"), StateSeries),
    tasks: await optional(file("tasks.json"), TaskRecord),
    expectations: await optional(file(MEETING_FILE), MeetingRecord),
    evidence,
  };
}

/** `undefined` when the record was copied without it. */
async function readEvidence(directory: string, failure: FailureSummary): Promise<Evidence | undefined> {
  const file = path.join(directory, failure.shrunk);
  const beside = historyBeside(file);
  if (!(await exists(file)) || !(await exists(beside))) return undefined;
  const { plan } = await readSavedPlan(file);
  const { history, findings } = await judgeAgain(beside, plan);
  const same = findings.filter(({ requirement }) => requirement === failure.requirement);
  const found = same.find(({ actual }) => actual === failure.actual) ?? same[0];
  const { requirement, expected, actual } = failure;
  return { plan, history, finding: found ?? { requirement, events: [], expected, actual } };
}

async function judgeAgain(
  file: string,
  plan: Plan,
): Promise<{ readonly history: History; readonly findings: readonly Finding[] }> {
  const events: HistoryEvent[] = [];
  const headers: HistoryHeader[] = [];
  await readHistory(file, (header) => {
    headers.push(header);
    return (event) => void events.push(event);
  });
  const [header] = headers;
  if (header === undefined) throw new UsageError("bad-file", `${file} has no header`);
  const oracle = createOracle(plan, header);
  for (const event of events) oracle.step(event);
  return { history: { header, events }, findings: oracle.end().tallies.flatMap((tally) => tally.findings) };
}

async function optional<T>(file: string, schema: z.ZodType<T>): Promise<T | undefined> {
  if (!(await exists(file))) return undefined;
  const result = schema.safeParse(await readJson(file));
  if (result.success) return result.data;
  throw new UsageError("bad-file", `${file} does not fit: ${issueText(result.error)}`);
}
