/**
 * Message ids that a device uses again too early, as one that has rebooted may.
 *
 * For the server such a message is a copy of the one before, and is answered as that (RFC 7252 §4.4, §4.5); or it is not, for
 * a server that tells copies by more than the message id. So nothing follows from it for certain.
 */
import type { CoapMessage } from "../../../protocol/coap/types.ts";
import type { OracleContext } from "../context.ts";
import type { DeviceView, SentMessage } from "../views/device-view.ts";
import type { Window } from "../window.ts";

const REMEMBERED = 16;

/** The id is that of another message of the device, which the server still remembers. */
export function reusesMessageId(
  context: OracleContext,
  device: DeviceView,
  { messageId, token }: Pick<CoapMessage, "messageId" | "token">,
  address: string,
  window: Window,
): boolean {
  const reused = (earlier: SentMessage): boolean =>
    earlier.messageId === messageId &&
    earlier.address === address &&
    earlier.token !== token &&
    window.earliest <= earlier.window.latest + context.exchangeLifetime;
  return device.requests.some(reused) || device.replies.some(reused) || device.otherRequests.some(reused);
}

/** A request that is none of the registration interface: a device fetches its image. */
export function noteOtherRequest(
  { otherRequests }: DeviceView,
  messageId: number,
  token: string,
  address: string,
  window: Window,
): void {
  otherRequests.push({ messageId, token, address, window });
  if (otherRequests.length > REMEMBERED) otherRequests.shift();
}
