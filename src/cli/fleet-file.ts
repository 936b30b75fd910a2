/**
 * The fleet files of `--connectivity`: one that comes with the program, by its name, or a file of one's own, as YAML or
 * JSON. What is wrong in one is named with file, line and field, and a slip of the pen with what was meant.
 */
import { z } from "zod";
import { UsageError } from "../platform/errors.ts";
import { readText } from "../platform/files.ts";
import { err, ok, type Result } from "../protocol/result.ts";
import { FLEET_PRESETS } from "../simulator/fleet/presets.ts";
import { FleetFile } from "../simulator/model/fleet.ts";
import { nearest } from "./command.ts";
import { asUsage } from "./named-files.ts";
import { type FileProblem, fieldText, parseYaml } from "./yaml-file.ts";

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

export function parseFleetFile(text: string): Result<FleetFile, FileProblem> {
  const yaml = parseYaml(text);
  if (!yaml.ok) return yaml;
  const parsed = FleetFile.safeParse(yaml.value.value ?? {});
  if (parsed.success) return ok(parsed.data);
  const found = parsed.error.issues.flatMap((issue) => plainest(issue, []));
  // A field that is missing is often there under a misspelt name.
  const { issue, path } = found.find(({ issue }) => issue.code === "unrecognized_keys") ?? (found[0] as Found);
  const [unknown] = issue.code === "unrecognized_keys" ? issue.keys : [];
  const place = unknown === undefined ? path : [...path, unknown];
  const message = unknown === undefined ? messageOf(issue, path, yaml.value.value) : unknownField(unknown, path);
  return err({ line: yaml.value.lineOf(place), message: `${fieldText(place) || "the file"}: ${message}` });
}

interface Found {
  readonly issue: z.core.$ZodIssue;
  /** From the whole file. */
  readonly path: readonly PropertyKey[];
}

/** Of a value that fits none of several forms: what is wrong with the form that it comes closest to. */
function plainest(issue: z.core.$ZodIssue, above: readonly PropertyKey[]): readonly Found[] {
  const path = [...above, ...issue.path];
  const forms = issue.code === "invalid_union" ? issue.errors : [];
  const closest = forms.find(([first]) => first !== undefined && !isOfOtherType(first));
  return closest === undefined ? [{ issue, path }] : closest.flatMap((inner) => plainest(inner, path));
}

const isOfOtherType = ({ code, path }: z.core.$ZodIssue): boolean => code === "invalid_type" && path.length === 0;

function messageOf(issue: z.core.$ZodIssue, path: readonly PropertyKey[], file: unknown): string {
  const given = path.reduce((value: unknown, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], file);
  if (issue.code !== "custom" && given === undefined) return "is missing";
  if (issue.code !== "invalid_union") return issue.message;
  const kinds = kindsAt(path.slice(0, -1));
  if (path.at(-1) === "kind" && kinds.length > 0) return `is not one of ${kinds.join(", ")}`;
  return "must be a duration such as 20s, or a distribution: a mapping with `kind`";
}

function unknownField(name: string, path: readonly PropertyKey[]): string {
  const known = fieldsAt(path);
  const near = nearest(name, known);
  return near === undefined ? `unknown field; there are ${known.join(", ")}` : `unknown field: did you mean ${near}?`;
}

// ── what may stand at a place, read off the schema itself

interface Node {
  readonly properties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
  readonly anyOf?: readonly Node[];
  readonly oneOf?: readonly Node[];
  readonly const?: unknown;
}

const formsOf = (node: Node): readonly Node[] =>
  [...(node.anyOf ?? []), ...(node.oneOf ?? [])].flatMap(formsOf).concat(node.anyOf || node.oneOf ? [] : [node]);

/** The forms that the schema has for what stands at the path. */
function formsAt(path: readonly PropertyKey[]): readonly Node[] {
  const whole = z.toJSONSchema(FleetFile, { io: "input" }) as Node;
  return path.reduce<readonly Node[]>(
    (forms, key) =>
      forms.flatMap((form) => {
        const next = typeof key === "number" ? form.items : form.properties?.[String(key)];
        return next === undefined ? [] : formsOf(next);
      }),
    formsOf(whole),
  );
}

const fieldsAt = (path: readonly PropertyKey[]): readonly string[] => [
  ...new Set(formsAt(path).flatMap(({ properties = {} }) => Object.keys(properties))),
];

const kindsAt = (path: readonly PropertyKey[]): readonly string[] =>
  formsAt(path).flatMap(({ properties }) => (properties?.kind === undefined ? [] : [String(properties.kind.const)]));
