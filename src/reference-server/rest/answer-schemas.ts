/**
 * What the REST API answers, as schemas: the API's documents are made of them, and tests hold every answer to them.
 *
 * Nothing in the server is checked against them while it runs. A field without a value is left out.
 *
 * Source: the cloud's SDK models; docs/semantics.md rows 7, 19, 20, 21, 23, 31.
 */
import { z } from "zod";
import {
  ACCEPTANCE_STATUSES,
  DEVICE_TASK_STATUSES,
  TASK_STATUSES,
  TASK_TYPES,
} from "../../protocol/task-api/states.ts";

export const timestamp = (about: string) => z.int().describe(`${about}, milliseconds since the Unix epoch.`);
export const count = (about: string) => z.int().min(0).describe(about);

export const StatusCounts = z.strictObject({
  totalDevices: count("Devices of the task; 0 until its targets are known."),
  numCompleted: count("Devices that are SUCCEEDED, FAILED or CANCELLED."),
  numSucceeded: count("Devices that are SUCCEEDED."),
  numFailed: count("Devices that are FAILED."),
  numCancelled: count("Devices that are CANCELLED."),
});

const taskFields = {
  id: z.string(),
  dtid: z.string().describe("Device type."),
  dids: z.array(z.string()).optional().describe("Devices, as the request gave them."),
  filter: z.string().optional().describe("Filter, as the request gave it."),
  taskType: z.enum(TASK_TYPES).optional().describe("Absent for a firmware update."),
  property: z.string().optional().describe("Absent for a firmware update."),
  taskParameters: z.strictObject({
    value: z.string().optional(),
    expiresAfter: z.int().describe("Seconds: the request's own, else the device type's, else 604800."),
    scheduledOn: timestamp("When the task begins").optional(),
    update: z.strictObject({ updateId: z.string() }).optional().describe("The firmware image."),
  }),
  needsAcceptance: z.boolean().optional(),
  status: z.enum(TASK_STATUSES),
  statusCounts: StatusCounts,
  createdOn: timestamp("Creation"),
  modifiedOn: timestamp("Last change of the status"),
};

export const Task = z.strictObject(taskFields);

const deviceTaskFields = {
  status: z.enum(DEVICE_TASK_STATUSES),
  ts: timestamp("Last change of the status"),
  numAttempts: count("How often the request was begun."),
  errorCode: z.string().optional().describe("Of a FAILED one: 4001, 4004, 4006 or what became of the device's answer."),
  errorMessage: z.string().optional(),
  acceptanceStatus: z.enum(ACCEPTANCE_STATUSES).optional().describe("Of a firmware update."),
};

export const DeviceTask = z.strictObject({ did: z.string(), ...deviceTaskFields });

const TaskHistoryEntry = z.strictObject({ status: z.enum(TASK_STATUSES), ts: timestamp("When it got that status") });

export const paging = {
  total: count("How many match."),
  offset: count("Where the page begins."),
  count: count("How many are on the page."),
};

export const TaskEnvelope = z.strictObject({ data: Task });

export const TaskListEnvelope = z.strictObject({
  ...paging,
  statusCounts: z
    .strictObject({
      SCHEDULED: count("SCHEDULED tasks."),
      REQUESTED: count("REQUESTED tasks."),
      QUEUING: count("QUEUING tasks."),
      PROCESSING: count("PROCESSING tasks."),
      COMPLETE: count("COMPLETE tasks."),
      CANCELLED: count("CANCELLED tasks."),
    })
    .describe("Tasks of the device type per status, whatever the filter."),
  data: z.strictObject({ tasks: z.array(Task) }),
});

const TaskWithStatuses = z.strictObject({ ...taskFields, statuses: z.array(DeviceTask) });

export const TaskStatusesEnvelope = z.strictObject({ ...paging, data: TaskWithStatuses });
export const DeviceTaskListEnvelope = z.strictObject({
  ...paging,
  data: z.strictObject({ tasks: z.array(TaskWithStatuses) }),
});
export const DeviceTaskEnvelope = z.strictObject({ data: DeviceTask });

export const AcceptanceEnvelope = z.strictObject({
  acceptanceStatus: z.enum(["ACCEPTED", "REJECTED"]).describe("As the request gave it."),
  data: DeviceTask,
});

export const HistoryEnvelope = z.strictObject({
  data: z.strictObject({
    history: z
      .array(z.union([DeviceTask, TaskHistoryEntry]))
      .describe("Oldest first: of the device when the request names one, else of the task."),
  }),
});

export const PendingTasksEnvelope = z.strictObject({ data: z.array(z.string()).describe("Task ids.") });

const Values = z.record(z.string(), z.unknown());
const PropertyGroups = z.strictObject({
  serverProperties: Values,
  systemProperties: z.strictObject({ did: z.string(), connection: z.enum(["connected", "disconnected"]) }),
  deviceProperties: Values,
});

export const PropertiesEnvelope = z.strictObject({ data: PropertyGroups });
export const PropertySearchEnvelope = z.strictObject({
  ...paging,
  data: z
    .strictObject({ ...paging, properties: z.array(PropertyGroups) })
    .describe("The numbers stand here too: SDKs of the cloud differ about the place."),
});
export const DeviceIdEnvelope = z.strictObject({ data: z.strictObject({ did: z.string() }) });

export const DeviceTypeEnvelope = z.strictObject({
  data: z.strictObject({
    dtid: z.string(),
    name: z.string(),
    devicePropertiesEnabled: z.boolean(),
    pmin: z.int().optional().describe("Seconds."),
    pmax: z.int().optional().describe("Seconds."),
    taskExpiresAfter: z.int().optional().describe("Seconds."),
    createdOn: timestamp("Creation"),
    modifiedOn: timestamp("Last change"),
  }),
});

export const ManifestEnvelope = z.strictObject({
  data: z.strictObject({
    serverProperties: z.record(z.string(), z.strictObject({ type: z.string() })),
    systemProperties: z.record(z.string(), z.strictObject({ type: z.string() })),
    deviceProperties: z.record(
      z.string(),
      z.record(
        z.string(),
        z.strictObject({
          type: z.string().optional(),
          operations: z.string().describe("R, W, E: what a task may ask for."),
          multiple: z.boolean().describe("Has several values, in an array."),
        }),
      ),
    ),
  }),
});

export const DeviceEnvelope = z.strictObject({
  data: z.strictObject({ did: z.string(), dtid: z.string(), name: z.string() }),
});

export const ErrorEnvelope = z.strictObject({
  error: z.strictObject({
    code: z.int().describe("4001: the request is wrong; 1101: no such device type; else the HTTP status."),
    message: z.string().min(1),
    field: z.string().optional().describe("What is wrong: dotted path in the body, or a query parameter."),
  }),
});
