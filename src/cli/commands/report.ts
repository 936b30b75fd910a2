/** `report`: renders a run record in any format, or compares several. Runs nothing and judges nothing anew. */
import path from "node:path";
import { z } from "zod";
import { COVERAGE_NAMES } from "../../harness/coverage/coverage-names.ts";
import { type ReadRecord, readRecord } from "../../harness/read-record.ts";
import { compare } from "../../harness/record/comparison.ts";
import { UsageError } from "../../platform/errors.ts";
import { writeText } from "../../platform/files.ts";
import { renderComparison } from "../../reports/comparison-text.ts";
import { renderCoverage } from "../../reports/coverage-text.ts";
import { REPORT_FORMATS, type ReportFormat } from "../../reports/formats.ts";
import type { ReportView } from "../../reports/report-view.ts";
import { REQUIREMENTS } from "../../scenarios/requirements.ts";
import { defineCommand, Flag, List, nearest, Text } from "../command.ts";
import { EXIT_PASS, type ExitCode } from "../exit-codes.ts";
import type { CommandIo } from "../io.ts";
import { asUsage } from "../named-files.ts";
import type { Services } from "../services.ts";

const NAMES = REPORT_FORMATS.map(({ name }) => name);

export const REPORT = defineCommand({
  name: "report",
  about:
    "Renders a run record, or compares several: what each target keeps, and what changed from the first to the last.",
  positional: { name: "records", about: "directories that verify has written with --out", many: true },
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
    const formats = formatsOf(format ?? ["html"]);
    const records: ReadRecord[] = [];
    for (const directory of directories) records.push(await asUsage("", () => readRecord(directory)));
    const [only] = records;
    if (only !== undefined && records.length === 1) {
      if (json) io.out(`${JSON.stringify(only.verdict, null, 2)}\n`);
      else await writeFormats(only, formats, out ?? only.directory, services, io);
      return EXIT_PASS;
    }
    if (format !== undefined) throw new UsageError("conflict", "--format is for one record: a comparison is Markdown");
    return showComparison(records, out, json, io);
  },
});

function formatsOf(names: readonly string[]): readonly ReportFormat[] {
  return names.map((name) => {
    const row = REPORT_FORMATS.find((format) => format.name === name);
    if (row !== undefined) return row;
    const near = nearest(name, NAMES);
    throw new UsageError(
      "bad-value",
      `--format: there is no format "${name}": ${near === undefined ? `the formats are ${NAMES.join(", ")}` : `did you mean ${near}?`}`,
    );
  });
}

async function writeFormats(
  record: ReadRecord,
  formats: readonly ReportFormat[],
  out: string,
  services: Services,
  io: CommandIo,
): Promise<void> {
  const view = viewOf(record, services);
  for (const { name, files } of formats) {
    const written = files(view);
    for (const { path: file, content } of written) {
      await writeText(path.join(out, file), content);
      io.out(`${path.join(out, file)}\n`);
    }
    if (written.length === 0) io.err(`fleetproof: ${record.directory} has no failures: nothing to write as ${name}\n`);
  }
}

function viewOf({ directory, run, verdict, coverage, states, evidence }: ReadRecord, services: Services): ReportView {
  const live = !run.target.startsWith("sim");
  return {
    verdict,
    catalogue: REQUIREMENTS,
    evidence,
    replayCommand: ({ shrunk }) => `${services.program} replay ${path.join(directory, shrunk)}`,
    coverage: coverage === undefined ? "" : renderCoverage(coverage, COVERAGE_NAMES, { live }),
    states,
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
