/**
 * The second server's own message layer over UDP: copies, acknowledgements, retransmission, matching of responses.
 *
 * It shares the codec with the rest of the project and nothing else: `createCoapEndpoint` would be the same witness
 * twice. Sans-I/O: datagrams leave through `send`, time passes through the agenda.
 *
 * Spec: RFC 7252 §4.2 (reliable transmission), §4.3 (NON), §4.5 (copies), §5.2 (responses), §5.3 (matching).
 */
import type { Address } from "../../src/protocol/address.ts";
import { EMPTY_CODE, isRequest, isResponse } from "../../src/protocol/coap/codes.ts";
import { decodeMessage, encodeEmpty, encodeMessage, readMessageId, readType } from "../../src/protocol/coap/message.ts";
import { unknownCriticalOptions } from "../../src/protocol/coap/options.ts";
import { type CoapParams, exchangeLifetime } from "../../src/protocol/coap/params.ts";
import type { CoapContent, CoapMessage } from "../../src/protocol/coap/types.ts";
import type { RandomSource, RandomStream } from "../../src/protocol/random.ts";
import { after, type Instant, micros, millis } from "../../src/protocol/time.ts";
import type { Agenda, Appointment } from "./agenda.ts";
import type { WireHabits } from "./habits.ts";

export type FlightEnd =
  | { readonly kind: "response"; readonly message: CoapMessage }
  | { readonly kind: "acknowledged" }
  | { readonly kind: "failed"; readonly reason: "no-acknowledgement" | "no-response" | "reset" };

/** A Confirmable message of ours that is not settled: a request, a separate response, or a ping. */
export interface Flight {
  readonly purpose: "request" | "response" | "ping";
  readonly to: Address;
  readonly messageId: number;
  readonly token: string;
  readonly bytes: Uint8Array;
  readonly settled: (end: FlightEnd) => void;
  transmissions: number;
  /** µs until the next transmission. */
  timeout: number;
  timer: Appointment | undefined;
}

/** What is answered to a request, and what happens once the answer has left. */
export interface Served {
  readonly content: CoapContent;
  readonly sent: () => void;
}

export interface MessagesOutside {
  readonly agenda: Agenda;
  readonly coap: CoapParams;
  readonly habits: WireHabits;
  readonly random: RandomSource;
  readonly send: (to: Address, bytes: Uint8Array) => void;
  readonly serve: (from: Address, request: CoapMessage) => Served;
}

interface Peer {
  readonly random: RandomStream;
  readonly flights: Flight[];
  /** Message ids of ours, and until when they must not be used again (§4.4). */
  readonly usedIds: Map<number, Instant>;
  readonly usedTokens: Set<string>;
  /** Messages of theirs that we answered, by message id: until when they count as copies, and what copies get (§4.5). */
  readonly received: Map<number, { readonly until: Instant; reply: Uint8Array | undefined }>;
}

export class Messages {
  private readonly outside: MessagesOutside;
  private readonly peers = new Map<Address, Peer>();

  constructor(outside: MessagesOutside) {
    this.outside = outside;
  }

  /** Sends a Confirmable request; `settled` hears once how it ended, unless it is dropped. */
  request(to: Address, content: CoapContent, settled: Flight["settled"]): Flight {
    const peer = this.peer(to);
    const message = {
      ...content,
      type: "CON" as const,
      messageId: this.freshId(peer),
      token: freshToken(peer, this.outside.habits),
    };
    return this.launch("request", to, message.messageId, message.token, encodeMessage(message), settled);
  }

  /** An Empty Confirmable message, which asks for nothing but a Reset (§4.3). Sent once. */
  ping(to: Address, settled: Flight["settled"]): Flight {
    const messageId = this.freshId(this.peer(to));
    return this.launch("ping", to, messageId, "", encodeEmpty("CON", messageId), settled);
  }

  /** Forgets a flight: it is not repeated, and what still comes for it matches nothing. */
  drop(flight: Flight): void {
    this.outside.agenda.cancel(flight.timer);
    const { flights } = this.peer(flight.to);
    const position = flights.indexOf(flight);
    if (position >= 0) flights.splice(position, 1);
  }

