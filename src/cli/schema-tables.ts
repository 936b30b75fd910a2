/**
 * Tables of the fields of a file that people write, made from the JSON Schema that the program checks with: Markdown.
 */

/** What the tables need of a JSON Schema. */
export interface SchemaNode {
  readonly description?: string;
  readonly default?: unknown;
  readonly type?: string;
  readonly pattern?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly required?: readonly string[];
  readonly items?: SchemaNode;
  readonly anyOf?: readonly SchemaNode[];
  readonly oneOf?: readonly SchemaNode[];
}

export const table = (head: string, rows: readonly string[]): string =>
  [`| ${head} |`, `|${" --- |".repeat(head.split("|").length)}`, ...rows].join("\n");

/** A section for the file, and one for every mapping below it. */
export const fieldSections = (schema: SchemaNode): readonly string[] => sections("", schema);

/** A section for a mapping, and for every mapping below it. */
function sections(path: string, node: SchemaNode): readonly string[] {
  const fields = Object.entries(node.properties ?? {});
  const title = path === "" ? "The file" : `\`${path}\``;
  const rows = fields.map(([name, field]) => row(name, field, node.required?.includes(name) === true));
  const own = [`### ${title}`, table("field | value | default | what it is", rows)].join("\n\n");
  return [own, ...fields.flatMap(([name, field]) => below(path === "" ? name : `${path}.${name}`, field))];
}

function below(path: string, node: SchemaNode): readonly string[] {
  if (isDistribution(node)) return [];
  if (node.items !== undefined) return below(`${path}[]`, node.items);
  if (node.oneOf === undefined) return node.properties === undefined ? [] : sections(path, node);
  return formsSection(path, node.oneOf);
}

/** One section for all kinds of a mapping, and those below them. */
function formsSection(path: string, forms: readonly SchemaNode[]): readonly string[] {
  const rows = forms.flatMap(({ properties = {}, required = [] }) =>
    Object.entries(properties).map(([name, field]) =>
      isKind(field) ? kindRow(name, field) : row(name, field, required.includes(name)),
    ),
  );
  const own = `### \`${path}\`\n\n${table("field | value | default | what it is", rows)}`;
  const inner = forms.flatMap(({ properties = {} }) => Object.entries(properties));
  return [own, ...firstOfEach(inner.flatMap(([name, field]) => below(`${path}.${name}`, field)))];
}

/** What several kinds have in common has one section: that of the first of them. */
function firstOfEach(parts: readonly string[]): readonly string[] {
  const titles = parts.map((part) => part.slice(0, part.indexOf("\n")));
  return parts.filter((_, at) => titles.indexOf(titles[at] ?? "") === at);
}

/** What tells one kind of a mapping from the others. */
const isKind = ({ const: kind }: SchemaNode): boolean => typeof kind === "string";

const kindRow = (name: string, { const: kind, description = "" }: SchemaNode): string =>
  `| **\`${name}: ${String(kind)}\`** |  |  | ${description} |`;

function row(name: string, field: SchemaNode, needed: boolean): string {
  const preset = field.default === undefined ? (needed ? "*needed*" : "") : presetText(field.default);
  return `| \`${name}\` | ${valueText(field)} | ${preset} | ${(field.description ?? "").replaceAll("|", "\\|")} |`;
}

const presetText = (value: unknown): string =>
  typeof value === "object" && !Array.isArray(value) && Object.keys(value ?? {}).length === 0
    ? "as below"
    : `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;

function valueText(node: SchemaNode): string {
  if (isDistribution(node)) return "distribution";
  if (node.anyOf !== undefined) return valueText(node.anyOf[0] ?? {});
  if (node.const !== undefined) return `\`${String(node.const)}\``;
  if (node.enum !== undefined) return node.enum.map((value) => `\`${String(value)}\``).join(", ");
  if (node.items !== undefined) return `list of ${valueText(node.items)}`;
  if (node.oneOf !== undefined) return `one of ${kinds(node.oneOf)}`;
  if (node.properties !== undefined) return "mapping";
  if (node.type === "string") return node.pattern?.includes("ms|s|m|h|d") === true ? "duration" : "text";
  return node.type === "integer" ? "whole number" : (node.type ?? "");
}

const kinds = (forms: readonly SchemaNode[]): string =>
  forms.map(({ properties = {} }) => `\`${String(Object.values(properties).find(isKind)?.const)}\``).join(", ");

const isDistribution = ({ anyOf = [] }: SchemaNode): boolean =>
  anyOf.some(({ type }) => type === "string") && anyOf.some(({ oneOf }) => oneOf !== undefined);

/** The forms of any distribution of the schema: they are all the same. */
export function distributionSections(schema: SchemaNode): readonly string[] {
  const found = firstDistribution(schema);
  const forms = found?.anyOf?.flatMap(({ oneOf = [] }) => oneOf) ?? [];
  const about = "## Distributions\n\nDraws come from integer tables, so they are the same on every machine.";
  return [about, ...formsSection("distribution", forms)];
}

function firstDistribution(node: SchemaNode): SchemaNode | undefined {
  if (isDistribution(node)) return node;
  const inner = [
    ...Object.values(node.properties ?? {}),
    ...(node.items === undefined ? [] : [node.items]),
    ...(node.oneOf ?? []),
  ];
  for (const child of inner) {
    const found = firstDistribution(child);
    if (found !== undefined) return found;
  }
  return undefined;
}
