/**
 * What the endpoint keeps per peer, and for how long.
 *
 * A peer is forgotten when nothing is open with it and EXCHANGE_LIFETIME has passed since the last use: by then no
 * copy of a message of either side can arrive any more, and every message id is free. What stays is one number, how
 * many messages we started with it, so that a later attempt does not look like an earlier one.
 *
 * Nothing here waits: the sweep is done as part of other calls, a constant amount of work per call on average.
 */
import type { Address } from "../address.ts";
import type { RandomSource } from "../random.ts";
import { after, type Instant, type Micros } from "../time.ts";
import type { Exchange } from "./exchange.ts";
import { Fifo } from "./fifo.ts";
import { MessageNumbers } from "./message-numbers.ts";

/** What is kept of one peer. */
export interface Peer {
  readonly address: Address;
  /** Never given to another peer: part of the keys of remembered messages. */
  readonly index: number;
  /** When a message to be remembered last came or went. */
  lastUse: Instant;
  /** When to look whether the peer can be forgotten. */
  lookAt: Instant;
  /** Absent until we start a message ourselves: most peers only get answers. */
  numbers: MessageNumbers | undefined;
  /** Confirmable messages of ours on their way: requests and separate responses. */
  open: readonly Exchange[];
  /** Requests that wait for their turn. */
  queue: Exchange[];
}

/** Beyond this many forgotten peers the count of the one forgotten first is dropped. */
export const MOST_FORGOTTEN = 262_144;

/** Shared: with most peers nothing is open most of the time. */
export const NOTHING_OPEN: readonly Exchange[] = [];

/** All peers of one endpoint, made when they are first asked for. */
export class Peers {
  private readonly byAddress = new Map<Address, Peer>();
  private readonly sweepQueue = new Fifo<Peer>();
  /** How many messages forgotten peers got from us. */
  private forgotten: Map<Address, number> | undefined;
  private created = 0;
  private readonly random: RandomSource;
  private readonly lifetime: Micros;

  constructor(random: RandomSource, lifetime: Micros) {
    this.random = random;
    this.lifetime = lifetime;
  }

  get size(): number {
    return this.byAddress.size;
  }

  find(address: Address): Peer | undefined {
    return this.byAddress.get(address);
  }

  /** The peer of that address, made when need be, marked as used at `now`. */
  use(address: Address, now: Instant): Peer {
    const known = this.byAddress.get(address);
    if (known !== undefined) {
      known.lastUse = now;
      return known;
    }
    const lookAt = after(now, this.lifetime);
    const index = this.created++;
    const peer: Peer = { address, index, lastUse: now, lookAt, numbers: undefined, open: NOTHING_OPEN, queue: [] };
    this.byAddress.set(address, peer);
    this.sweepQueue.push(peer);
    return peer;
  }

  /** Where the numbers of messages to that peer come from. */
  numbers(peer: Peer): MessageNumbers {
    if (peer.numbers === undefined) {
      const taken = this.forgotten?.get(peer.address) ?? 0;
      this.forgotten?.delete(peer.address);
      peer.numbers = new MessageNumbers(this.random(`coap/${peer.address}`), taken);
    }
    return peer.numbers;
  }

  /** In the order in which they became known. */
  all(): Iterable<Peer> {
    return this.byAddress.values();
  }

  /** Forgets the peers whose time is over. */
  sweep(now: Instant): void {
    for (;;) {
      const peer = this.sweepQueue.peek();
      if (peer === undefined || peer.lookAt > now) return;
      this.sweepQueue.shift();
      const idle = peer.open.length === 0 && peer.queue.length === 0;
      if (idle && after(peer.lastUse, this.lifetime) <= now) {
        this.forget(peer);
      } else {
        peer.lookAt = after(now, this.lifetime);
        this.sweepQueue.push(peer);
      }
    }
  }

  private forget(peer: Peer): void {
    this.byAddress.delete(peer.address);
    if (peer.numbers === undefined) return;
    this.forgotten ??= new Map();
    this.forgotten.set(peer.address, peer.numbers.taken);
    if (this.forgotten.size <= MOST_FORGOTTEN) return;
    for (const oldest of this.forgotten.keys()) {
      this.forgotten.delete(oldest);
      return;
    }
  }
}
