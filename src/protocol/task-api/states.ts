/**
 * Names of the states that the task API shows. Which moves are legal is not said here: the server's engine and
 * the oracle's model know that independently of each other.
 *
 * Source: the cloud's SDKs and the task page, as told in docs/semantics.md, "States".
 */

/** States of a task as a whole. */
export const TASK_STATUSES = ["SCHEDULED", "REQUESTED", "QUEUING", "PROCESSING", "COMPLETE", "CANCELLED"] as const;
export type TaskStatus = (typeof TASK_STATUSES)[number];

/** States of the part of a task that concerns one device. */
export const DEVICE_TASK_STATUSES = [
  "REQUESTED",
  "QUEUED",
  "PROCESSING",
  "SUCCEEDED",
  "FAILED",
  "CANCEL_REQUESTED",
  "CANCELLED",
] as const;
export type DeviceTaskStatus = (typeof DEVICE_TASK_STATUSES)[number];

/** What the user of a device says to a firmware update. */
export const ACCEPTANCE_STATUSES = ["NOT_REQUIRED", "WAITING", "ACCEPTED", "REJECTED"] as const;
export type AcceptanceStatus = (typeof ACCEPTANCE_STATUSES)[number];

/** What a task does with its property. */
export const TASK_TYPES = ["R", "W", "E"] as const;
/** Read, Write, Execute. */
export type TaskType = (typeof TASK_TYPES)[number];
