/**
 * The oracle's model of the Device Mirror: which value each property may show.
 *
 * It changes by a successful Read (the value read), a successful Write (the value written) and a bulk write of a
 * server property, and by nothing else. Source: task page; docs/semantics.md, choices 17, 18, 31.
 */
import { codeClass } from "../../../protocol/coap/codes.ts";
import { CONTENT_FORMAT, uintValue } from "../../../protocol/coap/options.ts";
import type { CoapMessage } from "../../../protocol/coap/types.ts";
import { decodeInstance, decodeResource } from "../../../protocol/lwm2m/content.ts";
import { OBJECTS, resourceRow } from "../../../protocol/lwm2m/objects.ts";
import type { InstanceValues, ResourceValue } from "../../../protocol/lwm2m/value.ts";
import {
  fromApiObjectText,
  fromApiText,
  type Property,
  resolveProperty,
  toApiValue,
} from "../../../protocol/task-api/properties.ts";
import type { RunTime } from "../../history/history.ts";
import type { OracleContext } from "../context.ts";
import type { DeviceView } from "../views/device-view.ts";
import type { MirrorExpectation } from "../views/mirror-view.ts";
import type { DeviceTaskView, TaskView } from "../views/task-view.ts";
import type { Window } from "../window.ts";

type DeviceProperty = Exclude<Property, { kind: "server" }>;

/**
 * Notes what the mirror must show after a 2.xx answer.
 *
 * @param asked when the request was sent, at the earliest
 * @returns false when the answer does not fit the request or cannot be decoded: the task fails then (choice 25)
 */
export function recordMirror(
  deviceTask: DeviceTaskView,
  response: CoapMessage,
  window: Window,
  event: number,
  asked: RunTime,
): boolean {
  const { task, device } = deviceTask;
  const brought = broughtBy(task, response);
  if (brought === "misfit") return false;
  if (brought === "unclear") {
    // What was written is for the server to say when the task's text is no value of the resource.
    device.mirrorBlurred ||= task.taskType === "W";
    return true;
  }
  const requirement = task.taskType === "R" ? "D-01" : "D-02";
  for (const [name, value] of brought) remember(device, name, { since: window, asked, value, requirement, event });
  return true;
}

/**
 * What a 2.xx answer brings to the mirror, by property.
 *
 * @returns `misfit` for one that does not fit the request or cannot be decoded (choice 25); `unclear` when only the
 * server can say what was written
 */
export function broughtBy(task: TaskView, response: CoapMessage): ReadonlyMap<string, unknown> | "misfit" | "unclear" {
  const expected = task.taskType === "R" ? "2.05" : "2.04";
  if (response.code !== expected) return "misfit";
  if (task.taskType === "E") return new Map();
  const resolved = resolveProperty(task.property);
  if (!resolved.ok || resolved.value.kind === "server") return "misfit";
  const values =
    task.taskType === "R" ? valuesRead(resolved.value, response) : valuesWritten(resolved.value, task.value ?? "");
  if (values === undefined) return task.taskType === "W" ? "unclear" : "misfit";
  const object = resolved.value.path[0];
  return new Map(
    [...values].flatMap(([resource, value]) => {
      const name = propertyName(object, resource);
      return name === undefined ? [] : [[name, toApiValue(object, resource, value)] as const];
    }),
  );
}

/**
 * A response after the end of its device task: what it says counts for the mirror where the profile declares so, and
 * must not where the profile declares the contrary (choice 10).
 *
 * @param exchange whether a server that wants such responses was still waiting for this one
 */
export function recordLateResponse(
  context: OracleContext,
  deviceTask: DeviceTaskView,
  response: CoapMessage,
  exchange: "awaited" | "given up",
  window: Window,
  event: number,
): void {
  const { device, task } = deviceTask;
  if (codeClass(response.code) !== 2) return;
  const brought = broughtBy(task, response);
  if (brought === "misfit") return;
  if (brought === "unclear") {
    device.mirrorBlurred = true;
    return;
  }
  for (const [name, value] of brought) {
    if (context.profile.lateResponse === "updates-mirror" && exchange === "awaited")
      remember(device, name, { since: window, asked: undefined, value, requirement: "D-06", event });
    else device.lateValues.set(name, { since: window, value, event });
  }
}

/** A bulk write of a server property succeeded for this device. */
export function recordServerProperty(deviceTask: DeviceTaskView, window: Window, event: number): void {
  const { task, device } = deviceTask;
  remember(device, task.property, { since: window, asked: undefined, value: task.value, requirement: "D-04", event });
}

/** Values per property that may still be shown; older ones have been overwritten long ago. */
const MOST_VALUES = 16;

function remember(device: DeviceView, property: string, expectation: MirrorExpectation): void {
  const history = device.mirror.get(property) ?? [];
  const before = history.at(-1);
  const same = before !== undefined && JSON.stringify(before.value) === JSON.stringify(expectation.value);
  history.push(same ? { ...expectation, asked: before.asked } : expectation);
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

/** What a Write task writes, by path (`3/0/15`), as the API shows it; `undefined`: its text is no value of the resource. */
export function valuesOfTask({ task }: DeviceTaskView): ReadonlyMap<string, unknown> | undefined {
  const resolved = resolveProperty(task.property);
  if (task.taskType !== "W" || !resolved.ok || resolved.value.kind === "server") return undefined;
  const [object, instance] = resolved.value.path;
  const values = valuesWritten(resolved.value, task.value ?? "");
  if (values === undefined) return undefined;
  return new Map(
    [...values].map(([resource, value]) => [`${object}/${instance}/${resource}`, toApiValue(object, resource, value)]),
  );
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
export function propertyName(object: number, resource: number): string | undefined {
  const row = resourceRow(object, resource);
  const group = OBJECTS.find(({ id }) => id === object)?.name;
  return row === undefined || group === undefined
    ? undefined
    : `deviceProperties.${group.charAt(0).toLowerCase()}${group.slice(1)}.${row.name}`;
}
