/**
 * How many requests an endpoint remembers against copies, so that a flood of them cannot fill the memory.
 *
 * Beyond that a new request is refused with 5.03 and is not remembered; what the application does about it is nothing,
 * since it never sees it. Peers whom the application knows have as many again, so that strangers cannot shut them out.
 *
 * Spec: RFC 7252 §4.5 (deduplication, where a server may give less), §5.9.3.4 (5.03 with Max-Age).
 */
import type { Address } from "../address.ts";
import { encodeMessage, NO_PAYLOAD } from "./message.ts";
import { MAX_AGE, uintOption } from "./options.ts";
import type { CoapMessage } from "./types.ts";

/** How many requests are remembered, and for whom there is more room. */
export interface MessageLimit {
  /** Requests of peers who are not known. */
  readonly messages: number;
  readonly isKnown: (from: Address) => boolean;
}

/** Seconds after which asking again may help. */
const MAX_AGE_OF_REFUSAL = 60;

/** Whether one more request may be remembered, beside `remembered` others. */
export const admits = ({ messages, isKnown }: MessageLimit, remembered: number, from: Address): boolean =>
  remembered < messages || (remembered < messages * 2 && isKnown(from));

/** 5.03 for a Confirmable request; a Non-confirmable one is ignored. */
export function refusalOf({ type, messageId, token }: CoapMessage): Uint8Array | undefined {
  if (type !== "CON") return undefined;
  const options = [uintOption(MAX_AGE, MAX_AGE_OF_REFUSAL)];
  return encodeMessage({ type: "ACK", code: "5.03", messageId, token, options, payload: NO_PAYLOAD });
}
