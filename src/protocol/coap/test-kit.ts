/**
 * For tests of the message layer: an endpoint with literal messages on both sides. Used by tests only.
 */
import { type Address, address } from "../address.ts";
import type { RandomSource, RandomStream } from "../random.ts";
import { after, type Instant, SIMULATION_START, seconds, toSeconds } from "../time.ts";
import { type CoapEndpoint, type CoapEndpointOptions, createCoapEndpoint } from "./endpoint.ts";
import { hexFromBytes } from "./hex.ts";
import { decodeMessage, encodeMessage, NO_OPTIONS, NO_PAYLOAD } from "./message.ts";
import { COAP_DEFAULTS } from "./params.ts";
import type { CoapContent, CoapEffect, CoapMessage } from "./types.ts";

export const PEER: Address = address("192.0.2.1:5683");
export const STRANGER: Address = address("192.0.2.66:5683");

/** A point in time by its distance from the start of simulated time. */
export const at = (secondsFromStart: number): Instant => after(SIMULATION_START, seconds(secondsFromStart));
export const secondsOf = (instant: Instant): number => toSeconds((instant - SIMULATION_START) as never);

/** A stream per key from a 32-bit hash of seed and key: enough to differ, the same on every machine. */
export const keyedRandom =
  (seed: number): RandomSource =>
  (key): RandomStream => {
    let state = seed | 0;
    for (const letter of key) state = Math.imul(state ^ (letter.codePointAt(0) ?? 0), 0x0100_0193);
    return () => {
      state = (state + 0x6d2b_79f5) | 0;
      const mixed = Math.imul(state ^ (state >>> 15), 1 | state);
      return (mixed ^ (mixed >>> 13)) >>> 0;
    };
  };

/** RFC 7252 §4.8 defaults, but no jitter: the schedule is 0, 2, 6, 14, 30 and 62 s. */
export const NO_JITTER = { ...COAP_DEFAULTS, ackRandomFactor: 1 };

export const newEndpoint = (options: Partial<CoapEndpointOptions> = {}): CoapEndpoint =>
  createCoapEndpoint({ params: NO_JITTER, random: keyedRandom(1), ...options });

export const content = (code: CoapContent["code"]): CoapContent => ({
  code,
  options: NO_OPTIONS,
  payload: NO_PAYLOAD,
});

/** The bytes of a message; a request 0.01 with message id 7 and token `aa` unless told otherwise. */
export const wire = (fields: Partial<CoapMessage> = {}): Uint8Array =>
  encodeMessage({
    type: "CON",
    code: "0.01",
    messageId: 7,
    token: fields.code === "0.00" ? "" : "aa",
    options: NO_OPTIONS,
    payload: NO_PAYLOAD,
    ...fields,
  });

/** The message in bytes that ought to be one. */
export function read(bytes: Uint8Array): CoapMessage {
  const decoded = decodeMessage(bytes);
  if (!decoded.ok) throw new Error(`malformed: ${hexFromBytes(bytes, 0, bytes.length)}`);
  return decoded.value;
}

/** The messages that effects send, in order. */
export const sent = (effects: readonly CoapEffect[]): CoapMessage[] =>
  effects.flatMap((effect) => (effect.kind === "send" ? [read(effect.bytes)] : []));

/** Effects in short: `to ACK 2.05 7 aa`, `request 0.01`, `response 2.05`, `failed reset`; the token only when it is not empty. */
export const brief = (effects: readonly CoapEffect[]): string[] =>
  effects.map((effect) => {
    if (effect.kind === "failed") return `failed ${effect.reason}`;
    if (effect.kind !== "send") return `${effect.kind} ${effect.message.code}`;
    const { type, code, messageId, token } = read(effect.bytes);
    return `${type} ${code} ${messageId} ${token}`.trimEnd();
  });

/** The one effect of that kind. */
export function only<K extends CoapEffect["kind"]>(
  effects: readonly CoapEffect[],
  kind: K,
): Extract<CoapEffect, { kind: K }> {
  const found = effects.filter((effect): effect is Extract<CoapEffect, { kind: K }> => effect.kind === kind);
  if (found.length !== 1 || found[0] === undefined) throw new Error(`${found.length} effects of kind ${kind}`);
  return found[0];
}

/** Ticks an endpoint at each of its deadlines up to `end`; gives what happened and when, in seconds from the start. */
export function runUntil(endpoint: CoapEndpoint, end: Instant): { readonly at: number; readonly effects: string[] }[] {
  const steps: { readonly at: number; readonly effects: string[] }[] = [];
  while (endpoint.deadline <= end) {
    const now = endpoint.deadline;
    steps.push({ at: secondsOf(now), effects: brief(endpoint.tick(now)) });
  }
  return steps;
}

export const GET: CoapContent = content("0.01");

/** An endpoint that has sent one request at 0 s, and that request. */
export function afterRequest(options: Partial<CoapEndpointOptions> = {}) {
  const endpoint = newEndpoint(options);
  const { id, effects } = endpoint.request(PEER, GET, at(0));
  return { endpoint, id, request: read(only(effects, "send").bytes) };
}

/** The piggybacked response to a request. */
export const answer = (request: CoapMessage, fields: Partial<CoapMessage> = {}): Uint8Array =>
  wire({ type: "ACK", code: "2.05", messageId: request.messageId, token: request.token, ...fields });
/** An Empty message with the message id of a request. */
export const emptyOf = (type: "ACK" | "RST", request: CoapMessage): Uint8Array =>
  wire({ type, code: "0.00", messageId: request.messageId });
/** A separate response to a request, with message id 30583. */
export const separate = (request: CoapMessage, fields: Partial<CoapMessage> = {}): Uint8Array =>
  answer(request, { type: "CON", messageId: 0x7777, ...fields });
