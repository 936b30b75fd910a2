/**
 * Requests made of the OpenAPI document, such that fit it and such that do not, to the reference server: it never breaks,
 * every answer is one that the document tells, and nothing that does not fit is taken.
 *
 * `REST_REQUESTS=100000 npx vitest run test/openapi` makes as many; 10,000 unless told otherwise.
 */
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { z } from "zod";
import type { RestResponse } from "../../src/protocol/server-port.ts";
import { endpointDocs } from "../../src/reference-server/rest/endpoint-docs.ts";
import { ENDPOINTS, type EndpointId } from "../../src/reference-server/rest/endpoints.ts";
import { openApiDocument } from "../../src/reference-server/rest/openapi.ts";
import { changed, createWorld, type Script, type World } from "../../src/reference-server/test-kit.ts";
import { type Drawing, fitting, type JsonSchema, spoiled } from "./schema-arbitrary.ts";

const BOUNDS = { expiresAfter: { min: 1, max: 2_592_000 }, taskExpiresAfter: { min: 60, max: 604_800 } };
const DOCUMENT = openApiDocument({ bounds: BOUNDS, server: "/v1.1" });
const DOCS = endpointDocs(BOUNDS);
const DEFINITIONS = DOCUMENT.components.schemas as Readonly<Record<string, JsonSchema>>;

const REQUESTS = Number(process.env.REST_REQUESTS ?? 10_000);
/** At most; half as many on average. */
const PER_WORLD = 100;

const TOKENS = ["admin", "admin", "admin", "mine", "yours", "nobody", undefined];
const DRAWING: Drawing = {
  definitions: DEFINITIONS,
  pools: {
    dtid: ["mine", "mine", "yours", "nobody", "a,b"],
    did: ["d0", "d1", "d2", "nobody", "__proto__"],
    dids: ["d0", "d1", "d2"],
    owner: ["mine", "yours"],
    image: ["Zm9v", "Zm9vYmFy"],
    property: [
      "deviceProperties.device",
      "deviceProperties.device.timezone",
      "deviceProperties.device.currentTime",
      "deviceProperties.device.reboot",
      "deviceProperties.device.errorCode",
      "deviceProperties.firmwareUpdate.packageURI",
      "serverProperties.site",
      "serverProperties.site.floor",
      "deviceProperties.nothing",
    ],
    filter: ["serverProperties.site=1", "deviceProperties.device.timezone=x", "nothing", "serverProperties.a"],
    value: ["x", "1", "true", "[1,2]", '{"timezone":"x"}', ""],
    scheduledOn: [0, 1_767_225_600_000 + 60_000, 1_767_225_600_000 + 1_000 * 86_400 * 29],
  },
};

interface Parameter {
  readonly name: string;
  readonly in: "path" | "query";
  readonly required: boolean;
  readonly schema: JsonSchema;
}
interface Operation {
  readonly parameters: readonly Parameter[];
  readonly requestBody?: { readonly content: { readonly "application/json": { readonly schema: JsonSchema } } };
  readonly responses: Readonly<Record<string, unknown>>;
}

const operationOf = (id: EndpointId): Operation => {
  for (const methods of Object.values(DOCUMENT.paths)) {
    for (const operation of Object.values(methods)) {
      if ((operation as { readonly operationId: string }).operationId === id) return operation as Operation;
    }
  }
  throw new Error(`${id} is not in the document`);
};

type Step =
  | {
      readonly kind: "request";
      readonly id: EndpointId;
      /** Which of the tasks, images or tokens that exist a path means; beyond them none. */
      readonly which: number;
      readonly path: Readonly<Record<string, string>>;
      /** Whatever it is, what has no fields is no query. */
      readonly query: unknown;
      readonly body: unknown;
      readonly token: string | undefined;
    }
  | { readonly kind: "wait"; readonly seconds: number }
  | { readonly kind: "register"; readonly device: number };

