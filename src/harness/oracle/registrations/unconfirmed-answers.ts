/**
 * Answers to registration requests that the server sends in Confirmable messages of their own.
 *
 * Such a message is an outstanding interaction until the device acknowledges it, so a server that keeps to NSTART = 1
 * sends the device nothing else meanwhile; one that does is not judged for it. Spec: RFC 7252 §4.7, §5.2.2.
 */
import { maxTransmitWait } from "../../../protocol/coap/params.ts";
import type { OracleContext } from "../context.ts";
import type { DeviceView } from "../views/device-view.ts";
import type { Window } from "../window.ts";

/** It is sent, or sent again: it is on its way until it is confirmed or given up. */
export function answerOnItsWay(
  context: OracleContext,
  device: DeviceView,
  messageId: number,
  address: string,
  window: Window,
): void {
  const known = device.unconfirmed.some((answer) => answer.messageId === messageId && answer.address === address);
  if (known) return;
  const until = window.latest + maxTransmitWait(context.coap);
  device.unconfirmed = device.unconfirmed.filter((answer) => answer.until > window.earliest);
  device.unconfirmed.push({ messageId, address, until });
}

/** An ACK or RST of the device came in, which may be for such an answer. */
export function answerConfirmed(device: DeviceView, messageId: number, address: string, { latest }: Window): void {
  const open = device.unconfirmed.filter((answer) => answer.messageId !== messageId || answer.address !== address);
  if (open.length === device.unconfirmed.length) return;
  device.unconfirmed = open;
  device.idleSince = Math.max(device.idleSince, latest);
}
