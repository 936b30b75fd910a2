/**
 * A device task that was cancelled in flight. Its server lets the exchange run on (CANCEL_REQUESTED), or ends it at once
 * (CANCELLED) and does not look at the answer; what a poll shows tells which of the two it is.
 *
 * Spec: docs/semantics.md, States, choices 14, 15; docs/ambiguities.md.
 */
import type { OracleContext } from "../context.ts";
import { expect } from "../tasks/expectations.ts";
import { blur, settle } from "../tasks/settling.ts";
import type { ExchangeEnd } from "../views/exchange-view.ts";
import type { DeviceTaskView } from "../views/task-view.ts";
import type { Window } from "../window.ts";
import { outlivesRegistration } from "./patience.ts";

/** Whether the server surely looks at the answer to its exchange: it was not cancelled, or only asked to end. */
export const isWaitedFor = ({ cancelAsked, cancelShown }: DeviceTaskView): boolean =>
  cancelAsked === undefined || cancelShown;

/** Its exchange ended without an answer: a failed attempt, with which it ends. */
export function failCancelled(
  context: OracleContext,
  deviceTask: DeviceTaskView,
  how: ExchangeEnd,
  window: Window,
  event: number,
): void {
  if (how === "moved") {
    move(context, deviceTask, window, event);
    return;
  }
  if (outlivesRegistration(context, how)) {
    blur(deviceTask, "cancelled in flight, and the end of the registration need not end the exchange");
    return;
  }
  expect(deviceTask, "cancelled", window);
  settle(deviceTask, "cancelled", window, event);
}

/**
 * An Update from a new address: the exchange has failed, and the task with it; or it goes on there, before anything else
 * is sent (choices 12, 14).
 */
function move(context: OracleContext, deviceTask: DeviceTaskView, window: Window, event: number): void {
  if (context.profile.updateFromNewAddress !== "accept") {
    blur(deviceTask, "cancelled in flight, and what an Update from a new address does to it is not declared");
    return;
  }
  expect(deviceTask, "cancel-requested", window);
  deviceTask.mayFollow = { window, event };
}

/** A request went out, or could have by then: what was not sent to the new address has ended with the move. */
export function endUnlessFollowed(deviceTask: DeviceTaskView, latest: number): void {
  const { mayFollow } = deviceTask;
  if (mayFollow === undefined) return;
  const window: Window = { earliest: mayFollow.window.earliest, latest };
  expect(deviceTask, "cancelled", window);
  settle(deviceTask, "cancelled", window, mayFollow.event);
}
