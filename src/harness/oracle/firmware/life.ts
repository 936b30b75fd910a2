/**
 * What a server owes firmware updates in the oracle's model: they begin, and after a trigger they go on. What else happens
 * to them is noted in notes.ts, and what their devices say in said.ts.
 *
 * Source: docs/semantics.md, choices 4, 9, 24.
 */

import type { OracleContext } from "../context.ts";
import { freeSince, lifetimeEnd, owe, registeredDuring } from "../exchanges/attempts.ts";
import type { Certainty } from "../facts.ts";
import type { DeviceView } from "../views/device-view.ts";
import type { DeviceTaskView, Owed } from "../views/task-view.ts";
import type { Window } from "../window.ts";
import { isAlone } from "./turns.ts";

/** Microseconds within which a server looks at a device that has something new to tell, after its Register or Update. */
const LOOKS_WITHIN = 60_000_000;

/** The task begins. Its device has to be registered then (O-01); one that is there is tried at once. */
export function beginUpdate(context: OracleContext, deviceTask: DeviceTaskView, owed: Owed | undefined): void {
  const { device, task, update } = deviceTask;
  deviceTask.begun = true;
  if (update === undefined) return;
  update.registered = standing(context, device, task.activeFrom);
  update.everUnregistered ||= update.registered !== "yes";
  if (owed === undefined || update.registered !== "yes") return;
  if (update.requests > 0) context.emit({ kind: "owed-kept", deviceTask, owed, event: owed.event });
  else if (isAlone(deviceTask, task.activeFrom)) owe(device, deviceTask, owed);
}

/** A Register or De-register that is not answered may have been carried out; of two that crossed, either may be in force. */
function standing(context: OracleContext, device: DeviceView, window: Window): Certainty {
  const open = device.requests.some(({ answer, missed, kind }) => answer === undefined && !missed && kind !== "update");
  if (open || device.rivals.size > 0) return "maybe";
  const registered = registeredDuring(context, device, window);
  // A registration that began at that moment may have come too late.
  const { trigger } = device;
  const isNew = trigger?.kind === "register" && trigger.window.latest >= window.earliest;
  return registered === "yes" && isNew ? "maybe" : registered;
}

/** A Register or Update was accepted. */
export function triggerUpdate(
  deviceTask: DeviceTaskView,
  trigger: { readonly kind: "register" | "update"; readonly window: Window; readonly event: number },
): void {
  const { device, update, task } = deviceTask;
  const { kind, window, event } = trigger;
  if (update === undefined || !deviceTask.begun || task.state !== "created" || !isAlone(deviceTask, window)) return;
  // While nobody knows what its user's answer has done, it may be waiting for it still.
  if (update.acceptance !== "not required" && update.acceptance !== "accepted") return;
  // It may have failed when it began.
  if (update.requests === 0 && update.registered !== "yes") return;
  if (update.cancelled !== undefined || device.open?.updates.includes(deviceTask) === true) return;
  const because = `the ${kind === "update" ? "Update" : "Register"} of device ${device.index}`;
  const requirement = promiseAt(kind, deviceTask);
  if (requirement !== undefined) owe(device, deviceTask, { requirement, because, since: window.latest, event });
  else if (hasNews(device)) update.look ??= { because, window, event };
}

/** `undefined`: it is under way, and nothing has failed. */
function promiseAt(kind: "register" | "update", { update, device }: DeviceTaskView): Owed["requirement"] | undefined {
  if (update?.requests === 0) return kind === "update" && device.registration?.queueMode === true ? "Q-08" : "Q-04";
  if (update?.failure === undefined) return undefined;
  return kind === "update" ? "R-04" : "R-05";
}

/** State or Result have changed since the device last told of them. */
function hasNews({ firmware }: DeviceView): boolean {
  const last = firmware.truth?.at(-1);
  const said = firmware.said.findLast(({ state, result, unclear }) => (state ?? result) !== undefined || unclear);
  return last !== undefined && last.event > (said?.event ?? -1);
}

/** When a look that is owed is surely overdue; `undefined`: none is. */
export function lookDue({ device, update }: DeviceTaskView): number | undefined {
  if (update?.look === undefined || device.open !== undefined) return undefined;
  return Math.max(update.look.window.latest, freeSince(device)) + LOOKS_WITHIN;
}

/** The server did not look in time. */
export function missLook(context: OracleContext, deviceTask: DeviceTaskView): void {
  const { device, update, task } = deviceTask;
  const due = lookDue(deviceTask);
  if (update?.look === undefined || due === undefined) return;
  const { look } = update;
  const { registration } = device;
  update.look = undefined;
  const awake = registration?.queueMode !== true || due < device.lastUplink + context.awakeWindow;
  if (registration === undefined || !awake || update.lost !== undefined || update.cancelled !== undefined) return;
  if (due >= lifetimeEnd(context, registration.refreshed, registration.lifetime).earliest) return;
  if (task.expiry.earliest <= due || !isAlone(deviceTask, { earliest: due, latest: due })) return;
  update.missed ??= { ...look, requirement: "O-07" };
}
