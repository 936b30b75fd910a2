/**
 * Properties of a device: the Device Mirror and the server properties. Values by dotted name, each with its time.
 *
 * A name is either a value or a group: writing `site` drops `site.floor`, and the other way round.
 *
 * Source: docs/semantics.md rows 17, 18, 31; artik "Device Mirror".
 */
import { SIZE_LIMITS } from "../protocol/task-api/size-limits.ts";
import { type Instant, toUnixMillis } from "../protocol/time.ts";
import type { Context } from "./context.ts";
import type { MirrorChange } from "./device-operations.ts";
import type { Device, DeviceTask, PropertyValue } from "./entities.ts";
import { propertiesRecord, TABLES } from "./records.ts";
import type { MirrorMoment } from "./server-rules.ts";

/** Brings values into the mirror, if the rules let this moment do so. Row 17. */
export function changeMirror(
  context: Context,
  { device, task }: DeviceTask,
  changes: readonly MirrorChange[],
  moment: MirrorMoment,
  now: Instant,
): void {
  if (changes.length === 0 || !context.rules.touchesMirror(task.taskType, moment)) return;
  const ts = context.rules.mirrorTimestamp(now, task);
  for (const { name, value } of changes) device.mirror.set(name, { value: context.rules.mirrorValue(value, name), ts });
  context.outbox.store(TABLES.mirror, device.did, () => propertiesRecord(device.mirror));
}

/** Sets one server property. Row 18. */
export function setServerProperty(context: Context, device: Device, name: string, value: unknown, now: Instant): void {
  const { serverProperties } = device;
  put(serverProperties, name, { value, ts: toUnixMillis(now) });
  context.outbox.store(TABLES.serverProperties, device.did, () => propertiesRecord(serverProperties));
}

function put<V>(properties: Map<string, V>, name: string, value: V): void {
  for (const known of [...properties.keys()]) {
    if (known.startsWith(`${name}.`) || name.startsWith(`${known}.`)) properties.delete(known);
  }
  properties.set(name, value);
}

/**
 * What is wrong with setting these, if anything: a name is too long, or the device would have too much. Nothing is set.
 *
 * @param device `undefined`: one that has none yet
 * @param properties as JSON, however deep
 */
export function tooMuchProperty(
  device: Device | undefined,
  properties: Readonly<Record<string, unknown>>,
): string | undefined {
  const { property, serverProperties: most, serverPropertyCount: mostNames } = SIZE_LIMITS;
  const wanted = leavesOf(properties, "");
  if (wanted.some(([name]) => name.length > property)) {
    return `The name of a server property may have ${property} characters, dots included`;
  }
  // Too many are not even compared with those that there are.
  const all = new Map<string, unknown>();
  if (wanted.length <= mostNames) {
    for (const [name, { value }] of device?.serverProperties ?? []) all.set(name, value);
    for (const [name, value] of wanted) put(all, name, value);
  }
  if (wanted.length > mostNames || all.size > mostNames) return `A device may have ${mostNames} server properties`;
  const size = [...all].reduce((sum, [name, value]) => sum + name.length + JSON.stringify(value).length, 0);
  if (size <= most) return undefined;
  return `The server properties of a device may have ${most} characters together, names and values as JSON`;
}

/** Forgets all server properties of a device. */
export function deleteServerProperties(context: Context, { did, serverProperties }: Device): void {
  if (serverProperties.size === 0) return;
  serverProperties.clear();
  context.outbox.remove(TABLES.serverProperties, did);
}

/** Sets all values in a JSON object, however deep; arrays and empty objects are values. */
export function setServerProperties(
  context: Context,
  device: Device,
  properties: Readonly<Record<string, unknown>>,
  now: Instant,
): void {
  for (const [name, value] of leavesOf(properties, "")) setServerProperty(context, device, name, value, now);
}

function leavesOf(group: object, prefix: string): readonly (readonly [string, unknown])[] {
  return Object.entries(group).flatMap(([key, value]) => {
    const name = prefix + key;
    const isGroup =
      typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).length > 0;
    return isGroup ? leavesOf(value, `${name}.`) : [[name, value] as const];
  });
}

interface Group extends Map<string, Group | PropertyLeaf> {}
interface PropertyLeaf {
  readonly leaf: unknown;
}

/**
 * Values by dotted name as nested JSON.
 *
 * @param withTimestamps each value becomes `{ value, ts }`
 */
export function nested(properties: ReadonlyMap<string, PropertyValue>, withTimestamps: boolean): unknown {
  const root: Group = new Map();
  for (const [name, { value, ts }] of properties) {
    const keys = name.split(".");
    const last = keys.pop() ?? name;
    let group = root;
    for (const key of keys) {
      const known = group.get(key);
      const next: Group = known instanceof Map ? known : new Map();
      group.set(key, next);
      group = next;
    }
    group.set(last, { leaf: withTimestamps ? { value, ts } : value });
  }
  return plain(root);
}

/** `Object.fromEntries` defines its keys, so that a property may be called `__proto__`. */
const plain = (group: Group): unknown =>
  Object.fromEntries([...group].map(([key, member]) => [key, member instanceof Map ? plain(member) : member.leaf]));

/** A filter: `serverProperties.site=b1,deviceProperties.device.timezone=Europe/Paris`. All pairs must hold. */
export interface PropertyCondition {
  readonly group: "serverProperties" | "deviceProperties";
  readonly name: string;
  readonly value: string;
}

/** @returns the conditions; `undefined` when the text is not a list of `key=value` of known groups */
export function parseFilter(filter: string): readonly PropertyCondition[] | undefined {
  const conditions: PropertyCondition[] = [];
  for (const pair of filter.split(",")) {
    const match = /^\s*(serverProperties|deviceProperties)\.([^=]+?)\s*=(.*)$/s.exec(pair);
    const [, group, name, value] = match ?? [];
    if (name === undefined || value === undefined) return undefined;
    conditions.push({ group: group === "serverProperties" ? "serverProperties" : "deviceProperties", name, value });
  }
  return conditions;
}

/** Values are compared as text, so that `1` finds the number 1. */
export const matchesFilter = (device: Device, conditions: readonly PropertyCondition[]): boolean =>
  conditions.every(({ group, name, value }) => {
    const found = (group === "serverProperties" ? device.serverProperties : device.mirror).get(name);
    return found !== undefined && asText(found.value) === value;
  });

const asText = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));
