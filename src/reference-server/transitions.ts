/**
 * Every move of a task and of a device task, as a table. What is not in the table does not happen.
 *
 * Source: docs/semantics.md, "States" and the rows named.
 */
import type { DeviceTaskStatus, TaskStatus } from "../protocol/task-api/states.ts";

/** What can happen to a device task. */
export type DeviceTaskEvent =
  | "queue"
  | "attempt"
  /** Its exchange is dropped and sent again to another address. */
  | "resend"
  | "failed-attempt"
  | "succeed"
  | "fail"
  /** It does not begin: a firmware update whose device is not registered or user does not want it; what does not fit. */
  | "refuse"
  | "expire"
  | "cancel";

export interface DeviceTaskMove {
  readonly from: DeviceTaskStatus;
  readonly event: DeviceTaskEvent;
  readonly to: DeviceTaskStatus;
  readonly source: string;
}

export const DEVICE_TASK_MOVES: readonly DeviceTaskMove[] = [
  { from: "REQUESTED", event: "queue", to: "QUEUED", source: "States; task page, Task execution" },
  { from: "REQUESTED", event: "succeed", to: "SUCCEEDED", source: "row 18: a server property needs no device" },
  { from: "REQUESTED", event: "refuse", to: "FAILED", source: "row 24" },
  { from: "REQUESTED", event: "expire", to: "FAILED", source: "task page, Task expiration" },
  { from: "REQUESTED", event: "cancel", to: "CANCELLED", source: "States; row 9: its task waits for its time" },
  { from: "QUEUED", event: "attempt", to: "PROCESSING", source: "row 4" },
  { from: "QUEUED", event: "refuse", to: "FAILED", source: "row 24" },
  { from: "QUEUED", event: "expire", to: "FAILED", source: "task page, Task expiration" },
  { from: "QUEUED", event: "cancel", to: "CANCELLED", source: "States" },
  { from: "PROCESSING", event: "resend", to: "PROCESSING", source: "rows 14, 32" },
  { from: "PROCESSING", event: "failed-attempt", to: "QUEUED", source: "States; task page, Task execution" },
  { from: "PROCESSING", event: "succeed", to: "SUCCEEDED", source: "States" },
  { from: "PROCESSING", event: "fail", to: "FAILED", source: "task page, Device task errors" },
  { from: "PROCESSING", event: "expire", to: "FAILED", source: "row 10" },
  { from: "PROCESSING", event: "cancel", to: "CANCEL_REQUESTED", source: "States: cancel in flight" },
  { from: "CANCEL_REQUESTED", event: "resend", to: "CANCELLED", source: "States; row 14: a failed attempt" },
  { from: "CANCEL_REQUESTED", event: "failed-attempt", to: "CANCELLED", source: "States: cancel in flight" },
  { from: "CANCEL_REQUESTED", event: "succeed", to: "SUCCEEDED", source: "States: cancel in flight" },
  { from: "CANCEL_REQUESTED", event: "fail", to: "FAILED", source: "States: cancel in flight" },
  { from: "CANCEL_REQUESTED", event: "expire", to: "CANCELLED", source: "States: cancel in flight" },
];

/** What can happen to a task. */
export type TaskEvent = "begin" | "expand" | "expanded" | "all-terminal" | "cancel";

export interface TaskMove {
  readonly from: TaskStatus;
  readonly event: TaskEvent;
  readonly to: TaskStatus;
  readonly source: string;
}

export const TASK_MOVES: readonly TaskMove[] = [
  { from: "SCHEDULED", event: "begin", to: "REQUESTED", source: "States; row 9" },
  { from: "SCHEDULED", event: "all-terminal", to: "COMPLETE", source: "States: every device is terminal" },
  { from: "SCHEDULED", event: "cancel", to: "CANCELLED", source: "States" },
  { from: "REQUESTED", event: "expand", to: "QUEUING", source: "States; row 33" },
  { from: "REQUESTED", event: "cancel", to: "CANCELLED", source: "States" },
  { from: "QUEUING", event: "expanded", to: "PROCESSING", source: "States; row 33" },
  { from: "QUEUING", event: "cancel", to: "CANCELLED", source: "States" },
  { from: "PROCESSING", event: "all-terminal", to: "COMPLETE", source: "States: every device is terminal" },
  { from: "PROCESSING", event: "cancel", to: "CANCELLED", source: "States" },
];

export const TERMINAL_DEVICE_STATUSES = [
  "SUCCEEDED",
  "FAILED",
  "CANCELLED",
] as const satisfies readonly DeviceTaskStatus[];

export const isTerminal = (status: DeviceTaskStatus): boolean =>
  status === "SUCCEEDED" || status === "FAILED" || status === "CANCELLED";

/** Where the event leads; `undefined`: nowhere, the event means nothing to this status. */
export const deviceTaskMove = (from: DeviceTaskStatus, event: DeviceTaskEvent): DeviceTaskStatus | undefined =>
  DEVICE_TASK_MOVES.find((row) => row.from === from && row.event === event)?.to;

/** Where the event leads; `undefined`: nowhere. */
export const taskMove = (from: TaskStatus, event: TaskEvent): TaskStatus | undefined =>
  TASK_MOVES.find((row) => row.from === from && row.event === event)?.to;
