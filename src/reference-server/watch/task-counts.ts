/**
 * How many tasks and device tasks there are of each status, and how often devices were asked: kept by the changes that
 * the server has stored. It remembers one status and one number for each device task, and the ids of tasks.
 */
import type { z } from "zod";
import {
  DEVICE_TASK_STATUSES,
  type DeviceTaskStatus,
  TASK_STATUSES,
  type TaskStatus,
} from "../../protocol/task-api/states.ts";
import type { DeviceTaskRecord, TaskStateRecord } from "../records.ts";
import { isTerminal } from "../transitions.ts";
import type { Notice } from "./notices.ts";

export interface TaskCounts {
  readonly tasks: Readonly<Record<TaskStatus, number>>;
  readonly deviceTasks: Readonly<Record<DeviceTaskStatus, number>>;
  /** Attempts since this process began. */
  readonly attempts: number;
  /** A change of the table `task-state`: the key is the task's id. */
  taskState(key: string, value: unknown, notices: Notice[]): void;
  /** A change of the table `device-task`: the key is the task's id, a slash, and the place among its targets. */
  deviceTask(key: string, value: unknown, notices: Notice[]): void;
  /** Forgets all tasks; what was counted since this process began stays. */
  clear(): void;
  /** Takes what a store holds: that is no attempt of this process. */
  withoutAttempts(take: () => void): void;
}

interface Progress {
  readonly status: DeviceTaskStatus;
  readonly attempts: number;
}

export function createTaskCounts(): TaskCounts {
  const tasks = zeros(TASK_STATUSES);
  const deviceTasks = zeros(DEVICE_TASK_STATUSES);
  const statuses = new Map<string, TaskStatus>();
  const progress = new Map<string, Map<number, Progress>>();
  let attempts = 0;

  const taskState: TaskCounts["taskState"] = (key, value, notices) => {
    const before = statuses.get(key);
    if (before !== undefined) tasks[before] -= 1;
    if (value === undefined) return void statuses.delete(key);
    const { status } = value as z.infer<typeof TaskStateRecord>;
    tasks[status] += 1;
    statuses.set(key, status);
    if (status !== before && (status === "COMPLETE" || status === "CANCELLED")) {
      notices.push({ kind: "task-ended", task: key, status });
    }
  };

  const deviceTask: TaskCounts["deviceTask"] = (key, value, notices) => {
    const slash = key.lastIndexOf("/");
    const task = key.slice(0, slash);
    const index = Number(key.slice(slash + 1));
    const ofTask = progress.get(task) ?? new Map<number, Progress>();
    const before = ofTask.get(index);
    if (before !== undefined) deviceTasks[before.status] -= 1;
    if (value === undefined) {
      ofTask.delete(index);
      if (ofTask.size === 0) progress.delete(task);
      return;
    }
    const { status, numAttempts, did: ep, error } = value as z.infer<typeof DeviceTaskRecord>;
    deviceTasks[status] += 1;
    attempts += Math.max(0, numAttempts - (before?.attempts ?? 0));
    ofTask.set(index, { status, attempts: numAttempts });
    progress.set(task, ofTask);
    if (status !== before?.status && isTerminal(status)) {
      notices.push({ kind: "device-task-ended", task, ep, status, attempts: numAttempts, code: error?.code });
    }
  };

  return {
    tasks,
    deviceTasks,
    get attempts() {
      return attempts;
    },
    taskState,
    deviceTask,
    clear() {
      statuses.clear();
      progress.clear();
      for (const status of TASK_STATUSES) tasks[status] = 0;
      for (const status of DEVICE_TASK_STATUSES) deviceTasks[status] = 0;
    },
    withoutAttempts(take) {
      const before = attempts;
      take();
      attempts = before;
    },
  };
}

const zeros = <S extends string>(statuses: readonly S[]): Record<S, number> =>
  Object.fromEntries(statuses.map((status) => [status, 0])) as Record<S, number>;
