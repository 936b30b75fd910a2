/**
 * What a reader of the API is told about each endpoint: query, body, answer and refusals. The OpenAPI document, the page
 * for browsers and the page in docs/ are all made of these rows and of `endpoints.ts`.
 *
 * Source: docs/semantics.md rows 8, 19–24, 27, 29–31.
 */
import type { z } from "zod";
import {
  AcceptanceRequest,
  type Bounds,
  DEVICE_TYPE_BOUNDS,
  DeviceRequest,
  deviceTypeRequest,
  deviceTypesInfoUpdate,
  ServerProperties,
  TaskUpdateRequest,
  taskRequest,
} from "../../protocol/task-api/schemas.ts";
import {
  AcceptanceEnvelope,
  DeviceEnvelope,
  DeviceIdEnvelope,
  DeviceTaskEnvelope,
  DeviceTaskListEnvelope,
  DeviceTypeEnvelope,
  HistoryEnvelope,
  ManifestEnvelope,
  PendingTasksEnvelope,
  PropertiesEnvelope,
  PropertySearchEnvelope,
  TaskEnvelope,
  TaskListEnvelope,
  TaskStatusesEnvelope,
} from "./answer-schemas.ts";
import type { EndpointId } from "./endpoints.ts";
import { PROPERTIES_QUERY, PROPERTY_SEARCH_QUERY } from "./property-handlers.ts";
import type { QueryParameter } from "./query.ts";
import { HISTORY_QUERY, STATUSES_QUERY } from "./task-handlers.ts";
import { DEVICE_TASKS_QUERY, TASKS_QUERY } from "./task-lists.ts";
import { TOKEN_DOCS } from "./token-docs.ts";
import { UPDATE_DOCS } from "./update-docs.ts";

export interface NamedSchema {
  readonly name: string;
  readonly schema: z.ZodType;
}

export interface EndpointDocs {
  /** A few words. */
  readonly title: string;
  readonly about: string;
  readonly query?: Readonly<Record<string, QueryParameter<unknown>>>;
  readonly body?: NamedSchema & { readonly example: unknown };
  /** `mediaType`: what it is, when it is no JSON. */
  readonly answer: NamedSchema & { readonly status: 200 | 201; readonly mediaType?: string };
  /** HTTP statuses besides those that any request may end with. */
  readonly refusals: readonly Refusal[];
}

type Refusal = keyof typeof REFUSALS;

/** Why a request may end without its answer. */
export const REFUSALS = {
  400: "The request is wrong; the message names the field.",
  401: "No valid bearer token.",
  403: "The token is somebody else's.",
  404: "What the path or the query names does not exist.",
  409: "The id is taken.",
  413: "The body is too large.",
  414: "The path and query are too long.",
  415: "The body is not declared as application/json.",
  429: "Too many requests for this token; see the headers X-Rate-Limit-Reset and Retry-After.",
  500: "A mistake in the server.",
  503: "The server starts or stops, or keeps as much as it may; see the header Retry-After.",
} as const;

/** What any request may end with. */
export const GENERAL_REFUSALS: readonly Refusal[] = [401, 403, 413, 414, 415, 429, 500, 503];

/** What is in the path, by name. */
export const PATH_PARAMETERS: Readonly<Record<string, string>> = {
  tid: "Task id.",
  did: "Device id, which is the endpoint client name too.",
  dtid: "Device type id.",
  id: "Id of the token.",
  updateId: "Id of the firmware image.",
  file: "32 hex digits: the image's name for devices.",
};

/** Seconds that this server accepts. Row 8. */
export interface AcceptedBounds {
  readonly expiresAfter: Bounds;
  readonly taskExpiresAfter: Bounds;
}

const TASK_ANSWER = { name: "TaskEnvelope", schema: TaskEnvelope, status: 200 } as const;
const DEVICE_TYPE_ANSWER = { name: "DeviceTypeEnvelope", schema: DeviceTypeEnvelope, status: 200 } as const;
const DEVICE_ID_ANSWER = { name: "DeviceIdEnvelope", schema: DeviceIdEnvelope, status: 200 } as const;
const CANCEL = { name: "TaskUpdateRequest", schema: TaskUpdateRequest, example: { status: "CANCELLED" } } as const;

type DocsOf<Group extends EndpointId> = Readonly<Record<Group, EndpointDocs>>;

export const endpointDocs = ({ expiresAfter, taskExpiresAfter }: AcceptedBounds): DocsOf<EndpointId> => ({
  "create-task": {
    title: "Create a task",
    about:
      "For the devices in `dids`, or for those that match `filter`, or for all of the device type. Answers before the task begins; `Location` says where it can be read. With `taskParameters.update` it is a firmware update, which has neither `taskType` nor `property`.",
    body: {
      name: "TaskRequest",
      schema: taskRequest(expiresAfter),
      example: {
        dtid: "thermometer",
        dids: ["attic"],
        taskType: "W",
        property: "deviceProperties.device.timezone",
        taskParameters: { value: "Europe/Paris" },
      },
    },
    answer: { ...TASK_ANSWER, status: 201 },
    refusals: [400, 404],
  },
  ...TASK_DOCS,
  ...PROPERTY_DOCS,
  "get-device-type": {
    title: "Read the configuration of a device type",
    about: "What was not configured is left out; the server's own values hold then.",
    answer: DEVICE_TYPE_ANSWER,
    refusals: [404],
  },
  "configure-device-type": {
    title: "Configure a device type",
    about: "What the body leaves out stays as it is. Tasks that exist keep their active period.",
    body: {
      name: "DeviceTypeUpdate",
      schema: deviceTypesInfoUpdate({ ...DEVICE_TYPE_BOUNDS, taskExpiresAfter }),
      example: { taskExpiresAfter: 3600 },
    },
    answer: DEVICE_TYPE_ANSWER,
    refusals: [400, 404],
  },
  "add-device-type": {
    title: "Provision a device type",
    about: "Without `dtid` the server chooses one. Only for the administrator, where there is one.",
    body: {
      name: "DeviceTypeRequest",
      schema: deviceTypeRequest({ ...DEVICE_TYPE_BOUNDS, taskExpiresAfter }),
      example: { dtid: "thermometer", name: "Thermometer" },
    },
    answer: { ...DEVICE_TYPE_ANSWER, status: 201 },
    refusals: [400, 409],
  },
  "add-device": {
    title: "Provision a device",
    about: "Without `did` the server chooses one.",
    body: { name: "DeviceRequest", schema: DeviceRequest, example: { did: "attic", dtid: "thermometer" } },
    answer: { name: "DeviceEnvelope", schema: DeviceEnvelope, status: 201 },
    refusals: [400, 404, 409],
  },
  ...TOKEN_DOCS,
  ...UPDATE_DOCS,
});

