/**
 * The requests that come in: each is shown to the application once, and each copy gets what the first one got.
 *
 * A request stays open until the application answers, resets or ignores it, however long that takes.
 *
 * Spec: RFC 7252 §4.2, §4.3 (CON, NON), §4.5 (deduplication), §5.2 (piggybacked, separate, Non-confirmable response).
 */
import type { Address } from "../address.ts";
import type { Instant } from "../time.ts";
import { admits, type MessageLimit, refusalOf } from "./admission.ts";
import { encodeEmpty, encodeMessage } from "./message.ts";
import type { OutgoingExchanges } from "./outgoing.ts";
import type { Peers } from "./peers.ts";
import type { RecentMessage, RecentMessages } from "./recent-messages.ts";
import type { CoapRules } from "./rules.ts";
import type { CoapContent, CoapEffect, CoapMessage, IncomingId } from "./types.ts";
import { CoapUsageError } from "./usage-error.ts";

interface IncomingRequest extends RecentMessage {
  readonly token: string;
  acknowledged: boolean;
}

/** The open requests of all peers of one endpoint. */
export class IncomingRequests {
  private readonly open = new Map<IncomingId, IncomingRequest>();
  private lastId = 0;
  private readonly rules: CoapRules;
  private readonly peers: Peers;
  private readonly recent: RecentMessages;
  private readonly outgoing: OutgoingExchanges;
  private readonly deduplicate: boolean;
  private readonly limit: MessageLimit | undefined;

  constructor(
    rules: CoapRules,
    peers: Peers,
    recent: RecentMessages,
    outgoing: OutgoingExchanges,
    deduplicate: boolean,
    limit: MessageLimit | undefined,
  ) {
    this.rules = rules;
    this.peers = peers;
    this.recent = recent;
    this.outgoing = outgoing;
    this.deduplicate = deduplicate;
    this.limit = limit;
  }

  receive(from: Address, message: CoapMessage, now: Instant, effects: CoapEffect[]): void {
    if (!this.isAdmitted(from, message.messageId)) {
      const refusal = refusalOf(message);
      if (refusal !== undefined) effects.push({ kind: "send", to: from, bytes: refusal });
      return;
    }
    const peer = this.peers.use(from, now);
    const { messageId, token } = message;
    const earlier = this.deduplicate ? this.recent.find(peer, messageId) : undefined;
    if (earlier !== undefined) {
      const treatment = this.rules.duplicateRequest(message);
      if (treatment === "same-answer" && earlier.reply !== undefined) {
        effects.push({ kind: "send", to: from, bytes: earlier.reply });
      }
      if (treatment !== "process-again") return;
    }
    const confirmable = message.type === "CON";
    const request: IncomingRequest = {
      peer,
      messageId,
      confirmable,
      reply: undefined,
      expires: now,
      token,
      acknowledged: false,
    };
    if (this.deduplicate && earlier === undefined) this.recent.remember(request, now);
    const id = ++this.lastId as IncomingId;
    this.open.set(id, request);
    effects.push({ kind: "request", id, from, message });
  }

  /** A copy of what is remembered already always is. */
  private isAdmitted(from: Address, messageId: number): boolean {
    if (this.limit === undefined) return true;
    const remembered = Math.max(this.recent.size, this.peers.size);
    if (admits(this.limit, remembered, from)) return true;
    const peer = this.peers.find(from);
    return peer !== undefined && this.recent.find(peer, messageId) !== undefined;
  }

  respond(
    id: IncomingId,
    content: CoapContent,
    now: Instant,
    effects: CoapEffect[],
    separately?: "CON" | "NON" | undefined,
  ): void {
    const request = this.settle(id);
    const { messageId } = request;
    const token = this.rules.responseToken(request.token, content.code);
    // By address: a peer that waited longer than EXCHANGE_LIFETIME for this answer may have been forgotten meanwhile.
    const peer = this.peers.use(request.peer.address, now);
    if (!request.confirmable || separately === "NON") this.outgoing.respondOnce(peer, token, content, now, effects);
    else if (request.acknowledged || separately === "CON")
      this.outgoing.respondSeparately(peer, token, content, now, effects);
    else {
      const { code, options, payload } = content;
      this.reply(request, encodeMessage({ type: "ACK", code, messageId, token, options, payload }), effects);
    }
  }

  /** Once; later calls and Non-confirmable requests get no ACK. */
  acknowledge(id: IncomingId, effects: CoapEffect[]): void {
    const request = this.get(id);
    if (!request.confirmable || request.acknowledged) return;
    request.acknowledged = true;
    this.reply(request, encodeEmpty("ACK", request.messageId), effects);
  }

  reset(id: IncomingId, effects: CoapEffect[]): void {
    const request = this.settle(id);
    this.reply(request, encodeEmpty("RST", request.messageId), effects);
  }

  ignore(id: IncomingId): void {
    this.settle(id);
  }

  private reply(request: IncomingRequest, bytes: Uint8Array, effects: CoapEffect[]): void {
    // A copy of a Non-confirmable message is ignored silently, RFC 7252 §4.5.
    if (request.confirmable) request.reply = bytes;
    effects.push({ kind: "send", to: request.peer.address, bytes });
  }

  private settle(id: IncomingId): IncomingRequest {
    const request = this.get(id);
    this.open.delete(id);
    return request;
  }

  private get(id: IncomingId): IncomingRequest {
    const request = this.open.get(id);
    if (request === undefined) throw new CoapUsageError(`incoming request ${id} is not open`);
    return request;
  }
}
