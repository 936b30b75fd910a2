/**
 * Values of a JSON Schema, as fast-check arbitraries: such that fit, and such that probably do not.
 *
 * Knows the keywords that our OpenAPI document uses. A name may have a pool, so that ids meet what exists.
 */
import * as fc from "fast-check";

export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
  readonly minItems?: number;
  readonly minLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** What a value of this name is drawn from, instead of any value of its type. */
export type Pools = Readonly<Record<string, readonly unknown[]>>;

export interface Drawing {
  readonly pools: Pools;
  readonly definitions: Readonly<Record<string, JsonSchema>>;
}

/** @param name of the field or the parameter */
export function fitting(schema: JsonSchema, name: string, drawing: Drawing): fc.Arbitrary<unknown> {
  const pool = drawing.pools[name];
  if (schema.$ref !== undefined) {
    const referred = schema.$ref.split("/").at(-1) ?? "";
    return referred === "JsonValue" ? JSON_VALUE : fitting(drawing.definitions[referred] ?? {}, name, drawing);
  }
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  const either = schema.anyOf ?? schema.oneOf;
  if (either !== undefined) return fc.oneof(...either.map((each) => fitting(each, name, drawing)));
  if (schema.type === "array") {
    const items = fitting(schema.items ?? {}, name, drawing);
    return fc.array(items, { minLength: schema.minItems ?? 0, maxLength: 4 });
  }
  if (schema.type === "object") return objectOf(schema, drawing);
  if (pool !== undefined) return fc.constantFrom(...pool);
  return scalarOf(schema);
}

function scalarOf({ type, minLength = 0, minimum, maximum }: JsonSchema): fc.Arbitrary<unknown> {
  if (type === "string") return fc.string({ minLength, maxLength: 12 });
  if (type === "boolean") return fc.boolean();
  if (type === "integer") {
    return fc.maxSafeInteger().map((drawn) => {
      const min = minimum ?? Number.MIN_SAFE_INTEGER;
      const span = Math.min((maximum ?? Number.MAX_SAFE_INTEGER) - min, Number.MAX_SAFE_INTEGER) + 1;
      return min + (Math.abs(drawn) % span);
    });
  }
  return JSON_VALUE;
}

function objectOf(schema: JsonSchema, drawing: Drawing): fc.Arbitrary<unknown> {
  const named = Object.fromEntries(
    Object.entries(schema.properties ?? {}).map(([name, member]) => [name, fitting(member, name, drawing)]),
  );
  const record = fc.record(named, { requiredKeys: [...(schema.required ?? [])] });
  const { additionalProperties } = schema;
  if (typeof additionalProperties !== "object") return record;
  const others = fc.dictionary(fc.string({ minLength: 1, maxLength: 6 }), fitting(additionalProperties, "", drawing), {
    maxKeys: 3,
  });
  return fc.tuple(record, others).map(([fields, more]) => ({ ...more, ...(fields as object) }));
}

/** No `null`: where a field has no value, the API takes it for absent. */
const JSON_VALUE: fc.Arbitrary<unknown> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.oneof(
      fc.string({ maxLength: 6 }),
      fc.integer(),
      fc.boolean(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
    ),
  },
  { weight: 1, arbitrary: fc.array(fc.integer(), { maxLength: 3 }) },
  { weight: 1, arbitrary: fc.dictionary(fc.string({ maxLength: 4 }), fc.integer(), { maxKeys: 3 }) },
);

const JUNK: readonly unknown[] = [
  0,
  -1,
  1.5,
  1e300,
  "",
  "x",
  "a,b",
  "\u0000",
  "\ud800",
  true,
  [],
  {},
  [[]],
  [{}],
  { a: { b: [] } },
];

/** The value with one of its fields replaced by junk, or left out; or junk altogether. */
export const spoiled = (value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.tuple(value, fc.nat(), fc.nat(JUNK.length)).map(([whole, place, junk]) => {
    const fields = typeof whole === "object" && whole !== null && !Array.isArray(whole) ? Object.entries(whole) : [];
    const [name] = fields[place % (fields.length + 1)] ?? [];
    if (name === undefined) return JUNK[junk];
    const others = fields.filter(([other]) => other !== name);
    return Object.fromEntries(junk === JUNK.length ? others : [...others, [name, JUNK[junk]]]);
  });
