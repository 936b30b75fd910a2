/** Reads the file of `load --workload`: YAML or JSON. What is wrong is named with file, line and field. */
import { Workload } from "../../harness/load/workload.ts";
import { UsageError } from "../../platform/errors.ts";
import { readText } from "../../platform/files.ts";
import type { Result } from "../../protocol/result.ts";
import { asUsage } from "../named-files.ts";
import type { FileProblem } from "../yaml-file.ts";
import { parseBySchema } from "../yaml-schema.ts";

/** @throws UsageError `bad-file` */
export async function readWorkloadFile(file: string): Promise<Workload> {
  const text = await asUsage("--workload: ", () => readText(file));
  const parsed = parseWorkload(text);
  if (parsed.ok) return parsed.value;
  const { line, message } = parsed.error;
  throw new UsageError("bad-file", `--workload: ${file}:${line}: ${message}`);
}

export const parseWorkload = (text: string): Result<Workload, FileProblem> => parseBySchema(text, Workload);
