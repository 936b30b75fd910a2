/**
 * Reads a file that people write (YAML or JSON) by the schema of what stands in it. What is wrong is named with line and
 * field, and a slip of the pen with what was meant; what may stand where is read off the schema itself.
 */
import { z } from "zod";
import { nearest } from "../protocol/nearest.ts";
import { err, ok, type Result } from "../protocol/result.ts";
import { type FileProblem, fieldText, parseYaml } from "./yaml-file.ts";

export function parseBySchema<Value>(text: string, schema: z.ZodType<Value>): Result<Value, FileProblem> {
  const yaml = parseYaml(text);
  if (!yaml.ok) return yaml;
  const file = yaml.value.value ?? {};
  const parsed = schema.safeParse(file);
  if (parsed.success) return ok(parsed.data);
  const found = parsed.error.issues.flatMap((issue) => plainest(issue, []));
  // A field that is missing is often there under a misspelt name.
  const { issue, path } = found.find(({ issue }) => issue.code === "unrecognized_keys") ?? (found[0] as Found);
  const [unknown] = issue.code === "unrecognized_keys" ? issue.keys : [];
  const place = unknown === undefined ? path : [...path, unknown];
  const message =
    unknown === undefined
      ? messageOf(issue, path, file, formsAt(schema, path.slice(0, -1), file))
      : unknownField(unknown, ofKind(formsAt(schema, path, file), valueAt(file, path)));
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

const isOfOtherType = ({ code, path }: z.core.$ZodIssue): boolean =>
  (code === "invalid_type" || code === "invalid_value") && path.length === 0;

/** @param forms what the mapping around the field may be */
function messageOf(
  issue: z.core.$ZodIssue,
  path: readonly PropertyKey[],
  file: unknown,
  forms: readonly Node[],
): string {
  const given = valueAt(file, path);
  const kinds = forms.flatMap(({ properties }) => {
    const kind = properties?.[String(path.at(-1))]?.const;
    return kind === undefined ? [] : [String(kind)];
  });
  const isKind = issue.code === "invalid_union" && kinds.length > 0;
  if (issue.code !== "custom" && given === undefined)
    return isKind ? `is missing: give one of ${kinds.join(", ")}` : "is missing";
  return isKind ? `is not one of ${kinds.join(", ")}${meant(String(given), kinds)}` : issue.message;
}

function unknownField(name: string, forms: readonly Node[]): string {
  const known = [...new Set(forms.flatMap(({ properties = {} }) => Object.keys(properties)))];
  return `unknown field${meant(name, known) || `; there are ${known.join(", ")}`}`;
}

const meant = (text: string, candidates: readonly string[]): string => {
  const near = nearest(text, candidates);
  return near === undefined ? "" : `: did you mean ${near}?`;
};

// ── what may stand at a place, read off the schema

interface Node {
  readonly properties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
  readonly anyOf?: readonly Node[];
  readonly oneOf?: readonly Node[];
  readonly const?: unknown;
}

const formsOf = (node: Node): readonly Node[] =>
  [...(node.anyOf ?? []), ...(node.oneOf ?? [])].flatMap(formsOf).concat(node.anyOf || node.oneOf ? [] : [node]);

/** The forms that the schema has for what stands at the path, given of what kinds the mappings around it are. */
function formsAt(schema: z.ZodType, path: readonly PropertyKey[], file: unknown): readonly Node[] {
  const whole = z.toJSONSchema(schema, { io: "input" }) as Node;
  return path.reduce<readonly Node[]>(
    (forms, key, depth) =>
      ofKind(forms, valueAt(file, path.slice(0, depth))).flatMap((form) => {
        const next = typeof key === "number" ? form.items : form.properties?.[String(key)];
        return next === undefined ? [] : formsOf(next);
      }),
    formsOf(whole),
  );
}

/** Of forms of several kinds those that it says to be; all, where it says nothing that fits. */
function ofKind(forms: readonly Node[], given: unknown): readonly Node[] {
  const fitting = forms.filter(
    ({ properties }) =>
      properties !== undefined &&
      Object.entries(properties).every(
        ([name, { const: kind }]) => kind === undefined || kind === valueAt(given, [name]),
      ),
  );
  return fitting.length > 0 ? fitting : forms;
}

const valueAt = (file: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce((value: unknown, key) => (value as Record<PropertyKey, unknown> | null | undefined)?.[key], file);
