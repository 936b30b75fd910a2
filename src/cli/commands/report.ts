/** `report`: renders a run record in any format, or compares several. Runs nothing and judges nothing anew. */
import path from "node:path";
import { z } from "zod";
import { COVERAGE_NAMES } from "../../harness/coverage/coverage-names.ts";
import { type ReadRecord, readRecord } from "../../harness/read-record.ts";
import { compare } from "../../harness/record/comparison.ts";
import { readFleetResult, readLoadResult } from "../../harness/record/formats.ts";
import { UsageError } from "../../platform/errors.ts";
import { exists, writeText } from "../../platform/files.ts";
import { nearest } from "../../protocol/nearest.ts";
import { renderComparison } from "../../reports/comparison-text.ts";
import { renderCoverage } from "../../reports/coverage-text.ts";
import { REPORT_FORMATS, type ReportFile, type ReportTools } from "../../reports/formats.ts";
import type { ReportView } from "../../reports/report-view.ts";
import { REQUIREMENTS } from "../../scenarios/requirements.ts";
import { defineCommand, Flag, List, Text } from "../command.ts";
import { EXIT_PASS, type ExitCode } from "../exit-codes.ts";
import { FLEET_FILE } from "../fleet/write-fleet.ts";
import type { CommandIo } from "../io.ts";
import { LOAD_FORMATS, viewOfFleet, viewOfLoad } from "../load/load-report.ts";
import { LOAD_FILE } from "../load/write-load.ts";
import { asUsage } from "../named-files.ts";
import type { Services } from "../services.ts";

const NAMES = REPORT_FORMATS.map(({ name }) => name);

export const REPORT = defineCommand({
  name: "report",
  about:
    "Renders a record of verify, load or fleet, or compares several of verify: what each target keeps, and what changed from the first to the last.",
  positional: {
    name: "records",
    about: "directories that verify, load, fleet or merge has written with --out",
    many: true,
  },
  options: [
    {
      name: "format",
      value: "NAMES",
      about: `with commas between them: ${REPORT_FORMATS.map(({ name, about }) => `${name}, ${about}`).join("; ")}`,
      presetText: "html",
    },
    { name: "out", value: "DIR", about: "where to write; for a comparison, comparison.md", presetText: "the record" },
    { name: "json", about: "print the verdict, or the comparison, as one JSON document; write nothing" },
  ],
  examples: [
    "report fleetproof-out --format junit,badge",
    "report fleetproof-out --format pcapng --out captures",
    "report before after",
  ],
  schema: z.strictObject({
    records: z.array(Text).min(1),
    format: List.optional(),
    out: Text.optional(),
    json: Flag,
  }),
  async run({ records: directories, format, out, json }, services, io) {
    const names = checkFormats(format ?? ["html"]);
    const [only = "", ...others] = directories;
    if (others.length === 0) {
      const record = await asUsage("", () => readAny(only, services));
      if (json) io.out(`${JSON.stringify(record.data, null, 2)}\n`);
      else await writeFormats(record, names, out ?? only, io);
      return EXIT_PASS;
    }
    if (format !== undefined) throw new UsageError("conflict", "--format is for one record: a comparison is Markdown");
    const records: ReadRecord[] = [];
    for (const directory of directories) records.push(await asUsage("", () => readRecord(directory)));
    return showComparison(records, out, json, io);
  },
});

function checkFormats(names: readonly string[]): readonly string[] {
  for (const name of names) {
    if (NAMES.includes(name)) continue;
    const near = nearest(name, NAMES);
    throw new UsageError(
      "bad-value",
      `--format: there is no format "${name}": ${near === undefined ? `the formats are ${NAMES.join(", ")}` : `did you mean ${near}?`}`,
    );
  }
  return names;
}

/** A record of any kind, with what can be made of it. */
interface AnyRecord {
  readonly directory: string;
  /** What `--json` prints. */
  readonly data: unknown;
  readonly formats: readonly BoundFormat[];
  /** Why a format that it has can be without files. */
  readonly nothing: string;
}

interface BoundFormat {
  readonly name: string;
  readonly files: () => readonly ReportFile[] | Promise<readonly ReportFile[]>;
  readonly printed?: (() => string) | undefined;
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

/** What `verify`, `load` or `fleet` has written. */
async function readAny(directory: string, services: Services): Promise<AnyRecord> {
  const file = (name: string) => path.join(directory, name);
  const nothing = "has nothing for it";
  if (await exists(file(LOAD_FILE))) {
    const load = await readLoadResult(file(LOAD_FILE));
    return { directory, data: load, formats: bound(LOAD_FORMATS, viewOfLoad(load), services), nothing };
  }
  if (await exists(file(FLEET_FILE))) {
    const fleet = await readFleetResult(file(FLEET_FILE));
    return { directory, data: fleet, formats: bound(LOAD_FORMATS, viewOfFleet(fleet), services), nothing };
  }
  const record = await readRecord(directory);
  const formats = bound(REPORT_FORMATS, viewOf(record, services), services);
  return { directory, data: record.verdict, formats, nothing: "has no failures" };
}

async function writeFormats(
  { directory, formats, nothing }: AnyRecord,
  names: readonly string[],
  out: string,
  io: CommandIo,
): Promise<void> {
  const wanted = names.map((name) => {
    const format = formats.find((each) => each.name === name);
    if (format !== undefined) return format;
    throw new UsageError(
      "bad-value",
      `--format: ${directory} is no record of verify, and cannot be shown as ${name}: there are ${formats.map((each) => each.name).join(", ")}`,
    );
  });
  for (const format of wanted) {
    if (format.printed !== undefined) {
      io.out(format.printed());
      continue;
    }
    const written = await format.files();
    for (const { path: file, content } of written) {
      await writeText(path.join(out, file), content);
      io.out(`${path.join(out, file)}\n`);
    }
    if (written.length === 0) io.err(`fleetproof: ${directory} ${nothing}: nothing to write as ${format.name}\n`);
  }
}

function viewOf(
  { directory, run, verdict, coverage, states, tasks, evidence }: ReadRecord,
  services: Services,
): ReportView {
  const live = !run.target.startsWith("sim");
  return {
    verdict,
    catalogue: REQUIREMENTS,
    evidence,
    replayCommand: ({ shrunk }) => `${services.program} replay ${path.join(directory, shrunk)}`,
    coverage: coverage === undefined ? "" : renderCoverage(coverage, COVERAGE_NAMES, { live }),
    states,
    tasks,
    ...(states === undefined ? {} : { chart: "states.png" }),
  };
}

async function showComparison(
  records: readonly ReadRecord[],
  out: string | undefined,
  json: boolean,
  io: CommandIo,
): Promise<ExitCode> {
  const comparison = compare(records.map(({ directory, verdict }) => ({ name: directory, verdict })));
  const text = renderComparison(comparison);
  io.out(json ? `${JSON.stringify(comparison, null, 2)}\n` : text);
  if (out !== undefined) await writeText(path.join(out, "comparison.md"), text);
  return EXIT_PASS;
}
