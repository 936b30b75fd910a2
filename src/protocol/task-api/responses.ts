/**
 * What a task server answers by REST, read leniently: the harness parses the answers of servers that it does not know.
 *
 * Only ids and statuses must be there; unknown keys are kept; `null` counts as absent; a status is any text, because
 * whether it is a legal one is for the oracle to say, not for the parser.
 *
 * Source: the cloud's SDK models; docs/semantics.md rows 20, 23, 27.
 */
import { z } from "zod";

/** SDKs disagree whether `errorCode` is a number or text; here it is text. Source: docs/semantics.md row 20. */
const ErrorCode = z.union([z.string(), z.number()]).transform(String);
const Count = z.number();
/** Milliseconds since the Unix epoch. */
const Timestamp = z.number();

/** A count that a server adds is kept; anything else that it adds here is no count, and reads as `undefined`. */
const TaskStatusCountsFields = z
  .object({
    totalDevices: Count.optional(),
    numCompleted: Count.optional(),
    numSucceeded: Count.optional(),
    numFailed: Count.optional(),
    numCancelled: Count.optional(),
  })
  .catchall(Count.optional().catch(undefined));

const TaskFields = z.looseObject({
  id: z.string(),
  status: z.string(),
  dtid: z.string().optional(),
  dids: z.array(z.string()).optional(),
  filter: z.string().optional(),
  taskType: z.string().optional(),
  property: z.string().optional(),
  taskParameters: z
    .looseObject({
      value: z.unknown().optional(),
      expiresAfter: z.number().optional(),
      scheduledOn: Timestamp.optional(),
      update: z.looseObject({ updateId: z.string().optional() }).optional(),
    })
    .optional(),
  statusCounts: TaskStatusCountsFields.optional(),
  needsAcceptance: z.boolean().optional(),
  createdOn: Timestamp.optional(),
  modifiedOn: Timestamp.optional(),
});

const DeviceTaskFields = z.looseObject({
  did: z.string(),
  status: z.string(),
  ts: Timestamp.optional(),
  numAttempts: Count.optional(),
  errorCode: ErrorCode.optional(),
  errorMessage: z.string().optional(),
  acceptanceStatus: z.string().optional(),
});

const page = { total: Count.optional(), offset: Count.optional(), count: Count.optional() };
/** In the history of a whole task the entries carry no device. */
const HistoryEntryFields = DeviceTaskFields.extend({ did: z.string().optional() });

const TaskWithStatusesFields = TaskFields.extend({ statuses: z.array(DeviceTaskFields).optional() });

const DeviceTypeFields = z.looseObject({
  dtid: z.string(),
  name: z.string().optional(),
  devicePropertiesEnabled: z.boolean().optional(),
  pmin: z.number().optional(),
  pmax: z.number().optional(),
  taskExpiresAfter: z.number().optional(),
  createdOn: Timestamp.optional(),
  modifiedOn: Timestamp.optional(),
});

const DeviceFields = z.looseObject({
  did: z.string(),
  dtid: z.string().optional(),
  name: z.string().optional(),
  token: z.string().optional(),
});

/** Removes what is `null` from objects, however deep; an array keeps its places. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== null)
      .map(([key, member]) => [key, withoutNulls(member)]),
  );
}

const lenient = <T extends z.ZodType>(schema: T) => z.preprocess(withoutNulls, schema);

/** How many device tasks of a task stand where. */
export const TaskStatusCounts = lenient(TaskStatusCountsFields);
export type TaskStatusCounts = z.infer<typeof TaskStatusCounts>;
/** A task, as GET and lists show it. */
export const Task = lenient(TaskFields);
export type Task = z.infer<typeof Task>;
/** The part of a task that concerns one device. */
export const DeviceTask = lenient(DeviceTaskFields);
export type DeviceTask = z.infer<typeof DeviceTask>;

