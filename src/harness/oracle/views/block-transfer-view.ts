/**
 * What the oracle believes about a transfer in blocks that is under way, or has broken off.
 */
import type { Block } from "../../../protocol/coap/block.ts";
import type { Window } from "../window.ts";

/** A body that is sent, or fetched, block by block. */
export interface BlockTransfer {
  /** When the present block was sent, or asked for, for the first time. */
  readonly since: Window;
  /** What was sent of the request, in order. */
  readonly sent: readonly Uint8Array[];
  /** What has come of the response. */
  readonly parts: readonly Uint8Array[];
  readonly length: number;
  /** As hex; `undefined` when the first block has none. */
  readonly etag: string | undefined;
  /** It may begin anew within the same attempt. */
  readonly mayRestart: boolean;
  /** What came in answer to the present block; `undefined`: nothing so far. */
  readonly answer: BlockAnswer | undefined;
  /** Exponent of the size of blocks that the device asked for last, for the body that it gets. */
  readonly wanted: number | undefined;
  /** Where a block of another representation came (its event), as long as the server does not ask for the first one again. */
  readonly mixedSince: number | undefined;
  /** What has happened in it so far, for those who ask what was met. */
  readonly seen: readonly BlockHappening[];
}

/**
 * - `part`: the server goes on with the next block
 * - `incomplete`: 4.08, the device has not what it needs
 * - `mixed`: a block of another representation than the first one
 * - `unclear`: it begins anew, or gives up, or does something else
 */
export interface BlockAnswer {
  readonly kind: "part" | "incomplete" | "mixed" | "unclear";
  readonly event: number;
}

/** What may happen in a transfer, beside that it goes on. */
export type BlockHappening =
  | "asked-for-smaller"
  | "incomplete"
  | "too-large"
  | "mixed"
  | "begun-anew"
  | "block-repeated"
  | "negotiated-early";

/** A block of a request, as it is sent for the first time. */
export interface SentBlock {
  readonly block: Block;
  /** Bytes that it carries. */
  readonly bytes: number;
  /** All that was sent of the body with it. */
  readonly body: readonly Uint8Array[];
}

/** What went before a block in its exchange. */
export interface BlockBefore {
  readonly block: Block;
  readonly answer: BlockAnswer | undefined;
  readonly wanted: number | undefined;
  readonly event: number;
}
