/**
 * Transmission parameters of CoAP and the times derived from them.
 *
 * Only the base parameters are settable; everything else is computed, so that scaling `ackTimeout` for a live
 * run scales all that depends on it. Spec: RFC 7252 §4.8.
 */
import { type Micros, micros, seconds } from "../time.ts";

/** The base parameters. Spec: RFC 7252 §4.8. */
export interface CoapParams {
  readonly ackTimeout: Micros;
  readonly ackRandomFactor: number;
  readonly maxRetransmit: number;
  readonly maxLatency: Micros;
  /** How long a requester waits for the separate response after an empty ACK. RFC 7252 names no value. */
  readonly responseTimeout: Micros;
}

/** The defaults of RFC 7252 §4.8, and 120 s for a separate response. */
export const COAP_DEFAULTS: CoapParams = {
  ackTimeout: seconds(2),
  ackRandomFactor: 1.5,
  maxRetransmit: 4,
  maxLatency: seconds(100),
  responseTimeout: seconds(120),
};

/** Longest time from the first transmission to the last retransmission. Spec: RFC 7252 §4.8.2. */
export const maxTransmitSpan = (p: CoapParams): Micros =>
  micros(p.ackTimeout * (2 ** p.maxRetransmit - 1) * p.ackRandomFactor);

/** Longest time from the first transmission until the sender gives up. Spec: RFC 7252 §4.8.2. */
export const maxTransmitWait = (p: CoapParams): Micros =>
  micros(p.ackTimeout * (2 ** (p.maxRetransmit + 1) - 1) * p.ackRandomFactor);

/** How long a message id must not be used again, and a duplicate is recognised. Spec: RFC 7252 §4.8.2. */
export const exchangeLifetime = (p: CoapParams): Micros => micros(maxTransmitSpan(p) + 2 * p.maxLatency + p.ackTimeout);

/** The same for a Non-confirmable message. Spec: RFC 7252 §4.8.2. */
export const nonLifetime = (p: CoapParams): Micros => micros(maxTransmitSpan(p) + p.maxLatency);
