/**
 * One Confirmable message of ours and what it waits for: a request, or a separate response.
 *
 * Spec: RFC 7252 §4.2 (transmission), §5.2.2 (separate response).
 */
import type { Instant, Micros } from "../time.ts";
import type { Peer } from "./peers.ts";
import { NOT_WAITING, type Timed } from "./timers.ts";
import type { OutgoingId } from "./types.ts";

/**
 * - `queued`: waits for its turn (NSTART)
 * - `unnumbered`: has its turn, but every message id was used too recently
 * - `unacknowledged`: sent at least once
 * - `acknowledged`: an empty ACK came, the response did not
 * - `ended`
 */
export type ExchangePhase = "queued" | "unnumbered" | "unacknowledged" | "acknowledged" | "ended";

/** The state of one Confirmable message of ours. */
export interface Exchange extends Timed {
  /** Absent for a separate response: nobody asks what became of it. */
  readonly id: OutgoingId | undefined;
  readonly peer: Peer;
  phase: ExchangePhase;
  /** The message; its id and, in a request, its token are filled in when it is numbered. */
  bytes: Uint8Array;
  /** -1 until it is numbered. */
  messageId: number;
  token: string;
  /** The token was given: it is that of an earlier block of the same body. */
  readonly keepsToken: boolean;
  transmissions: number;
  /** Time between the last transmission and the next. */
  timeout: Micros;
}

/** A message that was not sent yet. */
export const newExchange = (
  id: OutgoingId | undefined,
  peer: Peer,
  bytes: Uint8Array,
  token: string,
  keepsToken = false,
): Exchange => ({
  id,
  peer,
  phase: "queued",
  bytes,
  messageId: -1,
  token,
  keepsToken,
  transmissions: 0,
  timeout: 0 as Micros,
  due: 0 as Instant,
  order: 0,
  slot: NOT_WAITING,
});
