/**
 * The endpoints in the words of a page: fields of bodies and answers as flat rows, and a curl command for each.
 *
 * Both pages, for browsers and in docs/, are made of this.
 */
import { z } from "zod";
import { type AcceptedBounds, type EndpointDocs, endpointDocs, GENERAL_REFUSALS, REFUSALS } from "./endpoint-docs.ts";
import { ENDPOINTS, type Endpoint } from "./endpoints.ts";

export interface FieldRow {
  /** `taskParameters.value`; `data.tasks[].id` within a list; `data.<name>` where names are free. */
  readonly name: string;
  /** `string`, `integer 1..100`, `R | W | E`. */
  readonly type: string;
  readonly required: boolean;
  readonly about: string;
}

export interface EndpointText {
  readonly endpoint: Endpoint;
  readonly docs: EndpointDocs;
  readonly query: readonly FieldRow[];
  readonly body: readonly FieldRow[];
  readonly answer: readonly FieldRow[];
  readonly refusals: readonly { readonly status: number; readonly about: string }[];
  readonly curl: string;
}

/** What may refuse any request, said once for all endpoints. */
export const GENERAL_REFUSAL_TEXTS = GENERAL_REFUSALS.map((status) => ({ status, about: REFUSALS[status] }));

/** @param url base URL of the API */
export function endpointTexts(bounds: AcceptedBounds, url: string): readonly EndpointText[] {
  const docs = endpointDocs(bounds);
  return ENDPOINTS.map((endpoint) => {
    const of = docs[endpoint.id];
    return {
      endpoint,
      docs: of,
      query: queryRows(of.query),
      body: of.body === undefined ? [] : fieldRows(of.body.schema),
      answer: fieldRows(of.answer.schema),
      refusals: of.refusals.map((status) => ({ status, about: REFUSALS[status] })),
      curl: curlOf(endpoint, of, url),
    };
  });
}

const queryRows = (query: EndpointDocs["query"] = {}): readonly FieldRow[] =>
  Object.entries(query).map(([name, { schema, about, required, preset }]) => ({
    name,
    type: typeOf(jsonSchema(schema)),
    required: required === true,
    about: preset === undefined ? about : `${about} Default: ${String(preset)}.`,
  }));

/** The keywords of JSON Schema that our schemas use. */
interface JsonSchema {
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly enum?: readonly string[];
  readonly const?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
}

const jsonSchema = (schema: z.ZodType): JsonSchema => z.toJSONSchema(schema, { io: "input" }) as JsonSchema;

const fieldRows = (schema: z.ZodType): readonly FieldRow[] => rowsOf(jsonSchema(schema), "");

/** The members of an object; a member that is an object or a list of objects is followed by its own. */
function rowsOf(schema: JsonSchema, prefix: string): readonly FieldRow[] {
  const named = Object.entries(schema.properties ?? {}).flatMap(([name, member]) =>
    rowsOfMember(member, prefix + name, schema.required?.includes(name) === true),
  );
  const { additionalProperties } = schema;
  if (typeof additionalProperties !== "object") return named;
  return [...named, ...rowsOfMember(additionalProperties, `${prefix}<name>`, false)];
}

function rowsOfMember(member: JsonSchema, name: string, required: boolean): readonly FieldRow[] {
  const row = { name, type: typeOf(member), required, about: member.description ?? "" };
  const inner = member.items ?? member;
  const place = member.items === undefined ? name : `${name}[]`;
  const shapes = inner.anyOf ?? [inner];
  // Of several shapes the first has every field that any of them has.
  return [row, ...rowsOf(shapes[0] ?? inner, `${place}.`)];
}

function typeOf(schema: JsonSchema): string {
  if (schema.enum !== undefined) return schema.enum.join(" | ");
  if (schema.const !== undefined) return schema.const;
  if (schema.type === "array") return `list of ${typeOf(schema.items ?? {})}`;
  if (schema.anyOf !== undefined) return "object";
  const { minimum: min = Number.MIN_SAFE_INTEGER, maximum: max = Number.MAX_SAFE_INTEGER } = schema;
  const range = min === Number.MIN_SAFE_INTEGER && max === Number.MAX_SAFE_INTEGER ? "" : ` ${rangeText(min, max)}`;
  const length = schema.maxLength === undefined ? "" : `, at most ${schema.maxLength} characters`;
  return `${schema.type ?? "any JSON"}${range}${length}`;
}

const rangeText = (min: number, max: number): string =>
  max === Number.MAX_SAFE_INTEGER ? `≥ ${min}` : `${min}..${max}`;

/** Values in place of what the path and the query leave open. */
const EXAMPLE_VALUES: Readonly<Record<string, string>> = { tid: "TASK", did: "attic", dtid: "thermometer" };

function curlOf({ method, path }: Endpoint, { query = {}, body }: EndpointDocs, url: string): string {
  const filled = path.replaceAll(/:(\w+)/g, (_, name: string) => EXAMPLE_VALUES[name] ?? name);
  const needed = Object.entries(query).filter(([, { required }]) => required === true);
  const search = needed.map(([name]) => `${name}=${EXAMPLE_VALUES[name] ?? name}`).join("&");
  const parts = [
    "curl",
    ...(method === "GET" ? [] : [`-X ${method}`]),
    `'${url}/${filled}${search === "" ? "" : `?${search}`}'`,
    ...(body === undefined
      ? []
      : ["-H 'Content-Type: application/json'", `-d '${JSON.stringify(body.example).replaceAll("'", "'\\''")}'`]),
  ];
  return parts.join(" ");
}
