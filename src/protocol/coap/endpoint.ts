/**
 * The message layer of one CoAP endpoint: client and server on one socket, with one space of message ids per peer.
 *
 * Sans-I/O: no socket, timer or clock. The caller passes `now`, performs the effects in their order and calls `tick`
 * at `deadline`. What a request means, and which options are understood, is the application's matter.
 *
 * Spec: RFC 7252 §4 (message layer), §5.2 and §5.3 (responses and their matching).
 */
import type { Address } from "../address.ts";
import type { RandomSource } from "../random.ts";
import type { Instant } from "../time.ts";
import type { MessageLimit } from "./admission.ts";
import { EMPTY_CODE, isRequest, isResponse } from "./codes.ts";
import { IncomingRequests } from "./incoming.ts";
import { decodeMessage, encodeEmpty, type MessageFormatError, readMessageId, readType } from "./message.ts";
import { OutgoingExchanges } from "./outgoing.ts";
import { type CoapParams, exchangeLifetime, nonLifetime } from "./params.ts";
import { Peers } from "./peers.ts";
import { RecentMessages } from "./recent-messages.ts";
import { COAP_RULES, type CoapRules } from "./rules.ts";
import type { CoapContent, CoapEffect, CoapMessage, IncomingId, OutgoingId } from "./types.ts";

/**
 * All calls take `now`, which never goes back. No call throws because of what a peer sent or when; `respond`,
 * `acknowledge`, `reset` and `ignore` throw a `CoapUsageError` for a request that was already answered, reset or ignored.
 */
export interface CoapEndpoint {
  /** When to call `tick`; `NEVER` when nothing is on its way. May change with every call. */
  readonly deadline: Instant;
  /** A datagram came in. Its bytes must not change afterwards: the messages in effects may be views of them. */
  receive(from: Address, bytes: Uint8Array, now: Instant): readonly CoapEffect[];
  /** The deadline was reached. Nothing happens when it was not. */
  tick(now: Instant): readonly CoapEffect[];
  /**
   * Starts a Confirmable request; waits its turn while another exchange with that peer is open (NSTART 1).
   *
   * @param token that of an earlier request that this one goes on with, in hex; absent: a new one
   */
  request(
    to: Address,
    content: CoapContent,
    now: Instant,
    token?: string,
  ): { readonly id: OutgoingId; readonly effects: readonly CoapEffect[] };
  /**
   * Answers: piggybacked, or as a separate Confirmable response when `acknowledge` went before.
   *
   * @param separately as a message of its own of that type, even when nothing was acknowledged: RFC 7252 §5.2.2, where
   *   the empty ACK was lost or overtaken
   */
  respond(id: IncomingId, content: CoapContent, now: Instant, separately?: "CON" | "NON"): readonly CoapEffect[];
  /** Sends the empty ACK that announces a separate response; nothing for a Non-confirmable request or a second time. */
  acknowledge(id: IncomingId, now: Instant): readonly CoapEffect[];
  /** Answers with RST. */
  reset(id: IncomingId, now: Instant): readonly CoapEffect[];
  /** Never answers this request, nor its copies. */
  ignore(id: IncomingId): void;
  /** Forgets a request that we sent: no retransmission, no effect; a late Confirmable response gets RST. */
  cancel(id: OutgoingId, now: Instant): readonly CoapEffect[];
  /** The network said that the address cannot be reached: what is on its way there fails, what is queued goes on. */
  unreachable(to: Address, now: Instant): readonly CoapEffect[];
}

/** What an endpoint is made of. */
export interface CoapEndpointOptions {
  readonly params: CoapParams;
  /** Asked for one stream per peer, `coap/<peer>`; to be keyed by endpoint, or two endpoints count alike. */
  readonly random: RandomSource;
  /** Default true. `false`: every copy of a request is a new request, as with a device that does not deduplicate. */
  readonly deduplicate?: boolean | undefined;
  /** Replaces single rules of the message layer; for variants, not for configuration. */
  readonly rules?: Partial<CoapRules> | undefined;
  /** Bounds what is remembered of requests. Default: their time of life alone does. */
  readonly limit?: MessageLimit | undefined;
}

/** Makes an endpoint that knows no peer yet. */
export const createCoapEndpoint = (options: CoapEndpointOptions): CoapEndpoint => new Endpoint(options);

const NO_EFFECTS: readonly CoapEffect[] = Object.freeze([]);

class Endpoint implements CoapEndpoint {
  private readonly rules: CoapRules;
  private readonly peers: Peers;
  private readonly recent: RecentMessages;
  private readonly outgoing: OutgoingExchanges;
  private readonly incoming: IncomingRequests;

  constructor({ params, random, rules, deduplicate, limit }: CoapEndpointOptions) {
    this.rules = rules === undefined ? COAP_RULES : { ...COAP_RULES, ...rules };
    this.peers = new Peers(random, exchangeLifetime(params));
    this.recent = new RecentMessages(exchangeLifetime(params), nonLifetime(params));
    this.outgoing = new OutgoingExchanges(params, this.rules, this.peers);
    const remembers = deduplicate !== false;
    this.incoming = new IncomingRequests(this.rules, this.peers, this.recent, this.outgoing, remembers, limit);
  }

  get deadline(): Instant {
    return this.outgoing.deadline;
  }

