/**
 * The device task that needs no device: a server property is written here and succeeds at once. Row 18. One that does not
 * fit to those that the device has is refused: docs/security.md, limits.
 */
import type { Instant } from "../protocol/time.ts";
import type { Context } from "./context.ts";
import type { DeviceTask } from "./entities.ts";
import { setServerProperty, tooMuchProperty } from "./properties.ts";
import { moveDeviceTask } from "./tasks.ts";

/** Does nothing for any other operation. */
export function writeServerProperty(context: Context, deviceTask: DeviceTask, now: Instant): void {
  const { operation } = deviceTask.task;
  if (operation.kind !== "server-property") return;
  const message = tooMuchProperty(deviceTask.device, { [operation.name]: operation.value });
  if (message !== undefined) return void moveDeviceTask(context, deviceTask, "refuse", now, { code: "4000", message });
  if (!moveDeviceTask(context, deviceTask, "succeed", now)) return;
  setServerProperty(context, deviceTask.device, operation.name, operation.value, now);
}
