/**
 * Conditions of one exchange that runs its course: what was lost, copied, late, repeated.
 * Spec: RFC 7252 §4.2 (transmission), §4.5 (duplicates), §5.2 (piggybacked, separate, Non-confirmable).
 */
import { giveUp } from "../../oracle/exchanges/attempts.ts";
import type { Exchange } from "../../oracle/views/exchange-view.ts";
import { conditionsOf } from "../condition.ts";
import {
  acknowledgementsOf,
  answered,
  arrived,
  copiesSent,
  ended,
  endOf,
  lateResponses,
  MILLISECOND,
  requestsOf,
  responsesOf,
  SECOND,
} from "../exchange-questions.ts";
import { isBefore } from "../moments.ts";
import type { Scene } from "../scene.ts";

const separate = ({ response }: Exchange): boolean => response?.type === "CON" || response?.type === "NON";

const lateAfter = (scene: Scene, exchange: Exchange, type?: string): boolean =>
  lateResponses(scene, exchange).some((up) => type === undefined || up.type === type);

/** Microseconds between the answer and the moment from which the server may have stopped waiting. */
function spareTime(exchange: Exchange, scene: Scene): number {
  return answered(exchange) ? giveUp(scene.context, exchange).earliest - endOf(exchange).at : Number.POSITIVE_INFINITY;
}

/** The server sent a copy of the request while the answer was on its way. */
function crossed(exchange: Exchange, scene: Scene): boolean {
  const copies = requestsOf(scene, exchange).slice(1);
  return responsesOf(scene, exchange).some(
    (up) => arrived(up) && copies.some((copy) => up.sentAt <= copy.at && isBefore(copy, up)),
  );
}

const answeredByCopy = (count: number) => (exchange: Exchange, scene: Scene) =>
  answered(exchange) && copiesSent(scene, exchange) === count + 1;

export const ANSWERED_EXCHANGES = conditionsOf("exchange", answered, [
  [
    "answered-without-retransmission",
    "live-too",
    "a request was answered before it was retransmitted",
    answeredByCopy(0),
  ],
  ["answered-after-1-retransmission", "live-too", "a request was answered after one retransmission", answeredByCopy(1)],
  [
    "answered-after-2-retransmissions",
    "live-too",
    "a request was answered after two retransmissions",
    answeredByCopy(2),
  ],
  ["answered-after-3-retransmissions", "sim", "a request was answered after three retransmissions", answeredByCopy(3)],
  [
    "answered-after-4-retransmissions",
    "sim",
    "a request was answered after its last retransmission",
    answeredByCopy(4),
  ],
  [
    "separate-response",
    "live-too",
    "an empty ACK came first, then the response as a message of its own",
    (exchange) => separate(exchange) && exchange.acknowledged !== undefined,
  ],
  [
    "separate-response-after-retransmission",
    "live-too",
    "a request was retransmitted before its separate response arrived",
    (exchange, scene) => separate(exchange) && copiesSent(scene, exchange) > 1,
  ],
  [
    "separate-response-after-3-retransmissions",
    "sim",
    "a request was retransmitted three times or more before its separate response arrived",
    (exchange, scene) => separate(exchange) && copiesSent(scene, exchange) > 3,
  ],
  [
    "non-separate-response",
    "live-too",
    "a request was answered by a Non-confirmable response",
    ({ response }) => response?.type === "NON",
  ],
  [
    "ack-lost-separate-arrived",
    "live-too",
    "the empty ACK was lost, but the separate response arrived",
    (exchange, scene) =>
      separate(exchange) &&
      exchange.acknowledged === undefined &&
      acknowledgementsOf(scene, exchange).some((up) => !arrived(up)),
  ],
  [
    "separate-overtook-ack",
    "live-too",
    "the separate response arrived before the empty ACK",
    (exchange, scene) =>
      separate(exchange) &&
      acknowledgementsOf(scene, exchange).some((up) => arrived(up) && isBefore(endOf(exchange), up)),
  ],
  [
    "answer-lost-then-repeated",
    "live-too",
    "an answer was lost, and a copy of it that the retransmission asked for arrived",
    (exchange, scene) =>
      answered(exchange) && responsesOf(scene, exchange).some((up) => !arrived(up) && isBefore(up, endOf(exchange))),
  ],
  [
    "request-lost-then-answered",
    "live-too",
    "the first copy of a request was lost, and a later one was answered",
    (exchange, scene) => answered(exchange) && requestsOf(scene, exchange)[0]?.arrivals.length === 0,
  ],
  ["retransmission-crossed-answer", "live-too", "a retransmission left while the answer was on its way", crossed],
  [
    "answer-twice",
    "live-too",
    "an answer arrived a second time",
    (exchange) => ended(exchange, "answered") && exchange.lastAnswer !== undefined,
  ],
  [
    "separate-response-repeated",
    "live-too",
    "a device repeated its separate response, the server's ACK having been lost or late",
    (exchange, scene) =>
      exchange.response?.type === "CON" && responsesOf(scene, exchange).filter(({ copy }) => !copy).length > 1,
  ],
  [
    "answer-just-before-giving-up",
    "sim",
    "an answer arrived less than 10 s before the server would have given up",
    (exchange, scene) => spareTime(exchange, scene) < 10 * SECOND,
  ],
  [
    "answered-after-a-minute",
    "sim",
    "a response came more than a minute after its empty ACK, and counted",
    (exchange) =>
      exchange.acknowledged !== undefined &&
      answered(exchange) &&
      endOf(exchange).at > exchange.acknowledged.latest + 60 * SECOND,
  ],
]);