/** POST /devicemgmt/tasks, GET and PUT /devicemgmt/tasks/{tid}. */
export const TaskEnvelope = lenient(z.looseObject({ data: TaskFields }));
export type TaskEnvelope = z.infer<typeof TaskEnvelope>;

/** GET /devicemgmt/tasks; `statusCounts` has the number of tasks per task status. */
export const TaskListEnvelope = lenient(
  z.looseObject({
    ...page,
    statusCounts: z.record(z.string(), Count).optional(),
    data: z.looseObject({ tasks: z.array(TaskFields) }),
  }),
);
export type TaskListEnvelope = z.infer<typeof TaskListEnvelope>;

/** GET /devicemgmt/tasks/{tid}/statuses: a page of its device tasks, and the task, of which not all tell the status here. */
export const TaskStatusesEnvelope = lenient(
  z.looseObject({ ...page, data: TaskWithStatusesFields.partial({ status: true }) }),
);
export type TaskStatusesEnvelope = z.infer<typeof TaskStatusesEnvelope>;

/** GET /devicemgmt/tasks/{tid}/statuses/history. */
export const TaskHistoryEnvelope = lenient(
  z.looseObject({ data: z.looseObject({ history: z.array(HistoryEntryFields) }) }),
);
export type TaskHistoryEnvelope = z.infer<typeof TaskHistoryEnvelope>;

/** GET /devicemgmt/devices/{did}/tasks: each task with the status of that one device. */
export const TaskByDeviceListEnvelope = lenient(
  z.looseObject({ ...page, data: z.looseObject({ tasks: z.array(TaskWithStatusesFields) }) }),
);
export type TaskByDeviceListEnvelope = z.infer<typeof TaskByDeviceListEnvelope>;

/** PUT /devicemgmt/tasks/{tid}/devices/{did}. */
export const DeviceTaskEnvelope = lenient(z.looseObject({ data: DeviceTaskFields }));
export type DeviceTaskEnvelope = z.infer<typeof DeviceTaskEnvelope>;

/** GET /devicemgmt/devices/{did}/pendingtasks: ids of the tasks that wait for the user's acceptance. */
export const PendingTasksEnvelope = lenient(z.looseObject({ data: z.array(z.string()) }));
export type PendingTasksEnvelope = z.infer<typeof PendingTasksEnvelope>;

/** POST /v1.1/devicetypes, GET and PUT /devicemgmt/devicetypes/{dtid}. */
export const DeviceTypeEnvelope = lenient(z.looseObject({ data: DeviceTypeFields }));
export type DeviceTypeEnvelope = z.infer<typeof DeviceTypeEnvelope>;

/** POST /v1.1/devices. */
export const DeviceEnvelope = lenient(z.looseObject({ data: DeviceFields }));
export type DeviceEnvelope = z.infer<typeof DeviceEnvelope>;

const PropertyGroup = z.record(z.string(), z.unknown());
const PropertyGroups = z.looseObject({
  serverProperties: PropertyGroup.optional(),
  systemProperties: PropertyGroup.optional(),
  deviceProperties: PropertyGroup.optional(),
});

/** GET /devicemgmt/devices/{did}/properties. Here `null` is a value like any other. */
export const PropertiesEnvelope = z.looseObject({ data: PropertyGroups });
export type PropertiesEnvelope = z.infer<typeof PropertiesEnvelope>;

/** GET /devicemgmt/devices/properties. The page is above `data` for some SDKs, inside for others: either may be there. */
export const PropertiesQueryEnvelope = z.looseObject({
  ...page,
  data: z.looseObject({ ...page, properties: z.array(PropertyGroups).optional() }),
});
export type PropertiesQueryEnvelope = z.infer<typeof PropertiesQueryEnvelope>;

/** Any 4xx or 5xx. */
export const ErrorEnvelope = lenient(
  z.looseObject({ error: z.looseObject({ code: ErrorCode.optional(), message: z.string().optional() }) }),
);
export type ErrorEnvelope = z.infer<typeof ErrorEnvelope>;
