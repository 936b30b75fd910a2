/**
 * Tasks and device tasks: created here, moved here and nowhere else, forgotten here.
 *
 * Every change of a status goes through `moveTask` and `moveDeviceTask`, which ask the table of moves, keep the tally
 * and the history, and note what the store must learn. When something happens is decided elsewhere.
 *
 * Source: docs/semantics.md, "States"; rows 7, 9, 11, 20, 21.
 */
import type { DeviceTaskStatus, TaskStatus, TaskType } from "../protocol/task-api/states.ts";
import { type Instant, toUnixMillis } from "../protocol/time.ts";
import type { Context } from "./context.ts";
import type { DeviceOperation } from "./device-operations.ts";
import type { Device, DeviceTask, DeviceType, Task, TaskError } from "./entities.ts";
import { acceptanceOf } from "./ota/turns.ts";
import {
  deviceTaskHistoryKey,
  deviceTaskHistoryRecord,
  deviceTaskKey,
  deviceTaskRecord,
  TABLES,
  taskHistoryKey,
  taskRecord,
  taskStateRecord,
} from "./records.ts";
import { emptyTally } from "./rules.ts";
import type { DeviceTaskEvent, TaskEvent } from "./transitions.ts";

/** A task as the caller asks for it, checked. */
export interface TaskDraft {
  readonly type: DeviceType;
  readonly dids: readonly string[] | undefined;
  readonly filter: string | undefined;
  readonly taskType: TaskType;
  readonly property: string;
  readonly value: string | undefined;
  /** Seconds, when the caller asked for it. */
  readonly expiresAfter: number | undefined;
  readonly scheduledOn: number | undefined;
  readonly operation: DeviceOperation;
  readonly needsAcceptance?: boolean | undefined;
}

/** Creates a task without device tasks; its targets are added by `addTargets`. */
export function createTask(context: Context, draft: TaskDraft, sequence: number, now: Instant): Task {
  const { rules, profile, tasks, identifiers } = context;
  const expiresAfter = rules.expiresAfter(draft.expiresAfter, draft.type, profile);
  const activeFrom = rules.activeFrom(now, draft.scheduledOn);
  const status: TaskStatus = activeFrom > now ? "SCHEDULED" : "REQUESTED";
  const ts = toUnixMillis(now);
  const task: Task = {
    ...draft,
    id: identifiers.next("task", (id) => tasks.has(id)),
    sequence,
    expiresAfter,
    createdAt: now,
    status,
    modifiedOn: ts,
    activeFrom,
    expiresAt: rules.expiresAt(activeFrom, expiresAfter, now),
    retainedUntil: now,
    expired: false,
    removed: false,
    deviceTasks: [],
    byDevice: new Map(),
    tally: emptyTally(),
    history: [],
  };
  task.retainedUntil = rules.retainedUntil(task, now, profile);
  tasks.set(task.id, task);
  context.outbox.store(TABLES.task, task.id, () => taskRecord(task));
  noteTaskStatus(context, task, ts);
  return task;
}

/** Gives the task its device tasks, in this order, all REQUESTED. Row 33. */
export function addTargets(context: Context, task: Task, devices: readonly Device[], now: Instant): void {
  const ts = toUnixMillis(now);
  for (const device of devices) {
    const deviceTask = newDeviceTask(task, device, task.deviceTasks.length, "REQUESTED", ts);
    linkDeviceTask(deviceTask);
    noteDeviceTaskStatus(context, deviceTask);
  }
}

export const newDeviceTask = (
  task: Task,
  device: Device,
  index: number,
  status: DeviceTaskStatus,
  ts: number,
): DeviceTask => ({
  task,
  device,
  index,
  status,
  ts,
  numAttempts: 0,
  error: undefined,
  acceptance: acceptanceOf(task),
  history: [],
});

/** Makes the device task known to its task. */
export function linkDeviceTask(deviceTask: DeviceTask): void {
  const { task, device, status } = deviceTask;
  task.deviceTasks.push(deviceTask);
  task.byDevice.set(device.did, deviceTask);
  task.tally[status] += 1;
}

