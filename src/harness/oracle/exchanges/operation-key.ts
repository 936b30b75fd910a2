/**
 * One text per operation on a device, made alike from a task of the API and from a request on the wire, so that a
 * downlink request is attributed to the tasks that it may carry out.
 */
import type { CoapMessage } from "../../../protocol/coap/types.ts";
import { decodeInstance, decodeResource, TEXT } from "../../../protocol/lwm2m/content.ts";
import { parseOperation } from "../../../protocol/lwm2m/operations.ts";
import type { InstanceValues, ResourceValue } from "../../../protocol/lwm2m/value.ts";
import { fromApiObjectText, fromApiText, resolveProperty, toApiValue } from "../../../protocol/task-api/properties.ts";
import type { TaskType } from "../../../protocol/task-api/states.ts";

/**
 * @returns `undefined` for an operation that never reaches a device: a server property
 */
export function operationOfTask(taskType: TaskType, property: string, value: string | undefined): string | undefined {
  const resolved = resolveProperty(property);
  if (!resolved.ok || resolved.value.kind === "server") return undefined;
  const path = resolved.value.path.join("/");
  if (taskType === "R") return `read ${path}`;
  if (taskType === "E") return `execute ${path}`;
  if (resolved.value.kind === "object") {
    const values = fromApiObjectText(resolved.value.object, value ?? "");
    return values.ok ? writeText(resolved.value.object, path, values.value) : `write ${path}`;
  }
  const [object, , resource] = resolved.value.path;
  const typed = fromApiText(resolved.value.row, value ?? "");
  return typed.ok ? `write ${path} ${valueText(object, resource, typed.value)}` : `write ${path}`;
}

/** @returns `undefined` when the request is no Read, Write or Execute */
export function operationOfRequest(message: CoapMessage): string | undefined {
  const parsed = parseOperation(message);
  if (!parsed.ok) return undefined;
  const { operation, path, format, partial } = parsed.value;
  const [object, instance, resource] = path;
  // A Read of /3 and of /3/0 is the same for an object with one instance.
  const text = [object, instance ?? 0, ...(resource === undefined ? [] : [resource])].join("/");
  if (operation === "read" || operation === "execute") return `${operation} ${text}`;
  if (operation !== "write") return undefined;
  if (resource === undefined) {
    const values = decodeInstance(object, message.payload);
    if (!values.ok) return `write ${text}`;
    return partial ? writeText(object, text, values.value) : `write ${text} ${instanceText(object, values.value)}`;
  }
  const value = decodeResource(object, resource, format, message.payload);
  return value.ok ? `write ${text} ${valueText(object, resource, value.value)}` : `write ${text}`;
}

/**
 * Whether a Write of which only the first block is known can be that operation: by its path and, where it is text, by
 * how its value begins.
 */
export function beginsOperation(message: CoapMessage, operation: string): boolean {
  const parsed = parseOperation(message);
  if (!parsed.ok || parsed.value.operation !== "write") return false;
  const [object, instance, resource] = parsed.value.path;
  const target = `write ${[object, instance ?? 0, ...(resource === undefined ? [] : [resource])].join("/")}`;
  if (operation === target || (resource === undefined && operation.startsWith(`${target}/`))) return true;
  const { format } = parsed.value;
  const isText = resource !== undefined && (format === undefined || format === TEXT);
  return operation.startsWith(isText ? `${target} ${beginningOf(message.payload)}` : `${target} `);
}

/** As JSON without the closing quote; a character that the block cuts is left out. */
const beginningOf = (payload: Uint8Array): string =>
  JSON.stringify(new TextDecoder().decode(payload, { stream: true })).slice(0, -1);

/** To update one resource of an instance in part is to write that resource: either request will do (Core §5.4.3). */
function writeText(object: number, instance: string, values: InstanceValues): string {
  const [only, ...more] = values;
  if (only === undefined || more.length > 0) return `write ${instance} ${instanceText(object, values)}`;
  const [resource, value] = only;
  return `write ${instance}/${resource} ${valueText(object, resource, value)}`;
}

const valueText = (object: number, resource: number, value: ResourceValue): string =>
  JSON.stringify(toApiValue(object, resource, value));

function instanceText(object: number, values: InstanceValues): string {
  const entries = [...values].sort(([a], [b]) => a - b);
  return entries.map(([resource, value]) => `${resource}=${valueText(object, resource, value)}`).join(" ");
}
