/**
 * Tasks, and what happened to them on each device: a log that is only ever added to. Every state that the API shows is
 * read from the log.
 *
 * Spec: docs/semantics.md, States; choices 6, 20, 21.
 */
import type { DeviceTaskStatus, TaskStatus, TaskType } from "../../src/protocol/task-api/states.ts";
import { type Instant, toUnixMillis } from "../../src/protocol/time.ts";
import type { RestHabits } from "./habits.ts";
import type { Work } from "./work.ts";

export type Happening =
  | { readonly kind: "assigned" }
  | { readonly kind: "attempted" }
  | { readonly kind: "attempt-failed" }
  | { readonly kind: "succeeded" }
  | { readonly kind: "refused"; readonly errorCode: number; readonly errorMessage: string }
  | { readonly kind: "expired" }
  | { readonly kind: "cancel-asked" }
  | { readonly kind: "cancelled" };

export type LogEntry = Happening & { readonly at: Instant };

export interface DeviceTask {
  readonly task: Task;
  readonly did: string;
  readonly log: LogEntry[];
}

export interface Task {
  readonly id: string;
  readonly sequence: number;
  readonly dtid: string;
  readonly taskType: TaskType;
  readonly property: string;
  readonly value: string | undefined;
  readonly work: Work;
  /** Seconds. */
  readonly expiresAfter: number;
  readonly createdAt: Instant;
  /** Choice 9. */
  readonly beginsAt: Instant;
  begun: boolean;
  readonly devices: DeviceTask[];
  cancelledAt: Instant | undefined;
}

/** What each happening makes of the status. */
const STATUS_AFTER: Readonly<Record<Happening["kind"], DeviceTaskStatus>> = {
  assigned: "QUEUED",
  attempted: "PROCESSING",
  "attempt-failed": "QUEUED",
  succeeded: "SUCCEEDED",
  refused: "FAILED",
  expired: "FAILED",
  "cancel-asked": "CANCEL_REQUESTED",
  cancelled: "CANCELLED",
};

const EXPIRED = { errorCode: 4004, errorMessage: "the active period of the task is over" };

export const isOver = ({ log }: DeviceTask): boolean => isEnd(log.at(-1));

const isEnd = (entry: LogEntry | undefined): boolean =>
  entry !== undefined && ["succeeded", "refused", "expired", "cancelled"].includes(entry.kind);

export const isCancelAsked = ({ log }: DeviceTask): boolean => log.some(({ kind }) => kind === "cancel-asked");

/** Appends, unless it is over already: an end never changes. */
export function happened(deviceTask: DeviceTask, at: Instant, happening: Happening): void {
  if (!isOver(deviceTask)) deviceTask.log.push({ ...happening, at });
}

/** The device task as the API shows it after the entries of a log. */
export function shownDeviceTask(did: string, log: readonly LogEntry[], { numbersAs, talkative, waitsAs }: RestHabits) {
  const last = log.at(-1);
  const attempts = log.filter(({ kind }) => kind === "attempted").length;
  const status = last === undefined ? waitsAs : STATUS_AFTER[last.kind];
  const error = last?.kind === "expired" ? EXPIRED : last?.kind === "refused" ? last : undefined;
  const code = error === undefined ? undefined : numbersAs === "strings" ? String(error.errorCode) : error.errorCode;
  return {
    ...(talkative ? { "x-node": "b", acceptanceStatus: "NOT_REQUIRED", note: null } : {}),
    numAttempts: attempts,
    status: status === "QUEUED" && attempts === 0 ? waitsAs : status,
    did,
    ts: toUnixMillis(last?.at ?? (0 as Instant)),
    ...(error === undefined
      ? talkative
        ? { errorCode: null }
        : {}
      : { errorCode: code, errorMessage: error.errorMessage }),
  };
}

/** The history of a device task: one line for each change of its status. */
export function shownHistory({ did, log }: DeviceTask, habits: RestHabits) {
  const lines = log.map((_, index) => shownDeviceTask(did, log.slice(0, index + 1), habits));
  return lines.filter(({ status }, index) => status !== lines[index - 1]?.status);
}

export function statusOf(
  { devices, cancelledAt, begun, createdAt, beginsAt }: Task,
  { scheduledAs }: RestHabits,
): TaskStatus {
  if (cancelledAt !== undefined) return "CANCELLED";
  if (devices.every(isOver)) return "COMPLETE";
  if (!begun && beginsAt > createdAt) return scheduledAs;
  return devices.some(({ log }) => log.length > 1) ? "PROCESSING" : "REQUESTED";
}

export function shownTask(task: Task, habits: RestHabits) {
  const ends = task.devices.map(({ log }) => log.at(-1)).filter(isEnd);
  const count = (...kinds: readonly Happening["kind"][]): number =>
    ends.filter((entry) => entry !== undefined && kinds.includes(entry.kind)).length;
  const numCancelled = count("cancelled");
  const changes = task.devices.map(({ log }) => log.at(-1)?.at ?? task.createdAt);
  return {
    ...(habits.talkative ? { filter: null, revision: task.sequence, tags: ["second"] } : {}),
    statusCounts: {
      numFailed: count("refused", "expired"),
      numSucceeded: count("succeeded"),
      numCancelled,
      numCompleted: ends.length - (habits.completedCounts === "every-end" ? 0 : numCancelled),
      totalDevices: task.devices.length,
    },
    status: statusOf(task, habits),
    id: task.id,
    dtid: task.dtid,
    dids: task.devices.map(({ did }) => did),
    taskType: task.taskType,
    property: task.property,
    taskParameters: {
      ...(task.value === undefined ? {} : { value: task.value }),
      ...(habits.echoesPeriod ? { expiresAfter: task.expiresAfter } : {}),
    },
    createdOn: toUnixMillis(task.createdAt),
    modifiedOn: toUnixMillis(Math.max(task.createdAt, task.cancelledAt ?? 0, ...changes) as Instant),
  };
}
