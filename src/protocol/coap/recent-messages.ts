/**
 * Which messages came in a short while ago, so that a copy is recognised and gets the same reply.
 *
 * Times of life are constants, so the entries of one kind expire in the order in which they came: expiry is a look at
 * the head of a queue, done as part of other calls.
 *
 * Spec: RFC 7252 §4.5 (deduplication), §4.8.2 (EXCHANGE_LIFETIME, NON_LIFETIME).
 */
import { after, type Instant, type Micros } from "../time.ts";
import { Fifo } from "./fifo.ts";
import type { Peer } from "./peers.ts";

/** A message that may come again. */
export interface RecentMessage {
  readonly peer: Peer;
  readonly messageId: number;
  readonly confirmable: boolean;
  /** What a copy gets; `undefined` for nothing. */
  reply: Uint8Array | undefined;
  /** Set by `RecentMessages`. */
  expires: Instant;
}

/** The messages of all peers of one endpoint that may come again. */
export class RecentMessages {
  private readonly byKey = new Map<number, RecentMessage>();
  private readonly confirmable = new Fifo<RecentMessage>();
  private readonly nonConfirmable = new Fifo<RecentMessage>();
  private readonly confirmableLifetime: Micros;
  private readonly nonConfirmableLifetime: Micros;

  constructor(confirmableLifetime: Micros, nonConfirmableLifetime: Micros) {
    this.confirmableLifetime = confirmableLifetime;
    this.nonConfirmableLifetime = nonConfirmableLifetime;
  }

  get size(): number {
    return this.byKey.size;
  }

  /** The message of which this is a copy. Expired ones are found until the next `sweep`. */
  find(peer: Peer, messageId: number): RecentMessage | undefined {
    return this.byKey.get(key(peer, messageId));
  }

  remember(message: RecentMessage, now: Instant): void {
    message.expires = after(now, message.confirmable ? this.confirmableLifetime : this.nonConfirmableLifetime);
    this.byKey.set(key(message.peer, message.messageId), message);
    (message.confirmable ? this.confirmable : this.nonConfirmable).push(message);
  }

  /** Forgets what has expired. */
  sweep(now: Instant): void {
    this.sweepQueue(this.confirmable, now);
    this.sweepQueue(this.nonConfirmable, now);
  }

  private sweepQueue(queue: Fifo<RecentMessage>, now: Instant): void {
    for (let oldest = queue.peek(); oldest !== undefined && oldest.expires <= now; oldest = queue.peek()) {
      queue.shift();
      this.byKey.delete(key(oldest.peer, oldest.messageId));
    }
  }
}

const key = (peer: Peer, messageId: number): number => peer.index * 0x1_0000 + messageId;
