/**
 * Sending a large request body block by block: which block is next, and what an answer to a block means.
 *
 * Pure: each block is a Confirmable exchange of its own, which the caller carries out; the next one starts when the
 * last was answered. Message ids, tokens and retransmission are no matter of this file.
 *
 * Spec: RFC 7959 §2.3, §2.5 (Block1), §2.9 (2.31, 4.08, 4.13), §3.2 (examples, late negotiation).
 */
import { type Block, blockOption, blockSize, cutBlock, readBlock } from "./block.ts";
import { BLOCK_RULES, type BlockRules } from "./block-rules.ts";
import { codeClass } from "./codes.ts";
import { BLOCK1, SIZE1, sortOptions, uintOption } from "./options.ts";
import type { CoapContent, CoapMessage } from "./types.ts";

/** Where a transfer is: the block that was sent last. */
export interface Sending {
  readonly content: CoapContent;
  /** Of the block's first byte; -1: the body was sent whole, without Block1. */
  readonly offset: number;
  readonly szx: number;
  /** Whether it began anew, which is done once: with smaller blocks, or with those that the peer had lost. */
  readonly begunAnew: boolean;
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
export function startSending(content: CoapContent, szx: number, rules = BLOCK_RULES): Sending {
  const fits = content.payload.length <= blockSize(szx);
  const first = fits ? { offset: WHOLE, szx } : rules.firstBlock(content, szx);
  return { content, ...first, begunAnew: false, stale: 0 };
}

/** The request that carries the block. The first one tells the size of the body. */
export function requestOfBlock({ content, offset, szx }: Sending, rules = BLOCK_RULES): CoapContent {
  if (offset === WHOLE) return content;
  const { block, payload } = cutBlock(content.payload, offset, szx);
  const more = rules.moreFollows({ offset, szx }, content.payload.length);
  const size = rules.tellsSize({ offset, szx }) ? [uintOption(SIZE1, content.payload.length)] : [];
  const options = sortOptions([...content.options, blockOption(BLOCK1, { ...block, more }), ...size]);
  return { ...content, options, payload };
}

/** What the answer to the block that was sent last means. */
export function afterAnswer(sending: Sending, answer: CoapMessage, rules = BLOCK_RULES): SendingStep {
  const read = readBlock(answer, BLOCK1);
  const echo = read.kind === "block" ? read.block : undefined;
  if (read.kind === "reserved") return INCOMPLETE;
  if (answer.code === "4.13") return afterTooLarge(sending, echo);
  if (sending.offset === WHOLE) return FINAL;
  if (answer.code === "4.08") return afterIncomplete(sending, rules);
  if (codeClass(answer.code) !== 2) return FINAL;
  const position = echo === undefined ? "this" : placeOf(echo, sending);
  if (position === "later") return INCOMPLETE;
  if (position === "earlier") return again(sending);
  if (rules.answersAll(answer.code, isLast(sending))) return FINAL;
  if (isLast(sending)) return INCOMPLETE;
  // A peer may act on each block by itself and say so; one that shows no Block1 knows nothing of blocks. §2.3
  if (echo === undefined && answer.code !== "2.31") return UNFIT;
  return { kind: "next", sending: following(sending, echo, rules) };
}

const isLast = ({ content, offset, szx }: Sending): boolean => offset + blockSize(szx) >= content.payload.length;

/** With blocks as small as the peer wants them from now on. */
function following(sending: Sending, echo: Block | undefined, rules: BlockRules): Sending {
  const wanted = Math.min(sending.szx, echo?.szx ?? sending.szx);
  return { ...sending, ...rules.nextBlock(sending, wanted, sending.content), stale: 0 };
}

function afterIncomplete(sending: Sending, rules: BlockRules): SendingStep {
  const consequence = rules.afterIncomplete(sending.content);
  if (consequence === "fails" || sending.begunAnew) return INCOMPLETE;
  if (consequence === "begins-anew") return { kind: "next", sending: { ...sending, offset: 0, begunAnew: true } };
  if (isLast(sending)) return INCOMPLETE;
  return { kind: "next", sending: following(sending, undefined, rules) };
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
  const { content, offset, szx, begunAnew } = sending;
  const carried = offset === WHOLE ? content.payload.length : blockSize(szx);
  if (hint === undefined || begunAnew || blockSize(hint.szx) >= carried) return FINAL;
  return { kind: "next", sending: { content, offset: 0, szx: hint.szx, begunAnew: true, stale: 0 } };
}
