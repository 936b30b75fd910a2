/**
 * Exchanges that the server may, or may not, take for a failed attempt from a certain moment on: the network reported
 * that the address cannot be reached, or the device reset a message that it had acknowledged.
 *
 * Nobody has to act on either: a report may be forged or pass, and what is acknowledged is not on its way any more. So
 * from then on the exchange is open or not, until a repetition shows that it is, or another attempt that it is not.
 *
 * Spec: RFC 7252 §4.2; docs/semantics.md, "Failed attempt, or answer?".
 */
import type { UnreachableEvent } from "../../history/history.ts";
import type { OracleContext } from "../context.ts";
import { expect } from "../tasks/expectations.ts";
import type { Exchange } from "../views/exchange-view.ts";
import { type Window, windowOf } from "../window.ts";

/** @param how what it has ended by, if it has */
export function mayHaveFailed(exchange: Exchange, how: "unreachable" | "reset", window: Window): void {
  exchange.maybeFailed ??= window;
  const { task } = exchange;
  if (task === undefined || task.settled !== undefined || task.blurred !== undefined) return;
  // Whether it failed or goes on, it is not over. What was cancelled, or has expired, may be.
  if (task.cancelAsked === undefined && !task.inFlightAtExpiry) expect(task, "pending", window, { after: how });
}

/** The network's report is about what was sent to the address, whatever that was. */
export function readUnreachable(context: OracleContext, event: UnreachableEvent): void {
  const device = context.devices[event.device];
  if (device === undefined) return;
  const window = windowOf(event);
  // A device that cannot be reached is not connected: until it is heard again nothing need be tried.
  device.unreachable = true;
  device.owed.clear();
  if (device.open?.address === event.address) mayHaveFailed(device.open, "unreachable", window);
}