const TASK_DOCS: DocsOf<
  | "list-tasks"
  | "get-task"
  | "cancel-task"
  | "get-statuses"
  | "get-history"
  | "cancel-device-task"
  | "accept-task"
  | "list-device-tasks"
  | "list-pending-tasks"
> = {
  "list-tasks": {
    title: "List the tasks of a device type",
    about: "A page of the tasks, and the number of all tasks of the device type per status.",
    query: TASKS_QUERY,
    answer: { name: "TaskListEnvelope", schema: TaskListEnvelope, status: 200 },
    refusals: [400, 404],
  },
  "get-task": {
    title: "Read a task",
    about: "Possible until 30 days after its creation.",
    answer: TASK_ANSWER,
    refusals: [404],
  },
  "cancel-task": {
    title: "Cancel a task",
    about: "Reaches the devices that have not finished it. A task that is over stays as it is.",
    body: CANCEL,
    answer: TASK_ANSWER,
    refusals: [400, 404],
  },
  "get-statuses": {
    title: "Read the status of a task on its devices",
    about: "The task, and a page of its device tasks.",
    query: STATUSES_QUERY,
    answer: { name: "TaskStatusesEnvelope", schema: TaskStatusesEnvelope, status: 200 },
    refusals: [400, 404],
  },
  "get-history": {
    title: "Read the history of a task",
    about: "Of the task, or of the task on one device.",
    query: HISTORY_QUERY,
    answer: { name: "HistoryEnvelope", schema: HistoryEnvelope, status: 200 },
    refusals: [404],
  },
  "cancel-device-task": {
    title: "Cancel a task on one device",
    about: "A device task that is over stays as it is.",
    body: CANCEL,
    answer: { name: "DeviceTaskEnvelope", schema: DeviceTaskEnvelope, status: 200 },
    refusals: [400, 404],
  },
  "accept-task": {
    title: "Accept or reject a task on one device",
    about: "For a firmware update with `needsAcceptance` that waits for the device's user; else the answer is 400.",
    body: { name: "AcceptanceRequest", schema: AcceptanceRequest, example: { acceptanceStatus: "ACCEPTED" } },
    answer: { name: "AcceptanceEnvelope", schema: AcceptanceEnvelope, status: 200 },
    refusals: [400, 404],
  },
  "list-device-tasks": {
    title: "List the tasks of a device",
    about: "A page of its tasks, each with the status on this device.",
    query: DEVICE_TASKS_QUERY,
    answer: { name: "DeviceTaskListEnvelope", schema: DeviceTaskListEnvelope, status: 200 },
    refusals: [400, 404],
  },
  "list-pending-tasks": {
    title: "List the tasks that wait for the device's user",
    about: "Firmware updates with `needsAcceptance` that were neither accepted nor rejected on this device.",
    answer: { name: "PendingTasksEnvelope", schema: PendingTasksEnvelope, status: 200 },
    refusals: [404],
  },
};

const PROPERTY_DOCS: DocsOf<
  | "get-properties"
  | "query-properties"
  | "set-server-properties"
  | "delete-server-properties"
  | "get-manifest-properties"
> = {
  "get-properties": {
    title: "Read the properties of a device",
    about: "From the Device Mirror: the device is not asked.",
    query: PROPERTIES_QUERY,
    answer: { name: "PropertiesEnvelope", schema: PropertiesEnvelope, status: 200 },
    refusals: [400, 404],
  },
  "query-properties": {
    title: "Search the properties of all devices of a type",
    about: "A page of the devices that match, in the order in which they were provisioned.",
    query: PROPERTY_SEARCH_QUERY,
    answer: { name: "PropertySearchEnvelope", schema: PropertySearchEnvelope, status: 200 },
    refusals: [400, 404],
  },
  "set-server-properties": {
    title: "Set server properties of a device",
    about: "What the body leaves out stays as it is.",
    body: { name: "ServerProperties", schema: ServerProperties, example: { site: "b1", floor: 3 } },
    answer: DEVICE_ID_ANSWER,
    refusals: [400, 404],
  },
  "delete-server-properties": {
    title: "Delete all server properties of a device",
    about: "Deleting what is not there is no error.",
    answer: DEVICE_ID_ANSWER,
    refusals: [404],
  },
  "get-manifest-properties": {
    title: "Read which properties a device type has",
    about:
      "Server properties are those that its devices have been given, with the types of their values; device properties are those that a task may name.",
    answer: { name: "ManifestEnvelope", schema: ManifestEnvelope, status: 200 },
    refusals: [404],
  },
};
