/**
 * The fleet files of `--connectivity`: one that comes with the program, by its name, or a file of one's own, as YAML or
 * JSON. What is wrong in one is named with file, line and field, and a slip of the pen with what was meant.
 */
import { UsageError } from "../platform/errors.ts";
import { readText } from "../platform/files.ts";
import { nearest } from "../protocol/nearest.ts";
import type { Result } from "../protocol/result.ts";
import { FLEET_PRESETS } from "../simulator/fleet/presets.ts";
import { FleetFile } from "../simulator/model/fleet.ts";
import { asUsage } from "./named-files.ts";
import type { FileProblem } from "./yaml-file.ts";
import { parseBySchema } from "./yaml-schema.ts";

/**
 * @param name a preset, or the path of a file
 * @throws UsageError `bad-file`
 */
export async function readFleetFile(name: string): Promise<FleetFile> {
  const preset = Object.entries(FLEET_PRESETS).find(([known]) => known === name);
  if (preset !== undefined) return FleetFile.parse(preset[1]);
  if (!/[./]/.test(name)) throw new UsageError("bad-file", `--connectivity: ${unknownPreset(name)}`);
  const text = await asUsage("--connectivity: ", () => readText(name));
  const parsed = parseFleetFile(text);
  if (parsed.ok) return parsed.value;
  const { line, message } = parsed.error;
  throw new UsageError("bad-file", `--connectivity: ${name}:${line}: ${message}`);
}

function unknownPreset(name: string): string {
  const names = Object.keys(FLEET_PRESETS);
  const near = nearest(name, names);
  const hint = near === undefined ? "" : `did you mean ${near}? `;
  return `there is no preset "${name}": ${hint}presets are ${names.join(", ")}; the name of a file has a dot or a slash in it`;
}

export const parseFleetFile = (text: string): Result<FleetFile, FileProblem> => parseBySchema(text, FleetFile);
