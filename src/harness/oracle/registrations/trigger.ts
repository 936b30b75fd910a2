/**
 * What drains the queue of a device: from then on the server owes it the device tasks that wait.
 *
 * Rules: docs/semantics.md, choices 4 and 28.
 */
import type { OracleContext } from "../context.ts";
import { owe } from "../exchanges/attempts.ts";
import { stopTimer } from "../exchanges/failed-attempts.ts";
import { triggerUpdate } from "../firmware/life.ts";
import { noteRegistered } from "../firmware/notes.ts";
import type { DeviceView } from "../views/device-view.ts";
import type { RegistrationRequest } from "../views/registration-view.ts";
import type { DeviceTaskView, Owed } from "../views/task-view.ts";
import type { Window } from "../window.ts";

/** Register and Update drain the queue (choice 4). */
export function triggered(
  context: OracleContext,
  device: DeviceView,
  request: RegistrationRequest,
  window: Window,
  event: number,
): void {
  const kind = request.kind === "update" ? "update" : "register";
  device.trigger = { kind, window, event };
  stopTimer(device);
  device.triggers++;
  device.idleSince = Math.max(device.idleSince, window.latest);
  for (const deviceTask of device.pending) {
    deviceTask.neverRegistered = false;
    noteRegistered(deviceTask, window, context.bound);
    if (deviceTask.update !== undefined && !request.mayBeCopy && window.earliest > device.failingUntil)
      triggerUpdate(deviceTask, { kind, window, event });
    if (deviceTask.task.state !== "created" || deviceTask.operation === undefined || device.open?.task === deviceTask)
      continue;
    if (!deviceTask.begun || request.mayBeCopy) continue;
    // The failed attempt before may have ended after this trigger: the drain may have stopped again (choice 28).
    if (window.earliest <= device.failingUntil) continue;
    const requirement = promiseAt(kind, deviceTask);
    const because = `${kind === "update" ? "the Update" : "the Register"} of device ${device.index}`;
    owe(device, deviceTask, { requirement, because, since: window.latest, event });
  }
  context.emit({ kind: "trigger", device, window, event });
}

/**
 * Which requirement says that a waiting device task is sent now. A device without queue mode that is registered and has
 * a task that was never tried is one whose queue was stopped by a failed attempt: choice 4 has its Update drain it too.
 */
function promiseAt(kind: "register" | "update", { attempts, device }: DeviceTaskView): Owed["requirement"] {
  if (attempts.length > 0) return kind === "update" ? "R-04" : "R-05";
  return kind === "update" && device.registration?.queueMode === true ? "Q-08" : "Q-04";
}
