/** Records of any kind: what `verify`, `load` or `fleet` has written, and which reports can be made of it. */
import path from "node:path";
import { COVERAGE_NAMES } from "../../harness/coverage/coverage-names.ts";
import type { FleetResult } from "../../harness/record/fleet-result.ts";
import { readFleetResult, readLoadResult } from "../../harness/record/formats.ts";
import type { LoadResult } from "../../harness/record/load-result.ts";
import { type ReadRecord, readRecord } from "../../harness/saved/read-record.ts";
import { exists } from "../../platform/files.ts";
import { renderCoverage } from "../../reports/coverage-text.ts";
import { REPORT_FORMATS, type ReportFile, type ReportTools } from "../../reports/formats.ts";
import type { ReportView } from "../../reports/report-view.ts";
import { REQUIREMENTS } from "../../scenarios/requirements.ts";
import { FLEET_FILE } from "../fleet/write-fleet.ts";
import { LOAD_FORMATS, viewOfFleet, viewOfLoad } from "../load/load-report.ts";
import { LOAD_FILE } from "../load/write-load.ts";
import type { Services } from "../services.ts";

export type AnyRecord =
  | { readonly kind: "load"; readonly directory: string; readonly result: LoadResult }
  | { readonly kind: "fleet"; readonly directory: string; readonly result: FleetResult }
  | { readonly kind: "verify"; readonly directory: string; readonly record: ReadRecord };

/** @throws UsageError `bad-file`; HarnessError when it cannot be read */
export async function readAnyRecord(directory: string): Promise<AnyRecord> {
  const file = (name: string) => path.join(directory, name);
  if (await exists(file(LOAD_FILE))) return { kind: "load", directory, result: await readLoadResult(file(LOAD_FILE)) };
  if (await exists(file(FLEET_FILE)))
    return { kind: "fleet", directory, result: await readFleetResult(file(FLEET_FILE)) };
  return { kind: "verify", directory, record: await readRecord(directory) };
}

/** The main document of the record. */
export const dataOf = (record: AnyRecord): unknown =>
  record.kind === "verify" ? record.record.verdict : record.result;

/** A format, and the record that it is made of. */
export interface BoundFormat {
  readonly name: string;
  readonly files: () => readonly ReportFile[] | Promise<readonly ReportFile[]>;
  readonly printed?: (() => string) | undefined;
}

export function formatsOf(record: AnyRecord, services: Services): readonly BoundFormat[] {
  switch (record.kind) {
    case "load":
      return bound(LOAD_FORMATS, viewOfLoad(record.result), services);
    case "fleet":
      return bound(LOAD_FORMATS, viewOfFleet(record.result), services);
    case "verify":
      return bound(REPORT_FORMATS, viewOfVerdict(record.record, services), services);
  }
}

interface Format<View> {
  readonly name: string;
  readonly files: (view: View, tools: ReportTools) => readonly ReportFile[] | Promise<readonly ReportFile[]>;
  readonly printed?: (view: View) => string;
}

function bound<View>(formats: readonly Format<View>[], view: View, tools: ReportTools): readonly BoundFormat[] {
  return formats.map(({ name, files, printed }) => ({
    name,
    files: () => files(view, tools),
    printed: printed === undefined ? undefined : () => printed(view),
  }));
}

function viewOfVerdict(
  { directory, run, verdict, coverage, states, tasks, expectations, evidence }: ReadRecord,
  services: Services,
): ReportView {
  const live = !run.target.startsWith("sim");
  return {
    verdict,
    catalogue: REQUIREMENTS,
    evidence,
    replayCommand: ({ shrunk }) => `${services.program} replay ${path.join(directory, shrunk)}`,
    shrinkCommand: ({ plan }) => `${services.program} shrink ${path.join(directory, plan)} --shrink-budget 2m`,
    coverage: coverage === undefined ? "" : renderCoverage(coverage, COVERAGE_NAMES, { live }),
    states,
    tasks,
    expectations,
    ...(states === undefined ? {} : { chart: "states.png" }),
  };
}
