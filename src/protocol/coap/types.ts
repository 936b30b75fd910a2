/**
 * The data that codec and endpoint share. Spec: RFC 7252 §3 (message), §4 (message layer), §5 (requests, responses).
 */
import type { Address } from "../address.ts";

/** Confirmable, Non-confirmable, Acknowledgement, Reset. RFC 7252 §3 */
export type MessageType = "CON" | "NON" | "ACK" | "RST";

/** `c.dd`, for every one of the 256 code bytes, registered or not: a peer may send any. `0.00` is Empty. */
export type Code = `${number}.${string}`;

/** One option; its value as bytes, whatever its format. */
export interface CoapOption {
  readonly number: number;
  readonly value: Uint8Array;
}

/** One message. Its options stand in the order of their numbers. RFC 7252 §3 */
export interface CoapMessage {
  readonly type: MessageType;
  readonly code: Code;
  /** 0..65535 */
  readonly messageId: number;
  /** Lower-case hex, 0 to 16 characters (0..8 bytes). */
  readonly token: string;
  /** In ascending order of number; equal numbers keep their order. */
  readonly options: readonly CoapOption[];
  readonly payload: Uint8Array;
}

/** What an application hands to the endpoint: type, message id and token are the endpoint's business. */
export interface CoapContent {
  readonly code: Code;
  readonly options: readonly CoapOption[];
  readonly payload: Uint8Array;
}

/**
 * Why an exchange that we started ended without a response. See docs/semantics.md, "Failed attempt".
 *
 * - `incomplete`: a transfer in blocks broke off; another one may succeed
 * - `unfit`: a peer took the first block for all, or its body is larger than any that we take
 */
export type ExchangeFailure = "no-acknowledgement" | "no-response" | "reset" | "unreachable" | "incomplete" | "unfit";

/** Names one incoming request until it is answered. */
export type IncomingId = number & { readonly __unit: "incoming request" };
/** Names one outgoing request until it ends. */
export type OutgoingId = number & { readonly __unit: "outgoing request" };

/** What an endpoint wants to be done or known, in this order. */
export type CoapEffect =
  | { readonly kind: "send"; readonly to: Address; readonly bytes: Uint8Array }
  /** A request seen for the first time; copies are answered by the endpoint itself. */
  | { readonly kind: "request"; readonly id: IncomingId; readonly from: Address; readonly message: CoapMessage }
  | { readonly kind: "response"; readonly id: OutgoingId; readonly from: Address; readonly message: CoapMessage }
  | { readonly kind: "failed"; readonly id: OutgoingId; readonly to: Address; readonly reason: ExchangeFailure };
