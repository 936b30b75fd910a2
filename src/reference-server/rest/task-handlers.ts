/**
 * Tasks that exist: their state, the state and history of each device, and cancelling.
 *
 * Source: docs/semantics.md "States", rows 11, 23, 24, 29, 30.
 */
import { AcceptanceRequest, TaskUpdateRequest } from "../../protocol/task-api/schemas.ts";
import type { Context } from "../context.ts";
import type { DeviceTask, Task } from "../entities.ts";
import { decide } from "../ota/acceptance.ts";
import { isWaitingForUser } from "../ota/turns.ts";
import type { TaskLifecycle } from "../task-lifecycle.ts";
import type { Access } from "./access.ts";
import { type Answer, answer, type Call, data, type Handler, invalid, notFound } from "./answer.ts";
import { deviceTaskModel, historyModel, taskModel } from "./models.ts";
import { pageOf } from "./paging.ts";
import { DEVICE_TASK_STATUS, DID, DIDS, PAGING, readQuery } from "./query.ts";
import type { Handlers } from "./router.ts";
import { parseBody } from "./validation.ts";

export const STATUSES_QUERY = { ...PAGING, status: DEVICE_TASK_STATUS, dids: DIDS } as const;
export const HISTORY_QUERY = { did: DID } as const;

export type TaskHandlers = Pick<
  Handlers,
  "get-task" | "cancel-task" | "get-statuses" | "get-history" | "cancel-device-task" | "accept-task"
>;

export function createTaskHandlers(context: Context, { withTask }: Access, lifecycle: TaskLifecycle): TaskHandlers {
  const model = (task: Task) => taskModel(task, context.rules.countsOf(task.tally));

  /** For paths with `:tid` and `:did`. */
  const withDeviceTask = (handle: (deviceTask: DeviceTask, call: Call) => Answer): Handler =>
    withTask((task, call) => {
      const deviceTask = task.byDevice.get(call.parameters.did ?? "");
      return deviceTask === undefined ? notFound() : handle(deviceTask, call);
    });

  return {
    "get-task": withTask((task) => data(model(task))),
    "cancel-task": withTask((task, { request, now }) => {
      const body = parseBody(TaskUpdateRequest, request.body);
      if (!body.ok) return body.error;
      lifecycle.cancel(task, now);
      return data(model(task));
    }),
    "get-statuses": withTask((task, { request }) => {
      const wanted = readQuery(STATUSES_QUERY, request.query);
      if (!wanted.ok) return wanted.error;
      const { items, ...numbers } = pageOf(selected(task, wanted.value), wanted.value);
      return answer(200, { ...numbers, data: { ...model(task), statuses: items.map(deviceTaskModel) } });
    }),
    "get-history": withTask((task, { request }) => {
      const wanted = readQuery(HISTORY_QUERY, request.query);
      if (!wanted.ok) return wanted.error;
      const { did } = wanted.value;
      // A copy: the answer must not change with the task.
      if (did === undefined) return data({ history: [...task.history] });
      const deviceTask = task.byDevice.get(did);
      if (deviceTask === undefined) return notFound();
      return data({ history: deviceTask.history.map((entry) => historyModel(did, entry)) });
    }),
    "cancel-device-task": withDeviceTask((deviceTask, { request, now }) => {
      const body = parseBody(TaskUpdateRequest, request.body);
      if (!body.ok) return body.error;
      lifecycle.cancelDevice(deviceTask, now);
      return data(deviceTaskModel(deviceTask));
    }),
    "accept-task": withDeviceTask((deviceTask, { request, now }) => {
      const body = parseBody(AcceptanceRequest, request.body);
      if (!body.ok) return body.error;
      const { status, acceptance = "NOT_REQUIRED" } = deviceTask;
      if (!isWaitingForUser(deviceTask)) {
        const message = `This device task waits for no acceptance: it is ${status}, ${acceptance}`;
        return invalid("acceptanceStatus", message);
      }
      decide(context, deviceTask, body.value.acceptanceStatus, now);
      const { response } = answer(200, { ...body.value, data: deviceTaskModel(deviceTask) });
      return { response, afterwards: () => lifecycle.accepted(deviceTask, now) };
    }),
  };
}

interface Selection {
  readonly status: readonly string[] | undefined;
  readonly dids: readonly string[] | undefined;
}

/** The device tasks that the query leaves over. */
function selected(task: Task, { status: statuses, dids }: Selection): readonly DeviceTask[] {
  if (statuses === undefined && dids === undefined) return task.deviceTasks;
  const wanted = dids === undefined ? undefined : new Set(dids);
  return task.deviceTasks.filter(
    ({ status, device }) => (statuses?.includes(status) ?? true) && (wanted?.has(device.did) ?? true),
  );
}
