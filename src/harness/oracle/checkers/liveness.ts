/**
 * Liveness of device tasks that the oracle can no longer follow: whatever became of their attempts, the server must not
 * let them wait for ever. Those that it can follow are judged as debts (queue.ts), at once and more strictly.
 *
 * Judged by the server's own word, and by nothing but what is certain about the device: it updated or registered, was
 * registered and awake, and then nothing was on the way to it and nothing failed. A task that still waits after that
 * was forgotten, whichever of the requests before was its own. In the quiet phase at the end of a plan this is so for every
 * device that came back. Spec: docs/semantics.md, States, choices 4, 10, 28, and Time and doubt.
 */
import type { DeviceTaskStatus } from "../../../protocol/task-api/states.ts";
import type { Checker, Judge } from "../checker.ts";
import type { OracleContext } from "../context.ts";
import { freeSince, giveUp, lifetimeEnd } from "../exchanges/attempts.ts";
import { name, status, time } from "../text.ts";
import type { DeviceView } from "../views/device-view.ts";
import type { DeviceTaskView, SeenStatus } from "../views/task-view.ts";

const WAITING: readonly DeviceTaskStatus[] = ["REQUESTED", "QUEUED", "PROCESSING"];

/** No device task waits for ever, whatever became of its attempts. */
export const settlesInTheEnd: Checker = {
  requirements: ["Q-04", "R-04", "R-05", "E-05", "T-04"],
  on: {
    "status-seen": ({ deviceTask, seen }, judge, context) => {
      const { device, task, blurred, operation, cancelsOpen } = deviceTask;
      if (blurred === undefined || operation === undefined || cancelsOpen > 0 || task.state !== "created") return;
      const waits = WAITING.includes(seen.status);
      if ((!waits && seen.status !== "CANCEL_REQUESTED") || !nothingOnTheWay(context, device, seen)) return;
      const events = [task.event, seen.event];
      if (expiredFor(context, deviceTask, seen))
        judge.violate(
          "E-05",
          `${name(deviceTask)} has ended by ${time(task.expiry.latest)}, when it expires`,
          status(seen),
          events,
        );
      else if (!waits)
        judge.violate("T-04", `${name(deviceTask)}, cancelled, ends with its last exchange`, status(seen), events);
      else judgeDrain(context, deviceTask, seen, judge);
    },
  },
};

/** After a Register or Update with which nothing interfered, the server has come to every task of the device. */
function judgeDrain(context: OracleContext, deviceTask: DeviceTaskView, seen: SeenStatus, judge: Judge): void {
  const { device } = deviceTask;
  const { trigger } = device;
  const due = freeSince(device) + context.bound;
  if (
    trigger === undefined ||
    trigger.event < (context.restart?.event ?? -1) ||
    trigger.window.earliest <= Math.max(deviceTask.task.activeFrom.latest, device.failingUntil)
  )
    return;
  if (seen.window.earliest <= due || !reachableUntil(context, device, due) || failedSince(device, trigger.event))
    return;
  const requirement = seen.attempts === 0 ? "Q-04" : trigger.kind === "update" ? "R-04" : "R-05";
  const because = `the ${trigger.kind === "update" ? "Update" : "Register"} of device ${device.index}`;
  judge.violate(
    requirement,
    `after ${because}, ${name(deviceTask)} is attempted within ${time(context.bound)} of the device being free`,
    `it is ${status(seen)} at ${time(seen.window.latest)}`,
    [trigger.event, seen.event],
  );
}

/** No request to the device can be open for the server, and none has been since `bound` ago. */
function nothingOnTheWay(context: OracleContext, device: DeviceView, seen: SeenStatus): boolean {
  if (device.open !== undefined || seen.window.earliest <= freeSince(device) + context.bound) return false;
  let last = 0;
  for (const exchange of device.exchanges.values()) {
    if (exchange.end?.how === "answered") continue;
    // However it ended for us, the server may have waited for its response; for how long must be known (choice 5).
    if (context.profile.responseTimeout === undefined) return false;
    const answered = exchange.acknowledged?.latest ?? giveUp(context, exchange).latest;
    last = Math.max(last, answered + context.coap.responseTimeout + context.tolerance);
  }
  return seen.window.earliest > last + context.bound;
}

/** The active period is certain only where the task gives it itself: a device type may have been configured meanwhile. */
const expiredFor = (context: OracleContext, { task }: DeviceTaskView, seen: SeenStatus): boolean =>
  task.activePeriod.source === "E-02" && seen.window.earliest > task.expiry.latest + context.bound;

/** Registered, and taken to be awake, until then. */
function reachableUntil(context: OracleContext, { registration, lastUplink }: DeviceView, due: number): boolean {
  if (registration === undefined) return false;
  if (registration.queueMode && due >= lastUplink + context.awakeWindow) return false;
  return due < lifetimeEnd(context, registration.refreshed, registration.lifetime).earliest;
}

/** A failed attempt stops the drain until the next trigger (choice 28). */
function failedSince(device: DeviceView, event: number): boolean {
  for (const exchange of device.exchanges.values())
    if (exchange.event > event && exchange.end?.how !== "answered") return true;
  return false;
}
