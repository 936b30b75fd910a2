/**
 * Query parameters: what each means, and how its text becomes a value. The API's documents show the same rows.
 *
 * Source: the cloud's SDKs; docs/semantics.md rows 23, 29, 31.
 */
import { z } from "zod";
import { err, ok, type Result } from "../../protocol/result.ts";
import { firstIssue } from "../../protocol/task-api/schemas.ts";
import { DEVICE_TASK_STATUSES, TASK_STATUSES } from "../../protocol/task-api/states.ts";
import { type Answer, invalid } from "./answer.ts";

export interface QueryParameter<T> {
  readonly about: string;
  /** Of the value, not of its text. */
  readonly schema: z.ZodType<T>;
  /** What is to be checked, made of the text; text that is none of that kind is left as it is. */
  readonly read: (text: string) => unknown;
  readonly required?: true;
  /** The value when it is absent, where there is one. */
  readonly preset?: T;
}

export type QueryParameters = Readonly<Record<string, QueryParameter<unknown>>>;

/** A parameter that has a preset, or is required, has a value. */
type Values<P> = {
  readonly [K in keyof P]: P[K] extends QueryParameter<infer T>
    ? P[K] extends { readonly required: true } | { readonly preset: unknown }
      ? T
      : T | undefined
    : never;
};

/** @returns the values by name; or 400 for the first that is missing or wrong */
export function readQuery<P extends QueryParameters>(
  parameters: P,
  query: Readonly<Record<string, string>>,
): Result<Values<P>, Answer> {
  const values: Record<string, unknown> = {};
  for (const [name, { schema, read, required, preset }] of Object.entries(parameters)) {
    const text = query[name];
    if (text === undefined) {
      if (required === true) return err(invalid(name, "Required parameter"));
      values[name] = preset;
      continue;
    }
    const parsed = schema.safeParse(read(text));
    if (!parsed.success) return err(invalid(name, firstIssue(parsed.error).message));
    values[name] = parsed.data;
  }
  return ok(values as Values<P>);
}

const asText = (text: string): unknown => text;
const asInteger = (text: string): unknown => (/^-?\d{1,16}$/.test(text) ? Number(text) : text);
const asBoolean = (text: string): unknown => (text === "true" || text === "false" ? text === "true" : text);
/** Words between commas. */
const asWords = (text: string): unknown =>
  text
    .split(",")
    .map((word) => word.trim())
    .filter((word) => word !== "");

const INTEGER = z.int("Numeric field only");
const MAX_COUNT = 100;

export const COUNT = {
  about: "Size of a page.",
  schema: INTEGER.min(1, "Minimum value 1").max(MAX_COUNT, `Maximum value ${MAX_COUNT}`),
  read: asInteger,
  preset: MAX_COUNT,
} as const;

export const OFFSET = {
  about: "Where the page begins, from 0.",
  schema: INTEGER.min(0, "Minimum value 0"),
  read: asInteger,
  preset: 0,
} as const;

export const PAGING = { count: COUNT, offset: OFFSET } as const;

const oneOf = <const T extends readonly string[]>(words: T) =>
  z.array(z.enum(words, { error: ({ input }) => `Invalid status ${String(input).slice(0, 64)}` }));

export const TASK_STATUS = {
  about: "Task statuses, separated by commas. Default: all.",
  schema: oneOf(TASK_STATUSES),
  read: asWords,
} as const;

export const DEVICE_TASK_STATUS = {
  about: "Device task statuses, separated by commas. Default: all.",
  schema: oneOf(DEVICE_TASK_STATUSES),
  read: asWords,
} as const;

/** Named the other way round from what one expects: `order` is the field, `sort` the direction. */
export const SORTING = {
  order: {
    about: "The field to sort by.",
    schema: z.enum(["createdOn"], "Only createdOn is known"),
    read: asText,
    preset: "createdOn",
  },
  sort: {
    about: "The direction; newest first unless asc.",
    schema: z.enum(["asc", "desc"], "Give asc or desc"),
    read: asText,
    preset: "desc",
  },
} as const;

export const DIDS = {
  about: "Device ids, separated by commas. Default: all.",
  schema: z.array(z.string()),
  read: asWords,
} as const;

export const DID = {
  about: "The device; without one the history is that of the whole task.",
  schema: z.string(),
  read: asText,
} as const;

export const DTID = {
  about: "The device type.",
  schema: z.string().min(1, "Required parameter"),
  read: asText,
  required: true,
} as const;

export const FILTER = {
  about:
    "Pairs key=value, separated by commas, all of which must hold: serverProperties.site=b1,deviceProperties.device.timezone=Europe/Paris",
  schema: z.string(),
  read: asText,
} as const;

export const INCLUDE_TIMESTAMP = {
  about: "Shows each value of serverProperties and deviceProperties as {value, ts}.",
  schema: z.boolean("Invalid boolean"),
  read: asBoolean,
  preset: false,
} as const;
