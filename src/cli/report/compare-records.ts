/** `report` of several records: what changed from the first to the last of them. */
import path from "node:path";
import { compare } from "../../harness/record/comparison.ts";
import type { FleetResult } from "../../harness/record/fleet-result.ts";
import type { LoadResult } from "../../harness/record/load-result.ts";
import { compareMeasured } from "../../harness/record/measured-comparison.ts";
import { UsageError } from "../../platform/errors.ts";
import { writeText } from "../../platform/files.ts";
import { PERCENTS } from "../../reports/charts/percents.ts";
import { COMPARISON_FORMATS, type ComparisonFormat } from "../../reports/comparison/comparison-formats.ts";
import { measuredSheet } from "../../reports/comparison/measured-sheet.ts";
import type { Sheet } from "../../reports/comparison/sheet.ts";
import { renderSheetText } from "../../reports/comparison/sheet-text.ts";
import { verdictSheet } from "../../reports/comparison/verdict-sheet.ts";
import type { CommandIo } from "../io.ts";
import { viewOfFleet, viewOfLoad } from "../load/load-report.ts";
import type { AnyRecord } from "./any-record.ts";

export interface ComparisonOptions {
  /** Of the files; without `out`, the one that is printed. */
  readonly formats?: readonly ComparisonFormat[] | undefined;
  /** Directory of the files. */
  readonly out?: string | undefined;
  readonly json: boolean;
}

/** What is written when nobody says what. */
const WRITTEN = COMPARISON_FORMATS.filter(({ name }) => name !== "text");

/**
 * @param records two at least
 * @throws UsageError `conflict`: of different kinds, or several formats for one stream; HarnessError `file-not-writable`
 */
export async function compareRecords(
  records: readonly AnyRecord[],
  { formats, out, json }: ComparisonOptions,
  io: CommandIo,
): Promise<void> {
  refuseStrays(records);
  if (out === undefined && (formats?.length ?? 1) > 1)
    throw new UsageError("conflict", "--format: one format can be printed; --out DIR writes several");
  const { data, sheet } = comparisonOf(records);
  const printed = out === undefined ? formats?.[0]?.render : undefined;
  io.out(json ? `${JSON.stringify(data, null, 2)}\n` : (printed ?? renderSheetText)(sheet));
  if (out === undefined) return;
  for (const { file, render } of formats ?? WRITTEN) await writeText(path.join(out, file), render(sheet));
}

function refuseStrays(records: readonly AnyRecord[]): void {
  const [first] = records;
  const stray = records.find(({ kind }) => kind !== first?.kind);
  if (first === undefined || stray === undefined) return;
  throw new UsageError(
    "conflict",
    `${first.directory} is a record of ${first.kind}, ${stray.directory} one of ${stray.kind}: they cannot be compared; give records of one command`,
  );
}

function comparisonOf(records: readonly AnyRecord[]): { readonly data: unknown; readonly sheet: Sheet } {
  const verdicts = records.flatMap((each) =>
    each.kind === "verify" ? [{ name: each.directory, verdict: each.record.verdict }] : [],
  );
  if (verdicts.length > 0) {
    const data = compare(verdicts);
    return { data, sheet: verdictSheet(data) };
  }
  const measured = records.flatMap((each) =>
    each.kind === "verify" ? [] : [{ name: each.directory, result: each.result, spans: spansOf(each) }],
  );
  const data = compareMeasured(measured, PERCENTS);
  return { data, sheet: measuredSheet(data) };
}

const spansOf = (record: { kind: "load"; result: LoadResult } | { kind: "fleet"; result: FleetResult }) =>
  (record.kind === "load" ? viewOfLoad(record.result) : viewOfFleet(record.result)).latencies;
