/**
 * Where the properties that tasks name are in LwM2M: for adapters of servers that are asked by path. Adapters get it from
 * "fleetproof".
 */
import { API_OBJECTS, apiResources } from "../../protocol/task-api/properties.ts";

const THE_INSTANCE = 0;

/**
 * Each property of devices with its path, in the order of object and resource ids: `deviceProperties.device` is `/3/0`,
 * `deviceProperties.device.timezone` is `/3/0/15`. Server properties have none.
 */
export const PROPERTY_PATHS: Readonly<Record<string, string>> = Object.fromEntries(
  API_OBJECTS.flatMap(({ name, object }) => {
    const group = `deviceProperties.${name}`;
    const path = `/${object}/${THE_INSTANCE}`;
    return [[group, path], ...apiResources(object).map((row) => [`${group}.${row.name}`, `${path}/${row.id}`])];
  }),
);

/** @returns `/3/0/15`; `undefined`: no device has such a property */
export const propertyPath = (property: string): string | undefined =>
  Object.hasOwn(PROPERTY_PATHS, property) ? PROPERTY_PATHS[property] : undefined;

/** @param path `/3/0/15` @returns `deviceProperties.device.timezone`; `undefined`: tasks have no name for it */
export const propertyAt = (path: string): string | undefined =>
  Object.entries(PROPERTY_PATHS).find(([, known]) => known === path)?.[0];
