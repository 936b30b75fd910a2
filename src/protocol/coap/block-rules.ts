/**
 * The decisions of whoever sends a large request body, or fetches a large response, that can be replaced one by one.
 *
 * `BLOCK_RULES` is what RFC 7959 says. Like the rules of the message layer, of whose table these are a part, no rule
 * keeps state between calls.
 */

import { blockSize, LARGEST_SZX } from "./block.ts";
import { hexFromBytes } from "./hex.ts";
import { ETAG, SIZE2, uintValue, type WithOptions } from "./options.ts";
import type { CoapContent, CoapMessage, Code } from "./types.ts";

/** Where a block lies in its body. */
export interface Place {
  /** Index of its first byte. */
  readonly offset: number;
  /** Exponent of its size, 0..6. */
  readonly szx: number;
}

/** One decision a row, with its clause. */
export interface BlockRules {
  /** Whether the blocks of one body go out under one token; either is allowed. RFC 7959 §2, RFC 7252 §5.3.1. */
  readonly tokenOfBlock: () => "kept" | "new";
  /** Exponent of the largest blocks that are sent, and asked for. §2.2 */
  readonly largestBlock: () => number;
  /** Bytes of the largest response that is fetched: what a peer sends must not fill the memory. */
  readonly largestBody: () => number;
  /** Whether the first request for a response names that size (early negotiation), instead of the second. §2.4 */
  readonly negotiatesEarly: (content: CoapContent) => boolean;
  /** With which block a body begins. §2.5 */
  readonly firstBlock: (content: CoapContent, szx: number) => Place;
  /** Which block follows one that was answered, given the size that the peer wants. §2.5, figure 9 */
  readonly nextBlock: (sent: Place, wanted: number, content: CoapContent) => Place;
  /** M: whether more blocks follow. §2.2 */
  readonly moreFollows: (place: Place, length: number) => boolean;
  /** Whether a block tells the size of the body. §4 */
  readonly tellsSize: (place: Place) => boolean;
  /** What 4.08 does to a transfer. Once it may begin anew by itself. §2.9.2 */
  readonly afterIncomplete: (content: CoapContent) => "fails" | "begins-anew" | "goes-on";
  /** Whether a success is the answer to the whole body, and not to a block of it. §2.9.1 */
  readonly answersAll: (code: Code, isLast: boolean) => boolean;
  /** Whether more than the first block of a response is fetched. §2.4 */
  readonly fetchesRest: () => boolean;
  /** Whether a later block is one of the same body as the first. §2.8, §4 */
  readonly isSameBody: (first: CoapMessage, later: CoapMessage) => boolean;
  /** What becomes of a response of which a block is of another body. Once it may be asked for anew. §2.8 */
  readonly afterOtherBody: () => "fails" | "begins-anew";
}

/** Bodies beyond this are not taken, in either role, unless an endpoint is told otherwise. */
export const LARGEST_BODY = 262_144;

/** What RFC 7959 says. */
export const BLOCK_RULES: BlockRules = {
  // Some peers put a body together by its token; none is known that needs a new one.
  tokenOfBlock: () => "kept",
  largestBlock: () => LARGEST_SZX,
  largestBody: () => LARGEST_BODY,
  negotiatesEarly: () => false,
  firstBlock: (_content, szx) => ({ offset: 0, szx }),
  // The block that the peer has was of the old size.
  nextBlock: (sent, wanted) => ({ offset: sent.offset + blockSize(sent.szx), szx: wanted }),
  moreFollows: ({ offset, szx }, length) => offset + blockSize(szx) < length,
  tellsSize: ({ offset }) => offset === 0,
  afterIncomplete: () => "fails",
  answersAll: (code, isLast) => isLast && code !== "2.31",
  fetchesRest: () => true,
  isSameBody,
  afterOtherBody: () => "fails",
};

/** The sizes that two blocks tell are estimates, but of one body they are not two. §4 */
function isSameBody(first: CoapMessage, later: CoapMessage): boolean {
  const [size, now] = [uintValue(first, SIZE2), uintValue(later, SIZE2)];
  return etagOf(first) === etagOf(later) && (size === undefined || now === undefined || size === now);
}

/** As hex; `undefined` when there is none. */
function etagOf({ options }: WithOptions): string | undefined {
  const value = options.find(({ number }) => number === ETAG)?.value;
  return value === undefined ? undefined : hexFromBytes(value, 0, value.length);
}
