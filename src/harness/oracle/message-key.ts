import { decodeMessage } from "../../protocol/coap/message.ts";

/** Message id and token of a datagram; `undefined` when it is no CoAP message. */
export function messageKey(bytes: Uint8Array): { readonly messageId: number; readonly token: string } | undefined {
  const decoded = decodeMessage(bytes);
  return decoded.ok ? { messageId: decoded.value.messageId, token: decoded.value.token } : undefined;
}
