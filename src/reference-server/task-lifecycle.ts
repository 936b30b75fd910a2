/**
 * The life of a task as a whole: it begins, is cancelled, expires and is removed.
 *
 * All device tasks that are due at one instant expire before anything new is sent at that instant.
 *
 * Source: task page, "Task expiration" and "Task lifetime"; docs/semantics.md "States", rows 9, 10, 11, 18, 33.
 */

import type { DeviceTaskStatus } from "../protocol/task-api/states.ts";
import { earliest, type Instant, NEVER } from "../protocol/time.ts";
import type { Context } from "./context.ts";
import { createDeadlines } from "./deadlines.ts";
import type { Dispatcher } from "./dispatcher.ts";
import type { Device, DeviceTask, DeviceType, Task } from "./entities.ts";
import { isResting } from "./ota/turns.ts";
import { writeServerProperty } from "./server-property-task.ts";
import { forgetTask, moveDeviceTask, moveTask, noteTaskState, settleTask } from "./tasks.ts";

export interface TaskLifecycle {
  /** When the next task begins, expires or is removed, or when something is to follow from that. */
  readonly deadline: Instant;
  tick(now: Instant): void;
  /** Ends what is over by now; what follows from that, and what is to begin, waits for `tick`. Sends nothing. */
  end(now: Instant): void;
  /** Keeps the deadlines of a task that was created or restored. */
  watch(task: Task): void;
  /** Queues the device tasks and tries those whose devices can be reached; not before its time has come. */
  begin(task: Task, now: Instant): void;
  cancel(task: Task, now: Instant): void;
  cancelDevice(deviceTask: DeviceTask, now: Instant): void;
  /** The user of the device accepted the task. */
  accepted(deviceTask: DeviceTask, now: Instant): void;
  /** The device type was configured anew. */
  typeChanged(type: DeviceType): void;
}

export function createTaskLifecycle(context: Context, dispatcher: Dispatcher): TaskLifecycle {
  const { rules, profile } = context;
  const deadlines = createDeadlines<Task>(nextDeadline);

  const begin = (task: Task, now: Instant): void => {
    if (task.activeFrom > now) {
      if (rules.queuesBeforeBegin) for (const deviceTask of task.deviceTasks) dispatcher.admit(deviceTask, now);
      return;
    }
    moveTask(context, task, "begin", now);
    if (!moveTask(context, task, "expand", now)) return;
    const alone = task.operation.kind === "server-property" && rules.writesServerPropertyAlone;
    for (const deviceTask of task.deviceTasks) {
      if (alone) writeServerProperty(context, deviceTask, now);
      else dispatcher.admit(deviceTask, now);
    }
    moveTask(context, task, "expanded", now);
    settleTask(context, task, now);
    for (const deviceTask of task.deviceTasks) dispatcher.tryNow(deviceTask, now);
  };

  /** @param freed collects devices whose exchange was dropped */
  const expire = (task: Task, freed: Set<Device>, now: Instant): void => {
    task.expired = true;
    noteTaskState(context, task);
    for (const deviceTask of task.deviceTasks) {
      if (!rules.expiryReaches(deviceTask, profile) && !isResting(deviceTask)) continue;
      moveDeviceTask(context, deviceTask, "expire", now, rules.expiryError);
      if (rules.dropsExchangeAtExpiry(profile)) free(deviceTask, freed, now);
    }
  };

  const cancelOne = (deviceTask: DeviceTask, now: Instant): void => {
    if (moveDeviceTask(context, deviceTask, "cancel", now)) dispatcher.cancelled(deviceTask, now);
  };

  const remove = (task: Task, freed: Set<Device>, now: Instant): void => {
    for (const deviceTask of task.deviceTasks) free(deviceTask, freed, now);
    forgetTask(context, task);
  };

  const free = (deviceTask: DeviceTask, freed: Set<Device>, now: Instant): void => {
    if (dispatcher.drop(deviceTask, now)) freed.add(deviceTask.device);
  };

  const freed = new Set<Device>();
  const begun: Task[] = [];
  /** Since when `freed` and `begun` wait for a tick. */
  let waitingSince: Instant = NEVER;

  const end = (now: Instant): void => {
    for (let task = deadlines.take(now); task !== undefined; task = deadlines.take(now)) {
      if (!task.expired && task.expiresAt <= now) expire(task, freed, now);
      if (task.retainedUntil <= now) remove(task, freed, now);
      else if (task.status === "SCHEDULED" && task.activeFrom <= now) begun.push(task);
      else deadlines.watch(task);
    }
    if (freed.size > 0 || begun.length > 0) waitingSince = earliest(waitingSince, now);
  };

  return {
    get deadline() {
      return earliest(deadlines.next, waitingSince);
    },
    tick(now) {
      end(now);
      waitingSince = NEVER;
      const resumed = [...freed];
      freed.clear();
      for (const device of resumed) dispatcher.resume(device, now);
      for (const task of begun.splice(0)) {
        begin(task, now);
        if (task.status !== "SCHEDULED") deadlines.watch(task);
      }
    },
    end,
    watch: deadlines.watch,
    begin,
    cancel(task, now) {
      if (!moveTask(context, task, "cancel", now)) return;
      for (const deviceTask of task.deviceTasks) {
        if (rules.cancelReaches(deviceTask)) cancelOne(deviceTask, now);
      }
    },
    cancelDevice: cancelOne,
    accepted: (deviceTask, now) => dispatcher.tryNow(deviceTask, now),
    typeChanged(type) {
      for (const task of context.tasks.values()) {
        if (task.type !== type || task.expired) continue;
        const expiresAt = rules.expiresAtAfterTypeChange(task);
        if (expiresAt === task.expiresAt) continue;
        task.expiresAt = expiresAt;
        noteTaskState(context, task);
        deadlines.watch(task);
      }
    },
  };
}

const OPEN: readonly DeviceTaskStatus[] = ["REQUESTED", "QUEUED", "PROCESSING", "CANCEL_REQUESTED"];

function nextDeadline(task: Task): Instant {
  if (task.removed) return NEVER;
  const isWaiting = task.status === "SCHEDULED";
  const begins = isWaiting ? task.activeFrom : NEVER;
  const isOpen = !task.expired && (isWaiting || OPEN.some((status) => task.tally[status] > 0));
  return Math.min(begins, isOpen ? task.expiresAt : NEVER, task.retainedUntil) as Instant;
}
