/**
 * Payloads of Read, Write and Notify: typed values of the objects in `objects.ts` as TLV or as plain text.
 *
 * Reading is strict about types and tolerant about what a device may add: resources without a row are skipped, and one
 * object-instance entry around the resources is taken off.
 *
 * Spec: OMA LwM2M Core §6.4 (data formats); numbers in the CoAP Content-Formats registry.
 */
import { err, ok, type Result } from "../result.ts";
import { type ResourceRow, resourceRow } from "./objects.ts";
import { decodeScalar, decodeUtf8, encodeScalar, encodeUtf8 } from "./scalar.ts";
import { decodeTlv, encodeTlv, type TlvEntry } from "./tlv.ts";
import type { InstanceValues, ResourceType, ResourceValue, ScalarValue } from "./value.ts";

/** One row of the registry. */
export interface ContentFormatRow {
  readonly number: number;
  readonly name: string;
  readonly mediaType: string;
  readonly spec: string;
}

/** The formats that are known by name, by number; not all of them are read or written here. */
export const CONTENT_FORMATS = [
  { number: 0, name: "text", mediaType: "text/plain;charset=utf-8", spec: "RFC 7252 §12.3; Core §6.4.1" },
  { number: 40, name: "link-format", mediaType: "application/link-format", spec: "RFC 6690 §7.3" },
  { number: 42, name: "opaque", mediaType: "application/octet-stream", spec: "RFC 7252 §12.3; Core §6.4.2" },
  { number: 60, name: "cbor", mediaType: "application/cbor", spec: "RFC 8949 §9.5" },
  { number: 110, name: "senml-json", mediaType: "application/senml+json", spec: "RFC 8428 §12.3" },
  { number: 112, name: "senml-cbor", mediaType: "application/senml+cbor", spec: "RFC 8428 §12.3" },
  { number: 11542, name: "tlv", mediaType: "application/vnd.oma.lwm2m+tlv", spec: "Core §6.4.3" },
  { number: 11543, name: "json", mediaType: "application/vnd.oma.lwm2m+json", spec: "Core §6.4.4" },
] as const satisfies readonly ContentFormatRow[];

/** Numbers of the formats that are used by name here. Their rows are above. */
export const TEXT = 0;
export const LINK_FORMAT = 40;
export const OPAQUE = 42;
export const TLV = 11542;

/**
 * Writes the resources of one object instance as TLV, in the order of the map, without an object-instance entry.
 *
 * @throws TypeError when a value is not of its resource's type, or its resource has no row: wrong use by us
 */
export function encodeInstance(object: number, values: InstanceValues): Uint8Array {
  return encodeTlv(
    [...values].map(([resource, value]) => {
      const row = resourceRow(object, resource);
      if (row === undefined) throw new TypeError(`no resource ${object}/*/${resource}`);
      return resourceEntry(row, value);
    }),
  );
}

function resourceEntry(row: ResourceRow, value: ResourceValue): TlvEntry {
  if (!isMultiple(value)) return { kind: "resource", id: row.id, value: encodeScalar(row.type, value) };
  const children = [...value].map(
    ([id, scalar]): TlvEntry => ({ kind: "resource-instance", id, value: encodeScalar(row.type, scalar) }),
  );
  return { kind: "multiple-resource", id: row.id, children };
}

/** True for the value of a multiple resource. */
export const isMultiple = (value: ResourceValue): value is ReadonlyMap<number, ScalarValue> => value instanceof Map;

/** Reads the resources of one object instance from TLV. Resources without a row are skipped. */
export function decodeInstance(object: number, payload: Uint8Array): Result<InstanceValues, string> {
  const entries = decodeTlv(payload);
  if (!entries.ok) return entries;
  const values = new Map<number, ResourceValue>();
  for (const entry of unwrapInstance(entries.value)) {
    if (entry.kind !== "resource" && entry.kind !== "multiple-resource") {
      return err(`expected the resources of one instance of object ${object}, found ${withArticle(entry.kind)}`);
    }
    const row = resourceRow(object, entry.id);
    if (row === undefined) continue;
    const value = readEntry(row, entry);
    if (!value.ok) return err(`${object}/*/${entry.id}: ${value.error}`);
    if (values.has(entry.id)) return err(`${object}/*/${entry.id} is there twice`);
    values.set(entry.id, value.value);
  }
  return ok(values);
}

const withArticle = (kind: TlvEntry["kind"]): string => (kind === "object-instance" ? `an ${kind}` : `a ${kind}`);

/** A device may answer for one instance with or without the entry of the instance around it. */
function unwrapInstance(entries: readonly TlvEntry[]): readonly TlvEntry[] {
  const [first, ...rest] = entries;
  return first?.kind === "object-instance" && rest.length === 0 ? first.children : entries;
}

/** Devices are seen to send a multiple resource that has one value as a single one: that value is its instance 0. */
function readEntry(row: ResourceRow, entry: TlvEntry): Result<ResourceValue, string> {
  if (entry.kind === "resource") {
    const scalar = decodeScalar(row.type, entry.value);
    return scalar.ok && row.multiple ? ok(new Map([[0, scalar.value]])) : scalar;
  }
  if (entry.kind !== "multiple-resource") return err(`found ${withArticle(entry.kind)}`);
  return row.multiple ? readInstances(row, entry.children) : err("a single resource came as a multiple one");
}

