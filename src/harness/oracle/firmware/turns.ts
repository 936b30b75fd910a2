/**
 * Which updates of a device a server may work on at a moment: those that have begun, that nobody has to accept any more,
 * and that are not over. What is sent about firmware is for one of them.
 *
 * Source: docs/semantics.md row 24.
 */
import type { DeviceTaskView } from "../views/task-view.ts";
import type { Window } from "../window.ts";
import type { FirmwareView, UpdateView } from "./views.ts";

/** Why nothing may be sent for an update; `undefined`: something may. */
export type Idle =
  | "not begun"
  | "waiting"
  | "rejected"
  | "not registered"
  | "cancelled"
  | "expired"
  | "succeeded"
  | "failed";

type UpdateTask = DeviceTaskView & { readonly update: UpdateView };

/** Why an update asks nothing of its device during a window; `undefined`: it may. */
export function idleBecause(deviceTask: UpdateTask, window: Window): Idle | undefined {
  const { task, update } = deviceTask;
  if (update.lost !== undefined) return undefined;
  const ended = endShown(update, window);
  if (ended !== undefined) return ended;
  if (update.requests === 0 && isPast(update.cancelled?.window, window)) return "cancelled";
  if (window.latest < task.activeFrom.earliest) return "not begun";
  if (update.acceptance === "waiting") return "waiting";
  if (update.acceptance === "rejected" && isPast(update.answered?.window, window)) return "rejected";
  if (update.acceptance === "not required" && update.registered === "no") return "not registered";
  return window.earliest > task.expiry.latest && !deviceTask.inFlightAtExpiry ? "expired" : undefined;
}

/** By the server's own word. */
function endShown({ ended }: UpdateView, window: Window): Idle | undefined {
  if (ended === undefined || !isPast(ended.window, window)) return undefined;
  if (ended.status === "SUCCEEDED") return "succeeded";
  if (ended.status === "CANCELLED") return "cancelled";
  if (ended.errorCode === "4006") return "rejected";
  if (ended.errorCode === "4001") return "not registered";
  return ended.errorCode === "4004" ? "expired" : "failed";
}

const isPast = (before: Window | undefined, { earliest }: Window): boolean =>
  before !== undefined && before.latest <= earliest;

/** The updates for which something may be sent now. */
export const runningUpdates = ({ updates }: FirmwareView, window: Window): readonly DeviceTaskView[] =>
  updates.filter(
    (deviceTask) => deviceTask.update !== undefined && idleBecause(deviceTask as UpdateTask, window) === undefined,
  );

/** The one for which nothing may be sent, and for which a request was sent that no other explains. */
export function idleUpdates(
  { updates }: FirmwareView,
  window: Window,
): readonly { readonly deviceTask: UpdateTask; readonly why: Idle }[] {
  return updates.flatMap((deviceTask) => {
    if (deviceTask.update === undefined) return [];
    const why = idleBecause(deviceTask as UpdateTask, window);
    return why === undefined ? [] : [{ deviceTask: deviceTask as UpdateTask, why }];
  });
}

/** A device has one image at a time: what waits for the end of another update is not owed anything. */
export function isAlone(deviceTask: DeviceTaskView, window: Window): boolean {
  const running = runningUpdates(deviceTask.device.firmware, window);
  return running.length === 1 && running[0] === deviceTask;
}
