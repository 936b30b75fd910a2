/**
 * The REST API as a table: every endpoint once, with the name for life that its handler and its documents go by.
 *
 * Source: the cloud's endpoints as its SDKs call them; docs/semantics.md row 27 (provisioning).
 */

export interface Endpoint {
  readonly id: string;
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** Below the base URL; a segment `:name` stands for anything. */
  readonly path: string;
  /** Only the administrator may, where there is one. */
  readonly administrator?: true;
  /** Needs no token, whoever else does: what it gives has a name that cannot be guessed. */
  readonly open?: true;
  /** The call of the cloud's SDK, and what decides its details. */
  readonly source: string;
}

export const ENDPOINTS = [
  { id: "create-task", method: "POST", path: "devicemgmt/tasks", source: "createTasks; row 19" },
  { id: "list-tasks", method: "GET", path: "devicemgmt/tasks", source: "getTasks; row 23" },
  { id: "get-task", method: "GET", path: "devicemgmt/tasks/:tid", source: "getTaskByID" },
  { id: "cancel-task", method: "PUT", path: "devicemgmt/tasks/:tid", source: "updateTask" },
  { id: "get-statuses", method: "GET", path: "devicemgmt/tasks/:tid/statuses", source: "getStatuses; row 23" },
  { id: "get-history", method: "GET", path: "devicemgmt/tasks/:tid/statuses/history", source: "getStatusesHistory" },
  {
    id: "cancel-device-task",
    method: "PUT",
    path: "devicemgmt/tasks/:tid/devices/:did",
    source: "updateTaskForDevice",
  },
  {
    id: "accept-task",
    method: "POST",
    path: "devicemgmt/tasks/:tid/devices/:did/acceptance",
    source: "notifyAboutAcceptance; row 24",
  },
  { id: "list-device-tasks", method: "GET", path: "devicemgmt/devices/:did/tasks", source: "getAllByDid; row 23" },
  {
    id: "list-pending-tasks",
    method: "GET",
    path: "devicemgmt/devices/:did/pendingtasks",
    source: "getAllPendingTasksByDid; row 24",
  },
  { id: "get-properties", method: "GET", path: "devicemgmt/devices/:did/properties", source: "getProperties; row 31" },
  { id: "query-properties", method: "GET", path: "devicemgmt/devices/properties", source: "queryProperties; row 23" },
  {
    id: "set-server-properties",
    method: "POST",
    path: "devicemgmt/devices/:did/serverproperties",
    source: "updateServerProperties",
  },
  {
    id: "delete-server-properties",
    method: "DELETE",
    path: "devicemgmt/devices/:did/serverproperties",
    source: "deleteServerProperties",
  },
  { id: "get-device-type", method: "GET", path: "devicemgmt/devicetypes/:dtid", source: "getDeviceTypesInfo" },
  {
    id: "configure-device-type",
    method: "PUT",
    path: "devicemgmt/devicetypes/:dtid",
    source: "updateDeviceTypesInfo; row 8",
  },
  {
    id: "get-manifest-properties",
    method: "GET",
    path: "devicemgmt/devicetypes/:dtid/manifest/properties",
    source: "getManifestProperties",
  },
  { id: "add-device-type", method: "POST", path: "devicetypes", administrator: true, source: "row 27" },
  { id: "add-device", method: "POST", path: "devices", source: "row 27" },
  { id: "add-update", method: "POST", path: "updates", source: "row 24" },
  { id: "list-updates", method: "GET", path: "updates", source: "rows 23, 24" },
  { id: "get-update", method: "GET", path: "updates/:updateId", source: "row 24" },
  { id: "delete-update", method: "DELETE", path: "updates/:updateId", source: "row 24" },
  { id: "download-update", method: "GET", path: "updates/urls/:file", open: true, source: "row 24" },
  { id: "add-token", method: "POST", path: "tokens", administrator: true, source: "row 30" },
  { id: "list-tokens", method: "GET", path: "tokens", administrator: true, source: "row 30" },
  { id: "revoke-token", method: "DELETE", path: "tokens/:id", administrator: true, source: "row 30" },
] as const satisfies readonly Endpoint[];

export type EndpointId = (typeof ENDPOINTS)[number]["id"];
