/**
 * Sending a large request body block by block: which block is next, and what an answer to a block means.
 *
 * Pure: each block is a Confirmable exchange of its own, which the caller carries out; the next one starts when the
 * last was answered. Message ids, tokens and retransmission are no matter of this file.
 *
 * Spec: RFC 7959 §2.3, §2.5 (Block1), §2.9 (2.31, 4.08, 4.13), §3.2 (examples, late negotiation).
 */
import { type Block, blockOption, blockSize, cutBlock, readBlock } from "./block.ts";
import { codeClass } from "./codes.ts";
import { BLOCK1, SIZE1, sortOptions, uintOption } from "./options.ts";
import type { CoapContent, CoapMessage } from "./types.ts";

/** Where a transfer is: the block that was sent last. */
export interface Sending {
  readonly content: CoapContent;
  /** Of the block's first byte; -1: the body was sent whole, without Block1. */
  readonly offset: number;
  readonly szx: number;
  /** Whether it began anew with smaller blocks, which is done once. */
  readonly shrunk: boolean;
  /** How often an answer to an earlier block came instead of one to this. */
  readonly stale: number;
}

/**
 * - `next`: the block to send now
 * - `final`: the answer is that to the whole request
 * - `incomplete`: the transfer broke off; another one may succeed
 * - `unfit`: the peer took a part for the whole
 */
export type SendingStep =
  | { readonly kind: "next"; readonly sending: Sending }
  | { readonly kind: "final" }
  | { readonly kind: "incomplete" }
  | { readonly kind: "unfit" };

const FINAL: SendingStep = { kind: "final" };
const INCOMPLETE: SendingStep = { kind: "incomplete" };
const UNFIT: SendingStep = { kind: "unfit" };

const WHOLE = -1;
/** So often one block is asked for again because of an answer that was meant for an earlier one. */
export const MOST_STALE = 4;

/** The first block; the whole body when it is no larger than a block. */
export function startSending(content: CoapContent, szx: number): Sending {
  const offset = content.payload.length > blockSize(szx) ? 0 : WHOLE;
  return { content, offset, szx, shrunk: false, stale: 0 };
}

/** The request that carries the block. The first one tells the size of the body. */
export function requestOfBlock({ content, offset, szx }: Sending): CoapContent {
  if (offset === WHOLE) return content;
  const { block, payload } = cutBlock(content.payload, offset, szx);
  const size = offset === 0 ? [uintOption(SIZE1, content.payload.length)] : [];
  return { ...content, options: sortOptions([...content.options, blockOption(BLOCK1, block), ...size]), payload };
}

/** What the answer to the block that was sent last means. */
export function afterAnswer(sending: Sending, answer: CoapMessage): SendingStep {
  const read = readBlock(answer, BLOCK1);
  const echo = read.kind === "block" ? read.block : undefined;
  if (read.kind === "reserved") return INCOMPLETE;
  if (answer.code === "4.13") return afterTooLarge(sending, echo);
  if (sending.offset === WHOLE) return FINAL;
  if (answer.code === "4.08") return INCOMPLETE;
  if (codeClass(answer.code) !== 2) return FINAL;
  const position = echo === undefined ? "this" : placeOf(echo, sending);
  if (position === "later") return INCOMPLETE;
  if (position === "earlier") return again(sending);
  if (isLast(sending)) return answer.code === "2.31" ? INCOMPLETE : FINAL;
  // A peer may act on each block by itself and say so; one that shows no Block1 knows nothing of blocks. §2.3
  if (echo === undefined && answer.code !== "2.31") return UNFIT;
  return { kind: "next", sending: following(sending, echo) };
}

const isLast = ({ content, offset, szx }: Sending): boolean => offset + blockSize(szx) >= content.payload.length;

/** With blocks as small as the peer wants them from now on. The one that it has was of the old size. §2.5, figure 9 */
function following(sending: Sending, echo: Block | undefined): Sending {
  const szx = Math.min(sending.szx, echo?.szx ?? sending.szx);
  return { ...sending, offset: sending.offset + blockSize(sending.szx), szx, stale: 0 };
}

/** A number counts blocks of the size that was sent, or of the smaller one that is asked for. */
function placeOf({ num, szx }: Block, { offset, szx: sent }: Sending): "earlier" | "this" | "later" {
  const number = offset / blockSize(sent);
  if (num === number || num * blockSize(szx) === offset) return "this";
  return num < number ? "earlier" : "later";
}

const again = (sending: Sending): SendingStep =>
  sending.stale < MOST_STALE ? { kind: "next", sending: { ...sending, stale: sending.stale + 1 } } : INCOMPLETE;

/** 4.13 may name a smaller size, with which the transfer begins anew. §2.9.3 */
function afterTooLarge(sending: Sending, hint: Block | undefined): SendingStep {
  const { content, offset, szx, shrunk } = sending;
  const carried = offset === WHOLE ? content.payload.length : blockSize(szx);
  if (hint === undefined || shrunk || blockSize(hint.szx) >= carried) return FINAL;
  return { kind: "next", sending: { content, offset: 0, szx: hint.szx, shrunk: true, stale: 0 } };
}
