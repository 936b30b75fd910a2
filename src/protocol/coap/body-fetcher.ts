/**
 * Getting a large response block by block: which block to ask for next, and whether what comes belongs to the same body.
 *
 * Pure, like `body-sender.ts`. A body whose parts do not fit together is given up, not repaired: what is asked again
 * later is another attempt.
 *
 * Spec: RFC 7959 §2.4 (Block2), §2.8 (ETag), §3.1 (examples), §4 (Size2).
 */
import { type BlockChain, blockOffset, blockOption, blockSize, joinChain, readBlock, withoutBlocks } from "./block.ts";
import { BLOCK_RULES, type BlockRules } from "./block-rules.ts";
import { MOST_STALE } from "./body-sender.ts";
import { codeClass } from "./codes.ts";
import { BLOCK2, sortOptions } from "./options.ts";
import type { CoapContent, CoapMessage } from "./types.ts";

/** What has come so far of one body, without a gap. */
export interface Fetching {
  /** The request as the application made it. */
  readonly content: CoapContent;
  /** The answer with the first block. */
  readonly first: CoapMessage;
  readonly parts: BlockChain | undefined;
  /** Bytes of the parts together. */
  readonly length: number;
  /** Of the blocks to ask for. */
  readonly szx: number;
  /** How often an earlier block came instead of the next one. */
  readonly stale: number;
  /** Whether it was asked for anew, which is done once. */
  readonly begunAnew: boolean;
}

/** As in `body-sender.ts`; `whole`: the response with the body put together; `anew`: all of it is asked for once more. */
export type FetchingStep =
  | { readonly kind: "anew" }
  | { readonly kind: "next"; readonly fetching: Fetching }
  | { readonly kind: "whole"; readonly response: CoapMessage }
  | { readonly kind: "incomplete" }
  | { readonly kind: "unfit" };

const ANEW: FetchingStep = { kind: "anew" };
const INCOMPLETE: FetchingStep = { kind: "incomplete" };
const UNFIT: FetchingStep = { kind: "unfit" };

/**
 * The first answer to a request.
 *
 * @param szx of the largest blocks to ask for; the peer may choose smaller ones
 * @param begunAnew whether it was asked for before in the same transfer
 */
export function startFetching(
  content: CoapContent,
  answer: CoapMessage,
  szx: number,
  rules = BLOCK_RULES,
  begunAnew = false,
): FetchingStep {
  const read = readBlock(answer, BLOCK2);
  if (read.kind === "reserved") return INCOMPLETE;
  if (read.kind === "absent" || (!read.block.more && read.block.num === 0)) return { kind: "whole", response: answer };
  if (read.block.num !== 0) return INCOMPLETE;
  if (!rules.fetchesRest()) return { kind: "whole", response: { ...answer, options: withoutBlocks(answer) } };
  const none = { content, first: answer, parts: undefined, length: 0, szx, stale: 0, begunAnew };
  return withBlock(none, answer, read.block, rules);
}

/** The answer to the block that was asked for last. */
export function afterBlock(fetching: Fetching, answer: CoapMessage, rules = BLOCK_RULES): FetchingStep {
  if (answer.code === "4.08") return INCOMPLETE;
  // Unless it is a long diagnostic that comes in blocks.
  const isError = codeClass(answer.code) !== 2 && answer.code !== fetching.first.code;
  if (isError) return { kind: "whole", response: answer };
  const read = readBlock(answer, BLOCK2);
  if (read.kind !== "block" || answer.code !== fetching.first.code) return INCOMPLETE;
  const { first, length, stale } = fetching;
  if (!rules.isSameBody(first, answer))
    return rules.afterOtherBody() === "begins-anew" && !fetching.begunAnew ? ANEW : INCOMPLETE;
  if (read.block.szx > fetching.szx) return INCOMPLETE;
  const offset = blockOffset(read.block);
  if (offset < length && stale < MOST_STALE) return { kind: "next", fetching: { ...fetching, stale: stale + 1 } };
  return offset === length ? withBlock(fetching, answer, read.block, rules) : INCOMPLETE;
}

/** The request for the next block: the same as the first, without payload. §2.4 */
export function requestOfNext({ content, length, szx }: Fetching): CoapContent {
  const wanted = blockOption(BLOCK2, { num: length / blockSize(szx), more: false, szx });
  return { code: content.code, options: sortOptions([...content.options, wanted]), payload: new Uint8Array(0) };
}

function withBlock(
  fetching: Fetching,
  answer: CoapMessage,
  { more, szx }: { readonly more: boolean; readonly szx: number },
  rules: BlockRules,
): FetchingStep {
  const { payload } = answer;
  // All blocks but the last are full, and none is more than full. §2.2
  if (more ? payload.length !== blockSize(szx) : payload.length > blockSize(szx)) return INCOMPLETE;
  const length = fetching.length + payload.length;
  if (length > rules.largestBody()) return UNFIT;
  const parts = { before: fetching.parts, last: payload };
  if (more)
    return { kind: "next", fetching: { ...fetching, parts, length, szx: Math.min(fetching.szx, szx), stale: 0 } };
  return {
    kind: "whole",
    response: { ...answer, options: withoutBlocks(fetching.first), payload: joinChain(parts, length) },
  };
}
