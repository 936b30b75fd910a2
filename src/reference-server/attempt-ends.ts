/**
 * What the end of an attempt means for its device task: it has its end, or goes back to the queue. Which one is tried next
 * is the dispatcher's business.
 *
 * Source: task page, "Task execution"; docs/semantics.md rows 10, 28 and "Failed attempt, or answer?".
 */
import type { CoapMessage } from "../protocol/coap/types.ts";
import type { Instant } from "../protocol/time.ts";
import type { Context } from "./context.ts";
import { outcomeOf } from "./device-operations.ts";
import type { DeviceTask } from "./entities.ts";
import { changeMirror } from "./properties.ts";
import type { AttemptFailure, MirrorMoment } from "./server-rules.ts";
import { moveDeviceTask } from "./tasks.ts";

/** The device has answered. */
export function settle(context: Context, deviceTask: DeviceTask, response: CoapMessage, now: Instant): void {
  const { rules, profile } = context;
  const { operation, taskType } = deviceTask.task;
  const outcome = outcomeOf(operation, response, (code) => rules.isSuccess(code, taskType));
  if (outcome.kind === "success") {
    const counts = moveDeviceTask(context, deviceTask, "succeed", now) || rules.lateResponseCounts(profile);
    const changes = rules.mirrored(outcome.changes, deviceTask.task);
    changeMirror(context, deviceTask, changes, counts ? "succeeded" : "late", now);
    return;
  }
  const error =
    outcome.kind === "error"
      ? rules.errorOfAnswer(outcome.code, outcome.diagnostic, taskType, profile)
      : rules.errorOfMisfit(outcome.reason);
  moveDeviceTask(context, deviceTask, "fail", now, error);
  mirrorWritten(context, deviceTask, "refused", now);
}

/** A failed attempt: back to the queue, unless the active period ended meanwhile. */
export function requeue(context: Context, deviceTask: DeviceTask, failure: AttemptFailure, now: Instant): void {
  const { rules } = context;
  deviceTask.numAttempts = rules.attemptsAfter(deviceTask.numAttempts, "failed-attempt");
  mirrorWritten(context, deviceTask, "failed-attempt", now);
  if (rules.requeues(failure, deviceTask.numAttempts)) moveDeviceTask(context, deviceTask, "failed-attempt", now);
  else moveDeviceTask(context, deviceTask, "fail", now, rules.errorOfFailure(failure));
  if (deviceTask.task.expired) moveDeviceTask(context, deviceTask, "expire", now, rules.expiryError);
}

/** For rules that let the mirror run ahead of the device. */
export function mirrorWritten(context: Context, deviceTask: DeviceTask, moment: MirrorMoment, now: Instant): void {
  const { operation } = deviceTask.task;
  if (operation.kind === "write") changeMirror(context, deviceTask, operation.written, moment, now);
}