  receive(from: Address, bytes: Uint8Array): void {
    const decoded = decodeMessage(bytes);
    if (!decoded.ok) {
      const rejectable = decoded.error.kind !== "too-short" && decoded.error.kind !== "version";
      if (rejectable && readType(bytes) === "CON") this.outside.send(from, encodeEmpty("RST", readMessageId(bytes)));
      return;
    }
    const message = decoded.value;
    if (message.type === "ACK" || message.type === "RST") this.acknowledged(from, message);
    else this.arrived(from, message);
  }

  // ── ACK and RST

  private acknowledged(from: Address, message: CoapMessage): void {
    const flight = this.peer(from).flights.find(({ messageId }) => messageId === message.messageId);
    if (flight === undefined) return;
    if (message.type === "RST") this.finish(flight, { kind: "failed", reason: "reset" });
    else if (message.code !== EMPTY_CODE) {
      if (flight.purpose === "request" && message.token === flight.token)
        this.finish(flight, { kind: "response", message });
    } else if (flight.purpose !== "request") this.finish(flight, { kind: "acknowledged" });
    else this.awaitResponse(flight);
  }

  /** No copy is sent any more; the response comes in a message of its own, or never (§5.2.2). */
  private awaitResponse(flight: Flight): void {
    const { agenda, habits } = this.outside;
    if (flight.timeout === Number.POSITIVE_INFINITY) return;
    flight.timeout = Number.POSITIVE_INFINITY;
    agenda.cancel(flight.timer);
    flight.timer = agenda.at(after(agenda.now, millis(habits.responseTimeoutMs)), () =>
      this.finish(flight, { kind: "failed", reason: "no-response" }),
    );
  }

  // ── CON and NON

  private arrived(from: Address, message: CoapMessage): void {
    const peer = this.peer(from);
    if (message.code === EMPTY_CODE) {
      if (message.type === "CON") this.outside.send(from, encodeEmpty("RST", message.messageId));
      return;
    }
    const known = peer.received.get(message.messageId);
    if (known !== undefined && known.until > this.outside.agenda.now) {
      if (known.reply !== undefined) this.outside.send(from, known.reply);
      return;
    }
    if (isRequest(message.code)) this.requested(from, peer, message);
    else if (isResponse(message.code)) this.responded(from, peer, message);
    else if (message.type === "CON") this.reply(from, peer, message.messageId, encodeEmpty("RST", message.messageId));
  }

  private responded(from: Address, peer: Peer, message: CoapMessage): void {
    const flight = peer.flights.find(({ purpose, token }) => purpose === "request" && token === message.token);
    const type = flight === undefined ? "RST" : "ACK";
    if (message.type === "CON") this.reply(from, peer, message.messageId, encodeEmpty(type, message.messageId));
    else this.remember(peer, message.messageId, undefined);
    if (flight !== undefined) this.finish(flight, { kind: "response", message });
  }

  private requested(from: Address, peer: Peer, message: CoapMessage): void {
    const { agenda, habits } = this.outside;
    const bad = unknownCriticalOptions(message).length > 0;
    const served = bad
      ? { content: { code: "4.02" as const, options: [], payload: new Uint8Array(0) }, sent: () => {} }
      : this.outside.serve(from, message);
    if (message.type === "NON" || habits.separate === undefined) {
      const type = message.type === "NON" ? "NON" : "ACK";
      const messageId = type === "NON" ? this.freshId(peer) : message.messageId;
      const bytes = encodeMessage({ ...served.content, type, messageId, token: message.token });
      this.reply(from, peer, message.messageId, bytes);
      served.sent();
      return;
    }
    const { fromMs, toMs } = habits.separate;
    this.reply(from, peer, message.messageId, encodeEmpty("ACK", message.messageId));
    const delay = millis(fromMs + (peer.random() % (toMs - fromMs + 1)));
    agenda.at(after(agenda.now, delay), () => this.answerSeparately(from, peer, message.token, served));
  }

