/** Conditions of requests that reach a device more than once, or out of order. Spec: RFC 7252 §4.5. */
import type { Exchange } from "../../oracle/views/exchange-view.ts";
import { conditionsOf } from "../condition.ts";
import { requestsOf } from "../exchange-questions.ts";
import { type Scene, sceneOfDevice } from "../scene.ts";

/** A later copy of the request reached the address before an earlier one. */
function overtaken(exchange: Exchange, scene: Scene): boolean {
  const arrivals = requestsOf(scene, exchange).map((copy) => copy.arrivals[0] ?? Number.NEGATIVE_INFINITY);
  return arrivals.some((at, index) => arrivals.slice(index + 1).some((later) => later > 0 && later < at));
}

export const COPIED_EXCHANGES = conditionsOf(
  "exchange",
  ({ deliveries, datagrams }) => deliveries > 1 || datagrams > 1,
  [
    [
      "request-copied",
      "live-too",
      "the network delivered a request twice",
      (exchange, scene) => requestsOf(scene, exchange).some(({ arrivals }) => arrivals.length > 1),
    ],
    [
      "copy-recognised",
      "live-too",
      "a device got a request twice and acted once",
      (exchange) => exchange.deliveries > 1 && exchange.effects === 1,
    ],
    [
      "copy-acted-upon",
      "live-too",
      "a device without deduplication got a request twice and acted twice",
      (exchange) => exchange.effects > 1,
    ],
    [
      "copy-executed-twice",
      "live-too",
      "a device without deduplication executed one request twice",
      (exchange) => exchange.effects > 1 && exchange.task?.task.taskType === "E",
    ],
    [
      "copy-after-reboot",
      "live-too",
      "a device got a request again after a reboot in which it had forgotten the first one",
      (exchange, scene) => {
        const { life, effects } = sceneOfDevice(scene, exchange.device);
        const own = effects.filter(
          ({ token, messageId }) => token === exchange.token && messageId === exchange.messageId,
        );
        return own.some((first, index) =>
          own
            .slice(index + 1)
            .some((next) => life.some(({ event, at }) => event === "reboot" && at >= first.at && at <= next.at)),
        );
      },
    ],
    [
      "retransmission-overtook-request",
      "live-too",
      "a retransmission reached the device before the first copy",
      overtaken,
    ],
  ],
);
