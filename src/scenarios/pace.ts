/**
 * The times that plans are built around, in milliseconds, derived from a profile: the deadlines of the protocol,
 * and how far from them an observation has to stay to be decidable.
 *
 * In simulation a run jumps from event to event, so time is free and one millisecond beside a deadline is decidable.
 * Live, all has to fit some ten seconds, and observations keep a distance from every deadline.
 */
import { COAP_DEFAULTS, type CoapParams, maxTransmitWait } from "../protocol/coap/params.ts";
import { completeProfile, type Profile } from "../protocol/profile.ts";
import { seconds, toMillis } from "../protocol/time.ts";

export type PlanMode = "sim" | "live";

export interface Pace {
  readonly mode: PlanMode;
  /** The shortest first gap between retransmissions. Spec: RFC 7252 §4.8 */
  readonly ackTimeout: number;
  /** The longest first gap is this many times as long. */
  readonly ackRandomFactor: number;
  readonly maxRetransmit: number;
  /** The longest that a datagram may be on its way: with it EXCHANGE_LIFETIME is reckoned. Spec: RFC 7252 §4.8.2 */
  readonly maxLatency: number;
  /** A sender gives up an unacknowledged message within [earliest, latest]. Spec: RFC 7252 §4.8.2 */
  readonly giveUpEarliest: number;
  readonly giveUpLatest: number;
  /** Choice 5, docs/semantics.md. */
  readonly responseTimeout: number;
  /** Choice 13. */
  readonly awakeWindow: number;
  /** Choice 4; `undefined`: the server has no timer. */
  readonly timerRetry: number | undefined;
  /** Choice 16. */
  readonly defaultLifetime: number;
  /** Choice 7. */
  readonly defaultExpiry: number;
  /** Choice 11. */
  readonly retention: number;
  /** Choice 8, seconds as the task API takes them: of a task at most, and of a device type. */
  readonly longestPeriod: number;
  readonly typeBounds: { readonly min: number; readonly max: number };
  /** How exactly a server must notice that a lifetime is over (choice 16). */
  readonly lifetimeTolerance: number;
  /** How far from a deadline a poll must stay to be decidable. */
  readonly clear: number;
  /** How long before a step an observation stands that is to show the state before it. */
  readonly guard: number;
  /** Live: what a server may take to act (profile field `reaction`). */
  readonly reaction: number;
  /** The usual pause between two steps: long enough for an exchange with a healthy device. */
  readonly beat: number;
  /** The longest pause between two building blocks on one device. */
  readonly gap: number;
  /** One-way latency of a link at most. */
  readonly latency: number;
  /** By when the building blocks of a plan are over. */
  readonly budget: number;
}

const LIVE_CLEAR = 300;
const LIVE_BUDGET = 6_200;
const DAY = 86_400_000;

export function paceOf(profile: Profile, mode: PlanMode): Pace {
  const complete = completeProfile(profile);
  const params: CoapParams = {
    ackTimeout: seconds(complete.coap.ackTimeout),
    ackRandomFactor: complete.coap.ackRandomFactor,
    maxRetransmit: complete.coap.maxRetransmit,
    maxLatency: COAP_DEFAULTS.maxLatency,
    responseTimeout: seconds(complete.responseTimeout),
  };
  const live = mode === "live";
  return {
    mode,
    ackTimeout: Math.round(toMillis(params.ackTimeout)),
    ackRandomFactor: params.ackRandomFactor,
    maxRetransmit: params.maxRetransmit,
    maxLatency: Math.floor(toMillis(params.maxLatency)),
    giveUpEarliest: Math.floor(toMillis(maxTransmitWait({ ...params, ackRandomFactor: 1 }))),
    giveUpLatest: Math.ceil(toMillis(maxTransmitWait(params))),
    responseTimeout: Math.ceil(toMillis(params.responseTimeout)),
    awakeWindow: Math.ceil(complete.awakeWindow * 1_000),
    timerRetry: complete.timerRetry === undefined ? undefined : Math.ceil(complete.timerRetry * 1_000),
    defaultLifetime: Math.round(complete.defaultLifetime * 1_000),
    defaultExpiry: Math.round(complete.defaultExpiresAfter * 1_000),
    retention: Math.round(complete.retention * 1_000),
    longestPeriod: Math.floor(complete.expiresAfterBounds.max),
    typeBounds: complete.taskExpiresAfterBounds,
    lifetimeTolerance: live ? 2_500 : 0,
    clear: live ? LIVE_CLEAR : 500,
    guard: live ? 150 : 2,
    reaction: live ? Math.ceil(complete.reaction * 1_000) : 0,
    beat: live ? 300 : 2_000,
    gap: live ? 250 : 60_000,
    latency: live ? 20 : 200,
    budget: live ? LIVE_BUDGET : Math.max(60 * DAY, Math.round(complete.retention * 2_000)),
  };
}

/** `share` of 1000 parts of a span, in whole milliseconds. */
export const part = (share: number, span: number): number => Math.floor((share * span) / 1_000);