  private answerSeparately(to: Address, peer: Peer, token: string, { content, sent }: Served): void {
    const separate = this.outside.habits.separate;
    const messageId = this.freshId(peer);
    const type = separate?.type ?? "CON";
    const bytes = encodeMessage({ ...content, type, messageId, token });
    if (type === "NON") this.outside.send(to, bytes);
    else this.launch("response", to, messageId, "", bytes, separate?.thenWaits === true ? sent : () => {});
    if (type === "NON" || separate?.thenWaits !== true) sent();
  }

  private reply(to: Address, peer: Peer, messageId: number, bytes: Uint8Array): void {
    this.remember(peer, messageId, bytes);
    this.outside.send(to, bytes);
  }

  private remember(peer: Peer, messageId: number, reply: Uint8Array | undefined): void {
    const { agenda, coap } = this.outside;
    peer.received.set(messageId, { until: after(agenda.now, exchangeLifetime(coap)), reply });
  }

  // ── sending Confirmable messages

  private launch(
    purpose: Flight["purpose"],
    to: Address,
    messageId: number,
    token: string,
    bytes: Uint8Array,
    settled: Flight["settled"],
  ): Flight {
    const { coap, habits } = this.outside;
    const peer = this.peer(to);
    const span = coap.ackTimeout * (coap.ackRandomFactor - 1);
    const share =
      habits.firstTimeout === "drawn" ? (peer.random() % 1_001) / 1_000 : habits.firstTimeout === "shortest" ? 0 : 1;
    const timeout = micros(coap.ackTimeout + span * share);
    const flight: Flight = {
      purpose,
      to,
      messageId,
      token,
      bytes,
      settled,
      transmissions: 0,
      timeout,
      timer: undefined,
    };
    peer.flights.push(flight);
    this.transmit(flight);
    return flight;
  }

  private transmit(flight: Flight): void {
    const { agenda, coap, send } = this.outside;
    flight.transmissions += 1;
    send(flight.to, flight.bytes);
    flight.timer = agenda.at(after(agenda.now, micros(flight.timeout)), () => {
      const last = flight.purpose === "ping" || flight.transmissions > coap.maxRetransmit;
      if (last) this.finish(flight, { kind: "failed", reason: "no-acknowledgement" });
      else {
        flight.timeout *= 2;
        this.transmit(flight);
      }
    });
  }

  private finish(flight: Flight, end: FlightEnd): void {
    this.drop(flight);
    flight.settled(end);
  }

  // ── numbers

  private peer(address: Address): Peer {
    const known = this.peers.get(address);
    if (known !== undefined) return known;
    const peer: Peer = {
      random: this.outside.random(`peer/${address}`),
      flights: [],
      usedIds: new Map(),
      usedTokens: new Set(),
      received: new Map(),
    };
    this.peers.set(address, peer);
    return peer;
  }

  private freshId(peer: Peer): number {
    const { agenda, coap } = this.outside;
    for (;;) {
      const id = peer.random() % 0x1_0000;
      if ((peer.usedIds.get(id) ?? 0) > agenda.now) continue;
      peer.usedIds.set(id, after(agenda.now, exchangeLifetime(coap)));
      return id;
    }
  }
}

/** So many tokens are remembered: of one byte there are 256. */
const MOST_TOKENS = 128;

/** A token of `tokenBytes`, or of any length from 1 to 8, that this peer has not been sent lately. */
function freshToken({ random, usedTokens }: Peer, { tokenBytes }: WireHabits): string {
  for (;;) {
    const length = tokenBytes === "any" ? 1 + (random() % 8) : tokenBytes;
    const token = Array.from({ length }, () => (random() % 256).toString(16).padStart(2, "0")).join("");
    if (usedTokens.has(token)) continue;
    usedTokens.add(token);
    if (usedTokens.size > MOST_TOKENS) usedTokens.delete(usedTokens.values().next().value ?? "");
    return token;
  }
}
