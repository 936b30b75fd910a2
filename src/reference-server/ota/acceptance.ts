/**
 * What ends a firmware update of one device before its first request: it is not registered, or its user says no.
 *
 * Source: task page, codes 4001 and 4006; docs/semantics.md row 24.
 */
import type { Instant } from "../../protocol/time.ts";
import type { Context } from "../context.ts";
import type { DeviceTask, TaskError } from "../entities.ts";
import { moveDeviceTask, noteDeviceTask } from "../tasks.ts";
import { isFirmwareUpdate } from "./turns.ts";

const NOT_REGISTERED: TaskError = { code: "4001", message: "Device is not registered" };

/** Fails the update of a device that is not registered when its task begins. O-01 */
export function refuseUnregistered(context: Context, deviceTask: DeviceTask, now: Instant): void {
  if (!isFirmwareUpdate(deviceTask) || !context.rules.refusesUpdate(deviceTask)) return;
  moveDeviceTask(context, deviceTask, "refuse", now, NOT_REGISTERED);
}

/** Notes what the user says about an update that waits for it; rejecting ends it. O-02 */
export function decide(context: Context, deviceTask: DeviceTask, says: "ACCEPTED" | "REJECTED", now: Instant): void {
  const { answeredFor, errorOfRejection } = context.rules;
  for (const answered of answeredFor(deviceTask)) {
    answered.acceptance = says;
    noteDeviceTask(context, answered);
    if (says === "REJECTED" && errorOfRejection !== undefined)
      moveDeviceTask(context, answered, "refuse", now, errorOfRejection);
  }
}
