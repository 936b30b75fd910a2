/**
 * The OpenAPI 3.1 document of the REST API, made of the endpoint table and of the schemas that requests are checked with.
 *
 * OpenAPI 3.1 takes JSON Schema 2020-12 as it is, which zod writes by itself.
 *
 * Spec: OpenAPI Specification 3.1.0 §4.7, §4.8.
 */
import { z } from "zod";
import { ErrorEnvelope } from "./answer-schemas.ts";
import {
  type AcceptedBounds,
  type EndpointDocs,
  endpointDocs,
  GENERAL_REFUSALS,
  type NamedSchema,
  PATH_PARAMETERS,
  REFUSALS,
} from "./endpoint-docs.ts";
import { ENDPOINTS, type Endpoint } from "./endpoints.ts";

export interface OpenApiOptions {
  readonly bounds: AcceptedBounds;
  /** Base URL of the API, or only its path. */
  readonly server: string;
}

const COMPONENTS = "#/components/schemas/";

export function openApiDocument({ bounds, server }: OpenApiOptions) {
  const docs = endpointDocs(bounds);
  const paths: Record<string, Record<string, unknown>> = {};
  for (const endpoint of ENDPOINTS) {
    const path = `/${endpoint.path.replaceAll(/:(\w+)/g, "{$1}")}`;
    paths[path] = { ...paths[path], [endpoint.method.toLowerCase()]: operation(endpoint, docs[endpoint.id]) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Fleetproof reference server",
      version: "1.1",
      description: "Device management tasks over LwM2M. Errors have one envelope, ErrorEnvelope.",
    },
    servers: [{ url: server }],
    security: [{}, { bearer: [] }],
    paths,
    components: {
      securitySchemes: { bearer: { type: "http", scheme: "bearer" } },
      schemas: componentSchemas(Object.values(docs)),
    },
  };
}

const content = (name: string, example?: unknown, mediaType = "application/json") => ({
  [mediaType]: { schema: { $ref: COMPONENTS + name }, ...(example === undefined ? {} : { example }) },
});

const operation = ({ id, path }: Endpoint, { title, about, query, body, answer, refusals }: EndpointDocs) => ({
  operationId: id,
  summary: title,
  description: about,
  parameters: [...pathParameters(path), ...queryParameters(query)],
  ...(body === undefined ? {} : { requestBody: { required: true, content: content(body.name, body.example) } }),
  responses: {
    [answer.status]: { description: "What was asked for.", content: content(answer.name, undefined, answer.mediaType) },
    ...Object.fromEntries(
      [...refusals, ...GENERAL_REFUSALS]
        .sort((a, b) => a - b)
        .map((status) => [status, { description: REFUSALS[status], content: content("ErrorEnvelope") }]),
    ),
  },
});

const pathParameters = (path: string) =>
  [...path.matchAll(/:(\w+)/g)].map(([, name = ""]) => ({
    name,
    in: "path",
    required: true,
    description: PATH_PARAMETERS[name],
    schema: { type: "string" },
  }));

/** Lists are words between commas, which is the style `form` without `explode`. */
const queryParameters = (query: EndpointDocs["query"] = {}) =>
  Object.entries(query).map(([name, { about, schema, required, preset }]) => {
    const { $schema: _, ...plain } = z.toJSONSchema(schema, { io: "input" });
    return {
      name,
      in: "query",
      required: required ?? false,
      description: about,
      schema: preset === undefined ? plain : { ...plain, default: preset },
      ...(plain.type === "array" ? { style: "form", explode: false } : {}),
    };
  });

/** The bodies by name, and what they have in common. */
function componentSchemas(docs: readonly EndpointDocs[]): Readonly<Record<string, unknown>> {
  const registry = z.registry<{ id: string }>();
  const named: readonly NamedSchema[] = [
    ...docs.flatMap(({ body, answer }) => (body === undefined ? [answer] : [body, answer])),
    { name: "ErrorEnvelope", schema: ErrorEnvelope },
  ];
  for (const { name, schema } of named) if (!registry.has(schema)) registry.add(schema, { id: name });
  const { schemas } = z.toJSONSchema(registry, { io: "input", uri: (id) => COMPONENTS + id });
  const { [SHARED]: shared, ...own } = schemas;
  const all = { ...own, ...shared?.$defs };
  const plain = Object.entries(all).map(([name, { $schema: _, $id: __, ...schema }]) => [componentName(name), schema]);
  const text = JSON.stringify(Object.fromEntries(plain));
  return JSON.parse(
    text.replaceAll(SHARED_REFERENCE, (_, name: string) => COMPONENTS + componentName(name)),
  ) as Readonly<Record<string, unknown>>;
}

/** Where zod puts a schema that refers to itself. Ours is one, that of any JSON value. */
const SHARED = "__shared";
const SHARED_REFERENCE = /#\/components\/schemas\/__shared#\/\$defs\/(\w+)/g;
const componentName = (name: string): string => (name === "schema0" ? "JsonValue" : name);
