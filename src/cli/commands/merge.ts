/** `merge`: joins the results of all shards of a load or of a fleet, and judges the whole. Runs nothing. */
import path from "node:path";
import { z } from "zod";
import { mergeFleets } from "../../harness/fleet/merge.ts";
import { mergeLoads } from "../../harness/load/merge.ts";
import { readFleetResult, readLoadResult } from "../../harness/record/formats.ts";
import { UsageError } from "../../platform/errors.ts";
import { exists } from "../../platform/files.ts";
import { defineCommand, Flag, Text } from "../command.ts";
import type { ExitCode } from "../exit-codes.ts";
import { FLEET_EXITS, FLEET_FILE, fleetLines, writeFleet } from "../fleet/write-fleet.ts";
import type { CommandIo } from "../io.ts";
import { LOAD_EXITS, LOAD_FILE, tellLoad, writeLoad } from "../load/write-load.ts";
import { asUsage } from "../named-files.ts";

interface MergeOptions {
  readonly out?: string | undefined;
  readonly json: boolean;
}

export const MERGE = defineCommand({
  name: "merge",
  about:
    "Joins the results of all shards of a load, or of a fleet, and judges thresholds on the whole: percentiles are those of all samples together. Exit codes as for load.",
  positional: {
    name: "results",
    about: "the directories that load --shard, or fleet --shard, have written with --out, one for each shard",
    many: true,
  },
  options: [
    {
      name: "out",
      value: "DIR",
      about:
        "write load.json, report.html and junit.xml, or fleet.json and report.html, of the whole to this directory",
    },
    { name: "json", about: "print one JSON document with the result to standard output" },
  ],
  examples: ["merge shards/0 shards/1 shards/2 shards/3 --out whole", "merge shards/* --json"],
  schema: z.strictObject({ results: z.array(Text).min(1), out: Text.optional(), json: Flag }),
  async run({ results, ...options }, _services, io) {
    const names = await Promise.all(results.map(kindOfResult));
    const [first] = names;
    const stray = names.findIndex((name) => name !== first);
    if (stray >= 0)
      throw new UsageError(
        "conflict",
        `${results[0]} has the result of a ${wordOf(first)}, ${results[stray]} that of a ${wordOf(names[stray])}: they cannot be merged`,
      );
    const files = results.map((directory) => path.join(directory, first ?? LOAD_FILE));
    return first === FLEET_FILE ? mergeFleetFiles(files, options, io) : mergeLoadFiles(files, options, io);
  },
});

type FileName = typeof LOAD_FILE | typeof FLEET_FILE;

const wordOf = (name: FileName | undefined): string => (name === FLEET_FILE ? "fleet" : "load");

/** @throws UsageError `bad-file`: there is no result in the directory */
async function kindOfResult(directory: string): Promise<FileName> {
  for (const name of [LOAD_FILE, FLEET_FILE] as const) if (await exists(path.join(directory, name))) return name;
  throw new UsageError(
    "bad-file",
    `${directory} has neither ${LOAD_FILE} nor ${FLEET_FILE}: load and fleet write them with --out, at their end`,
  );
}

async function mergeLoadFiles(files: readonly string[], options: MergeOptions, io: CommandIo): Promise<ExitCode> {
  const results = await Promise.all(files.map((file) => asUsage("", () => readLoadResult(file))));
  const whole = mergeLoads(results, files);
  if (options.out !== undefined) await writeLoad(options.out, whole);
  tellLoad(whole, options, io);
  return LOAD_EXITS[whole.outcome];
}

async function mergeFleetFiles(files: readonly string[], options: MergeOptions, io: CommandIo): Promise<ExitCode> {
  const results = await Promise.all(files.map((file) => asUsage("", () => readFleetResult(file))));
  const whole = mergeFleets(results, files);
  if (options.out !== undefined) await writeFleet(options.out, whole);
  const text = `${fleetLines(whole).join("\n")}\n`;
  if (options.json) io.out(`${JSON.stringify(whole, null, 2)}\n`);
  if (options.json) io.err(text);
  else io.out(text);
  return FLEET_EXITS[whole.outcome];
}
