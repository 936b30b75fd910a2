/**
 * What the reference server knows: device types, devices, registrations, tasks, device tasks.
 *
 * These are the engine's own, mutable records; nothing outside the folder sees them. What goes to a caller is built
 * in `rest/`, what goes to a store in `records.ts`.
 */
import type { Address } from "../protocol/address.ts";
import type { OutgoingId } from "../protocol/coap/types.ts";
import type { AcceptanceStatus, DeviceTaskStatus, TaskStatus, TaskType } from "../protocol/task-api/states.ts";
import type { Instant } from "../protocol/time.ts";
import type { DeviceOperation } from "./device-operations.ts";
import type { FirmwareProgress } from "./ota/progress.ts";

export interface DeviceType {
  readonly dtid: string;
  readonly name: string;
  /** The digest of its owner's bearer token; absent: only the administrator's token counts. Row 30. */
  readonly owner: string | undefined;
  /** The user who owns it, by any bearer token that was made for this user. */
  readonly user?: string | undefined;
  devicePropertiesEnabled: boolean;
  /** Seconds. */
  pmin: number | undefined;
  /** Seconds. */
  pmax: number | undefined;
  /** Seconds. */
  taskExpiresAfter: number | undefined;
  /** Milliseconds since the Unix epoch, like every `…On` and `ts`. */
  readonly createdOn: number;
  modifiedOn: number;
  /** In the order in which they were provisioned. */
  readonly devices: Device[];
}

export interface PropertyValue {
  readonly value: unknown;
  readonly ts: number;
}

export interface Device {
  readonly did: string;
  readonly type: DeviceType;
  readonly name: string;
  /** The digest of the token that it was provisioned with. */
  readonly token: string | undefined;
  /** Place in the order of provisioning. */
  readonly sequence: number;
  /** Values by dotted name without the group: `timezone`, `site.floor`. */
  readonly serverProperties: Map<string, PropertyValue>;
  /** The Device Mirror: values by dotted name without the group: `device.timezone`. */
  readonly mirror: Map<string, PropertyValue>;
  registration: Registration | undefined;
  /** The registration before, whether replaced, removed or expired. */
  former: Registration | undefined;
  /** Device tasks that are not terminal, oldest first. */
  readonly pending: DeviceTask[];
  /** What is still to be tried within the current trigger, in order. */
  agenda: DeviceTask[];
  readonly flights: Flight[];
  /** When the server tries again by itself; only where the profile declares `timerRetry`. */
  retryAt: Instant;
}

/** One request that was handed to the CoAP endpoint and has not ended. */
export interface Flight {
  readonly id: OutgoingId;
  readonly deviceTask: DeviceTask;
  readonly to: Address;
}

export interface Registration {
  /** The last segment of `/rd/<location>`. */
  readonly location: string;
  readonly device: Device;
  readonly version: string;
  /** What the transport had proved when it was made; from then on requests for it need the same. Absent: nothing. */
  readonly identity?: string | undefined;
  address: Address;
  /** Seconds. */
  lifetime: number;
  queueMode: boolean;
  rootPath: string;
  updatedAt: Instant;
  /** When the last datagram came from its address. */
  heardAt: Instant;
  /** Replaced, removed or expired. */
  gone: boolean;
}

export interface Task {
  readonly id: string;
  /** Place in the order of creation. */
  readonly sequence: number;
  readonly type: DeviceType;
  /** As given by the caller. */
  readonly dids: readonly string[] | undefined;
  readonly filter: string | undefined;
  /** A firmware update has none for the caller; here it is `R`, as its Reads are all that touches the mirror. */
  readonly taskType: TaskType;
  /** Empty for a firmware update. */
  readonly property: string;
  readonly value: string | undefined;
  /** Seconds, the effective value. Row 7. */
  readonly expiresAfter: number;
  /** Milliseconds since the Unix epoch. */
  readonly scheduledOn: number | undefined;
  readonly createdAt: Instant;
  readonly operation: DeviceOperation;
  /** The user of each device is asked first; firmware updates only. Row 24. */
  readonly needsAcceptance?: boolean | undefined;
  status: TaskStatus;
  modifiedOn: number;
  /** Row 9. */
  activeFrom: Instant;
  expiresAt: Instant;
  retainedUntil: Instant;
  /** Its active period is over. */
  expired: boolean;
  removed: boolean;
  readonly deviceTasks: DeviceTask[];
  readonly byDevice: Map<string, DeviceTask>;
  /** Number of device tasks per status. */
  readonly tally: Record<DeviceTaskStatus, number>;
  readonly history: TaskHistoryEntry[];
}

export interface TaskHistoryEntry {
  readonly status: TaskStatus;
  readonly ts: number;
}

export interface DeviceTask {
  readonly task: Task;
  readonly device: Device;
  /** Place among the targets of the task. */
  readonly index: number;
  status: DeviceTaskStatus;
  ts: number;
  numAttempts: number;
  error: TaskError | undefined;
  /** What the user says to a firmware update. */
  acceptance?: AcceptanceStatus | undefined;
  /** How far a firmware update has come; absent before its first request. */
  firmware?: FirmwareProgress | undefined;
  readonly history: DeviceTaskHistoryEntry[];
}

export interface TaskError {
  /** A number of the task page, as text. Row 20. */
  readonly code: string;
  readonly message: string;
}

export interface DeviceTaskHistoryEntry {
  readonly status: DeviceTaskStatus;
  readonly ts: number;
  readonly numAttempts: number;
  readonly error: TaskError | undefined;
}
