/**
 * Tasks that exist: their state, the state and history of each device, and cancelling.
 *
 * Source: docs/semantics.md "States", rows 11, 23, 29, 30.
 */
import { err, ok, type Result } from "../../protocol/result.ts";
import { TaskUpdateRequest } from "../../protocol/task-api/schemas.ts";
import { DEVICE_TASK_STATUSES } from "../../protocol/task-api/states.ts";
import type { Context } from "../context.ts";
import type { DeviceTask, Task } from "../entities.ts";
import type { TaskLifecycle } from "../task-lifecycle.ts";
import { type Answer, answer, type Call, data, forbidden, type Handler, invalid, notFound } from "./answer.ts";
import { deviceTaskModel, historyModel, taskModel } from "./models.ts";
import { pageOf } from "./paging.ts";
import { parseBody, words } from "./validation.ts";

export interface TaskHandlers {
  readonly getTask: Handler;
  readonly cancelTask: Handler;
  readonly getStatuses: Handler;
  readonly getHistory: Handler;
  readonly cancelDevice: Handler;
}

export function createTaskHandlers(context: Context, lifecycle: TaskLifecycle): TaskHandlers {
  const { rules } = context;
  const model = (task: Task) => taskModel(task, rules.countsOf(task.tally));

  /** Finds the task that the path names, if the caller may see it. */
  const withTask =
    (handle: (task: Task, call: Call) => Answer): Handler =>
    (call) => {
      const task = context.tasks.get(call.parameters.tid ?? "");
      if (task === undefined) return notFound();
      return rules.mayUse(task.type, call.request.token, context.administrator) ? handle(task, call) : forbidden();
    };

  return {
    getTask: withTask((task) => data(model(task))),
    cancelTask: withTask((task, { request, now }) => {
      const body = parseBody(TaskUpdateRequest, request.body);
      if (!body.ok) return body.error;
      lifecycle.cancel(task, now);
      return data(model(task));
    }),
    getStatuses: withTask((task, { request }) => {
      const matching = selected(task, request.query);
      if (!matching.ok) return matching.error;
      const page = pageOf(matching.value, request.query);
      if (!page.ok) return page.error;
      const { items, ...numbers } = page.value;
      return answer(200, { ...numbers, data: { ...model(task), statuses: items.map(deviceTaskModel) } });
    }),
    getHistory: withTask((task, { request }) => {
      const did = request.query.did;
      if (did === undefined) return data({ history: task.history });
      const deviceTask = task.byDevice.get(did);
      if (deviceTask === undefined) return notFound();
      return data({ history: deviceTask.history.map((entry) => historyModel(did, entry)) });
    }),
    cancelDevice: withTask((task, { request, parameters, now }) => {
      const deviceTask = task.byDevice.get(parameters.did ?? "");
      if (deviceTask === undefined) return notFound();
      const body = parseBody(TaskUpdateRequest, request.body);
      if (!body.ok) return body.error;
      lifecycle.cancelDevice(deviceTask, now);
      return data(deviceTaskModel(deviceTask));
    }),
  };
}

/** The device tasks that the query's `status` and `dids` leave over. */
function selected(task: Task, query: Readonly<Record<string, string>>): Result<readonly DeviceTask[], Answer> {
  const statuses = words(query.status);
  const known: readonly string[] = DEVICE_TASK_STATUSES;
  const unknown = statuses?.find((status) => !known.includes(status));
  if (unknown !== undefined) return err(invalid("status", `Invalid status ${unknown}`));
  const dids = words(query.dids);
  if (statuses === undefined && dids === undefined) return ok(task.deviceTasks);
  const wanted = dids === undefined ? undefined : new Set(dids);
  return ok(
    task.deviceTasks.filter(
      ({ status, device }) => (statuses?.includes(status) ?? true) && (wanted?.has(device.did) ?? true),
    ),
  );
}
