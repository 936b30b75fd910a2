/**
 * Putting a large request body together out of the blocks that a peer sends: nothing of it is shown before it is whole.
 *
 * Blocks come in their order, for each waits for the answer to the one before. A first block begins anew. The memory
 * is bounded: in the size of a body, in their number, and in bytes altogether. Where there is no room for another block,
 * an unfinished body of the source that has most of them is given up, so that nobody locks out the others by beginning
 * bodies and not ending them; its next block gets 4.08, and its sender may begin anew.
 *
 * Spec: RFC 7959 §2.3, §2.5 (atomic transfer by Block1), §2.9 (2.31, 4.08, 4.13), §4 (Size1).
 */
import type { Instant, Micros } from "../time.ts";
import { type Block, type BlockChain, blockOffset, blockOption, blockSize, joinChain } from "./block.ts";
import { LARGEST_BODY } from "./block-rules.ts";
import { KeptBodies } from "./kept-bodies.ts";
import { NO_OPTIONS, NO_PAYLOAD } from "./message.ts";
import { BLOCK1, SIZE1, uintOption, uintValue } from "./options.ts";
import type { CoapContent, CoapMessage, CoapOption, Code } from "./types.ts";

/** Bounds of the memory for unfinished bodies. */
export interface AssemblyLimits {
  /** Bytes of one body. */
  readonly body: number;
  readonly bodies: number;
  /** Bytes of all unfinished bodies. */
  readonly bytes: number;
}

const MOST_BYTES = 1_048_576;

/** @param body bytes of the largest */
export const assemblyLimits = (body = LARGEST_BODY): AssemblyLimits => ({
  body,
  bodies: 64,
  bytes: Math.max(MOST_BYTES, body),
});

const ASSEMBLY_LIMITS = assemblyLimits();

/** `answer`: what the block gets; `whole`: the body, for the application to answer. */
export type Assembly =
  | { readonly kind: "answer"; readonly content: CoapContent }
  | { readonly kind: "whole"; readonly body: Uint8Array };

interface Unfinished {
  readonly parts: BlockChain | undefined;
  readonly length: number;
  /** Where the last part begins. */
  readonly lastOffset: number;
}

/** Of the body that a block belongs to. */
interface Owner {
  readonly key: string;
  readonly source: string;
  readonly wanted: number;
}

const NOTHING: Unfinished = { parts: undefined, length: 0, lastOffset: 0 };

/** The unfinished bodies of one endpoint. */
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

  /** What came of that body does not count any more. */
  forget(key: string): void {
    this.unfinished.forget(key);
  }

  /**
   * @param key as `body-key.ts` makes it
   * @param wanted exponent of the size of the blocks to come
   * @param source who shares the memory with others: the host of the sender. Default: each body by itself
   */
  take(key: string, message: CoapMessage, block: Block, now: Instant, wanted = this.szx, source = key): Assembly {
    const { payload } = message;
    const size = blockSize(block.szx);
    if (block.more ? payload.length !== size : payload.length > size) return this.refuse(key, "4.00", block);
    const offset = blockOffset(block);
    const known = offset === 0 ? NOTHING : this.unfinished.find(key);
    if (known === undefined) return this.refuse(key, "4.08", block);
    // The same block in another message: it is there already.
    if (offset > 0 && offset === known.lastOffset && block.more) return this.goOn(block, wanted);
    if (offset !== known.length) return this.refuse(key, "4.08", block);
    return this.add({ key, source, wanted }, known, message, block, now);
  }

  private add(owner: Owner, known: Unfinished, message: CoapMessage, block: Block, now: Instant): Assembly {
    const { key, source, wanted } = owner;
    const { payload } = message;
    const length = known.length + payload.length;
    if (Math.max(length, uintValue(message, SIZE1) ?? 0) > this.limits.body) {
      return this.refuse(key, "4.13", block, [uintOption(SIZE1, this.limits.body)]);
    }
    this.unfinished.forget(key);
    const parts = { before: known.parts, last: payload };
    if (!block.more) return { kind: "whole", body: joinChain(parts, length) };
    this.makeRoom(source, length);
    this.unfinished.keep(key, { parts, length, lastOffset: known.length }, length, now, source);
    return this.goOn(block, wanted);
  }

  /** There is always some in the end, as no body may be larger than all of them. */
  private makeRoom(source: string, length: number): void {
    while (this.unfinished.size >= this.limits.bodies) {
      this.unfinished.forgetOfLargestSource(() => 1, source, 1);
    }
    while (this.unfinished.size > 0 && this.unfinished.bytes + length > this.limits.bytes) {
      this.unfinished.forgetOfLargestSource((bytes) => bytes, source, length);
    }
  }

  /** 2.31 with the number of the block that came, and the size of those to come. */
  private goOn(block: Block, wanted: number): Assembly {
    const echo = blockOption(BLOCK1, { ...block, szx: Math.min(block.szx, wanted) });
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
