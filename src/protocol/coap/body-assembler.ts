/**
 * Putting a large request body together out of the blocks that a peer sends: nothing of it is shown before it is whole.
 *
 * Blocks come in their order, for each waits for the answer to the one before. A first block begins anew. The memory
 * is bounded: in the size of a body, in their number, and in bytes altogether.
 *
 * Spec: RFC 7959 §2.3, §2.5 (atomic transfer by Block1), §2.9 (2.31, 4.08, 4.13), §4 (Size1).
 */
import type { Instant, Micros } from "../time.ts";
import { type Block, blockOffset, blockOption, blockSize, joinBlocks } from "./block.ts";
import { LARGEST_BODY } from "./body-fetcher.ts";
import { KeptBodies } from "./kept-bodies.ts";
import { NO_OPTIONS, NO_PAYLOAD } from "./message.ts";
import { BLOCK1, SIZE1, uintOption, uintValue } from "./options.ts";
import type { CoapContent, CoapMessage, CoapOption, Code } from "./types.ts";

export interface AssemblyLimits {
  /** Bytes of one body. */
  readonly body: number;
  readonly bodies: number;
  /** Bytes of all unfinished bodies. */
  readonly bytes: number;
}

export const ASSEMBLY_LIMITS: AssemblyLimits = { body: LARGEST_BODY, bodies: 64, bytes: 1_048_576 };

/** `answer`: what the block gets; `whole`: the body, for the application to answer. */
export type Assembly =
  | { readonly kind: "answer"; readonly content: CoapContent }
  | { readonly kind: "whole"; readonly body: Uint8Array };

interface Unfinished {
  readonly parts: readonly Uint8Array[];
  readonly length: number;
  /** Where the last part begins. */
  readonly lastOffset: number;
}

const NOTHING: Unfinished = { parts: [], length: 0, lastOffset: 0 };

export class BodyAssembler {
  private readonly unfinished: KeptBodies<Unfinished>;
  private readonly szx: number;
  private readonly limits: AssemblyLimits;

  /** @param szx of the largest blocks that are wanted */
  constructor(lifetime: Micros, szx: number, limits = ASSEMBLY_LIMITS) {
    this.unfinished = new KeptBodies(lifetime);
    this.szx = szx;
    this.limits = limits;
  }

  /** Bodies that are not whole yet. */
  get size(): number {
    return this.unfinished.size;
  }

  sweep(now: Instant): void {
    this.unfinished.sweep(now);
  }

  /** @param key as `body-key.ts` makes it */
  take(key: string, message: CoapMessage, block: Block, now: Instant): Assembly {
    const { payload } = message;
    const size = blockSize(block.szx);
    if (block.more ? payload.length !== size : payload.length > size) return this.refuse(key, "4.00", block);
    const offset = blockOffset(block);
    const known = offset === 0 ? NOTHING : this.unfinished.find(key);
    if (known === undefined) return this.refuse(key, "4.08", block);
    // The same block in another message: it is there already.
    if (offset > 0 && offset === known.lastOffset && block.more) return this.goOn(block);
    if (offset !== known.length) return this.refuse(key, "4.08", block);
    return this.add(key, known, message, block, now);
  }

  private add(key: string, known: Unfinished, message: CoapMessage, block: Block, now: Instant): Assembly {
    const { payload } = message;
    const length = known.length + payload.length;
    if (Math.max(length, uintValue(message, SIZE1) ?? 0) > this.limits.body) {
      return this.refuse(key, "4.13", block, [uintOption(SIZE1, this.limits.body)]);
    }
    this.unfinished.forget(key);
    const parts = [...known.parts, payload];
    if (!block.more) return { kind: "whole", body: joinBlocks(parts) };
    if (this.unfinished.size >= this.limits.bodies || this.unfinished.bytes + length > this.limits.bytes) {
      return this.refuse(key, "5.03", block);
    }
    this.unfinished.keep(key, { parts, length, lastOffset: known.length }, length, now);
    return this.goOn(block);
  }

  /** 2.31 with the number of the block that came, and the size of those to come. */
  private goOn(block: Block): Assembly {
    const echo = blockOption(BLOCK1, { ...block, szx: Math.min(block.szx, this.szx) });
    return { kind: "answer", content: { code: "2.31", options: [echo], payload: NO_PAYLOAD } };
  }

  private refuse(key: string, code: Code, block: Block, more: readonly CoapOption[] = NO_OPTIONS): Assembly {
    this.unfinished.forget(key);
    return {
      kind: "answer",
      content: { code, options: [blockOption(BLOCK1, block), ...more], payload: NO_PAYLOAD },
    };
  }
}
