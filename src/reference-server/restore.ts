/**
 * Brings back what a store remembers, after the process was gone for a while.
 *
 * No acknowledged task is lost and registrations survive. A device task that was in flight had a failed attempt; it and
 * all else that is queued waits for the next trigger. What came due meanwhile is served right afterwards.
 *
 * Source: docs/semantics.md row 26.
 */
import { address } from "../protocol/address.ts";
import { ok, type Result } from "../protocol/result.ts";
import type { StoredRecord } from "../protocol/server-port.ts";
import type { Instant } from "../protocol/time.ts";
import { BearerTokenRecord, bearerTokenOf } from "./bearer-tokens.ts";
import type { Context } from "./context.ts";
import { type DeviceOperation, planOperation } from "./device-operations.ts";
import type { Device, PropertyValue, Registration, Task } from "./entities.ts";
import { storedImages } from "./ota/image-records.ts";
import { linkDevice, linkDeviceType, newDevice } from "./provisioning.ts";
import {
  DeviceRecord,
  DeviceTaskHistoryRecord,
  DeviceTaskRecord,
  DeviceTypeRecord,
  PropertiesRecord,
  RegistrationRecord,
  StartRecord,
  TABLES,
  TaskHistoryRecord,
  TaskRecord,
  TaskStateRecord,
} from "./records.ts";
import type { Registrations } from "./registrations.ts";
import { emptyTally } from "./rules.ts";
import { linkDeviceTask, moveDeviceTask, newDeviceTask } from "./tasks.ts";
import { isTerminal } from "./transitions.ts";

type Table = (typeof TABLES)[keyof typeof TABLES];
type Rows = (table: Table) => readonly StoredRecord[];

/** How often the server was started before, by the store. */
export function startsBefore(rows: readonly StoredRecord[]): number {
  const record = rows.find(({ table }) => table === TABLES.start);
  return record === undefined ? 0 : StartRecord.parse(record.value).starts;
}

/**
 * Fills an empty context.
 *
 * @throws ZodError when a record is not one that this version writes
 */
export function restore(
  context: Context,
  registrations: Registrations,
  stored: readonly StoredRecord[],
  now: Instant,
): void {
  const tables = new Map<string, StoredRecord[]>();
  for (const row of stored) {
    if (!context.rules.isRestored(row.table)) continue;
    const rows = tables.get(row.table);
    if (rows === undefined) tables.set(row.table, [row]);
    else rows.push(row);
  }
  const rows: Rows = (table) => tables.get(table) ?? [];
  restoreDevices(context, rows);
  for (const { key, value } of rows(TABLES.bearerToken)) {
    context.bearerTokens.add(bearerTokenOf(key, BearerTokenRecord.parse(value)));
  }
  for (const image of storedImages(rows(TABLES.update), rows(TABLES.updateChunk), context.deviceTypes)) {
    context.images.add(image);
  }
  restoreRegistrations(context, registrations, rows);
  restoreTasks(context, rows);
  restoreDeviceTasks(context, rows);
  requeueFlights(context, now);
}

const bySequence = (a: { readonly sequence: number }, b: { readonly sequence: number }): number =>
  a.sequence - b.sequence;

function restoreDevices(context: Context, rows: Rows): void {
  for (const { value } of rows(TABLES.deviceType)) {
    const { owner, user, pmin, pmax, taskExpiresAfter, ...record } = DeviceTypeRecord.parse(value);
    linkDeviceType(context, { ...record, owner, user, pmin, pmax, taskExpiresAfter, devices: [] });
  }
  const devices = rows(TABLES.device).map(({ value }) => DeviceRecord.parse(value));
  for (const { dtid, did, name, token, sequence } of devices.sort(bySequence)) {
    const type = context.deviceTypes.get(dtid);
    if (type !== undefined) linkDevice(context, newDevice(type, { did, name, token, sequence }));
  }
  for (const { key, value } of rows(TABLES.serverProperties)) {
    fillProperties(context.devices.get(key)?.serverProperties, value);
  }
  for (const { key, value } of rows(TABLES.mirror)) fillProperties(context.devices.get(key)?.mirror, value);
}

function fillProperties(properties: Map<string, PropertyValue> | undefined, record: unknown): void {
  for (const { name, value, ts } of PropertiesRecord.parse(record)) properties?.set(name, { value, ts });
}