function readInstances(row: ResourceRow, entries: readonly TlvEntry[]): Result<ResourceValue, string> {
  const values = new Map<number, ScalarValue>();
  for (const entry of entries) {
    if (entry.kind !== "resource-instance") return err(`expected resource instances, found ${withArticle(entry.kind)}`);
    const scalar = decodeScalar(row.type, entry.value);
    if (!scalar.ok) return err(`instance ${entry.id}: ${scalar.error}`);
    if (values.has(entry.id)) return err(`instance ${entry.id} is there twice`);
    values.set(entry.id, scalar.value);
  }
  return ok(values);
}

/**
 * Writes the value of one resource.
 *
 * @param format TLV for any resource, text for a single one, opaque for a single opaque one
 * @returns an error when the format cannot carry the value, or the value is not of the resource's type
 */
export function encodeResource(
  object: number,
  resource: number,
  value: ResourceValue,
  format: number,
): Result<Uint8Array, string> {
  const row = resourceRow(object, resource);
  if (row === undefined) return err(`no resource ${object}/*/${resource} in the tables`);
  if (isMultiple(value) !== row.multiple) {
    return err(`${object}/*/${resource} is a ${row.multiple ? "multiple" : "single"} resource`);
  }
  try {
    if (format === TLV) return ok(encodeTlv([resourceEntry(row, value)]));
    if (isMultiple(value)) return err(`content format ${format} cannot carry a multiple resource`);
    const bytes = encodeScalar(row.type, value);
    if (format === TEXT) return ok(encodeUtf8(formatText(value)));
    if (format === OPAQUE && row.type === "opaque") return ok(bytes);
  } catch (problem) {
    if (problem instanceof TypeError) return err(problem.message);
    throw problem;
  }
  return err(`content format ${format} is not supported for ${object}/*/${resource}`);
}

/**
 * Reads the value of one resource.
 *
 * @param format `undefined` is text: a response without Content-Format carries text in practice
 * @returns the value, or what is wrong; a peer may send anything
 */
export function decodeResource(
  object: number,
  resource: number,
  format: number | undefined,
  payload: Uint8Array,
): Result<ResourceValue, string> {
  const row = resourceRow(object, resource);
  if (row === undefined) return err(`no resource ${object}/*/${resource} in the tables`);
  if (format === TLV) return decodeResourceTlv(row, payload);
  if (format !== undefined && format !== TEXT && !(format === OPAQUE && row.type === "opaque")) {
    return err(`content format ${format} is not supported for ${object}/*/${resource}`);
  }
  if (row.multiple) return err("plain text cannot carry a multiple resource");
  if (format === OPAQUE) return ok(payload);
  const text = decodeUtf8(payload);
  return text.ok ? parseText(row.type, text.value) : text;
}

/** Devices answer for a multiple resource with its entry or with the bare resource instances. */
function decodeResourceTlv(row: ResourceRow, payload: Uint8Array): Result<ResourceValue, string> {
  const decoded = decodeTlv(payload);
  if (!decoded.ok) return decoded;
  const entries = unwrapInstance(decoded.value);
  const [first, ...rest] = entries;
  if (first === undefined || first.kind === "resource-instance") {
    return row.multiple ? readInstances(row, entries) : err("a single resource came without its value");
  }
  if (rest.length > 0) return err(`expected one resource, found ${entries.length} entries`);
  if (first.id !== row.id) return err(`expected resource ${row.id}, found ${first.id}`);
  return readEntry(row, first);
}

const INTEGER = /^-?\d+$/;
const DECIMAL = /^-?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/**
 * Reads a value from text: decimal numbers, `0` or `1` for booleans, seconds for time, base64 with padding for opaque.
 *
 * @param type `none` takes any text: what to do with it is the device's decision
 * @see OMA LwM2M Core §6.4.1
 */
export function parseText(type: ResourceType, text: string): Result<ScalarValue, string> {
  switch (type) {
    case "string":
    case "none":
      return /\p{Surrogate}/u.test(text) ? err("the text has half a surrogate pair") : ok(text);
    case "integer":
    case "time":
      return INTEGER.test(text) && Number.isSafeInteger(Number(text))
        ? ok(Number(text) + 0)
        : err(`${quote(text)} is not an integer`);
    case "float":
      return DECIMAL.test(text) && Number.isFinite(Number(text))
        ? ok(Number(text))
        : err(`${quote(text)} is not a number`);
    case "boolean":
      return text === "0" || text === "1" ? ok(text === "1") : err(`${quote(text)} is not 0 or 1`);
    case "opaque":
      return BASE64.test(text) ? ok(new Uint8Array(Buffer.from(text, "base64"))) : err(`${quote(text)} is not base64`);
  }
}

/** A peer's text in a message, shortened. */
const quote = (text: string): string => JSON.stringify(text.length <= 40 ? text : `${text.slice(0, 40)}…`);

/** Writes a value as text; `parseText` reads it back. */
export function formatText(value: ScalarValue): string {
  if (value instanceof Uint8Array) return toBase64(value);
  return typeof value === "boolean" ? (value ? "1" : "0") : String(value);
}

/** Opaque values as plain text has them. Spec: Core §6.4.1. */
export const toBase64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");
