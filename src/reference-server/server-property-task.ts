/** The device task that needs no device: a server property is written here and succeeds at once. Row 18. */
import type { Instant } from "../protocol/time.ts";
import type { Context } from "./context.ts";
import type { DeviceTask } from "./entities.ts";
import { setServerProperty } from "./properties.ts";
import { moveDeviceTask } from "./tasks.ts";

/** Does nothing for any other operation. */
export function writeServerProperty(context: Context, deviceTask: DeviceTask, now: Instant): void {
  const { operation } = deviceTask.task;
  if (operation.kind !== "server-property" || !moveDeviceTask(context, deviceTask, "succeed", now)) return;
  setServerProperty(context, deviceTask.device, operation.name, operation.value, now);
}
