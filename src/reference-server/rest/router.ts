/**
 * The REST API as a table of endpoints, and the way from a request to its handler.
 *
 * Source: the cloud's endpoints as its SDKs call them; docs/semantics.md row 27 (provisioning), row 30 (who may).
 */
import type { RestRequest } from "../../protocol/server-port.ts";
import type { Instant } from "../../protocol/time.ts";
import type { Context } from "../context.ts";
import { type Answer, forbidden, type Handler, methodNotAllowed, notFound, unauthorized } from "./answer.ts";
import type { DeviceHandlers } from "./device-handlers.ts";
import type { TaskHandlers } from "./task-handlers.ts";

export interface Endpoint {
  /** A name for life. */
  readonly id: string;
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** Below the base URL; a segment `:name` stands for anything. */
  readonly path: string;
  readonly handler: Handler;
  /** Only the administrator may, where there is one. */
  readonly administrator?: true;
  readonly source: string;
}

export type Router = (request: RestRequest, now: Instant) => Answer;

export const endpoints = (createTask: Handler, tasks: TaskHandlers, devices: DeviceHandlers): readonly Endpoint[] => [
  { id: "create-task", method: "POST", path: "devicemgmt/tasks", handler: createTask, source: "createTasks; row 19" },
  { id: "get-task", method: "GET", path: "devicemgmt/tasks/:tid", handler: tasks.getTask, source: "getTaskByID" },
  { id: "cancel-task", method: "PUT", path: "devicemgmt/tasks/:tid", handler: tasks.cancelTask, source: "updateTask" },
  {
    id: "get-statuses",
    method: "GET",
    path: "devicemgmt/tasks/:tid/statuses",
    handler: tasks.getStatuses,
    source: "getStatuses; row 23",
  },
  {
    id: "get-history",
    method: "GET",
    path: "devicemgmt/tasks/:tid/statuses/history",
    handler: tasks.getHistory,
    source: "getStatusesHistory",
  },
  {
    id: "cancel-device-task",
    method: "PUT",
    path: "devicemgmt/tasks/:tid/devices/:did",
    handler: tasks.cancelDevice,
    source: "updateTaskForDevice",
  },
  {
    id: "get-properties",
    method: "GET",
    path: "devicemgmt/devices/:did/properties",
    handler: devices.getProperties,
    source: "getProperties; row 31",
  },
  {
    id: "set-server-properties",
    method: "POST",
    path: "devicemgmt/devices/:did/serverproperties",
    handler: devices.postServerProperties,
    source: "updateServerProperties",
  },
  {
    id: "get-device-type",
    method: "GET",
    path: "devicemgmt/devicetypes/:dtid",
    handler: devices.getDeviceType,
    source: "getDeviceTypesInfo",
  },
  {
    id: "configure-device-type",
    method: "PUT",
    path: "devicemgmt/devicetypes/:dtid",
    handler: devices.putDeviceType,
    source: "updateDeviceTypesInfo; row 8",
  },
  {
    id: "add-device-type",
    method: "POST",
    path: "devicetypes",
    handler: devices.addDeviceType,
    administrator: true,
    source: "row 27",
  },
  { id: "add-device", method: "POST", path: "devices", handler: devices.addDevice, source: "row 27" },
];

interface Route {
  readonly endpoint: Endpoint;
  readonly pattern: readonly string[];
}

export function createRouter(context: Context, table: readonly Endpoint[]): Router {
  const routes: readonly Route[] = table.map((endpoint) => ({ endpoint, pattern: endpoint.path.split("/") }));
  const isKnownToken = (token: string | undefined): boolean =>
    context.administrator === undefined ||
    token === context.administrator ||
    (token !== undefined && [...context.deviceTypes.values()].some(({ owner }) => owner === token));

  return (request, now) => {
    if (!isKnownToken(request.token)) return unauthorized();
    const matching = routes.filter(({ pattern }) => matches(pattern, request.path));
    if (matching.length === 0) return notFound();
    const route = matching.find(({ endpoint }) => endpoint.method === request.method);
    if (route === undefined) return methodNotAllowed(matching.map(({ endpoint }) => endpoint.method));
    const { endpoint, pattern } = route;
    const needs = endpoint.administrator === true ? context.administrator : undefined;
    if (needs !== undefined && request.token !== needs) return forbidden();
    return endpoint.handler({ request, parameters: parametersOf(pattern, request.path), now });
  };
}

const matches = (pattern: readonly string[], path: readonly string[]): boolean =>
  pattern.length === path.length &&
  pattern.every((segment, index) => segment.startsWith(":") || segment === path[index]);

const parametersOf = (pattern: readonly string[], path: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    pattern.flatMap((segment, index) => (segment.startsWith(":") ? [[segment.slice(1), path[index] ?? ""]] : [])),
  );
