/**
 * Lists of tasks: of a device type, and of one device.
 *
 * Source: docs/semantics.md rows 23, 24.
 */
import type { Context } from "../context.ts";
import type { Task } from "../entities.ts";
import { isWaitingForUser } from "../ota/turns.ts";
import type { Access } from "./access.ts";
import { answer, data } from "./answer.ts";
import { deviceTaskModel, taskModel } from "./models.ts";
import { pageOf } from "./paging.ts";
import { DEVICE_TASK_STATUS, DTID, PAGING, readQuery, SORTING, TASK_STATUS } from "./query.ts";
import type { Handlers } from "./router.ts";

export const TASKS_QUERY = { dtid: DTID, ...PAGING, status: TASK_STATUS, ...SORTING } as const;
export const DEVICE_TASKS_QUERY = { ...PAGING, status: DEVICE_TASK_STATUS, ...SORTING } as const;

export type TaskListHandlers = Pick<Handlers, "list-tasks" | "list-device-tasks" | "list-pending-tasks">;

export function createTaskListHandlers(context: Context, { ofType, withDevice }: Access): TaskListHandlers {
  const model = (task: Task) => taskModel(task, context.rules.countsOf(task.tally));
  return {
    "list-tasks": (call) => {
      const wanted = readQuery(TASKS_QUERY, call.request.query);
      if (!wanted.ok) return wanted.error;
      const { dtid, status: statuses } = wanted.value;
      return ofType(dtid, call, (type) => {
        const all = context.tasks.ofType(type);
        const matching = statuses === undefined ? all : all.filter(({ status }) => statuses.includes(status));
        const { items, ...numbers } = pageOf(matching, wanted.value);
        // All of them, zeros included: an SDK of the cloud refuses an answer that lacks one.
        return answer(200, {
          ...numbers,
          statusCounts: context.tasks.countsOf(type),
          data: { tasks: items.map(model) },
        });
      });
    },
    "list-device-tasks": withDevice((device, { request }) => {
      const wanted = readQuery(DEVICE_TASKS_QUERY, request.query);
      if (!wanted.ok) return wanted.error;
      const { status: statuses } = wanted.value;
      const all = context.tasks.ofDevice(device);
      const matching = statuses === undefined ? all : all.filter(({ status }) => statuses.includes(status));
      const { items, ...numbers } = pageOf(matching, wanted.value);
      const tasks = items.map((deviceTask) => ({
        ...model(deviceTask.task),
        statuses: [deviceTaskModel(deviceTask)],
      }));
      return answer(200, { ...numbers, data: { tasks } });
    }),
    "list-pending-tasks": withDevice((device) =>
      data(
        context.tasks
          .ofDevice(device)
          .filter(isWaitingForUser)
          .map(({ task }) => task.id),
      ),
    ),
  };
}