export const FAILED_EXCHANGES = conditionsOf("exchange", ({ end }) => end !== undefined && end.how !== "answered", [
  [
    "all-copies-lost",
    "live-too",
    "every copy of a request was lost",
    (exchange, scene) =>
      ended(exchange, "no-acknowledgement") &&
      requestsOf(scene, exchange).every(({ arrivals }) => arrivals.length === 0),
  ],
  [
    "delivered-but-silent",
    "live-too",
    "a device got a request and never said a word",
    (exchange) => ended(exchange, "no-acknowledgement") && exchange.deliveries > 0 && exchange.effects === 0,
  ],
  [
    "acted-but-unheard",
    "live-too",
    "a device did what was asked, but none of its answers arrived in time",
    (exchange) => ended(exchange, "no-acknowledgement") && exchange.effects > 0,
  ],
  [
    "acknowledged-never-answered",
    "live-too",
    "a device acknowledged a request, and the response never came in time",
    (exchange) => ended(exchange, "no-response"),
  ],
  [
    "acknowledged-acted-never-answered",
    "live-too",
    "a device acknowledged a request and did what was asked, but its response did not come in time",
    (exchange) => ended(exchange, "no-response") && exchange.effects > 0,
  ],
  [
    "reset-at-once",
    "live-too",
    "a device reset a request that was sent once",
    (exchange) => ended(exchange, "reset") && exchange.datagrams === 1,
  ],
  [
    "reset-after-retransmission",
    "live-too",
    "a device reset a request that had been retransmitted",
    (exchange) => ended(exchange, "reset") && exchange.datagrams > 1,
  ],
  [
    "late-answer-after-giving-up",
    "sim",
    "a response arrived after the server had given up retransmitting",
    (exchange, scene) => ended(exchange, "no-acknowledgement") && lateAfter(scene, exchange),
  ],
  [
    "late-answer-after-response-timeout",
    "sim",
    "a separate response arrived after the server had stopped waiting for it",
    (exchange, scene) => ended(exchange, "no-response") && lateAfter(scene, exchange),
  ],
  [
    "answer-just-after-giving-up",
    "sim",
    "a response arrived less than 10 s after the server had given up",
    (exchange, scene) =>
      ended(exchange, "no-acknowledgement", "no-response") &&
      lateResponses(scene, exchange).some(({ at }) => at < endOf(exchange).at + 10 * SECOND),
  ],
  [
    "late-answer-after-expiry",
    "live-too",
    "a response arrived after its task had expired",
    (exchange, scene) => ended(exchange, "expired") && lateAfter(scene, exchange),
  ],
  [
    "late-confirmable-after-expiry",
    "live-too",
    "a Confirmable response arrived after its task had expired",
    (exchange, scene) => ended(exchange, "expired") && lateAfter(scene, exchange, "CON"),
  ],
  [
    "late-piggybacked-after-expiry",
    "live-too",
    "an acknowledgement with the response on it arrived after the task had expired",
    (exchange, scene) => ended(exchange, "expired") && lateAfter(scene, exchange, "ACK"),
  ],
  [
    "late-answer-within-300-ms-of-expiry",
    "sim",
    "a response arrived less than 300 ms after its task had expired",
    (exchange, scene) =>
      ended(exchange, "expired") &&
      lateResponses(scene, exchange).some(({ at }) => at < endOf(exchange).at + 300 * MILLISECOND),
  ],
  [
    "late-answer-after-replacement",
    "live-too",
    "a response arrived after a Register had ended its exchange",
    (exchange, scene) => ended(exchange, "replaced") && lateAfter(scene, exchange),
  ],
  [
    "late-answer-after-deregister",
    "live-too",
    "a response arrived after De-register had ended its exchange",
    (exchange, scene) => ended(exchange, "removed") && lateAfter(scene, exchange),
  ],
  [
    "late-answer-after-moving",
    "live-too",
    "a response arrived after an Update from a new address had ended its exchange",
    (exchange, scene) => ended(exchange, "moved") && lateAfter(scene, exchange),
  ],
  [
    "late-answer-after-lifetime",
    "sim",
    "a response arrived after the end of the device's lifetime had ended its exchange",
    (exchange, scene) => ended(exchange, "lifetime-over") && lateAfter(scene, exchange),
  ],
]);
