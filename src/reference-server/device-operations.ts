/**
 * A device task as a CoAP request, and the device's response as an outcome. Nothing is sent or stored here.
 *
 * A text that is not of its resource's type goes to the device as it is: the device's answer decides (row 29).
 *
 * Spec: OMA LwM2M Transport, Tables 1–4; docs/semantics.md rows 17, 18, 25, 29, 31.
 */
import { CONTENT_FORMAT, uintValue } from "../protocol/coap/options.ts";
import type { CoapContent, CoapMessage, Code } from "../protocol/coap/types.ts";
import {
  decodeInstance,
  decodeResource,
  encodeInstance,
  encodeResource,
  TEXT,
  TLV,
} from "../protocol/lwm2m/content.ts";
import { objectRow, resourceRow } from "../protocol/lwm2m/objects.ts";
import { executeContent, readContent, writeContent } from "../protocol/lwm2m/operations.ts";
import { encodeUtf8 } from "../protocol/lwm2m/scalar.ts";
import type { InstanceValues, LwM2mPath, ResourceValue } from "../protocol/lwm2m/value.ts";
import { err, ok, type Result } from "../protocol/result.ts";
import {
  fromApiObjectText,
  fromApiText,
  type Property,
  resolveProperty,
  toApiValue,
} from "../protocol/task-api/properties.ts";
import type { TaskType } from "../protocol/task-api/states.ts";

/** What a value of the mirror becomes: dotted name without the group, `device.timezone`. */
export interface MirrorChange {
  readonly name: string;
  readonly value: unknown;
}

export type DeviceOperation =
  | { readonly kind: "server-property"; readonly name: string; readonly value: string }
  | { readonly kind: "read"; readonly path: LwM2mPath }
  | {
      readonly kind: "write";
      readonly path: LwM2mPath;
      readonly format: number;
      readonly payload: Uint8Array;
      readonly written: readonly MirrorChange[];
    }
  | { readonly kind: "execute"; readonly path: LwM2mPath }
  /** Several requests; each of them is one of the others. */
  | { readonly kind: "firmware-update"; readonly updateId: string };

/** Which field of the request cannot be served, and why. */
export interface OperationRefusal {
  readonly field: "property" | "taskType" | "taskParameters.value";
  readonly message: string;
}

/** What a task asks of each of its devices; a refusal where the request makes no sense. Row 29. */
export function planOperation(
  taskType: TaskType,
  propertyName: string,
  value: string | undefined,
): Result<DeviceOperation, OperationRefusal> {
  const resolved = resolveProperty(propertyName);
  if (!resolved.ok) return err({ field: "property", message: resolved.error });
  const property = resolved.value;
  if (property.kind === "server") return planServerProperty(taskType, property.name, value);
  if (taskType === "R") return ok({ kind: "read", path: property.path });
  if (taskType === "W") {
    return value === undefined
      ? err({ field: "taskParameters.value", message: "Required parameter" })
      : planWrite(property, value);
  }
  return property.kind === "resource"
    ? ok({ kind: "execute", path: property.path })
    : err({ field: "property", message: "A whole object cannot be executed" });
}

function planServerProperty(
  taskType: TaskType,
  name: string,
  value: string | undefined,
): Result<DeviceOperation, OperationRefusal> {
  if (taskType !== "W") return err({ field: "taskType", message: "A server property can only be written" });
  if (value === undefined) return err({ field: "taskParameters.value", message: "Required parameter" });
  return ok({ kind: "server-property", name, value });
}

function planWrite(
  property: Exclude<Property, { kind: "server" }>,
  text: string,
): Result<DeviceOperation, OperationRefusal> {
  if (property.kind === "object") return planObjectWrite(property.object, property.path, text);
  const { row, path } = property;
  const [object] = path;
  const value = fromApiText(row, text);
  const format = row.multiple ? TLV : TEXT;
  const payload = value.ok ? encodeResource(object, row.id, value.value, format) : value;
  const name = mirrorName(object, row.id);
  if (payload.ok && value.ok) {
    const written = [{ name, value: toApiValue(object, row.id, value.value) }];
    return ok({ kind: "write", path, format, payload: payload.value, written });
  }
  if (row.multiple)
    return err({ field: "taskParameters.value", message: payload.ok ? "Invalid value" : payload.error });
  return ok({ kind: "write", path, format: TEXT, payload: encodeUtf8(text), written: [{ name, value: text }] });
}

