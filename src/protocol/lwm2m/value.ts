/**
 * Values of LwM2M resources as the code holds them, independent of any content format.
 *
 * Spec: OMA LwM2M Core Appendix C (data types).
 */

/** How a resource's value is typed in its object's definition. `none`: executable, no value. */
export type ResourceType = "string" | "integer" | "float" | "boolean" | "opaque" | "time" | "none";

/** One value. Time is in seconds since the Unix epoch, as on the wire. */
export type ScalarValue = string | number | boolean | Uint8Array;

/** A single resource has a scalar; a multiple resource has a scalar per resource instance id. */
export type ResourceValue = ScalarValue | ReadonlyMap<number, ScalarValue>;

/** Values of the resources of one object instance, by resource id. */
export type InstanceValues = ReadonlyMap<number, ResourceValue>;

/** Object id, object instance id, resource id: as far as given. */
export type LwM2mPath = readonly [number] | readonly [number, number] | readonly [number, number, number];

/** `[3, 0, 15]` as `3/0/15`. */
export const pathText = (path: LwM2mPath): string => path.join("/");
