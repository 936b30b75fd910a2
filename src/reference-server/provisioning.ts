/**
 * Device types and devices come into being: by REST, by `open` enrolment, or from the store.
 *
 * Source: docs/semantics.md row 27.
 */
import { digestOf } from "../platform/secrets.ts";
import type { DeviceRequest, DeviceTypeRequest } from "../protocol/task-api/schemas.ts";
import { type Instant, NEVER, toUnixMillis } from "../protocol/time.ts";
import type { Context } from "./context.ts";
import type { Device, DeviceType } from "./entities.ts";
import { setServerProperties } from "./properties.ts";
import { deviceRecord, deviceTypeRecord, TABLES } from "./records.ts";

/** The type of devices that nobody provisioned. */
export const OPEN_TYPE = "default";

/**
 * Adds a device type, whose id must be free.
 *
 * `devicePropertiesEnabled` is true unless the request says otherwise: in the cloud a new type has it off, and its owner
 * switches it on in the dashboard, for which there is nothing here.
 */
export function addDeviceType(context: Context, request: DeviceTypeRequest, now: Instant): DeviceType {
  const ts = toUnixMillis(now);
  const type: DeviceType = {
    dtid: request.dtid ?? context.identifiers.next("device-type", (id) => context.deviceTypes.has(id)),
    name: request.name,
    owner: request.owner === undefined ? undefined : digestOf(request.owner),
    user: request.user,
    devicePropertiesEnabled: request.devicePropertiesEnabled ?? true,
    pmin: request.pmin,
    pmax: request.pmax,
    taskExpiresAfter: request.taskExpiresAfter,
    createdOn: ts,
    modifiedOn: ts,
    devices: [],
  };
  linkDeviceType(context, type);
  noteDeviceType(context, type);
  return type;
}

/** Makes the device type known. */
export function linkDeviceType(context: Context, type: DeviceType): void {
  context.deviceTypes.set(type.dtid, type);
  if (type.owner !== undefined) context.bearerTokens.addOwner(type.owner);
}

/** The store must learn the device type. */
export const noteDeviceType = (context: Context, type: DeviceType): void =>
  context.outbox.store(TABLES.deviceType, type.dtid, () => deviceTypeRecord(type));

/** Adds a device, whose id must be free, to a type. */
export function addDevice(
  context: Context,
  type: DeviceType,
  request: Omit<DeviceRequest, "dtid">,
  now: Instant,
): Device {
  const did = request.did ?? context.identifiers.next("device", (id) => context.devices.has(id));
  const device = newDevice(type, {
    did,
    name: request.name ?? did,
    token: request.token === undefined ? undefined : digestOf(request.token),
    sequence: context.devices.size,
  });
  linkDevice(context, device);
  context.outbox.store(TABLES.device, did, () => deviceRecord(device));
  if (request.serverProperties !== undefined) setServerProperties(context, device, request.serverProperties, now);
  return device;
}

export const newDevice = (
  type: DeviceType,
  { did, name, token, sequence }: Pick<Device, "did" | "name" | "token" | "sequence">,
): Device => ({
  did,
  name,
  token,
  sequence,
  type,
  serverProperties: new Map(),
  mirror: new Map(),
  registration: undefined,
  former: undefined,
  pending: [],
  agenda: [],
  flights: [],
  retryAt: NEVER,
});

/** Makes the device known. */
export function linkDevice(context: Context, device: Device): void {
  context.devices.set(device.did, device);
  if (device.token !== undefined) context.bearerTokens.addDevice(device.token, device.did);
  device.type.devices.push(device);
}

/** Enrols whoever registers, if the server is open. */
export function enrol(context: Context, endpoint: string, now: Instant): Device | undefined {
  if (!context.open) return undefined;
  const type = context.deviceTypes.get(OPEN_TYPE) ?? addDeviceType(context, { dtid: OPEN_TYPE, name: OPEN_TYPE }, now);
  return addDevice(context, type, { did: endpoint }, now);
}
