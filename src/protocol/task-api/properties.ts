/**
 * Properties of the task API and what they are in LwM2M: names, and values in both directions.
 *
 * `deviceProperties.device.<name>` is a resource of 3/0, `deviceProperties.device` the whole instance,
 * `serverProperties.<name>` exists at the server only. Time is seconds in LwM2M and milliseconds in the API. Objects that
 * may have several instances have no name in the API, and neither has the opaque package of a firmware update.
 *
 * Source: the cloud's starter samples (names of objects 3 and 5); docs/semantics.md rows 18, 29, 31.
 */
import { isMultiple, parseText, toBase64 } from "../lwm2m/content.ts";
import { FIRMWARE_UPDATE, OBJECTS, objectRow, type ResourceRow, resourceRow } from "../lwm2m/objects.ts";
import type { InstanceValues, ResourceType, ResourceValue, ScalarValue } from "../lwm2m/value.ts";
import { nearestFew } from "../nearest.ts";
import { err, ok, type Result } from "../result.ts";

/** What the name of a property stands for. */
export type Property =
  | { readonly kind: "resource"; readonly path: readonly [number, number, number]; readonly row: ResourceRow }
  | { readonly kind: "object"; readonly path: readonly [number, number]; readonly object: number }
  | { readonly kind: "server"; readonly name: string };

const DEVICE_GROUP = "deviceProperties";
const SERVER_GROUP = "serverProperties";
/** Objects that the API names, all with their single instance. */
export const API_OBJECTS: readonly { readonly name: string; readonly object: number }[] = OBJECTS.filter(
  ({ multiple }) => !multiple,
).map(({ id, name }) => ({ name, object: id }));
const THE_INSTANCE = 0;
/** 5/0/0: a whole firmware is no text in a task. */
const PACKAGE = 0;
const MOST_SUGGESTED = 3;

/** The resources of an object that the API names. */
export const apiResources = (object: number): readonly ResourceRow[] =>
  (objectRow(object)?.resources ?? []).filter(({ id }) => object !== FIRMWARE_UPDATE || id !== PACKAGE);

/** @returns what the property is, or a sentence that says what is unknown and which names are near */
export function resolveProperty(property: string): Result<Property, string> {
  const [group = "", ...names] = property.split(".");
  if (group === SERVER_GROUP) return serverProperty(property);
  if (group !== DEVICE_GROUP) return unknown("property group", group, [DEVICE_GROUP, SERVER_GROUP]);
  const [objectName = "", resourceName, ...more] = names;
  const found = API_OBJECTS.find((row) => row.name === objectName);
  if (found === undefined) {
    return unknown(
      "object",
      objectName,
      API_OBJECTS.map((row) => row.name),
    );
  }
  const { object } = found;
  if (resourceName === undefined) return ok({ kind: "object", path: [object, THE_INSTANCE], object });
  if (more.length > 0) return err(`"${property}" goes deeper than a resource`);
  const rows = apiResources(object);
  const row = rows.find((candidate) => candidate.name === resourceName);
  if (row === undefined) {
    return unknown(
      `property of ${objectName}`,
      resourceName,
      rows.map((candidate) => candidate.name),
    );
  }
  return ok({ kind: "resource", path: [object, THE_INSTANCE, row.id], row });
}

/** The name of a server property is the owner's choice and may have dots in it. */
function serverProperty(property: string): Result<Property, string> {
  const name = property.slice(SERVER_GROUP.length + 1);
  return name === "" ? err(`"${property}" lacks the name of the server property`) : ok({ kind: "server", name });
}

function unknown(what: string, name: string, known: readonly string[]): { readonly ok: false; readonly error: string } {
  const near = nearestFew(name, known, MOST_SUGGESTED);
  return err(
    `unknown ${what} "${name.slice(0, 64)}"; ${near.length === 0 ? "known are" : "near are"} ${(near.length === 0 ? known : near).join(", ")}`,
  );
}

/**
 * A resource's value as the mirror shows it in JSON: number, boolean or string; an array for a multiple resource, in the
 * order of instance ids; time in milliseconds; opaque as base64.
 */
export function toApiValue(object: number, resource: number, value: ResourceValue): unknown {
  const type = resourceRow(object, resource)?.type;
  if (!isMultiple(value)) return toApiScalar(type, value);
  return [...value].sort(([a], [b]) => a - b).map(([, scalar]) => toApiScalar(type, scalar));
}

