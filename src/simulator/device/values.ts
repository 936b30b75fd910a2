/**
 * The values of a virtual device's resources: objects 1 (Server) and 3 (Device), one instance each; those of object 5
 * (Firmware Update) are in `firmware.ts`.
 *
 * Initial values are computed from the device's name whenever they are asked for; only what was written is kept, so
 * that ten thousand devices cost little. Written values are in flash: they survive a reboot. Current Time (3/0/13)
 * is the value last written and does not tick, so that it can be compared.
 *
 * Spec: OMA LwM2M Core Appendix E.2, E.4.
 */

import { hashText } from "../../platform/random.ts";
import { toBase64 } from "../../protocol/lwm2m/content.ts";
import {
  DEVICE,
  FIRMWARE_UPDATE,
  objectRow,
  type ResourceRow,
  resourceRow,
  SERVER,
} from "../../protocol/lwm2m/objects.ts";
import type { InstanceValues, ResourceValue, ScalarValue } from "../../protocol/lwm2m/value.ts";
import { type Firmware, firmwareRows, firmwareValue, shownVersion } from "./firmware.ts";

/** What the values of a device depend on. */
export interface ValueOwner {
  readonly name: string;
  /** Seconds, as its model says; absent: the default of LwM2M. */
  readonly lifetime: number | undefined;
  /** `U` or `UQ`. */
  binding: string;
  /** What was written, by object id × 65536 + resource id; absent as long as nothing was. */
  written: Map<number, ResourceValue> | undefined;
  /** Letters of its long texts, as its model says; absent: they are short. */
  readonly longTexts?: number | undefined;
  /** Absent: it has no object 5. */
  readonly firmware?: Firmware | undefined;
}

/** Seconds. Spec: OMA LwM2M Core, Register, default of `lt` in 1.0. */
export const DEFAULT_LIFETIME = 86_400;
export const LIFETIME = 1;
const FIRMWARE_VERSION = 3;

/** Without Disable, its time-out and the bootstrap trigger, which are optional. */
const SERVER_RESOURCES: readonly number[] = [0, 1, 2, 3, 6, 7, 8];
const SERVER_ROWS = (objectRow(SERVER)?.resources ?? []).filter((row) => SERVER_RESOURCES.includes(row.id));
const DEVICE_ROWS = objectRow(DEVICE)?.resources ?? [];

/** The resources that a device has, in the order of their ids; `undefined`: it has no such object. */
export function supportedRows({ firmware }: ValueOwner, object: number): readonly ResourceRow[] | undefined {
  if (object === FIRMWARE_UPDATE) return firmware === undefined ? undefined : firmwareRows(firmware);
  return object === DEVICE ? DEVICE_ROWS : object === SERVER ? SERVER_ROWS : undefined;
}

/** The row of a resource that a device has. */
export function supportedRow(owner: ValueOwner, object: number, resource: number): ResourceRow | undefined {
  if (object === FIRMWARE_UPDATE) return supportedRows(owner, object)?.find(({ id }) => id === resource);
  if (object === SERVER && !SERVER_RESOURCES.includes(resource)) return undefined;
  return object === SERVER || object === DEVICE ? resourceRow(object, resource) : undefined;
}

/** The value of a readable resource: as last written, else as it came from the factory. */
export function resourceValue(owner: ValueOwner, object: number, resource: number): ResourceValue {
  const { firmware, written } = owner;
  if (firmware !== undefined && object === FIRMWARE_UPDATE) return firmwareValue(firmware, resource);
  if (firmware !== undefined && object === DEVICE && resource === FIRMWARE_VERSION) return shownVersion(firmware);
  return written?.get(keyOf(object, resource)) ?? initialValue(owner, object, resource);
}

/** All readable resources of the object's only instance. */
export const instanceOf = (owner: ValueOwner, object: number): InstanceValues =>
  new Map(
    (supportedRows(owner, object) ?? [])
      .filter((row) => row.operations.includes("R"))
      .map((row) => [row.id, resourceValue(owner, object, row.id)]),
  );

/** Keeps a written value in flash. */
export function keep(owner: ValueOwner, object: number, resource: number, value: ResourceValue): void {
  owner.written ??= new Map();
  owner.written.set(keyOf(object, resource), value);
}

/** Back to the value from the factory. */
export function forget(owner: ValueOwner, object: number, resource: number): void {
  owner.written?.delete(keyOf(object, resource));
}

/** Factory reset: object 3 is as it was at first. Object 1 stays, since the device stays registered. */
export function resetToFactory(owner: ValueOwner): void {
  for (const row of DEVICE_ROWS) forget(owner, DEVICE, row.id);
}

