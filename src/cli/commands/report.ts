/** `report`: renders a record in any format, or compares several. Runs nothing and judges nothing anew. */
import path from "node:path";
import { z } from "zod";
import { UsageError } from "../../platform/errors.ts";
import { writeText } from "../../platform/files.ts";
import { nearest } from "../../protocol/nearest.ts";
import { COMPARISON_FORMATS } from "../../reports/comparison/comparison-formats.ts";
import { REPORT_FORMATS } from "../../reports/formats.ts";
import { defineCommand, Flag, List, Text } from "../command.ts";
import { EXIT_PASS } from "../exit-codes.ts";
import type { CommandIo } from "../io.ts";
import { asUsage } from "../named-files.ts";
import { type AnyRecord, type BoundFormat, dataOf, formatsOf, readAnyRecord } from "../report/any-record.ts";
import { compareRecords } from "../report/compare-records.ts";

export const REPORT = defineCommand({
  name: "report",
  about:
    "Renders a record of verify, load or fleet, or compares several of one of them: what changed from the first to the last.",
  positional: {
    name: "records",
    about: "directories that verify, load, fleet or merge has written with --out",
    many: true,
  },
  options: [
    {
      name: "format",
      value: "NAMES",
      about: `with commas between them: ${REPORT_FORMATS.map(({ name, about }) => `${name}, ${about}`).join("; ")}. Of a comparison: ${COMPARISON_FORMATS.map(({ name }) => name).join(", ")}`,
      presetText: "html; a comparison is printed as text",
    },
    {
      name: "out",
      value: "DIR",
      about: "where to write; for a comparison comparison.html and comparison.md, which is else printed only",
      presetText: "the record",
    },
    { name: "json", about: "print the verdict, or the comparison, as one JSON document; write nothing" },
  ],
  examples: [
    "report fleetproof-out --format junit,badge",
    "report fleetproof-out --format pcapng --out captures",
    "report before after",
    "report load-monday load-tuesday load-today --out comparison",
  ],
  schema: z.strictObject({
    records: z.array(Text).min(1),
    format: List.optional(),
    out: Text.optional(),
    json: Flag,
  }),
  async run({ records: directories, format, out, json }, services, io) {
    const [only = "", ...others] = directories;
    if (others.length === 0) {
      const names = (format ?? ["html"]).map((name) => named(name, REPORT_FORMATS).name);
      const record = await asUsage("", () => readAnyRecord(only));
      if (json) io.out(`${JSON.stringify(dataOf(record), null, 2)}\n`);
      else await writeFormats(record, formatsOf(record, services), names, out ?? only, io);
      return EXIT_PASS;
    }
    const formats = format?.map((name) => named(name, COMPARISON_FORMATS, " of a comparison"));
    const records: AnyRecord[] = [];
    for (const directory of directories) records.push(await asUsage("", () => readAnyRecord(directory)));
    await compareRecords(records, { formats, out, json }, io);
    return EXIT_PASS;
  },
});

/** @throws UsageError `bad-value`, with what was most likely meant */
function named<T extends { readonly name: string }>(name: string, rows: readonly T[], of = ""): T {
  const row = rows.find((each) => each.name === name);
  if (row !== undefined) return row;
  const names = rows.map((each) => each.name);
  const near = nearest(name, names);
  throw new UsageError(
    "bad-value",
    `--format: there is no format "${name}"${of}: ${near === undefined ? `the formats are ${names.join(", ")}` : `did you mean ${near}?`}`,
  );
}

async function writeFormats(
  { directory, kind }: AnyRecord,
  formats: readonly BoundFormat[],
  names: readonly string[],
  out: string,
  io: CommandIo,
): Promise<void> {
  const wanted = names.map((name) => {
    const format = formats.find((each) => each.name === name);
    if (format !== undefined) return format;
    throw new UsageError(
      "bad-value",
      `--format: ${directory} is a record of ${kind}, and cannot be shown as ${name}: there are ${formats.map((each) => each.name).join(", ")}`,
    );
  });
  const nothing = kind === "verify" ? "has no failures" : "has nothing for it";
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