/** Moves a task, if the table of moves has that move. */
export function moveTask(context: Context, task: Task, event: TaskEvent, now: Instant): boolean {
  const before = task.status;
  const to = context.rules.taskMove(before, event);
  if (to === undefined) return false;
  task.status = to;
  context.tasks.moved(task, before);
  task.modifiedOn = toUnixMillis(now);
  task.retainedUntil = context.rules.retainedUntil(task, now, context.profile);
  noteTaskStatus(context, task, task.modifiedOn);
  return true;
}

/**
 * Moves a device task, if the table of moves has that move, and completes its task when it was the last.
 *
 * @param error kept when the device task becomes FAILED
 */
export function moveDeviceTask(
  context: Context,
  deviceTask: DeviceTask,
  event: DeviceTaskEvent,
  now: Instant,
  error?: TaskError,
): boolean {
  const { rules } = context;
  const { task, device, status: from } = deviceTask;
  const to = rules.deviceMove(from, event);
  if (to === undefined) return false;
  if (to !== from) {
    task.tally[from] -= 1;
    task.tally[to] += 1;
    deviceTask.status = to;
    deviceTask.ts = toUnixMillis(now);
    deviceTask.error = to === "FAILED" ? error : undefined;
    noteDeviceTaskStatus(context, deviceTask);
  } else {
    noteDeviceTask(context, deviceTask);
  }
  if (!rules.staysQueued(to)) removeFrom(device.pending, deviceTask);
  settleTask(context, task, now);
  return true;
}

/** Completes the task when nothing of it is open any more. */
export function settleTask(context: Context, task: Task, now: Instant): void {
  if (context.rules.isComplete(task.tally)) moveTask(context, task, "all-terminal", now);
}

/** Forgets a task and all that is stored about it. Row 11. */
export function forgetTask(context: Context, task: Task): void {
  const { outbox, tasks } = context;
  task.removed = true;
  tasks.delete(task.id);
  outbox.remove(TABLES.task, task.id);
  outbox.remove(TABLES.taskState, task.id);
  task.history.forEach((_, position) => {
    outbox.remove(TABLES.taskHistory, taskHistoryKey(task, position));
  });
  for (const deviceTask of task.deviceTasks) {
    removeFrom(deviceTask.device.pending, deviceTask);
    removeFrom(deviceTask.device.agenda, deviceTask);
    outbox.remove(TABLES.deviceTask, deviceTaskKey(deviceTask));
    deviceTask.history.forEach((_, position) => {
      outbox.remove(TABLES.deviceTaskHistory, deviceTaskHistoryKey(deviceTask, position));
    });
  }
}

/** The store must learn the task's state; its status did not change. */
export const noteTaskState = (context: Context, task: Task): void =>
  context.outbox.store(TABLES.taskState, task.id, () => taskStateRecord(task));

/** The store must learn the device task's state; its status did not change. */
export const noteDeviceTask = (context: Context, deviceTask: DeviceTask): void =>
  context.outbox.store(TABLES.deviceTask, deviceTaskKey(deviceTask), () => deviceTaskRecord(deviceTask));

function noteTaskStatus(context: Context, task: Task, ts: number): void {
  noteTaskState(context, task);
  const entry = { status: task.status, ts };
  const position = task.history.push(entry) - 1;
  const record = { task: task.id, position, ...entry };
  context.outbox.store(TABLES.taskHistory, taskHistoryKey(task, position), () => record);
}

function noteDeviceTaskStatus(context: Context, deviceTask: DeviceTask): void {
  noteDeviceTask(context, deviceTask);
  const { status, ts, numAttempts, error, history } = deviceTask;
  if (!context.rules.recordsHistory(status)) return;
  const entry = { status, ts, numAttempts, error };
  const position = history.push(entry) - 1;
  const key = deviceTaskHistoryKey(deviceTask, position);
  context.outbox.store(TABLES.deviceTaskHistory, key, () => deviceTaskHistoryRecord(deviceTask, position, entry));
}

export function removeFrom<T>(list: T[], item: T): void {
  const index = list.indexOf(item);
  if (index >= 0) list.splice(index, 1);
}

/** Into a list that is in order already; new ones nearly always belong at the end. */
export function insert(
  list: DeviceTask[],
  item: DeviceTask,
  comesBefore: (a: DeviceTask, b: DeviceTask) => boolean,
): void {
  let index = list.length;
  for (
    let previous = list[index - 1];
    previous !== undefined && comesBefore(item, previous);
    previous = list[index - 1]
  ) {
    index -= 1;
  }
  list.splice(index, 0, item);
}
