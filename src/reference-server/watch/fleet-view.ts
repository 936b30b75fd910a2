/**
 * What the operator's pages and metrics know of the fleet: a fold over the records that the server has had stored.
 *
 * The server itself tells nobody anything: whatever it changes it has stored, so the changes are all that there is to
 * see. A change costs the same however many devices and tasks there are, and the numbers are kept, never counted again.
 */
import type { z } from "zod";
import { type Address, address } from "../../protocol/address.ts";
import type { StoredChange, StoredRecord } from "../../protocol/server-port.ts";
import type { Instant } from "../../protocol/time.ts";
import {
  type DeviceRecord,
  type DeviceTypeRecord,
  type RegistrationRecord,
  TABLES,
  type TaskRecord,
} from "../records.ts";
import type { Notice } from "./notices.ts";
import { createTaskCounts, type TaskCounts } from "./task-counts.ts";

export interface RegistrationView {
  readonly location: string;
  readonly address: Address;
  /** Seconds. */
  readonly lifetime: number;
  readonly queueMode: boolean;
  readonly version: string;
}

export interface DeviceView {
  readonly did: string;
  readonly dtid: string;
  readonly name: string;
  readonly registration: RegistrationView | undefined;
  /** When its last datagram came, as far as this process or its last Register or Update knows. */
  readonly heardAt: Instant | undefined;
}

export interface DeviceTypeView {
  readonly dtid: string;
  readonly name: string;
  /** In the order of provisioning. */
  readonly devices: readonly DeviceView[];
}

export interface FleetView {
  /** In the order of provisioning. */
  readonly types: ReadonlyMap<string, DeviceTypeView>;
  readonly devices: ReadonlyMap<string, DeviceView>;
  readonly registered: number;
  readonly tasks: TaskCounts;
  /** Takes what has been stored; gives what is worth telling. */
  stored(changes: readonly StoredChange[]): readonly Notice[];
  /** Begins anew with all that a store holds. */
  restored(rows: readonly StoredRecord[]): void;
  /** A datagram has come. @returns whether from a registered device */
  heard(from: Address, now: Instant): boolean;
}

interface MutableDevice {
  readonly did: string;
  readonly dtid: string;
  readonly name: string;
  registration: RegistrationView | undefined;
  heardAt: Instant | undefined;
}

interface MutableType {
  readonly dtid: string;
  name: string;
  readonly devices: MutableDevice[];
}

/** A change of one table; `value` is what this server writes there, `undefined` when the record is removed. */
type Fold = (key: string, value: unknown, notices: Notice[]) => void;

/** The maps of one view. */
interface Known {
  readonly types: Map<string, MutableType>;
  readonly devices: Map<string, MutableDevice>;
  readonly byLocation: Map<string, MutableDevice>;
  readonly byAddress: Map<Address, MutableDevice>;
}

export function createFleetView(): FleetView {
  const known: Known = { types: new Map(), devices: new Map(), byLocation: new Map(), byAddress: new Map() };
  const tasks = createTaskCounts();
  const folds: Readonly<Record<string, Fold>> = {
    [TABLES.deviceType]: (_, value) => noteDeviceType(known, value),
    [TABLES.device]: (_, value) => noteDevice(known, value),
    [TABLES.registration]: (location, value, notices) => noteRegistration(known, location, value, notices),
    [TABLES.task]: noteTask,
    [TABLES.taskState]: tasks.taskState,
    [TABLES.deviceTask]: tasks.deviceTask,
  };
  const stored = (changes: readonly StoredChange[]): readonly Notice[] => {
    const notices: Notice[] = [];
    for (const { table, key, value } of inOrder(changes)) folds[table]?.(key, value, notices);
    return notices;
  };
  return {
    types: known.types,
    devices: known.devices,
    get registered() {
      return known.byLocation.size;
    },
    tasks,
    stored,
    restored(rows) {
      for (const map of Object.values(known)) map.clear();
      tasks.clear();
      tasks.withoutAttempts(() => void stored(rows));
    },
    heard(from, now) {
      const device = known.byAddress.get(from);
      if (device !== undefined) device.heardAt = now;
      return device !== undefined;
    },
  };
}

function noteDeviceType({ types }: Known, value: unknown): void {
  const { dtid, name } = value as z.infer<typeof DeviceTypeRecord>;
  const type = types.get(dtid);
  if (type === undefined) types.set(dtid, { dtid, name, devices: [] });
  else type.name = name;
}

function noteDevice({ devices, types }: Known, value: unknown): void {
  const { did, dtid, name } = value as z.infer<typeof DeviceRecord>;
  const device = { did, dtid, name, registration: undefined, heardAt: undefined };
  devices.set(did, device);
  types.get(dtid)?.devices.push(device);
}

function noteRegistration(known: Known, location: string, value: unknown, notices: Notice[]): void {
  if (value === undefined) return void endRegistration(known, location, notices);
  const { did, updatedAt, lifetime, queueMode, version, ...record } = value as z.infer<typeof RegistrationRecord>;
  const device = known.devices.get(did);
  if (device === undefined) return;
  const isNew = device.registration?.location !== location;
  leave(known, device);
  const from = address(record.address);
  device.registration = { location, address: from, lifetime, queueMode, version };
  device.heardAt = Math.max(device.heardAt ?? 0, updatedAt) as Instant;
  known.byLocation.set(location, device);
  known.byAddress.set(from, device);
  const before = notices.at(-1);
  // One registration in the place of another is one thing to tell.
  if (before?.kind === "registration-ended" && before.ep === did) notices.pop();
  const told = { ep: did, lifetime, address: from };
  notices.push(isNew ? { kind: "registered", ...told, queueMode } : { kind: "registration-updated", ...told });
}

/** A registration that another one has replaced is gone already. */
function endRegistration(known: Known, location: string, notices: Notice[]): void {
  const device = known.byLocation.get(location);
  if (device === undefined) return;
  leave(known, device);
  notices.push({ kind: "registration-ended", ep: device.did });
}

function leave({ byAddress, byLocation }: Known, device: MutableDevice): void {
  const { registration } = device;
  if (registration === undefined) return;
  if (byAddress.get(registration.address) === device) byAddress.delete(registration.address);
  byLocation.delete(registration.location);
  device.registration = undefined;
}

function noteTask(key: string, value: unknown, notices: Notice[]): void {
  if (value === undefined) return void notices.push({ kind: "task-removed", task: key });
  const { dtid, taskType, property } = value as z.infer<typeof TaskRecord>;
  notices.push({ kind: "task-created", task: key, dtid, taskType, property });
}

/** A device needs its type, and a registration its device; a store gives its tables in any order. */
function inOrder(changes: readonly StoredChange[]): readonly StoredChange[] {
  if (changes.length === 1) return changes;
  const first = changes.filter(({ table }) => table === TABLES.deviceType);
  const second = changes.filter(({ table }) => table === TABLES.device);
  if (first.length + second.length === 0) return changes;
  const rest = changes.filter(({ table }) => table !== TABLES.deviceType && table !== TABLES.device);
  return [...first, ...second, ...rest];
}
