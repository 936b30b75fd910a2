/** Shows the joined result of a fleet, and writes results to a directory: for `fleet` and `merge`. */
import path from "node:path";
import type { FleetResult } from "../../harness/record/fleet-result.ts";
import { writeJson, writeText } from "../../platform/files.ts";
import { renderLoadHtml } from "../../reports/html/load-page.ts";
import { EXIT_INCONCLUSIVE, EXIT_PASS, type ExitCode } from "../exit-codes.ts";
import { viewOfFleet } from "../load/load-report.ts";
import { summaryLines } from "./fleet-text.ts";

/** The name of the file in the directory of `--out`. */
export const FLEET_FILE = "fleet.json";

/** Exit codes of joined results. */
export const FLEET_EXITS: Readonly<Record<FleetResult["outcome"], ExitCode>> = {
  pass: EXIT_PASS,
  unheard: EXIT_INCONCLUSIVE,
  interrupted: EXIT_INCONCLUSIVE,
};

/** @throws HarnessError `file-not-writable` */
export async function writeFleet(directory: string, result: FleetResult): Promise<void> {
  await writeJson(path.join(directory, FLEET_FILE), result);
  await writeText(path.join(directory, "report.html"), renderLoadHtml(viewOfFleet(result)));
}

/** Lines without line feeds. */
export const fleetLines = (result: FleetResult): readonly string[] => [
  ...summaryLines(result.fleet, result.virtual),
  ...partLines(result),
];

/** Which shards there are, and how it ended. Lines without line feeds. */
export function partLines({ parts, outcome }: Pick<FleetResult, "parts" | "outcome">): readonly string[] {
  const interrupted = parts.filter((part) => part.interrupted).map(({ index }) => index);
  return [
    `${parts.length} shard${parts.length === 1 ? "" : "s"}${interrupted.length === 0 ? "" : `; interrupted: shard ${interrupted.join(", ")}`}`,
    `outcome: ${outcome}`,
  ];
}