/** Fields that fit one by one rarely make a task together: here without those that contradict others. */
function consistentTask(): JsonSchema {
  const {
    dtid = {},
    dids = {},
    taskType = {},
    property = {},
    taskParameters,
  } = DEFINITIONS.TaskRequest?.properties ?? {};
  const { value = {}, expiresAfter = {}, scheduledOn = {} } = taskParameters?.properties ?? {};
  const parameters = { type: "object", required: ["value"], properties: { value, expiresAfter, scheduledOn } };
  return {
    type: "object",
    required: ["dtid", "taskType", "property", "taskParameters"],
    properties: { dtid, dids, taskType, property, taskParameters: parameters },
  };
}

function bodyOf(id: EndpointId): fc.Arbitrary<unknown> {
  const schema = operationOf(id).requestBody?.content["application/json"].schema;
  if (schema === undefined) return fc.constant(undefined);
  const any = fitting(schema, "", DRAWING);
  return id === "create-task" ? fc.oneof(any, { weight: 3, arbitrary: fitting(consistentTask(), "", DRAWING) }) : any;
}

function requestStep(id: EndpointId): fc.Arbitrary<Step> {
  const { parameters } = operationOf(id);
  const of = (place: "path" | "query", valid: boolean) => {
    const rows = parameters.filter((parameter) => parameter.in === place);
    const values = Object.fromEntries(rows.map(({ name, schema }) => [name, fitting(schema, name, DRAWING)]));
    const required = rows.filter((row) => row.required && valid).map(({ name }) => name);
    return fc.record(values, { requiredKeys: place === "path" ? Object.keys(values) : required });
  };
  const body = bodyOf(id);
  return fc.record({
    kind: fc.constant("request" as const),
    id: fc.constant(id),
    which: fc.nat(5),
    path: of("path", true) as fc.Arbitrary<Record<string, string>>,
    query: fc.oneof({ weight: 3, arbitrary: of("query", true) }, { weight: 1, arbitrary: spoiled(of("query", false)) }),
    body: fc.oneof({ weight: 3, arbitrary: body }, { weight: 1, arbitrary: spoiled(body) }),
    token: fc.constantFrom(...TOKENS),
  });
}

const STEP: fc.Arbitrary<Step> = fc.oneof(
  ...ENDPOINTS.map(({ id }) => ({ weight: id === "create-task" ? 6 : 2, arbitrary: requestStep(id) })),
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("wait" as const), seconds: fc.constantFrom(1, 100, 90_000) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("register" as const), device: fc.nat(2) }) },
);

/** Ids by the name that paths give them: of tasks, images and tokens that were made. */
type Made = Readonly<Record<"tid" | "updateId" | "id", string[]>>;

/** Which endpoint makes what. */
const MAKES: Readonly<Partial<Record<EndpointId, { readonly name: keyof Made; readonly field: string }>>> = {
  "create-task": { name: "tid", field: "id" },
  "add-update": { name: "updateId", field: "updateId" },
  "add-token": { name: "id", field: "id" },
};

/** A device type of each owner, and of one three devices that answer, refuse, and are silent, with two tasks. */
function newWorld(): {
  readonly world: World;
  readonly made: Made;
  readonly register: (device: number) => void;
} {
  let tokens = 0;
  const world = createWorld({ token: "admin", newToken: () => `made-${tokens++}` });
  for (const dtid of ["mine", "yours"])
    world.rest("POST", "devicetypes", { dtid, name: dtid, owner: dtid }, {}, "admin");
  const scripts: readonly Script[] = [changed(), { ...changed(), code: "4.04" }, "silent"];
  const devices = scripts.map((script, index) => {
    world.rest("POST", "devices", { did: `d${index}`, dtid: "mine" }, {}, "admin");
    const device = world.device(`d${index}`);
    device.script = () => script;
    return device;
  });
  const task = { dtid: "mine", taskType: "R", property: "deviceProperties.device" };
  const tasks = [task, { ...task, dids: ["d0"] }].map(
    (body) => (world.rest("POST", "devicemgmt/tasks", body, {}, "mine").body as { data: { id: string } }).data.id,
  );
  return { world, made: { tid: tasks, updateId: [], id: [] }, register: (index) => void devices[index]?.register() };
}

