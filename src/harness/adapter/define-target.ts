/**
 * What a module that adapts a server says of it. This is what `import { defineTarget } from "fleetproof"` gives; it needs
 * nothing of the rest of the program but the names of properties.
 */
import type { DeclaredCapabilities } from "./capabilities.ts";
import type { TaskRequest } from "./routes.ts";
import type { CreatedTask, DeviceStatus, HistoryLine, PropertyGroups, StatusCounts, TaskState } from "./verbs.ts";

// biome-ignore lint/performance/noBarrelFile: this file is what the package exports.
export { PROPERTY_PATHS, propertyAt, propertyPath } from "./property-paths.ts";
export type { CreatedTask, DeclaredCapabilities, DeviceStatus, HistoryLine, PropertyGroups, TaskRequest, TaskState };

/** A device that the server is to know from now on. */
export interface ProvisionedDevice {
  /** Device id, which is its endpoint client name. */
  readonly did: string;
  /** Id of its device type. */
  readonly dtid: string;
}

/** What a server that says no answers, instead of a result. */
export interface Refused {
  readonly refused: { readonly status: number; readonly message: string };
}

/** Statuses, and what is told of the task as a whole at the same moment. */
export interface WholeStatuses {
  readonly statuses: readonly DeviceStatus[];
  /** Of the task. */
  readonly status?: TaskState["status"] | null;
  /** With `counts`. */
  readonly statusCounts?: StatusCounts | null;
}

type Answer<T> = T | Refused | Promise<T | Refused>;

/**
 * A server, as a module adapts it. Whatever it throws is a fault of the adapter and says nothing about the server; what the
 * server refuses is returned: `refuse("no such task", 404)`.
 */
export interface TargetDefinition {
  readonly capabilities: DeclaredCapabilities;
  /** Where devices reach the server, when it runs already: `coap://127.0.0.1:5683`. Else `start` says it. */
  readonly coap?: string;
  /** Called once, before anything else. @returns where devices reach the server */
  start?(): Promise<string> | string;
  /** Makes devices known to the server, before they register. */
  provision(devices: readonly ProvisionedDevice[]): Answer<unknown>;
  /** @returns the id of the task. Its devices need not be registered */
  createTask(request: TaskRequest): Answer<CreatedTask>;
  /** @returns a line for each device of the task; with `counts`, and better anyway, together with what is told of the task at that moment */
  deviceStatuses(taskId: string): Answer<readonly DeviceStatus[] | WholeStatuses>;
  /** The task as a whole. */
  getTask?(taskId: string): Answer<TaskState>;
  /** @param did absent: for all of its devices */
  cancelTask?(taskId: string, did?: string): Answer<unknown>;
  /** The Device Mirror: what the server takes the properties of the device to be. */
  properties?(did: string): Answer<PropertyGroups>;
  /** The earlier statuses of a task, the oldest first. @param did absent: of the task as a whole */
  taskHistory?(taskId: string, did?: string): Answer<readonly HistoryLine[]>;
  /** Kills the server without giving it time for anything; later, starts it again from what it has stored. */
  restart?(phase: "kill" | "start"): Answer<unknown>;
  /** Turns the server's clock on by so much, as if it had waited that long: what it dates is dated by that clock from now on. */
  advanceClock?(milliseconds: number): Answer<unknown>;
  /** Called once, at the end. */
  close?(): Promise<void> | void;
}

/** Gives back what it gets: for the types. Whether it fits is checked when the module is loaded. */
export const defineTarget = (definition: TargetDefinition): TargetDefinition => definition;

/** @param status as the task API would answer, 400 to 599 */
export const refuse = (message: string, status = 400): Refused => ({ refused: { status, message } });
