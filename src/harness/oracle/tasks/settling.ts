/**
 * The two ways in which a device task leaves the oracle's sight: it has ended, or the oracle lost track of it.
 */
import type { DeviceTaskEnd, DeviceTaskView } from "../views/task-view.ts";
import type { Window } from "../window.ts";

/** Nothing more may be sent for a device task. */
export function settle(deviceTask: DeviceTaskView, how: DeviceTaskEnd, window: Window, event: number): void {
  const { device, operation } = deviceTask;
  deviceTask.settled = { how, window, event };
  deviceTask.mayFollow = undefined;
  deviceTask.triggersAtEnd = device.triggers;
  device.pending.delete(deviceTask);
  device.owed.delete(deviceTask);
  if (operation !== undefined) device.lastSettled.set(operation, deviceTask);
}

/** The oracle cannot follow this device task any further. */
export function blur(deviceTask: DeviceTaskView, reason: string): void {
  if (deviceTask.update !== undefined) {
    deviceTask.update.lost ??= reason;
    return;
  }
  deviceTask.blurred ??= reason;
  deviceTask.mayFollow = undefined;
  deviceTask.device.owed.delete(deviceTask);
  deviceTask.device.mirrorBlurred = true;
}
