/**
 * Counts of CoAP messages by direction and class, and of what the server has sent again. Reads four bytes of each.
 *
 * Spec: RFC 7252 §3 (header), §4.2 (retransmission: the same message id to the same endpoint), §4.7 (one at a time).
 */
import type { Address } from "../../protocol/address.ts";

export const DIRECTIONS = ["received", "sent"] as const;
/** `malformed`: not CoAP version 1, or shorter than a header. `other`: a class that RFC 7252 does not know. */
export const MESSAGE_CLASSES = [
  "request",
  "success",
  "client-error",
  "server-error",
  "empty",
  "reset",
  "other",
  "malformed",
] as const;
export type MessageClass = (typeof MESSAGE_CLASSES)[number];
type Counts = Readonly<Record<MessageClass, number>>;

export interface Traffic {
  readonly received: Counts;
  readonly sent: Counts;
  /** Confirmable messages that were sent again. */
  readonly retransmissions: number;
  noteReceived(bytes: Uint8Array): void;
  noteSent(to: Address, bytes: Uint8Array): void;
}

/** Addresses whose last Confirmable message is remembered; the one that was written to first is forgotten first. */
const MOST_ADDRESSES = 100_000;

export function createTraffic(mostAddresses = MOST_ADDRESSES): Traffic {
  const received = zeros();
  const sent = zeros();
  const lastConfirmable = new Map<Address, number>();
  let retransmissions = 0;
  return {
    received,
    sent,
    get retransmissions() {
      return retransmissions;
    },
    noteReceived(bytes) {
      received[classOf(bytes)] += 1;
    },
    noteSent(to, bytes) {
      sent[classOf(bytes)] += 1;
      if (!isConfirmable(bytes)) return;
      const messageId = ((bytes[2] ?? 0) << 8) | (bytes[3] ?? 0);
      if (lastConfirmable.get(to) === messageId) retransmissions += 1;
      else remember(lastConfirmable, to, messageId, mostAddresses);
    },
  };
}

function remember(known: Map<Address, number>, to: Address, messageId: number, most: number): void {
  const [oldest] = known.keys();
  if (known.size >= most && !known.has(to) && oldest !== undefined) known.delete(oldest);
  known.set(to, messageId);
}

const RESET = 3;
const CLASSES: Readonly<Record<number, MessageClass>> = {
  0: "request",
  2: "success",
  4: "client-error",
  5: "server-error",
};

function classOf(bytes: Uint8Array): MessageClass {
  const [first = 0, code = 0] = bytes;
  if (bytes.length < 4 || first >> 6 !== 1) return "malformed";
  if (((first >> 4) & 3) === RESET) return "reset";
  if (code === 0) return "empty";
  return CLASSES[code >> 5] ?? "other";
}

const isConfirmable = ([first = 0]: Uint8Array): boolean => ((first >> 4) & 3) === 0;

const zeros = (): Record<MessageClass, number> =>
  Object.fromEntries(MESSAGE_CLASSES.map((name) => [name, 0])) as Record<MessageClass, number>;
