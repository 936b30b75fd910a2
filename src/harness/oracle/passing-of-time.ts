/**
 * What happens without an event: exchanges are given up, registrations and tasks expire, debts fall due.
 *
 * Evaluated per device, in order of time, before each event that concerns the device.
 */

import type { OracleContext } from "./context.ts";
import { endExchange, expire, freeSince, giveUp, isLost, missOwed, overdueAt } from "./exchanges/attempts.ts";
import { endUnlessFollowed } from "./exchanges/cancelling.ts";
import { timerFires } from "./exchanges/failed-attempts.ts";
import { lookDue, missLook } from "./firmware/life.ts";
import { registrationEnd, unregister } from "./registrations/registration-end.ts";
import { beginDeviceTask, isServerProperty } from "./tasks/beginning.ts";
import { blur } from "./tasks/settling.ts";
import type { DeviceView } from "./views/device-view.ts";
import type { DeviceTaskView } from "./views/task-view.ts";
import { FOREVER, type Window } from "./window.ts";

type Due =
  | { readonly kind: "give-up"; readonly window: Window }
  | { readonly kind: "lifetime"; readonly window: Window }
  | { readonly kind: "expiry"; readonly window: Window; readonly deviceTask: DeviceTaskView }
  /** Its record goes before its active period ends: where records are kept for so short a time (choice 11). */
  | { readonly kind: "removal"; readonly window: Window; readonly deviceTask: DeviceTaskView }
  /** What an Update from a new address dropped was not sent again. */
  | { readonly kind: "not-followed"; readonly window: Window; readonly deviceTask: DeviceTaskView }
  /** Its task begins; `write`: and a server property is written with it. */
  | { readonly kind: "begin" | "write"; readonly window: Window; readonly deviceTask: DeviceTaskView }
  /** After a trigger the server looks at a device with an update. */
  | { readonly kind: "look"; readonly window: Window; readonly deviceTask: DeviceTaskView }
  /** A declared timer tries again what has failed. */
  | { readonly kind: "timer"; readonly window: Window }
  | { readonly kind: "owed"; readonly window: Window };

/** A debt is overdue, and a registration gone, only when the last moment has surely passed. */
const MUST_HAVE_PASSED: readonly Due["kind"][] = ["owed", "look", "lifetime", "not-followed", "timer", "begin"];

/** Brings a device to the moment just before `window`; `event` is the index to blame. */
export function advance(context: OracleContext, device: DeviceView, window: Window, event: number): void {
  for (;;) {
    const due = earliestDue(context, device);
    if (due === undefined || due.window.earliest > window.latest) break;
    if (MUST_HAVE_PASSED.includes(due.kind) && due.window.earliest >= window.earliest) break;
    perform(context, device, due, event);
  }
  overdueAnswers(context, device, window);
}

function earliestDue(context: OracleContext, device: DeviceView): Due | undefined {
  let due: Due | undefined;
  const consider = (candidate: Due): void => {
    if (due === undefined || candidate.window.earliest < due.window.earliest) due = candidate;
  };
  const registration = registrationEnd(context, device);
  if (registration !== undefined)
    consider({ kind: "lifetime", window: { earliest: registration.latest, latest: registration.latest } });
  if (device.open !== undefined) {
    const window = giveUp(context, device.open);
    if (window.latest !== FOREVER) consider({ kind: "give-up", window });
  }
  for (const deviceTask of device.pending) {
    if (deviceTask.task.state !== "created") continue;
    consider({ kind: "expiry", window: deviceTask.task.expiry, deviceTask });
    if (!isLost(deviceTask)) consider({ kind: "removal", window: deviceTask.task.removal, deviceTask });
    if (!deviceTask.begun) consider(beginning(deviceTask));
    const look = lookDue(deviceTask);
    if (look !== undefined) consider({ kind: "look", window: { earliest: look, latest: look }, deviceTask });
    if (deviceTask.mayFollow !== undefined && device.open === undefined) {
      const at = freeSince(device) + context.bound;
      consider({ kind: "not-followed", window: { earliest: at, latest: at }, deviceTask });
    }
  }
  const { due: fires } = device.timer;
  if (fires !== FOREVER) consider({ kind: "timer", window: { earliest: fires, latest: fires } });
  const overdue = overdueAt(context, device);
  if (overdue !== FOREVER) consider({ kind: "owed", window: { earliest: overdue, latest: overdue } });
  return due;
}

/** A server property may be written from the first moment on; who has to be there then is known when all of it is over. */
function beginning(deviceTask: DeviceTaskView): Due {
  const { activeFrom } = deviceTask.task;
  if (isServerProperty(deviceTask)) return { kind: "write", window: activeFrom, deviceTask };
  return { kind: "begin", window: { earliest: activeFrom.latest, latest: activeFrom.latest }, deviceTask };
}

function perform(context: OracleContext, device: DeviceView, due: Due, event: number): void {
  switch (due.kind) {
    case "give-up":
      if (device.open !== undefined) {
        const how = device.open.acknowledged === undefined ? "no-acknowledgement" : "no-response";
        // Its last block was answered: live, the server may have taken that, and be late with the next one.
        if (context.live && device.open.transfer?.answer?.kind === "part") device.open.maybeDropped = true;
        endExchange(context, device.open, how, due.window);
      }
      return;
    case "lifetime":
      unregister(context, device, registrationEnd(context, device) ?? due.window, "lifetime-over");
      return;
    case "expiry":
      expire(context, due.deviceTask);
      return;
    case "removal":
      loseRecord(due.deviceTask);
      return;
    case "begin":
    case "write":
      beginDeviceTask(context, due.deviceTask, due.deviceTask.task.event);
      return;
    case "timer":
      timerFires(context, device);
      return;
    case "not-followed":
      endUnlessFollowed(due.deviceTask, due.window.latest);
      return;
    case "look":
      missLook(context, due.deviceTask);
      return;
    case "owed":
      missOwed(context, device, event);
  }
}

/** With the record what it asks for may be forgotten, on its way or waiting. */
function loseRecord(deviceTask: DeviceTaskView): void {
  const { open } = deviceTask.device;
  if (open !== undefined && (open.task === deviceTask || open.updates.includes(deviceTask))) open.maybeDropped = true;
  blur(deviceTask, "its record is gone before its active period ends");
}

/** Registration requests and Confirmable responses to which the server should have replied by now. */
function overdueAnswers(context: OracleContext, device: DeviceView, window: Window): void {
  for (const request of device.requests) {
    const { openCopy } = request;
    if (openCopy !== undefined && window.earliest > openCopy.window.latest + context.bound) {
      request.openCopy = undefined;
      context.emit({ kind: "copy-unanswered", device, request, event: openCopy.event });
    }
    if (request.answer !== undefined || request.missed || window.earliest <= request.window.latest + context.bound)
      continue;
    request.missed = true;
    context.emit({ kind: "registration-unanswered", device, request });
  }
  for (const reply of device.replies) {
    if (reply.answers !== 0 || reply.missed || window.earliest <= reply.window.latest + context.bound) continue;
    reply.missed = true;
    context.emit({ kind: "reply-missed", device, reply });
  }
}
