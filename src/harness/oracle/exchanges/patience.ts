/**
 * How long a server waits for an answer, as far as an outsider can tell: when it surely does, and when not every server
 * would. What is not declared is open.
 *
 * Spec: RFC 7252 §4.2, §4.8; docs/semantics.md choices 5 and 15.
 */
import type { OracleContext } from "../context.ts";
import type { Exchange, ExchangeEnd } from "../views/exchange-view.ts";
import type { Window } from "../window.ts";

/**
 * Where nobody declared how often the server retransmits, it may have given up when a retransmission is overdue. Spec:
 * RFC 7252 §4.2 (giving up is allowed), §4.8.1 (the parameters may be changed).
 */
export function mayHaveGivenUpEarly(context: OracleContext, exchange: Exchange, window: Window): boolean {
  if (context.profile.coap !== undefined || exchange.acknowledged !== undefined) return false;
  const gap = context.coap.ackTimeout * 2 ** (exchange.datagrams - 1) - context.tolerance;
  return window.latest >= exchange.lastSent.earliest + gap;
}

/** Choice 5, undeclared: any finite time after an empty ACK, so only a prompt response is surely waited for. */
export const mayHaveGivenUp = (context: OracleContext, exchange: Exchange, window: Window): boolean =>
  exchange.acknowledged === undefined
    ? mayHaveGivenUpEarly(context, exchange, window)
    : context.profile.responseTimeout === undefined && window.earliest > exchange.acknowledged.latest + context.bound;

/** Whether a server may still take the response of an exchange that ended so, by rules that it did not declare. */
export function mayStillWait(context: OracleContext, how: ExchangeEnd): boolean {
  if (how === "superseded") return true;
  if (how === "no-response") return context.profile.responseTimeout === undefined;
  return outlivesRegistration(context, how);
}

/** Choices 15 and 26, undeclared: a server may go on with the exchange when the registration is over, or itself was. */
export const outlivesRegistration = (context: OracleContext, how: ExchangeEnd): boolean =>
  ((how === "replaced" || how === "removed" || how === "lifetime-over") && !context.endsWithRegistration) ||
  (how === "restarted" && context.profile.restart?.inFlight === undefined);

/** Whether the server may have dropped it: where nobody knows whose it is, any of its tasks may have expired. */
export const mayBeDropped = ({ maybeDropped, maybeFailed, mayBeOf }: Exchange, window: Window): boolean =>
  maybeDropped || maybeFailed !== undefined || mayBeOf.some(({ expiry }) => expiry.earliest <= window.latest);