function planObjectWrite(object: number, path: LwM2mPath, text: string): Result<DeviceOperation, OperationRefusal> {
  const values = fromApiObjectText(object, text);
  if (!values.ok) return err({ field: "taskParameters.value", message: values.error });
  const payload = encodeInstance(object, values.value);
  return ok({ kind: "write", path, format: TLV, payload, written: mirrorChanges(object, values.value) });
}

/** The request for a device; `undefined`: the operation has none, or has several, each an operation of its own. */
export function requestOf(operation: DeviceOperation, rootPath: string): CoapContent | undefined {
  switch (operation.kind) {
    case "server-property":
    case "firmware-update":
      return undefined;
    case "read":
      return readContent(operation.path, operation.path.length === 3 ? undefined : TLV, rootPath);
    case "write":
      return writeContent(operation.path, operation.format, operation.payload, rootPath);
    case "execute":
      return executeContent(operation.path, "", rootPath);
  }
}

export type Outcome =
  | { readonly kind: "success"; readonly changes: readonly MirrorChange[] }
  | { readonly kind: "error"; readonly code: Code; readonly diagnostic: string }
  | { readonly kind: "misfit"; readonly reason: string };

/**
 * What a response says about the operation that it answers.
 *
 * @param isSuccess whether this code does what was asked
 */
export function outcomeOf(
  operation: DeviceOperation,
  response: CoapMessage,
  isSuccess: (code: Code) => boolean,
): Outcome {
  const { code, payload } = response;
  if (!isSuccess(code)) {
    if (code.startsWith("4.") || code.startsWith("5.")) {
      return { kind: "error", code, diagnostic: diagnosticOf(payload) };
    }
    return { kind: "misfit", reason: `unexpected CoAP ${code}` };
  }
  if (operation.kind === "write") return { kind: "success", changes: operation.written };
  if (operation.kind !== "read") return { kind: "success", changes: [] };
  const changes = readChanges(operation.path, uintValue(response, CONTENT_FORMAT), payload);
  return changes.ok ? { kind: "success", changes: changes.value } : { kind: "misfit", reason: changes.error };
}

/** Text that is not UTF-8 is shown as far as it goes. RFC 7252 §5.5.2 */
const diagnosticOf = (payload: Uint8Array): string => new TextDecoder("utf-8").decode(payload);

function readChanges(
  path: LwM2mPath,
  format: number | undefined,
  payload: Uint8Array,
): Result<readonly MirrorChange[], string> {
  const [object, , resource] = path;
  if (resource === undefined) {
    if (format !== TLV) return err(`an object in content format ${format ?? "text"}`);
    const values = decodeInstance(object, payload);
    return values.ok ? ok(mirrorChanges(object, values.value)) : values;
  }
  const value = decodeResource(object, resource, format, payload);
  return value.ok ? ok(mirrorChanges(object, new Map<number, ResourceValue>([[resource, value.value]]))) : value;
}

function mirrorChanges(object: number, values: InstanceValues): readonly MirrorChange[] {
  const changes: MirrorChange[] = [];
  for (const [resource, value] of values) {
    const row = resourceRow(object, resource);
    // An executable resource has no value, though devices are seen to send a word for it among the others.
    if (row === undefined || row.operations === "E") continue;
    changes.push({ name: mirrorName(object, resource), value: toApiValue(object, resource, value) });
  }
  return changes;
}

const mirrorName = (object: number, resource: number): string =>
  `${objectRow(object)?.name ?? object}.${resourceRow(object, resource)?.name ?? resource}`;