/** The document's own schemas, read back from JSON: what a client would hold the answers to. */
const ANSWERS = new Map<string, z.ZodType>();
function answerSchema(name: string): z.ZodType {
  const known = ANSWERS.get(name);
  if (known !== undefined) return known;
  const $defs = JSON.parse(JSON.stringify(DEFINITIONS).replaceAll("#/components/schemas/", "#/$defs/"));
  const schema = z.fromJSONSchema({ $ref: `#/$defs/${name}`, $defs });
  ANSWERS.set(name, schema);
  return schema;
}

const textOf = (value: unknown): string => (Array.isArray(value) ? value.join(",") : String(value));

function send(world: World, made: Made, step: Extract<Step, { kind: "request" }>): RestResponse {
  const endpoint = ENDPOINTS.find(({ id }) => id === step.id);
  if (endpoint === undefined) throw new Error(step.id);
  const known = Object.fromEntries(Object.entries(made).map(([name, ids]) => [name, ids[step.which] ?? "nothing"]));
  const values: Readonly<Record<string, string>> = { ...step.path, ...known };
  const path = endpoint.path.replaceAll(/:(\w+)/g, (_, name: string) => values[name] ?? "");
  const query = Object.fromEntries(
    Object.entries(Object(step.query) as object).map(([name, value]) => [name, textOf(value)]),
  );
  // As it comes over the wire.
  const body = step.body === undefined ? undefined : JSON.parse(JSON.stringify(step.body));
  return world.rest(endpoint.method, path, body, query, step.token);
}

function check(step: Extract<Step, { kind: "request" }>, { status, body }: RestResponse): void {
  const told = operationOf(step.id).responses[status] as
    | { readonly content: { readonly "application/json": { readonly schema: { readonly $ref: string } } } }
    | undefined;
  expect({ status, body, told: told !== undefined }).toMatchObject({ told: true });
  expect(status).toBeLessThan(500);
  const name = told?.content["application/json"].schema.$ref.split("/").at(-1) ?? "";
  const parsed = answerSchema(name).safeParse(JSON.parse(JSON.stringify(body)));
  expect({ name, body, problem: parsed.error?.message }).toEqual({ name, body, problem: undefined });
  const wanted = DOCS[step.id].body?.schema;
  if (status < 300 && wanted !== undefined) expect(wanted.safeParse(step.body).error?.message).toBeUndefined();
}

it(`answers about ${REQUESTS} requests made of the OpenAPI document as it tells, never with 5xx`, {
  timeout: 120_000,
}, () => {
  const seen = new Map<string, number>();
  fc.assert(
    fc.property(fc.array(STEP, { minLength: 1, maxLength: PER_WORLD, size: "max" }), (steps) => {
      const { world, made, register } = newWorld();
      for (const step of steps) {
        if (step.kind === "wait") world.advance(step.seconds);
        else if (step.kind === "register") register(step.device);
        else {
          const answer = send(world, made, step);
          check(step, answer);
          const key = `${step.id} ${answer.status}`;
          seen.set(key, (seen.get(key) ?? 0) + 1);
          const makes = answer.status === 201 ? MAKES[step.id] : undefined;
          if (makes !== undefined)
            made[makes.name].unshift((answer.body as { data: Record<string, string> }).data[makes.field] ?? "");
        }
      }
    }),
    { numRuns: Math.ceil((2 * REQUESTS) / PER_WORLD) },
  );
  // The requests are worth something: every endpoint did what it is for, and refused somebody. But no task here waits
  // for a consent, and the bytes of an image are no JSON.
  const elsewhere: readonly EndpointId[] = ["accept-task", "download-update"];
  const without = ENDPOINTS.filter(
    ({ id }) => !elsewhere.includes(id) && ![200, 201].some((status) => seen.has(`${id} ${status}`)),
  );
  expect(without).toEqual([]);
  for (const status of [400, 401, 403, 404, 409])
    expect([...seen.keys()].some((key) => key.endsWith(` ${status}`))).toBe(true);
});
