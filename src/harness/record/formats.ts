/**
 * The formats of files, and refusing a file that a newer Fleetproof wrote. One rule for saved plans, plans, histories,
 * verdicts and run records: an older format is read for ever, a newer one is refused with what to do about it.
 */
import { z } from "zod";
import { UsageError } from "../../platform/errors.ts";
import { readJson } from "../../platform/files.ts";
import { PLAN_FORMAT_VERSION } from "../../scenarios/plan.ts";
import { HISTORY_FORMAT_VERSION } from "../history-schema.ts";
import { RunRecord, SavedPlan, VERDICT_FORMAT_VERSION, Verdict } from "./verdict.ts";

export const SAVED_PLAN_FORMAT_VERSION = 1;
export const RUN_RECORD_FORMAT_VERSION = 1;

interface FormatRow {
  /** What the file is called in messages. */
  readonly what: string;
  /** The newest format that this version reads. */
  readonly version: number;
}

const SAVED_PLAN: FormatRow = { what: "saved plan", version: SAVED_PLAN_FORMAT_VERSION };
const PLAN: FormatRow = { what: "plan", version: PLAN_FORMAT_VERSION };
const VERDICT: FormatRow = { what: "verdict", version: VERDICT_FORMAT_VERSION };
const RUN_RECORD: FormatRow = { what: "run record", version: RUN_RECORD_FORMAT_VERSION };
const HISTORY: FormatRow = { what: "history", version: HISTORY_FORMAT_VERSION };

const Versioned = z.object({ formatVersion: z.number(), fleetproof: z.string().optional().catch(undefined) });

/** @throws UsageError `bad-file` when `value` says that it has a newer format; anything else passes */
function refuseNewer(row: FormatRow, value: unknown, file: string, writtenBy?: string): void {
  const versioned = Versioned.safeParse(value);
  if (!versioned.success || versioned.data.formatVersion <= row.version) return;
  const { formatVersion, fleetproof = writtenBy } = versioned.data;
  const needed =
    fleetproof === undefined ? "a newer Fleetproof" : `the Fleetproof that wrote it (${fleetproof}) or newer`;
  throw new UsageError(
    "bad-file",
    `${file}: ${row.what} format ${formatVersion} is newer than this version reads (${row.version}): use ${needed}`,
  );
}

/**
 * @throws UsageError `bad-file`: from a newer Fleetproof, or no saved plan, naming the field
 * @throws HarnessError `file-not-found`, `file-not-readable`, `file-not-json`
 */
export async function readSavedPlan(file: string): Promise<SavedPlan> {
  return parseSavedPlan(await readJson(file), file);
}

function parseSavedPlan(value: unknown, file: string): SavedPlan {
  refuseNewer(SAVED_PLAN, value, file);
  const outside = z.object({ plan: z.unknown(), fleetproof: z.string().optional().catch(undefined) }).safeParse(value);
  if (outside.success) refuseNewer(PLAN, outside.data.plan, file, outside.data.fleetproof);
  return parsed(SavedPlan, SAVED_PLAN, value, file);
}

/** Refuses the header of a history of a newer format; whether it is one at all is for its schema. */
export const refuseNewerHistory = (header: unknown, file: string): void => refuseNewer(HISTORY, header, file);

/** @throws UsageError `bad-file`; HarnessError when it cannot be read */
export async function readVerdict(file: string): Promise<Verdict> {
  const value = await readJson(file);
  refuseNewer(VERDICT, value, file);
  return parsed(Verdict, VERDICT, value, file);
}

/** @throws UsageError `bad-file`; HarnessError when it cannot be read */
export async function readRunRecord(file: string): Promise<RunRecord> {
  const value = await readJson(file);
  refuseNewer(RUN_RECORD, value, file);
  return parsed(RunRecord, RUN_RECORD, value, file);
}

function parsed<T>(schema: z.ZodType<T>, row: FormatRow, value: unknown, file: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new UsageError("bad-file", `${file} is not a ${row.what}: ${issueText(result.error)}`);
}

/** The first thing wrong, with its place: `plan.operations.3.at: expected number`. */
export function issueText(error: z.ZodError): string {
  const [issue] = error.issues;
  if (issue === undefined) return "it does not fit";
  const place = issue.path.map(String).join(".");
  return place === "" ? issue.message : `${place}: ${issue.message}`;
}
