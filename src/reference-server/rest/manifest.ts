/**
 * The properties that a device type has, with their types: the server properties that its devices have been given, the
 * system properties, and the device properties that a task may name.
 *
 * The cloud shows the manifest that its dashboard edits. Here server properties need no declaration, so their types are
 * read off their values; `Any` where devices differ.
 */
import { API_OBJECTS, apiResources } from "../../protocol/task-api/properties.ts";
import type { DeviceType } from "../entities.ts";

interface PropertyInfo {
  readonly type: string;
}

export const manifestOf = (type: DeviceType) => ({
  serverProperties: serverPropertiesOf(type),
  systemProperties: { did: { type: "String" }, connection: { type: "String" } },
  deviceProperties: Object.fromEntries(API_OBJECTS.map(({ name, object }) => [name, devicePropertiesOf(object)])),
});

function serverPropertiesOf({ devices }: DeviceType): Readonly<Record<string, PropertyInfo>> {
  const types = new Map<string, string>();
  for (const { serverProperties } of devices) {
    for (const [name, { value }] of serverProperties) {
      const known = types.get(name);
      const type = typeOf(value);
      types.set(name, known === undefined || known === type ? type : "Any");
    }
  }
  return Object.fromEntries([...types].map(([name, type]) => [name, { type }]));
}

const devicePropertiesOf = (object: number) =>
  Object.fromEntries(
    apiResources(object).map(({ name, type, operations, multiple }) => [
      name,
      { ...(type === "none" ? {} : { type: TYPE_NAMES[type] }), operations, multiple },
    ]),
  );

/** As the cloud's pages name them; a time is a number of milliseconds. */
const TYPE_NAMES = {
  string: "String",
  integer: "Long",
  time: "Long",
  float: "Double",
  boolean: "Boolean",
  opaque: "Opaque",
} as const;

function typeOf(value: unknown): string {
  if (typeof value === "string") return "String";
  if (typeof value === "boolean") return "Boolean";
  if (typeof value === "number") return Number.isInteger(value) ? "Integer" : "Double";
  return "Any";
}
