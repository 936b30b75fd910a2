/**
 * The tasks by id, and the same tasks per device type and per device in the order of creation, with how many there are of
 * each status: a listing costs what it lists, and creating or reading one task costs the same however many there are.
 *
 * It has the methods of a `Map`, so that whoever creates or forgets a task need not know of listings.
 *
 * Source: docs/semantics.md row 23.
 */
import type { TaskStatus } from "../protocol/task-api/states.ts";
import type { Device, DeviceTask, DeviceType, Task } from "./entities.ts";
import { removeFrom } from "./tasks.ts";

/** How many tasks there are of each status, zeros included. */
export type CountPerStatus = Readonly<Record<TaskStatus, number>>;

export interface TaskTable {
  readonly size: number;
  /** Devices of all tasks together. */
  readonly deviceTasks: number;
  get(id: string): Task | undefined;
  has(id: string): boolean;
  /** Call in the order of creation. */
  set(id: string, task: Task): void;
  delete(id: string): void;
  /** All tasks in the order of creation. */
  values(): IterableIterator<Task>;
  /** The task has got its device tasks: from now on its devices list it. */
  targeted(task: Task): void;
  /** The task has another status than before. */
  moved(task: Task, before: TaskStatus): void;
  /** In the order of creation. */
  ofType(type: DeviceType): readonly Task[];
  countsOf(type: DeviceType): CountPerStatus;
  /** In the order of creation. */
  ofDevice(device: Device): readonly DeviceTask[];
}

export function createTaskTable(): TaskTable {
  const tasks = new Map<string, Task>();
  const byType = new Map<DeviceType, Task[]>();
  const byDevice = new Map<Device, DeviceTask[]>();
  const counts = new Map<DeviceType, Record<TaskStatus, number>>();
  let deviceTasks = 0;

  const countMore = (type: DeviceType, status: TaskStatus, more: number): void => {
    const ofType = counts.get(type) ?? noTasks();
    ofType[status] += more;
    counts.set(type, ofType);
  };

  return {
    get size() {
      return tasks.size;
    },
    get deviceTasks() {
      return deviceTasks;
    },
    get: (id) => tasks.get(id),
    has: (id) => tasks.has(id),
    set(id, task) {
      tasks.set(id, task);
      add(byType, task.type, task);
      countMore(task.type, task.status, 1);
    },
    delete(id) {
      const task = tasks.get(id);
      if (task === undefined) return;
      tasks.delete(id);
      deviceTasks -= task.deviceTasks.length;
      remove(byType, task.type, task);
      countMore(task.type, task.status, -1);
      for (const deviceTask of task.deviceTasks) remove(byDevice, deviceTask.device, deviceTask);
    },
    values: () => tasks.values(),
    targeted(task) {
      deviceTasks += task.deviceTasks.length;
      for (const deviceTask of task.deviceTasks) add(byDevice, deviceTask.device, deviceTask);
    },
    moved(task, before) {
      // One that was forgotten may still hear of its devices.
      if (tasks.get(task.id) !== task) return;
      countMore(task.type, before, -1);
      countMore(task.type, task.status, 1);
    },
    ofType: (type) => byType.get(type) ?? [],
    // A copy: the answer must not change with the tasks.
    countsOf: (type) => ({ ...(counts.get(type) ?? noTasks()) }),
    ofDevice: (device) => byDevice.get(device) ?? [],
  };
}

const noTasks = (): Record<TaskStatus, number> => ({
  SCHEDULED: 0,
  REQUESTED: 0,
  QUEUING: 0,
  PROCESSING: 0,
  COMPLETE: 0,
  CANCELLED: 0,
});

function add<K, V>(groups: Map<K, V[]>, key: K, item: V): void {
  const group = groups.get(key);
  if (group === undefined) groups.set(key, [item]);
  else group.push(item);
}

/** What is forgotten is mostly the oldest, which stands first. */
function remove<K, V>(groups: Map<K, V[]>, key: K, item: V): void {
  const group = groups.get(key);
  if (group === undefined) return;
  removeFrom(group, item);
  if (group.length === 0) groups.delete(key);
}
