/**
 * The Confirmable messages that we start: requests, and separate responses to requests of others.
 *
 * Decides when each is sent, sent again and given up, and which ACK, RST or response belongs to which. What arrives is
 * sorted by the caller; datagrams and reports are appended to the `effects` that the caller passes in.
 *
 * Spec: RFC 7252 §4.2 (reliable transmission), §4.4 (matching), §4.7 (NSTART), §5.3.2 (request and response).
 */
import type { Address } from "../address.ts";
import { after, type Instant, type Micros } from "../time.ts";
import { type Exchange, newExchange } from "./exchange.ts";
import { writeHex } from "./hex.ts";
import { encodeMessage, TOKEN_OFFSET, writeMessageId } from "./message.ts";
import { type CoapParams, exchangeLifetime } from "./params.ts";
import { NOTHING_OPEN, type Peer, type Peers } from "./peers.ts";
import type { CoapRules } from "./rules.ts";
import { Timers } from "./timers.ts";
import type { CoapContent, CoapEffect, CoapMessage, ExchangeFailure, OutgoingId } from "./types.ts";

/** Holds the place of the token until a request is numbered. */
const UNNUMBERED_TOKEN = "00000000";

/** The Confirmable messages of one endpoint that are waiting or open. */
export class OutgoingExchanges {
  private readonly requests = new Map<OutgoingId, Exchange>();
  private readonly timers = new Timers<Exchange>();
  private lastId = 0;
  private readonly params: CoapParams;
  private readonly rules: CoapRules;
  private readonly peers: Peers;
  private readonly lifetime: Micros;

  constructor(params: CoapParams, rules: CoapRules, peers: Peers) {
    this.params = params;
    this.rules = rules;
    this.peers = peers;
    this.lifetime = exchangeLifetime(params);
  }

  get deadline(): Instant {
    return this.timers.deadline;
  }

  /** Requests that have not ended. */
  get size(): number {
    return this.requests.size;
  }

  request(to: Address, content: CoapContent, now: Instant, effects: CoapEffect[], keep?: string): OutgoingId {
    const token = keep ?? this.rules.tokenOf(UNNUMBERED_TOKEN);
    const bytes = encodeContent("CON", content, token, 0);
    const peer = this.peers.use(to, now);
    const id = ++this.lastId as OutgoingId;
    const exchange = newExchange(id, peer, bytes, token, keep !== undefined);
    this.requests.set(id, exchange);
    if (peer.queue.length === 0 && this.mayStart(peer)) this.start(exchange, now, effects);
    else peer.queue.push(exchange);
    return id;
  }

  /** A separate response goes out at once: were it to wait for our own request, two endpoints could wait for each other. */
  respondSeparately(peer: Peer, token: string, content: CoapContent, now: Instant, effects: CoapEffect[]): void {
    this.start(newExchange(undefined, peer, encodeContent("CON", content, token, 0), token), now, effects);
  }

  /** A response to a Non-confirmable request. When no message id is free it is lost, as any such message may be. */
  respondOnce(peer: Peer, token: string, content: CoapContent, now: Instant, effects: CoapEffect[]): void {
    const numbers = this.peers.numbers(peer);
    const sequence = numbers.take(now, this.lifetime);
    if (sequence === undefined) return;
    const messageId = numbers.messageId(this.rules.messageIdIndex(sequence));
    effects.push({ kind: "send", to: peer.address, bytes: encodeContent("NON", content, token, messageId) });
  }

  acknowledged(from: Address, messageId: number, now: Instant, effects: CoapEffect[]): void {
    const exchange = this.byMessageId(from, messageId);
    if (exchange?.phase !== "unacknowledged") return;
    if (exchange.id === undefined) this.end(exchange, now, effects);
    else if (this.rules.emptyAck() === "awaits-response") {
      exchange.phase = "acknowledged";
      this.timers.set(exchange, after(now, this.rules.responseTimeout(this.params)));
    }
  }

  reset(from: Address, messageId: number, now: Instant, effects: CoapEffect[]): void {
    const exchange = this.byMessageId(from, messageId);
    if (exchange === undefined) return;
    if (exchange.id === undefined) this.end(exchange, now, effects);
    else if (this.rules.reset(exchange.phase === "acknowledged") === "fails")
      this.fail(exchange, "reset", now, effects);
  }

  /** The request that an ACK with a response belongs to: same message id, token and peer. RFC 7252 §5.3.2. */
  matchPiggybacked(from: Address, message: CoapMessage): Exchange | undefined {
    const exchange = this.byMessageId(from, message.messageId);
    if (exchange?.id === undefined) return undefined;
    return exchange.token === message.token || !this.rules.tokenMustMatch() ? exchange : undefined;
  }

  /** The request that a response in a message of its own belongs to: same token and peer. RFC 7252 §5.3.2. */
  matchSeparate(from: Address, message: CoapMessage): Exchange | undefined {
    return this.search(
      from,
      (exchange) => exchange.id !== undefined && exchange.phase !== "unnumbered" && exchange.token === message.token,
    );
  }

  /** The response to this request came. */
  complete(exchange: Exchange, from: Address, message: CoapMessage, now: Instant, effects: CoapEffect[]): void {
    const { id } = exchange;
    if (id === undefined || exchange.phase === "ended") return;
    const early = exchange.phase === "unacknowledged" && message.type !== "ACK";
    if (early && this.rules.responseBeforeAck() === "ignored") return;
    effects.push({ kind: "response", id, from, message });
    this.end(exchange, now, effects);
  }

  cancel(id: OutgoingId, now: Instant, effects: CoapEffect[]): void {
    const exchange = this.requests.get(id);
    if (exchange === undefined) return;
    const { queue } = exchange.peer;
    if (exchange.phase === "queued") queue.splice(queue.indexOf(exchange), 1);
    this.end(exchange, now, effects);
  }