function toApiScalar(type: ResourceType | undefined, value: ScalarValue): unknown {
  if (value instanceof Uint8Array) return toBase64(value);
  return type === "time" && typeof value === "number" ? value * 1_000 : value;
}

/** From here on a number for a time is milliseconds: as seconds it would be the year 5138. */
const MILLISECONDS_FROM = 1e11;

/**
 * The `value` text of a write task as a value of the resource.
 *
 * Time may be in seconds or in milliseconds; a boolean `true`, `false`, `1` or `0`; a multiple resource is a JSON array,
 * or one value for instance 0. A resource that cannot be written is read too: the device's answer decides.
 *
 * @see docs/semantics.md rows 29, 31
 */
export function fromApiText(row: ResourceRow, text: string): Result<ResourceValue, string> {
  if (!row.multiple) return fromScalarText(row, text);
  if (!text.trimStart().startsWith("[")) {
    const only = fromScalarText(row, text);
    return only.ok ? ok(new Map([[0, only.value]])) : only;
  }
  const parsed = parseJson(text);
  return parsed.ok && Array.isArray(parsed.value) ? fromArray(row, parsed.value) : err(`${row.name}: not a JSON array`);
}

function fromArray(row: ResourceRow, members: readonly unknown[]): Result<ResourceValue, string> {
  const values = new Map<number, ScalarValue>();
  for (const [index, member] of members.entries()) {
    const scalar = fromJsonScalar(row, member);
    if (!scalar.ok) return scalar;
    values.set(index, scalar.value);
  }
  return ok(values);
}

function fromScalarText(row: ResourceRow, text: string): Result<ScalarValue, string> {
  const plain = row.type === "boolean" ? text.replace(/^true$/, "1").replace(/^false$/, "0") : text;
  const parsed = parseText(row.type, plain);
  if (!parsed.ok) return err(`${row.name}: ${parsed.error}`);
  if (row.type !== "time" || typeof parsed.value !== "number") return parsed;
  return ok(parsed.value >= MILLISECONDS_FROM ? Math.floor(parsed.value / 1_000) : parsed.value);
}

/** JSON's own types count where they fit; text goes the way of `value` texts. */
function fromJsonScalar(row: ResourceRow, member: unknown): Result<ScalarValue, string> {
  if (typeof member === "string") return fromScalarText(row, member);
  const fits =
    (typeof member === "boolean" && row.type === "boolean") ||
    (typeof member === "number" && ["integer", "float", "time"].includes(row.type));
  return fits ? fromScalarText(row, String(member)) : err(`${row.name}: the value is not of type ${row.type}`);
}

/**
 * The `value` text of a write task on a whole object: a JSON object of writable resource names to values.
 *
 * @returns the values by resource id, at least one; or a sentence that names what is wrong
 */
export function fromApiObjectText(object: number, text: string): Result<InstanceValues, string> {
  const parsed = parseJson(text);
  if (!parsed.ok || typeof parsed.value !== "object" || parsed.value === null || Array.isArray(parsed.value)) {
    return err("the value of a whole object is a JSON object of resource names to values");
  }
  const writable = apiResources(object).filter((row) => row.operations.includes("W"));
  const values = new Map<number, ResourceValue>();
  for (const [name, member] of Object.entries(parsed.value)) {
    const row = writable.find((candidate) => candidate.name === name);
    if (row === undefined) {
      return err(
        `"${name.slice(0, 64)}" cannot be written; writable are ${writable.map((candidate) => candidate.name).join(", ")}`,
      );
    }
    const value = row.multiple && Array.isArray(member) ? fromArray(row, member) : fromJsonMember(row, member);
    if (!value.ok) return value;
    values.set(row.id, value.value);
  }
  return values.size === 0 ? err("the JSON object names no resource") : ok(values);
}

function fromJsonMember(row: ResourceRow, member: unknown): Result<ResourceValue, string> {
  const scalar = fromJsonScalar(row, member);
  return scalar.ok && row.multiple ? ok(new Map([[0, scalar.value]])) : scalar;
}

function parseJson(text: string): Result<unknown, string> {
  try {
    return ok(JSON.parse(text));
  } catch {
    return err("not JSON");
  }
}
