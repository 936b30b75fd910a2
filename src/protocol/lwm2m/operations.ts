/**
 * Device management operations as CoAP requests: written by the server, told apart by the device.
 *
 * Which of them a device allows on which resource is not decided here.
 *
 * Spec: OMA LwM2M Transport, Tables 1–4 (mapping of operations to methods); Core §5.4.
 */
import {
  ACCEPT,
  CONTENT_FORMAT,
  OBSERVE,
  sortOptions,
  stringOption,
  stringOptions,
  URI_PATH,
  URI_QUERY,
  uintOption,
  uintValue,
} from "../coap/options.ts";
import type { CoapContent, CoapMessage, CoapOption, Code } from "../coap/types.ts";
import { err, ok, type Result } from "../result.ts";
import { LINK_FORMAT } from "./content.ts";
import { encodeUtf8 } from "./scalar.ts";
import type { LwM2mPath } from "./value.ts";

/** The operations of device management and information reporting. Spec: Core §5.4, §5.5. */
export type OperationKind =
  | "read"
  | "discover"
  | "observe"
  | "cancel-observe"
  | "write"
  | "write-attributes"
  | "execute"
  | "create"
  | "delete";

/** One operation, as a device reads it from a request. */
export interface Operation {
  readonly operation: OperationKind;
  readonly path: LwM2mPath;
  /** What stood before the object id: `/`, or the alternate path of the device. */
  readonly rootPath: string;
  /** Write: true for the partial update of an instance (POST), false for replace (PUT). False for the others. */
  readonly partial: boolean;
  readonly format: number | undefined;
  readonly accept: number | undefined;
}

const GET: Code = "0.01";
const POST: Code = "0.02";
const PUT: Code = "0.03";
const DELETE: Code = "0.04";
const NO_PAYLOAD = new Uint8Array(0);
const METHOD_NOT_ALLOWED: Code = "4.05";
const NOT_FOUND: Code = "4.04";

/**
 * Read.
 *
 * @param accept content format asked for; none leaves the choice to the device
 * @param rootPath the alternate path of the device's registration
 */
export const readContent = (path: LwM2mPath, accept?: number, rootPath = "/"): CoapContent =>
  request(GET, path, rootPath, accept === undefined ? [] : [uintOption(ACCEPT, accept)], NO_PAYLOAD);

/** Write: replaces a resource (PUT), or updates the resources of an instance that the payload names (POST). */
export const writeContent = (path: LwM2mPath, format: number, payload: Uint8Array, rootPath = "/"): CoapContent =>
  request(path.length === 3 ? PUT : POST, path, rootPath, [uintOption(CONTENT_FORMAT, format)], payload);

/** Execute. Arguments are plain text, `0='a',1`; without them there is no payload. */
export const executeContent = (path: LwM2mPath, args = "", rootPath = "/"): CoapContent =>
  request(POST, path, rootPath, args === "" ? [] : [uintOption(CONTENT_FORMAT, 0)], encodeUtf8(args));

function request(
  code: Code,
  path: LwM2mPath,
  rootPath: string,
  options: readonly CoapOption[],
  payload: Uint8Array,
): CoapContent {
  const segments = [...rootPath.split("/").filter((segment) => segment !== ""), ...path.map(String)];
  return {
    code,
    options: sortOptions([...segments.map((segment) => stringOption(URI_PATH, segment)), ...options]),
    payload,
  };
}

/**
 * Tells which operation a request is, for the device side.
 *
 * @returns the operation, or the code to answer with: 4.04 for a path that cannot be one of LwM2M, 4.05 for a method
 *   that has no meaning there (FETCH, PUT or DELETE on an object, Execute on an instance)
 * @see OMA LwM2M Transport, Table 3
 */
export function parseOperation(message: CoapMessage): Result<Operation, Code> {
  const target = parseTarget(stringOptions(message, URI_PATH));
  if (target === undefined) return err(NOT_FOUND);
  const operation = operationOf(message, target.path);
  if (operation === undefined) return err(METHOD_NOT_ALLOWED);
  return ok({
    operation,
    ...target,
    partial: operation === "write" && message.code === POST,
    format: uintValue(message, CONTENT_FORMAT),
    accept: uintValue(message, ACCEPT),
  });
}

function operationOf(message: CoapMessage, path: LwM2mPath): OperationKind | undefined {
  const hasBody = message.payload.length > 0 || uintValue(message, CONTENT_FORMAT) !== undefined;
  switch (message.code) {
    case GET:
      return readingOf(message);
    case PUT:
      if (!hasBody && stringOptions(message, URI_QUERY).length > 0) return "write-attributes";
      return path.length === 1 ? undefined : "write";
    case POST:
      if (path.length === 3) return "execute";
      if (path.length === 1) return "create";
      return hasBody ? "write" : undefined;
    case DELETE:
      return path.length === 2 ? "delete" : undefined;
    default:
      return undefined;
  }
}

/** Spec: RFC 7641 §2 (Observe 0 registers, 1 deregisters). */
function readingOf(message: CoapMessage): OperationKind {
  const observe = uintValue(message, OBSERVE);
  if (observe === 0) return "observe";
  if (observe === 1) return "cancel-observe";
  return uintValue(message, ACCEPT) === LINK_FORMAT ? "discover" : "read";
}

/** Numbers at the end are the path, what is before them is the root, which has no number in it. Core §6.2.3. */
function parseTarget(segments: readonly string[]): { readonly path: LwM2mPath; readonly rootPath: string } | undefined {
  const first = segments.findIndex((segment) => ID.test(segment));
  if (first < 0) return undefined;
  const ids = segments.slice(first);
  if (ids.some((id) => !ID.test(id) || Number(id) > MAX_ID)) return undefined;
  const [object, instance, resource, ...more] = ids.map(Number);
  if (object === undefined || more.length > 0) return undefined;
  const rootPath = `/${segments.slice(0, first).join("/")}`;
  if (instance === undefined) return { path: [object], rootPath };
  return { path: resource === undefined ? [object, instance] : [object, instance, resource], rootPath };
}

const ID = /^(0|[1-9]\d{0,4})$/;
/** 65535 is reserved. */
const MAX_ID = 65_534;
