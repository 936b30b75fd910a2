/**
 * The oracle's model of the Device Mirror: which value each property may show.
 *
 * It changes by a successful Read (the value read), a successful Write (the value written) and a bulk write of a
 * server property, and by nothing else. Source: task page; docs/semantics.md, choices 17, 18, 31.
 */
import { CONTENT_FORMAT, uintValue } from "../../protocol/coap/options.ts";
import type { CoapMessage } from "../../protocol/coap/types.ts";
import { decodeInstance, decodeResource } from "../../protocol/lwm2m/content.ts";
import { OBJECTS, resourceRow } from "../../protocol/lwm2m/objects.ts";
import type { InstanceValues, ResourceValue } from "../../protocol/lwm2m/value.ts";
import {
  fromApiObjectText,
  fromApiText,
  type Property,
  resolveProperty,
  toApiValue,
} from "../../protocol/task-api/properties.ts";
import type { DeviceTaskView, DeviceView, MirrorExpectation } from "./model.ts";
import type { Window } from "./window.ts";

type DeviceProperty = Exclude<Property, { kind: "server" }>;

/**
 * Notes what the mirror must show after a 2.xx answer.
 *
 * @returns false when the answer does not fit the request or cannot be decoded: the task fails then (choice 25)
 */
export function recordMirror(
  deviceTask: DeviceTaskView,
  response: CoapMessage,
  window: Window,
  event: number,
): boolean {
  const { task, device } = deviceTask;
  const expected = task.taskType === "R" ? "2.05" : "2.04";
  if (response.code !== expected) return false;
  if (task.taskType === "E") return true;
  const resolved = resolveProperty(task.property);
  if (!resolved.ok || resolved.value.kind === "server") return false;
  const values =
    task.taskType === "R" ? valuesRead(resolved.value, response) : valuesWritten(resolved.value, task.value ?? "");
  if (values === undefined) {
    // What was written is for the server to say when the task's text is no value of the resource.
    device.mirrorBlurred ||= task.taskType === "W";
    return task.taskType === "W";
  }
  const requirement = task.taskType === "R" ? "D-01" : "D-02";
  const object = resolved.value.path[0];
  for (const [resource, value] of values) {
    const name = propertyName(object, resource);
    if (name === undefined) continue;
    remember(device, name, { since: window, value: toApiValue(object, resource, value), requirement, event });
  }
  return true;
}

/** A bulk write of a server property succeeded for this device. */
export function recordServerProperty(deviceTask: DeviceTaskView, window: Window, event: number): void {
  const { task, device } = deviceTask;
  remember(device, task.property, { since: window, value: task.value, requirement: "D-04", event });
}

/** Values per property that may still be shown; older ones have been overwritten long ago. */
const MOST_VALUES = 16;

function remember(device: DeviceView, property: string, expectation: MirrorExpectation): void {
  const history = device.mirror.get(property) ?? [];
  history.push(expectation);
  if (history.length > MOST_VALUES) history.shift();
  device.mirror.set(property, history);
}

function valuesRead(property: DeviceProperty, response: CoapMessage): InstanceValues | undefined {
  const format = uintValue(response, CONTENT_FORMAT);
  if (property.kind === "object") {
    const values = decodeInstance(property.object, response.payload);
    return values.ok ? values.value : undefined;
  }
  const [object, , resource] = property.path;
  const value = decodeResource(object, resource, format, response.payload);
  return value.ok ? new Map<number, ResourceValue>([[resource, value.value]]) : undefined;
}

function valuesWritten(property: DeviceProperty, text: string): InstanceValues | undefined {
  if (property.kind === "object") {
    const values = fromApiObjectText(property.object, text);
    return values.ok ? values.value : undefined;
  }
  const value = fromApiText(property.row, text);
  return value.ok ? new Map<number, ResourceValue>([[property.row.id, value.value]]) : undefined;
}

/** `deviceProperties.device.timezone` */
function propertyName(object: number, resource: number): string | undefined {
  const row = resourceRow(object, resource);
  const group = OBJECTS.find(({ id }) => id === object)?.name;
  return row === undefined || group === undefined
    ? undefined
    : `deviceProperties.${group.charAt(0).toLowerCase()}${group.slice(1)}.${row.name}`;
}
