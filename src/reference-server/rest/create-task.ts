/**
 * POST /devicemgmt/tasks: checks what is asked, stores the task, answers, and only then begins.
 *
 * A request is checked in full before anything is stored.
 *
 * Source: docs/semantics.md rows 7, 8, 9, 18, 19, 22, 24, 29, 30, 33.
 */
import { err, ok, type Result } from "../../protocol/result.ts";
import { type TaskRequest, taskRequest } from "../../protocol/task-api/schemas.ts";
import { after, seconds, toUnixMillis } from "../../protocol/time.ts";
import type { Context } from "../context.ts";
import { type DeviceOperation, planOperation } from "../device-operations.ts";
import type { Device, DeviceType } from "../entities.ts";
import { matchesFilter, parseFilter } from "../properties.ts";
import { emptyTally } from "../rules.ts";
import type { TaskLifecycle } from "../task-lifecycle.ts";
import { addTargets, createTask, type TaskDraft } from "../tasks.ts";
import { type Answer, answer, type Call, forbidden, type Handler, invalid, noDeviceType } from "./answer.ts";
import { mayUseType } from "./caller.ts";
import { taskModel } from "./models.ts";
import { parseBody } from "./validation.ts";

/** Where the API stands on its host; paths within the server begin below it. */
const BASE_PATH = "/v1.1";

interface CheckedTask {
  readonly draft: TaskDraft;
  readonly targets: readonly Device[];
}

/** @param nextSequence gives each task its place in the order of creation */
export function createTaskHandler(context: Context, lifecycle: TaskLifecycle, nextSequence: () => number): Handler {
  const { rules, profile } = context;
  const schema = taskRequest(rules.acceptedBounds(profile.expiresAfterBounds, profile));
  return (call) => {
    const body = parseBody(schema, call.request.body);
    if (!body.ok) return body.error;
    const checked = check(context, body.value, call);
    if (!checked.ok) return checked.error;
    const { draft, targets } = checked.value;
    const task = createTask(context, draft, nextSequence(), call.now);
    const model = taskModel(task, context.rules.countsOf(emptyTally()));
    const { response } = answer(201, { data: model }, { Location: `${BASE_PATH}/devicemgmt/tasks/${task.id}` });
    return {
      response,
      afterwards: () => {
        addTargets(context, task, targets, call.now);
        context.tasks.targeted(task);
        lifecycle.begin(task, call.now);
        lifecycle.watch(task);
      },
    };
  };
}

function check(
  context: Context,
  request: TaskRequest,
  { caller, request: { method }, now }: Call,
): Result<CheckedTask, Answer> {
  const type = context.deviceTypes.get(request.dtid);
  if (type === undefined) return err(noDeviceType());
  if (!mayUseType(context, type, caller, method)) return err(forbidden());
  const { taskType, property, taskParameters } = request;
  const operation = operationOf(context, type, request);
  if (!operation.ok) return operation;
  if (operation.value.kind !== "server-property" && !type.devicePropertiesEnabled) {
    return err(invalid("property", "Device properties are not enabled for this device type"));
  }
  const { rules, profile } = context;
  const asked = taskParameters?.expiresAfter;
  const draft: TaskDraft = {
    type,
    dids: request.dids,
    filter: request.filter,
    taskType: taskType ?? "R",
    property: property ?? "",
    value: taskParameters?.value,
    expiresAfter: asked === undefined ? undefined : rules.shortened(asked, profile.expiresAfterBounds, profile),
    scheduledOn: taskParameters?.scheduledOn,
    operation: operation.value,
    ...(request.needsAcceptance === undefined ? {} : { needsAcceptance: request.needsAcceptance }),
  };
  const activeFrom = rules.activeFrom(now, draft.scheduledOn);
  const expiresAfter = rules.expiresAfter(draft.expiresAfter, type, profile);
  const latest = after(now, seconds(profile.retention));
  if (draft.scheduledOn !== undefined && !rules.mayEndAt(rules.expiresAt(activeFrom, expiresAfter, now), latest)) {
    return err(invalid("taskParameters.scheduledOn", `Maximum value ${toUnixMillis(latest) - expiresAfter * 1_000}`));
  }
  const targets = targetsOf(context, type, request);
  return targets.ok ? ok({ draft, targets: targets.value }) : targets;
}

/** Rows 24 and 29. */
function operationOf(
  context: Context,
  type: DeviceType,
  { taskType, property, taskParameters, needsAcceptance }: TaskRequest,
): Result<DeviceOperation, Answer> {
  if (taskParameters?.update !== undefined) {
    if (taskType !== undefined) return err(invalid("taskType", "A firmware update has none"));
    const { updateId } = taskParameters.update;
    return context.images.get(updateId)?.type === type
      ? ok({ kind: "firmware-update", updateId })
      : err(invalid("taskParameters.update.updateId", `${updateId} is not a firmware image of this device type`));
  }
  if (needsAcceptance === true) return err(invalid("needsAcceptance", "Only a firmware update has it"));
  if (taskType === undefined) return err(invalid("taskType", "Required parameter"));
  if (property === undefined) return err(invalid("property", "Required parameter"));
  const operation = planOperation(taskType, property, taskParameters?.value);
  return operation.ok ? operation : err(invalid(operation.error.field, operation.error.message));
}

/** Rows 22 and 33. */
function targetsOf(
  context: Context,
  type: DeviceType,
  { dids, filter }: TaskRequest,
): Result<readonly Device[], Answer> {
  if (dids !== undefined) {
    const targets = new Set<Device>();
    for (const did of dids) {
      const device = context.devices.get(did);
      if (device?.type !== type) return err(invalid("dids", `${did} is not a device of this device type`));
      targets.add(device);
    }
    return ok([...targets]);
  }
  if (filter === undefined) return ok([...type.devices]);
  const conditions = parseFilter(filter);
  if (conditions === undefined) return err(invalid("filter", "Give key=value pairs, separated by commas"));
  return ok(type.devices.filter((device) => matchesFilter(device, conditions)));
}