/** What the device puts in `lt`: as written to /1/0/1, else as its model says. */
export const lifetimeOf = (owner: ValueOwner): number | undefined =>
  (owner.written?.get(keyOf(SERVER, LIFETIME)) as number | undefined) ?? owner.lifetime;

/** The value as the task API shows it. */
export function taskApiValue(row: ResourceRow, value: ResourceValue): unknown {
  if (value instanceof Map) return [...value].sort(([a], [b]) => a - b).map(([, scalar]) => taskApiScalar(row, scalar));
  return taskApiScalar(row, value as ScalarValue);
}

function taskApiScalar(row: ResourceRow, value: ScalarValue): unknown {
  if (value instanceof Uint8Array) return toBase64(value);
  return row.type === "time" ? Number(value) * 1_000 : value;
}

const keyOf = (object: number, resource: number): number => object * 65_536 + resource;

function initialValue(owner: ValueOwner, object: number, resource: number): ResourceValue {
  const row = object === SERVER ? SERVER_VALUES.get(resource) : DEVICE_VALUES.get(resource);
  if (row === undefined) throw new Error(`resource ${object}/0/${resource} has no value`);
  const value = row(owner);
  const { longTexts } = owner;
  const isLong = longTexts !== undefined && object === DEVICE && LONG_TEXTS.includes(resource);
  return isLong ? lengthened(String(value), longTexts) : value;
}

/** Manufacturer and timezone. */
const LONG_TEXTS: readonly number[] = [0, 15];

/** Numbered, so that no two blocks of it are equal. */
function lengthened(text: string, length: number): string {
  let whole = text;
  for (let count = 1; whole.length < length; count += 1) whole += `/${count}`;
  return whole.slice(0, Math.max(text.length, length));
}

type Initial = (owner: ValueOwner) => ResourceValue;

/** A number of the device's own for each purpose, 0..below-1. */
const draw = (owner: ValueOwner, purpose: number, below: number): number => hashText(owner.name, purpose + 1) % below;
const pick = (owner: ValueOwner, purpose: number, choices: readonly string[]): string =>
  choices[draw(owner, purpose, choices.length)] as string;

const SERVER_VALUES: ReadonlyMap<number, Initial> = new Map<number, Initial>([
  [0, () => 1],
  [LIFETIME, (owner) => owner.lifetime ?? DEFAULT_LIFETIME],
  [2, () => 1],
  [3, () => 60],
  [6, () => false],
  [7, (owner) => owner.binding],
]);

/** Plausible, and different from device to device, so that a mix-up of two devices shows. */
const DEVICE_VALUES: ReadonlyMap<number, Initial> = new Map<number, Initial>([
  [0, (owner) => pick(owner, 0, ["Northfield Instruments", "Helio Metering", "Brandt & Søn"])],
  [1, (owner) => `Gauge ${100 + draw(owner, 1, 900)}`],
  [2, (owner) => `SN-${hashText(owner.name, 3).toString(16).padStart(8, "0")}`],
  [3, (owner) => `1.${draw(owner, 3, 10)}.${draw(owner, 4, 100)}`],
  // Internal battery and USB; voltage and current have the same instances.
  [
    6,
    () =>
      new Map([
        [0, 1],
        [1, 5],
      ]),
  ],
  [
    7,
    (owner) =>
      new Map([
        [0, 3_600 + draw(owner, 7, 600)],
        [1, 5_000],
      ]),
  ],
  [
    8,
    (owner) =>
      new Map([
        [0, 80 + draw(owner, 8, 200)],
        [1, 500],
      ]),
  ],
  [9, (owner) => 5 + draw(owner, 9, 96)],
  [10, (owner) => 16 + draw(owner, 10, 240)],
  // 0: no error, 1: low battery power, 3: GPS module failure.
  [11, (owner) => new Map([[0, [0, 1, 3][draw(owner, 11, 3)] as number]])],
  [13, (owner) => 1_767_225_600 + draw(owner, 13, 86_400)],
  [14, (owner) => pick(owner, 14, ["+00:00", "+01:00", "-05:00", "+05:30"])],
  [15, (owner) => pick(owner, 15, ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Africa/Nairobi"])],
  [16, (owner) => owner.binding],
  [17, (owner) => pick(owner, 17, ["sensor", "meter", "tracker"])],
  [18, (owner) => `rev-${String.fromCharCode(65 + draw(owner, 18, 6))}`],
  [19, (owner) => `2.${draw(owner, 19, 20)}`],
  [20, (owner) => draw(owner, 20, 7)],
  [21, () => 256],
]);
