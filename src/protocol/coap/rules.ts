/**
 * The rules of the message layer that can be replaced one by one.
 *
 * `COAP_RULES` is what RFC 7252 says, and RFC 7959 of blocks (`block-rules.ts`). A variant replaces a rule to behave in another way, legal or defective, and
 * because every rule is a function it also learns when its rule was asked. No rule keeps state between calls.
 */
import { type Micros, micros } from "../time.ts";
import { BLOCK_RULES, type BlockRules } from "./block-rules.ts";
import type { CoapParams } from "./params.ts";
import type { CoapMessage, Code } from "./types.ts";

/** One decision a row, with its clause. */
export interface CoapRules extends BlockRules {
  /** NSTART: how many requests may be open with one peer at once. RFC 7252 §4.7. */
  readonly openRequests: () => number;
  /** How often one Confirmable message is sent altogether. RFC 7252 §4.2. */
  readonly transmissions: (params: CoapParams) => number;
  /** Time from the first transmission to the second; `random` is uniform in 0..2^32-1. RFC 7252 §4.2. */
  readonly firstTimeout: (params: CoapParams, random: number) => Micros;
  /** Time after a retransmission, given the time before it and how many datagrams went before. RFC 7252 §4.2. */
  readonly nextTimeout: (timeout: Micros, transmissions: number, params: CoapParams) => Micros;
  /** Time from the empty ACK until a request without response is given up; RFC 7252 names no value. */
  readonly responseTimeout: (params: CoapParams) => Micros;
  /** Which message id, counted from the first, the n-th message to a peer gets. RFC 7252 §4.4. */
  readonly messageIdIndex: (sequence: number) => number;
  /** Which token, counted from the first, the n-th message to a peer gets. RFC 7252 §5.3.1. */
  readonly tokenIndex: (sequence: number) => number;
  /** The token itself, in hex, always of one length, from four bytes that do not repeat. RFC 7252 §5.3.1. */
  readonly tokenOf: (unique: string) => string;
  /** The token in a response to a request of the peer, given that of the request. RFC 7252 §5.3.1. */
  readonly responseToken: (token: string, code: Code) => string;
  /** RFC 7252 §4.2: "the same message". */
  readonly retransmission: () => "same-bytes" | "new-message-id";
  /** Whether ACK, RST and response count only when they come from where the request went. RFC 7252 §4.4, §5.3.2. */
  readonly sourceMustMatch: () => boolean;
  /** Whether a piggybacked response counts only with the token of the request. RFC 7252 §5.3.2. */
  readonly tokenMustMatch: () => boolean;
  /** What an empty ACK does to a request. RFC 7252 §4.2, §5.2.2. */
  readonly emptyAck: () => "awaits-response" | "ignored";
  /** What an RST does to a request; one that was acknowledged is not on its way any more. RFC 7252 §4.2. */
  readonly reset: (acknowledged: boolean) => "fails" | "ignored";
  /** What a report that the address of a peer cannot be reached does to its requests. RFC 7252 §4.2 (giving up). */
  readonly unreachable: () => "fails" | "ignored" | "fails-everywhere";
  /** What a separate response does that comes before the ACK. RFC 7252 §4.2, §5.2.2. */
  readonly responseBeforeAck: () => "completes" | "ignored";
  /** What a Confirmable response that we wait for gets. RFC 7252 §4.2. */
  readonly matchedResponse: () => "acknowledge" | "silence";
  /** What a Confirmable response that nobody waits for gets. RFC 7252 §5.3.2. */
  readonly unmatchedResponse: () => "reset" | "acknowledge" | "silence";
  /** What a copy of a request gets. RFC 7252 §4.5. */
  readonly duplicateRequest: (message: CoapMessage) => "same-answer" | "silence" | "process-again";
  /** What an Empty Confirmable message gets. RFC 7252 §4.3. */
  readonly ping: () => "reset" | "silence";
}

/** What RFC 7252 and RFC 7959 say. */
export const COAP_RULES: CoapRules = {
  ...BLOCK_RULES,
  openRequests: () => 1,
  transmissions: (params) => 1 + params.maxRetransmit,
  firstTimeout: (params, random) => {
    const spread = Math.round(params.ackTimeout * (params.ackRandomFactor - 1));
    return micros(params.ackTimeout + Math.floor((random / 2 ** 32) * (spread + 1)));
  },
  nextTimeout: (timeout) => micros(2 * timeout),
  responseTimeout: (params) => params.responseTimeout,
  messageIdIndex: (sequence) => sequence,
  tokenIndex: (sequence) => sequence,
  tokenOf: (unique) => unique,
  responseToken: (token) => token,
  retransmission: () => "same-bytes",
  sourceMustMatch: () => true,
  tokenMustMatch: () => true,
  emptyAck: () => "awaits-response",
  reset: () => "fails",
  unreachable: () => "fails",
  responseBeforeAck: () => "completes",
  matchedResponse: () => "acknowledge",
  unmatchedResponse: () => "reset",
  duplicateRequest: () => "same-answer",
  ping: () => "reset",
};
