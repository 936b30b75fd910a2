/** Reads the file of `load --workload`: YAML or JSON. What is wrong is named with file, line and field. */
import { Workload } from "../../harness/load/workload.ts";
import { UsageError } from "../../platform/errors.ts";
import { readText } from "../../platform/files.ts";
import { err, ok, type Result } from "../../protocol/result.ts";
import { nearest } from "../command.ts";
import { asUsage } from "../named-files.ts";
import { type FileProblem, fieldText, parseYaml } from "../yaml-file.ts";

/** @throws UsageError `bad-file` */
export async function readWorkloadFile(file: string): Promise<Workload> {
  const text = await asUsage("--workload: ", () => readText(file));
  const parsed = parseWorkload(text);
  if (parsed.ok) return parsed.value;
  const { line, message } = parsed.error;
  throw new UsageError("bad-file", `--workload: ${file}:${line}: ${message}`);
}

export function parseWorkload(text: string): Result<Workload, FileProblem> {
  const yaml = parseYaml(text);
  if (!yaml.ok) return yaml;
  const parsed = Workload.safeParse(yaml.value.value ?? {});
  if (parsed.success) return ok(parsed.data);
  // A field that is missing is often there under a misspelt name.
  const { issues } = parsed.error;
  const issue = issues.find(({ code }) => code === "unrecognized_keys") ?? issues[0];
  const path = issue?.path ?? [];
  const unknown = issue?.code === "unrecognized_keys" ? issue.keys[0] : undefined;
  const place = unknown === undefined ? path : [...path, unknown];
  const message = unknown === undefined ? (issue?.message ?? "does not fit") : unknownField(unknown);
  return err({ line: yaml.value.lineOf(place), message: `${fieldText(place) || "the file"}: ${message}` });
}

function unknownField(name: string): string {
  const near = nearest(name, FIELDS);
  return near === undefined ? "unknown field" : `unknown field: did you mean ${near}?`;
}

/** Of the file itself, and of what stands in it often. */
const FIELDS: readonly string[] = [
  ...Object.keys(Workload.shape),
  ...["kind", "perSecond", "atOnce", "ramp", "spacing", "registered", "atMost", "devices", "maxLag"],
  ...["operation", "weight", "targets", "property", "value", "expiresAfter", "count", "percent", "group"],
];
