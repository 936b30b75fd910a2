import { hexFromBytes } from "../../protocol/coap/hex.ts";
import { readMessageId, TOKEN_OFFSET } from "../../protocol/coap/message.ts";

/** Message id and token of a datagram, from its header alone; `undefined` when it is too short to have them. */
export function messageKey(bytes: Uint8Array): { readonly messageId: number; readonly token: string } | undefined {
  const end = TOKEN_OFFSET + ((bytes[0] ?? 0) & 15);
  return bytes.length < end
    ? undefined
    : { messageId: readMessageId(bytes), token: hexFromBytes(bytes, TOKEN_OFFSET, end) };
}
