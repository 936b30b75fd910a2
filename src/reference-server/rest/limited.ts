/** Handlers that make something, held to the limits of the engine: 503 where a limit is reached. */
import type { Context } from "../context.ts";
import { limitReached } from "../engine-limits.ts";
import type { Handler } from "./answer.ts";
import type { DeviceHandlers } from "./device-handlers.ts";

export function withinTaskLimits({ limits, tasks }: Context, handler: Handler): Handler {
  return (call) => {
    if (tasks.size >= limits.tasks) return limitReached("tasks", limits.tasks);
    if (tasks.deviceTasks >= limits.deviceTasks) return limitReached("device tasks", limits.deviceTasks);
    return handler(call);
  };
}

export function withinDeviceLimits(
  { limits, devices, deviceTypes }: Context,
  handlers: DeviceHandlers,
): DeviceHandlers {
  return {
    ...handlers,
    "add-device-type": (call) =>
      deviceTypes.size < limits.devices
        ? handlers["add-device-type"](call)
        : limitReached("device types", limits.devices),
    "add-device": (call) =>
      devices.size < limits.devices ? handlers["add-device"](call) : limitReached("devices", limits.devices),
  };
}