function restoreRegistrations(context: Context, registrations: Registrations, rows: Rows): void {
  for (const { value } of rows(TABLES.registration)) {
    const { did, ...record } = RegistrationRecord.parse(value);
    const device: Device | undefined = context.devices.get(did);
    if (device === undefined) continue;
    const updatedAt = record.updatedAt as Instant;
    const registration: Registration = {
      ...record,
      device,
      address: address(record.address),
      updatedAt,
      heardAt: updatedAt,
      gone: false,
    };
    registrations.add(registration);
  }
}

function restoreTasks(context: Context, rows: Rows): void {
  const states = new Map(rows(TABLES.taskState).map(({ key, value }) => [key, TaskStateRecord.parse(value)]));
  const records = rows(TABLES.task).map(({ value }) => TaskRecord.parse(value));
  for (const record of records.sort(bySequence)) {
    const state = states.get(record.id);
    const type = context.deviceTypes.get(record.dtid);
    const operation: Result<DeviceOperation, unknown> =
      record.updateId === undefined
        ? planOperation(record.taskType, record.property, record.value)
        : ok({ kind: "firmware-update", updateId: record.updateId });
    if (state === undefined || type === undefined || !operation.ok) continue;
    const createdAt = record.createdAt as Instant;
    const task: Task = {
      id: record.id,
      sequence: record.sequence,
      type,
      dids: record.dids,
      filter: record.filter,
      taskType: record.taskType,
      property: record.property,
      value: record.value,
      expiresAfter: record.expiresAfter,
      scheduledOn: record.scheduledOn,
      createdAt,
      operation: operation.value,
      needsAcceptance: record.needsAcceptance,
      ...state,
      activeFrom: context.rules.activeFrom(createdAt, record.scheduledOn),
      expiresAt: state.expiresAt as Instant,
      retainedUntil: state.retainedUntil as Instant,
      removed: false,
      deviceTasks: [],
      byDevice: new Map(),
      tally: emptyTally(),
      history: [],
    };
    context.tasks.set(task.id, task);
  }
  for (const { value } of rows(TABLES.taskHistory)) {
    const { task, position, ...entry } = TaskHistoryRecord.parse(value);
    const history = context.tasks.get(task)?.history;
    if (history !== undefined) history[position] = entry;
  }
}

function restoreDeviceTasks(context: Context, rows: Rows): void {
  const records = rows(TABLES.deviceTask).map(({ value }) => DeviceTaskRecord.parse(value));
  for (const record of records.sort((a, b) => a.index - b.index)) {
    const { task: id, index, did, status, ts, numAttempts, error, acceptance, firmware } = record;
    const task = context.tasks.get(id);
    const device = context.devices.get(did);
    if (task === undefined || device === undefined) continue;
    const deviceTask = newDeviceTask(task, device, index, status, ts);
    deviceTask.numAttempts = numAttempts;
    deviceTask.error = error;
    deviceTask.acceptance = acceptance;
    deviceTask.firmware = firmware;
    linkDeviceTask(deviceTask);
  }
  for (const { value } of rows(TABLES.deviceTaskHistory)) {
    const { task, index, position, error, ...entry } = DeviceTaskHistoryRecord.parse(value);
    const history = context.tasks.get(task)?.deviceTasks[index]?.history;
    if (history !== undefined) history[position] = { ...entry, error };
  }
  // Tasks stand in the order of creation, so each device gets its queue in that order.
  for (const task of context.tasks.values()) {
    context.tasks.targeted(task);
    for (const deviceTask of task.deviceTasks) {
      if (task.status !== "SCHEDULED" && !isTerminal(deviceTask.status)) deviceTask.device.pending.push(deviceTask);
    }
  }
}

function requeueFlights(context: Context, now: Instant): void {
  const { rules } = context;
  for (const task of [...context.tasks.values()]) {
    for (const deviceTask of task.deviceTasks) {
      if (deviceTask.status !== "PROCESSING" && deviceTask.status !== "CANCEL_REQUESTED") continue;
      if (!rules.endsFlights()) continue;
      if (rules.requeues("restart", deviceTask.numAttempts)) moveDeviceTask(context, deviceTask, "failed-attempt", now);
      else moveDeviceTask(context, deviceTask, "fail", now, rules.errorOfFailure("restart"));
    }
  }
}
