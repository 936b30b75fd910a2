/**
 * How far the target has got with what it was sent: CoAP pings beside the runs.
 *
 * A server reads its socket in order. So when it has answered a ping, it has read everything that was sent to it
 * before that ping: an upper bound for when it handled a device's datagram, however busy it or this machine was. A
 * target that answers no pings yields no bounds, and the runs keep their own estimate.
 *
 * Spec: RFC 7252 §4.3 (an Empty Confirmable message provokes a Reset).
 */
import type { UdpSocket } from "../../platform/udp.ts";
import type { Address } from "../../protocol/address.ts";
import { encodeEmpty, readMessageId } from "../../protocol/coap/message.ts";
import { after, type Instant, millis, seconds } from "../../protocol/time.ts";
import type { Agenda } from "./agenda.ts";

export interface Probe {
  /**
   * When everything that was sent before `sent` had been read by the target, at the latest.
   *
   * @returns `not yet`: a target that answers pings may not have read it so far; `undefined`: nobody knows, the target
   *   answers no pings, or none any more
   */
  handledBy(sent: Instant): Instant | "not yet" | undefined;
  /** For how long the target, or this process, has been behind with the pings, microseconds; 0 while nobody knows. */
  behind(): number;
  close(): Promise<void>;
}

const INTERVAL = millis(20);
/** As long as a REST request is waited for. */
const NO_MORE_AFTER = seconds(10);
const MESSAGE_IDS = 0x1_0000;

/** @param socket connected to the target, and the probe's own */
export function startProbe(socket: UdpSocket, target: Address, agenda: Agenda): Probe {
  /** When the ping of each message id left, and the pings that were answered, both in the order of leaving. */
  const underWay = new Map<number, Instant>();
  const answered: { readonly sent: Instant; readonly handled: Instant }[] = [];
  let next = 0;
  let closed = false;

  socket.onMessage((_from, bytes) => {
    const messageId = readMessageId(bytes);
    const sent = underWay.get(messageId);
    if (sent === undefined) return;
    underWay.delete(messageId);
    answered.push({ sent, handled: agenda.now() });
  });

  const ping = (at: Instant): void => {
    if (closed) return;
    underWay.set(next, at);
    socket.send(target, encodeEmpty("CON", next));
    next = (next + 1) % MESSAGE_IDS;
    agenda.once(after(at, INTERVAL), () => ping(agenda.now()));
  };
  ping(agenda.now());

  /** Or never has. One that is only behind answers in the end. */
  const answersNoMore = (): boolean => {
    const last = answered.at(-1);
    return last === undefined || agenda.now() - last.sent > NO_MORE_AFTER;
  };

  return {
    handledBy(sent) {
      const known = answered[firstAtOrAfter(answered, sent)]?.handled;
      return known ?? (answersNoMore() ? undefined : "not yet");
    },
    behind() {
      const last = answered.at(-1);
      return last === undefined ? 0 : Math.max(0, agenda.now() - after(last.sent, INTERVAL));
    },
    close() {
      closed = true;
      return socket.close();
    },
  };
}

/** Index of the first answered ping that left at `sent` or later. Pings are answered in order, or a late one is as good. */
function firstAtOrAfter(answered: readonly { readonly sent: Instant }[], sent: Instant): number {
  let low = 0;
  let high = answered.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((answered[middle]?.sent ?? sent) < sent) low = middle + 1;
    else high = middle;
  }
  return low;
}
