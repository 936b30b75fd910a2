/**
 * What stands in the store: one schema per table, and how an entity becomes a record.
 *
 * A record is plain JSON and never changes after it was handed over. What grows or changes often has a table of its
 * own, so that a task of ten thousand devices is not written again each time one of them answers. Row 26.
 */
import { z } from "zod";
import { ACCEPTANCE_STATUSES, DEVICE_TASK_STATUSES, TASK_STATUSES, TASK_TYPES } from "../protocol/task-api/states.ts";
import type {
  Device,
  DeviceTask,
  DeviceTaskHistoryEntry,
  DeviceType,
  PropertyValue,
  Registration,
  Task,
} from "./entities.ts";
import { FirmwareProgressRecord } from "./ota/progress.ts";

/** Names of the tables. Keys: see the function that writes each. */
export const TABLES = {
  start: "start",
  bearerToken: "bearer-token",
  deviceType: "device-type",
  device: "device",
  serverProperties: "server-properties",
  mirror: "mirror",
  registration: "registration",
  task: "task",
  taskState: "task-state",
  taskHistory: "task-history",
  deviceTask: "device-task",
  deviceTaskHistory: "device-task-history",
  update: "update",
  updateChunk: "update-chunk",
} as const;

export const StartRecord = z.object({ starts: z.int().min(0) });

export const DeviceTypeRecord = z.object({
  dtid: z.string(),
  name: z.string(),
  /** A digest, like every secret here. */
  owner: z.string().optional(),
  user: z.string().optional(),
  devicePropertiesEnabled: z.boolean(),
  pmin: z.number().optional(),
  pmax: z.number().optional(),
  taskExpiresAfter: z.number().optional(),
  createdOn: z.number(),
  modifiedOn: z.number(),
});

export const DeviceRecord = z.object({
  did: z.string(),
  dtid: z.string(),
  name: z.string(),
  token: z.string().optional(),
  sequence: z.int(),
});

export const PropertiesRecord = z.array(z.object({ name: z.string(), value: z.unknown(), ts: z.number() }));

export const RegistrationRecord = z.object({
  location: z.string(),
  did: z.string(),
  version: z.string(),
  address: z.string(),
  lifetime: z.number(),
  queueMode: z.boolean(),
  rootPath: z.string(),
  updatedAt: z.number(),
  identity: z.string().optional(),
});

export const TaskRecord = z.object({
  id: z.string(),
  sequence: z.int(),
  dtid: z.string(),
  dids: z.array(z.string()).optional(),
  filter: z.string().optional(),
  taskType: z.enum(TASK_TYPES),
  property: z.string(),
  value: z.string().optional(),
  updateId: z.string().optional(),
  needsAcceptance: z.boolean().optional(),
  expiresAfter: z.number(),
  scheduledOn: z.number().optional(),
  createdAt: z.number(),
});

export const TaskStateRecord = z.object({
  status: z.enum(TASK_STATUSES),
  modifiedOn: z.number(),
  expiresAt: z.number(),
  retainedUntil: z.number(),
  expired: z.boolean(),
});

export const TaskHistoryRecord = z.object({
  task: z.string(),
  position: z.int(),
  status: z.enum(TASK_STATUSES),
  ts: z.number(),
});

const ErrorFields = z.object({ code: z.string(), message: z.string() });

export const DeviceTaskRecord = z.object({
  task: z.string(),
  index: z.int(),
  did: z.string(),
  status: z.enum(DEVICE_TASK_STATUSES),
  ts: z.number(),
  numAttempts: z.int(),
  error: ErrorFields.optional(),
  acceptance: z.enum(ACCEPTANCE_STATUSES).optional(),
  firmware: FirmwareProgressRecord.optional(),
});

export const DeviceTaskHistoryRecord = z.object({
  task: z.string(),
  index: z.int(),
  position: z.int(),
  status: z.enum(DEVICE_TASK_STATUSES),
  ts: z.number(),
  numAttempts: z.int(),
  error: ErrorFields.optional(),
});

/** Leaves out what is `undefined`: a record is JSON. */
const defined = <T extends object>(fields: T): T =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;

/** Key: dtid. */
export const deviceTypeRecord = ({ devices: _devices, ...fields }: DeviceType) => defined(fields);

/** Key: did. */
export const deviceRecord = ({ did, type, name, token, sequence }: Device) =>
  defined({ did, dtid: type.dtid, name, token, sequence });

/** Key: did. */
export const propertiesRecord = (properties: ReadonlyMap<string, PropertyValue>) =>
  [...properties].map(([name, { value, ts }]) => ({ name, value, ts }));

/** Key: location. */
export const registrationRecord = (registration: Registration) => ({
  location: registration.location,
  did: registration.device.did,
  version: registration.version,
  address: registration.address,
  lifetime: registration.lifetime,
  queueMode: registration.queueMode,
  rootPath: registration.rootPath,
  updatedAt: registration.updatedAt,
  ...(registration.identity === undefined ? {} : { identity: registration.identity }),
});

/** Key: task id. */
export const taskRecord = (task: Task) =>
  defined({
    id: task.id,
    sequence: task.sequence,
    dtid: task.type.dtid,
    dids: task.dids,
    filter: task.filter,
    taskType: task.taskType,
    property: task.property,
    value: task.value,
    updateId: task.operation.kind === "firmware-update" ? task.operation.updateId : undefined,
    needsAcceptance: task.needsAcceptance,
    expiresAfter: task.expiresAfter,
    scheduledOn: task.scheduledOn,
    createdAt: task.createdAt,
  });

/** Key: task id. */
export const taskStateRecord = (task: Task) => ({
  status: task.status,
  modifiedOn: task.modifiedOn,
  expiresAt: task.expiresAt,
  retainedUntil: task.retainedUntil,
  expired: task.expired,
});

/** Key of a device task: the index, since an endpoint's name may have any character in it. */
export const deviceTaskKey = ({ task, index }: DeviceTask): string => `${task.id}/${index}`;

export const deviceTaskRecord = (deviceTask: DeviceTask) => {
  const { task, index, device, status, ts, numAttempts, error, acceptance, firmware } = deviceTask;
  const record = { task: task.id, index, did: device.did, status, ts, numAttempts };
  const ended = error === undefined ? record : { ...record, error };
  return acceptance === undefined ? ended : defined({ ...ended, acceptance, firmware });
};

/** Key: task id and position. */
export const taskHistoryKey = (task: Task, position: number): string => `${task.id}/${position}`;

/** Key: task id, index of the device task and position. */
export const deviceTaskHistoryKey = (deviceTask: DeviceTask, position: number): string =>
  `${deviceTaskKey(deviceTask)}/${position}`;

export const deviceTaskHistoryRecord = (
  { task, index }: DeviceTask,
  position: number,
  { status, ts, numAttempts, error }: DeviceTaskHistoryEntry,
) => {
  const record = { task: task.id, index, position, status, ts, numAttempts };
  return error === undefined ? record : { ...record, error };
};
