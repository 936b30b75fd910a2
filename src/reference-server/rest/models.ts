/**
 * Tasks, device tasks and device types as the REST API shows them. A field without a value is left out: the cloud's
 * SDKs stumble over `null`.
 *
 * Source: the cloud's SDK models; docs/semantics.md rows 7, 19, 20, 21.
 */
import { toUnixMillis } from "../../protocol/time.ts";
import type { DeviceTask, DeviceTaskHistoryEntry, DeviceType, Task, TaskError } from "../entities.ts";
import type { FirmwareImage } from "../ota/images.ts";
import type { StatusCounts } from "../server-rules.ts";

const given = <K extends string, V>(key: K, value: V | undefined) => (value === undefined ? {} : { [key]: value });

const errorFields = (error: TaskError | undefined) =>
  error === undefined ? {} : { errorCode: error.code, errorMessage: error.message };

export const taskModel = (task: Task, statusCounts: StatusCounts) => ({
  id: task.id,
  dtid: task.type.dtid,
  ...given("dids", task.dids),
  ...given("filter", task.filter),
  ...(task.operation.kind === "firmware-update" ? {} : { taskType: task.taskType, property: task.property }),
  taskParameters: {
    ...given("value", task.value),
    expiresAfter: task.expiresAfter,
    ...given("scheduledOn", task.scheduledOn),
    ...(task.operation.kind === "firmware-update" ? { update: { updateId: task.operation.updateId } } : {}),
  },
  ...given("needsAcceptance", task.needsAcceptance),
  status: task.status,
  statusCounts,
  createdOn: toUnixMillis(task.createdAt),
  modifiedOn: task.modifiedOn,
});

export const deviceTaskModel = ({ device, status, ts, numAttempts, error, acceptance }: DeviceTask) => ({
  did: device.did,
  status,
  ts,
  numAttempts,
  ...errorFields(error),
  ...given("acceptanceStatus", acceptance),
});

export const historyModel = (did: string, { status, ts, numAttempts, error }: DeviceTaskHistoryEntry) => ({
  did,
  status,
  ts,
  numAttempts,
  ...errorFields(error),
});

export const imageModel = ({ updateId, type, version, name, bytes, checksum, createdOn }: FirmwareImage) => ({
  updateId,
  dtid: type.dtid,
  version,
  ...given("name", name),
  size: bytes.length,
  checksum,
  createdOn,
});

export const deviceTypeModel = (type: DeviceType) => ({
  dtid: type.dtid,
  name: type.name,
  devicePropertiesEnabled: type.devicePropertiesEnabled,
  ...given("pmin", type.pmin),
  ...given("pmax", type.pmax),
  ...given("taskExpiresAfter", type.taskExpiresAfter),
  createdOn: type.createdOn,
  modifiedOn: type.modifiedOn,
});
