/**
 * The formats of files, and refusing a file that a newer Fleetproof wrote. One rule for saved plans, plans, histories,
 * verdicts and run records: an older format is read for ever, a newer one is refused with what to do about it.
 */
import { z } from "zod";
import { UsageError } from "../../platform/errors.ts";
import { readJson } from "../../platform/files.ts";
import { nearest } from "../../protocol/nearest.ts";
import { PLAN_FORMAT_VERSION } from "../../scenarios/plan.ts";
import { HISTORY_FORMAT_VERSION } from "../history/history-schema.ts";
import { FLEET_FORMAT_VERSION, FleetResult } from "./fleet-result.ts";
import { LOAD_FORMAT_VERSION, LoadResult } from "./load-result.ts";
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
const LOAD: FormatRow = { what: "load result", version: LOAD_FORMAT_VERSION };
const FLEET: FormatRow = { what: "fleet result", version: FLEET_FORMAT_VERSION };
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

/** `load.json`. @throws UsageError `bad-file`; HarnessError when it cannot be read */
export async function readLoadResult(file: string): Promise<LoadResult> {
  const value = await readJson(file);
  refuseNewer(LOAD, value, file);
  return parsed(LoadResult, LOAD, value, file);
}

/** `fleet.json`. @throws UsageError `bad-file`; HarnessError when it cannot be read */
export async function readFleetResult(file: string): Promise<FleetResult> {
  const value = await readJson(file);
  refuseNewer(FLEET, value, file);
  return parsed(FleetResult, FLEET, value, file);
}

function parsed<T>(schema: z.ZodType<T>, row: FormatRow, value: unknown, file: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new UsageError("bad-file", `${file} is not a ${row.what}: ${issueText(result.error, { value, schema })}`);
}

/**
 * The first thing wrong, with its place: `plan.operations.3.at: expected number`. A misspelt field comes before those that
 * are missing: it is most likely one of them.
 *
 * @param read what was read and by which schema: tells what is missing, and which name was meant
 */
export function issueText(error: z.ZodError, read?: { readonly value: unknown; readonly schema: z.ZodType }): string {
  const { issues } = error;
  const misspelt = issues.map((issue) => misspeltField(issue, read?.schema)).find((text) => text !== undefined);
  const [issue] = issues;
  if (misspelt !== undefined || issue === undefined) return misspelt ?? "it does not fit";
  const place = issue.path.map(String).join(".");
  const message = read !== undefined && isMissing(issue, read.value) ? `is missing: ${issue.message}` : issue.message;
  return place === "" ? message : `${place}: ${message}`;
}

/** An unknown field of the whole, where a known one is close. */
function misspeltField(issue: z.core.$ZodIssue, schema: z.ZodType | undefined): string | undefined {
  if (issue.code !== "unrecognized_keys" || issue.path.length > 0 || !(schema instanceof z.ZodObject)) return undefined;
  const known = Object.keys(schema.shape);
  const name = issue.keys.find((key) => nearest(key, known) !== undefined);
  return name === undefined ? undefined : `unknown field "${name}": did you mean ${nearest(name, known)}?`;
}

const isMissing = ({ code, path }: z.core.$ZodIssue, value: unknown): boolean =>
  (code === "invalid_type" || code === "invalid_value") &&
  path.length > 0 &&
  path.reduce((part: unknown, key) => (part as Record<PropertyKey, unknown> | null | undefined)?.[key], value) ===
    undefined;
