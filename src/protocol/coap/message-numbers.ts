/**
 * Message ids, tokens and first timeouts of the messages that we start with one peer.
 *
 * All three are functions of three keyed random numbers and of how many messages went before: the message id counts
 * up from a random start and leaves out 0, the token is a scrambled counter and therefore never the same twice in 2^32 messages.
 *
 * Spec: RFC 7252 §4.4 (message id, reuse only after EXCHANGE_LIFETIME), §5.3.1 (token), §4.2 (random first timeout).
 */
import type { RandomStream } from "../random.ts";
import { after, type Instant, type Micros } from "../time.ts";
import { hexFromUint32 } from "./hex.ts";

/** 1 to 65,535. 0 is as good, but coap-packet 0.1 takes it for none and answers under another id. */
const MESSAGE_IDS = 0xffff;
/** Use of message ids is remembered per block, not per id: reuse waits for the youngest of its block. */
const BLOCK = 0x1111;
const BLOCKS = MESSAGE_IDS / BLOCK;
/** Odd, so that its multiples differ modulo 2^32. */
const STRIDE = 0x9e37_79b9;

/** The numbers of the messages to one peer. */
export class MessageNumbers {
  /** How many messages were numbered so far. */
  taken: number;
  private readonly firstMessageId: number;
  private readonly tokenSeed: number;
  private readonly timeoutSeed: number;
  private lastTaken: Instant | undefined;
  /** When the last id of each block was taken, in the latest round; absent while less than a block was used. */
  private blockEnds: Instant[] | undefined;

  /** @param taken how many messages this peer already got under the same random numbers */
  constructor(random: RandomStream, taken: number) {
    this.firstMessageId = random() % MESSAGE_IDS;
    this.tokenSeed = random();
    this.timeoutSeed = random();
    this.taken = taken;
  }

  /**
   * Numbers one more message.
   *
   * @returns its sequence number, or `undefined` when its message id was used less than `lifetime` ago; see `freeAt`
   */
  take(now: Instant, lifetime: Micros): number | undefined {
    if (this.taken % BLOCK === 0 && this.taken > 0) {
      const block = this.taken / BLOCK;
      // After a pause without memory of the last id, `lastTaken` is absent: then all ids are free again.
      if (this.lastTaken !== undefined) {
        this.blockEnds ??= [];
        this.blockEnds[(block - 1) % BLOCKS] = this.lastTaken;
      }
      if (this.freeAt(lifetime) > now) return undefined;
    }
    this.lastTaken = now;
    return this.taken++;
  }

  /** When the next message can be numbered. */
  freeAt(lifetime: Micros): Instant {
    const usedUntil = this.blockEnds?.[Math.floor(this.taken / BLOCK) % BLOCKS];
    return usedUntil === undefined ? (0 as Instant) : after(usedUntil, lifetime);
  }

  messageId(index: number): number {
    return 1 + ((this.firstMessageId + index) % MESSAGE_IDS);
  }

  /** Four bytes in hex. */
  token(index: number): string {
    return hexFromUint32(scramble((this.tokenSeed + Math.imul(index, STRIDE)) | 0));
  }

  /** A number for the first timeout, uniform in 0..2^32-1. */
  timeoutRandom(sequence: number): number {
    return scramble((this.timeoutSeed + Math.imul(sequence, STRIDE)) | 0);
  }
}

/** The finalizer of MurmurHash3: maps the 32-bit numbers one to one onto themselves. */
function scramble(value: number): number {
  let mixed = value;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85eb_ca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2_ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
