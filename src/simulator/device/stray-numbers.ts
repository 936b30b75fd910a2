/**
 * Message ids and tokens of datagrams that a device sends beside its CoAP endpoint: they must not look like copies, or
 * parts, of an exchange of the endpoint's own.
 */
import type { Device } from "./state.ts";

/** Far from the message ids that the endpoint uses, or a later message of its own would look like a copy of this one. */
const STRAY_MESSAGE_IDS = 0x8000;

/** Far from those that the endpoint takes next, and another one for each stray datagram. */
export const strayMessageId = ({ lastMessageId, strayResponses }: Device): number =>
  (lastMessageId + STRAY_MESSAGE_IDS + strayResponses) & 0xffff;

/** Eight bytes, unlike the tokens of servers that use four, and not to be guessed. */
export function unknownToken({ options, strayResponses }: Device): string {
  const draw = options.random(`device/${options.index}/stray/${strayResponses}`);
  return [draw(), draw()].map((half) => half.toString(16).padStart(8, "0")).join("");
}