  /** Fails what is on its way. What is queued was never sent, so it goes on: its own datagram may get through. */
  unreachable(to: Address, now: Instant, effects: CoapEffect[]): void {
    const consequence = this.rules.unreachable();
    const peer = this.peers.find(to);
    if (peer === undefined || consequence === "ignored") return;
    for (const lost of consequence === "fails" ? [peer] : [...this.peers.all()]) this.failAll(lost, now, effects);
  }

  private failAll(peer: Peer, now: Instant, effects: CoapEffect[]): void {
    for (const exchange of peer.open) {
      if (exchange.phase === "unnumbered") continue;
      if (exchange.id === undefined) this.end(exchange, now, effects);
      else this.fail(exchange, "unreachable", now, effects);
    }
  }

  tick(now: Instant, effects: CoapEffect[]): void {
    for (let exchange = this.timers.takeDue(now); exchange !== undefined; exchange = this.timers.takeDue(now)) {
      if (exchange.phase === "unnumbered") this.transmitFirst(exchange, now, effects);
      else if (exchange.phase === "acknowledged") this.fail(exchange, "no-response", now, effects);
      else if (exchange.transmissions < this.rules.transmissions(this.params)) this.retransmit(exchange, now, effects);
      else this.fail(exchange, "no-acknowledgement", now, effects);
    }
  }

  private startQueued(peer: Peer, now: Instant, effects: CoapEffect[]): void {
    while (peer.queue.length > 0 && this.mayStart(peer)) {
      const next = peer.queue.shift();
      if (next !== undefined) this.start(next, now, effects);
    }
  }

  private mayStart(peer: Peer): boolean {
    return countRequests(peer.open) < this.rules.openRequests();
  }

  private start(exchange: Exchange, now: Instant, effects: CoapEffect[]): void {
    exchange.peer.open = [...exchange.peer.open, exchange];
    this.transmitFirst(exchange, now, effects);
  }

  private transmitFirst(exchange: Exchange, now: Instant, effects: CoapEffect[]): void {
    const numbers = this.peers.numbers(exchange.peer);
    const sequence = numbers.take(now, this.lifetime);
    if (sequence === undefined) {
      exchange.phase = "unnumbered";
      this.timers.set(exchange, numbers.freeAt(this.lifetime));
      return;
    }
    exchange.messageId = numbers.messageId(this.rules.messageIdIndex(sequence));
    writeMessageId(exchange.bytes, exchange.messageId);
    if (exchange.id !== undefined && !exchange.keepsToken) {
      exchange.token = this.rules.tokenOf(numbers.token(this.rules.tokenIndex(sequence)));
      writeHex(exchange.token, exchange.bytes, TOKEN_OFFSET);
    }
    exchange.phase = "unacknowledged";
    exchange.timeout = this.rules.firstTimeout(this.params, numbers.timeoutRandom(sequence));
    this.transmit(exchange, now, effects);
  }

  private retransmit(exchange: Exchange, now: Instant, effects: CoapEffect[]): void {
    if (this.rules.retransmission() === "new-message-id") this.renumber(exchange, now);
    exchange.timeout = this.rules.nextTimeout(exchange.timeout, exchange.transmissions, this.params);
    this.transmit(exchange, now, effects);
  }

  private renumber(exchange: Exchange, now: Instant): void {
    const numbers = this.peers.numbers(exchange.peer);
    const sequence = numbers.take(now, this.lifetime);
    if (sequence === undefined) return;
    exchange.messageId = numbers.messageId(sequence);
    exchange.bytes = exchange.bytes.slice();
    writeMessageId(exchange.bytes, exchange.messageId);
  }

  private transmit(exchange: Exchange, now: Instant, effects: CoapEffect[]): void {
    exchange.transmissions++;
    exchange.peer.lastUse = now;
    this.timers.set(exchange, after(now, exchange.timeout));
    effects.push({ kind: "send", to: exchange.peer.address, bytes: exchange.bytes });
  }

  private fail(exchange: Exchange, reason: ExchangeFailure, now: Instant, effects: CoapEffect[]): void {
    const { id, peer } = exchange;
    if (id !== undefined) effects.push({ kind: "failed", id, to: peer.address, reason });
    this.end(exchange, now, effects);
  }

  private end(exchange: Exchange, now: Instant, effects: CoapEffect[]): void {
    const { id, peer } = exchange;
    exchange.phase = "ended";
    this.timers.remove(exchange);
    if (peer.open.includes(exchange))
      peer.open = peer.open.length === 1 ? NOTHING_OPEN : peer.open.filter((other) => other !== exchange);
    if (id !== undefined) this.requests.delete(id);
    this.startQueued(peer, now, effects);
  }

  private byMessageId(from: Address, messageId: number): Exchange | undefined {
    return this.search(from, (exchange) => exchange.messageId === messageId);
  }

  private search(from: Address, matches: (exchange: Exchange) => boolean): Exchange | undefined {
    const found = this.peers.find(from)?.open.find(matches);
    if (found !== undefined || this.rules.sourceMustMatch()) return found;
    for (const peer of this.peers.all()) {
      const elsewhere = peer.open.find(matches);
      if (elsewhere !== undefined) return elsewhere;
    }
    return undefined;
  }
}

const encodeContent = (type: "CON" | "NON", content: CoapContent, token: string, messageId: number): Uint8Array => {
  const { code, options, payload } = content;
  return encodeMessage({ type, code, messageId, token, options, payload });
};

function countRequests(open: readonly Exchange[]): number {
  let count = 0;
  for (const exchange of open) if (exchange.id !== undefined) count++;
  return count;
}
