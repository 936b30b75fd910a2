/**
 * Reads the properties of a device, as its Device Mirror shows them.
 */
import type { RestResponse } from "../../../protocol/server-port.ts";
import type { OracleContext } from "../context.ts";
import type { Window } from "../window.ts";
import { fieldsIn, quoted } from "./shown-fields.ts";

/** Says nothing about the mirror: too many requests, or trouble on the way to the server. */
const PASSING: readonly number[] = [429, 502, 503, 504];

/** Reads the answer to a GET of a device's properties; `index` is that of the device in the fleet. */
export function seeMirror(
  context: OracleContext,
  index: number,
  response: RestResponse,
  window: Window,
  event: number,
): void {
  const device = context.devices[index];
  if (device === undefined || PASSING.includes(response.status)) return;
  const ok = response.status >= 200 && response.status < 300;
  const data = ok ? fieldsIn(fieldsIn(response.body)?.data) : undefined;
  if (data === undefined) {
    const instead = ok ? quoted(response.body) : `HTTP ${response.status}`;
    context.emit({ kind: "mirror-hidden", device, instead, window, event });
    return;
  }
  const shown = { properties: new Map<string, unknown>(), timestamps: new Map<string, number>() };
  for (const group of ["serverProperties", "deviceProperties"]) flatten(group, data[group], shown);
  context.emit({ kind: "mirror-seen", device, ...shown, window, event });
  device.mirrorSeen = { ...shown, window, event };
}

interface ShownProperties {
  readonly properties: Map<string, unknown>;
  readonly timestamps: Map<string, number>;
}

/** `{ device: { timezone: { value, ts } } }` → `deviceProperties.device.timezone` → value and ts. */
function flatten(prefix: string, value: unknown, into: ShownProperties): void {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    if (value !== undefined && value !== null) into.properties.set(prefix, value);
    return;
  }
  if ("value" in value && "ts" in value) {
    into.properties.set(prefix, value.value);
    if (typeof value.ts === "number") into.timestamps.set(prefix, value.ts);
    return;
  }
  for (const [key, member] of Object.entries(value)) flatten(`${prefix}.${key}`, member, into);
}