  receive(from: Address, bytes: Uint8Array, now: Instant): readonly CoapEffect[] {
    this.sweep(now);
    const decoded = decodeMessage(bytes);
    if (!decoded.ok) return rejectMalformed(from, bytes, decoded.error);
    const message = decoded.value;
    const effects: CoapEffect[] = [];
    switch (message.type) {
      case "CON":
      case "NON":
        this.receiveMessage(from, message, now, effects);
        break;
      case "ACK":
        this.receiveAck(from, message, now, effects);
        break;
      case "RST":
        this.outgoing.reset(from, message.messageId, now, effects);
    }
    return effects;
  }

  tick(now: Instant): readonly CoapEffect[] {
    this.sweep(now);
    if (now < this.deadline) return NO_EFFECTS;
    const effects: CoapEffect[] = [];
    this.outgoing.tick(now, effects);
    return effects;
  }

  request(to: Address, content: CoapContent, now: Instant, token?: string) {
    const effects: CoapEffect[] = [];
    const id = this.outgoing.request(to, content, now, effects, token);
    // Afterwards: a client that asks its server once an hour need not forget it just before.
    this.sweep(now);
    return { id, effects };
  }

  respond(id: IncomingId, content: CoapContent, now: Instant, separately?: "CON" | "NON"): readonly CoapEffect[] {
    const effects: CoapEffect[] = [];
    this.incoming.respond(id, content, now, effects, separately);
    return effects;
  }

  acknowledge(id: IncomingId, _now: Instant): readonly CoapEffect[] {
    const effects: CoapEffect[] = [];
    this.incoming.acknowledge(id, effects);
    return effects;
  }

  reset(id: IncomingId, _now: Instant): readonly CoapEffect[] {
    const effects: CoapEffect[] = [];
    this.incoming.reset(id, effects);
    return effects;
  }

  ignore(id: IncomingId): void {
    this.incoming.ignore(id);
  }

  cancel(id: OutgoingId, now: Instant): readonly CoapEffect[] {
    const effects: CoapEffect[] = [];
    this.outgoing.cancel(id, now, effects);
    return effects;
  }

  unreachable(to: Address, now: Instant): readonly CoapEffect[] {
    const effects: CoapEffect[] = [];
    this.outgoing.unreachable(to, now, effects);
    return effects;
  }

  private sweep(now: Instant): void {
    this.recent.sweep(now);
    this.peers.sweep(now);
  }

  private receiveMessage(from: Address, message: CoapMessage, now: Instant, effects: CoapEffect[]): void {
    const { code } = message;
    if (isRequest(code)) this.incoming.receive(from, message, now, effects);
    else if (isResponse(code)) this.receiveResponse(from, message, now, effects);
    else if (message.type === "CON" && (code !== EMPTY_CODE || this.rules.ping() === "reset")) {
      // A ping, or a code of a reserved class: both are rejected, RFC 7252 §4.2, §4.3. Non-confirmable: silently.
      effects.push({ kind: "send", to: from, bytes: encodeEmpty("RST", message.messageId) });
    }
  }

  private receiveAck(from: Address, message: CoapMessage, now: Instant, effects: CoapEffect[]): void {
    if (message.code === EMPTY_CODE) this.outgoing.acknowledged(from, message.messageId, now, effects);
    else if (isResponse(message.code)) {
      const exchange = this.outgoing.matchPiggybacked(from, message);
      if (exchange !== undefined) this.outgoing.complete(exchange, from, message, now, effects);
    }
  }

  /** A response in a message of its own. A copy of a Confirmable one gets the ACK of the first, RFC 7252 §4.5. */
  private receiveResponse(from: Address, message: CoapMessage, now: Instant, effects: CoapEffect[]): void {
    const { messageId } = message;
    const confirmable = message.type === "CON";
    const known = this.peers.find(from);
    const earlier = known === undefined || !confirmable ? undefined : this.recent.find(known, messageId);
    if (earlier !== undefined) {
      if (earlier.reply !== undefined) effects.push({ kind: "send", to: from, bytes: earlier.reply });
      return;
    }
    const exchange = this.outgoing.matchSeparate(from, message);
    if (confirmable) {
      const treatment = exchange === undefined ? this.rules.unmatchedResponse() : this.rules.matchedResponse();
      const reply = treatment === "silence" ? undefined : encodeEmpty(treatment === "reset" ? "RST" : "ACK", messageId);
      if (reply !== undefined) effects.push({ kind: "send", to: from, bytes: reply });
      if (exchange !== undefined) {
        const peer = this.peers.use(from, now);
        this.recent.remember({ peer, messageId, confirmable, reply, expires: now }, now);
      }
    }
    if (exchange !== undefined) this.outgoing.complete(exchange, from, message, now, effects);
  }
}

/** A malformed Confirmable message is rejected with RST, anything else silently. RFC 7252 §3 (version), §4.2, §4.3. */
function rejectMalformed(from: Address, bytes: Uint8Array, error: MessageFormatError): readonly CoapEffect[] {
  const silent = error.kind === "too-short" || error.kind === "version" || readType(bytes) !== "CON";
  return silent ? NO_EFFECTS : [{ kind: "send", to: from, bytes: encodeEmpty("RST", readMessageId(bytes)) }];
}
