/**
 * Large responses that a peer fetches block by block: cut, marked with an ETag, and kept until it has them all.
 *
 * Spec: RFC 7959 §2.4 (Block2), §2.8 (ETag), §4 (Size2); RFC 7252 §5.10.6 (ETag).
 */
import type { Instant, Micros } from "../time.ts";
import { type Block, blockOffset, blockOption, cutBlock } from "./block.ts";
import { hexFromUint32, writeHex } from "./hex.ts";
import { KeptBodies } from "./kept-bodies.ts";
import { NO_OPTIONS, NO_PAYLOAD } from "./message.ts";
import { BLOCK2, ETAG, SIZE2, sortOptions, uintOption } from "./options.ts";
import type { CoapContent, CoapOption } from "./types.ts";

/** Beyond this many, or this many bytes, the one used longest ago is forgotten; who fetches it has to begin anew. */
const MOST_KEPT = 64;
const MOST_BYTES = 1_048_576;

/** The large responses of one endpoint that are being fetched. */
export class Representations {
  private readonly kept: KeptBodies<CoapContent>;
  private readonly szx: number;

  /** @param szx of the largest blocks that are sent */
  constructor(lifetime: Micros, szx: number) {
    this.kept = new KeptBodies(lifetime);
    this.szx = szx;
  }

  get size(): number {
    return this.kept.size;
  }

  sweep(now: Instant): void {
    this.kept.sweep(now);
  }

  /** A block of what the same request got before; `undefined` when that is not known any more. */
  again(key: string, wanted: Block, now: Instant): CoapContent | undefined {
    const content = this.kept.find(key);
    return content === undefined ? undefined : this.part(key, content, wanted, now);
  }

  /** The block of a response that was asked for, the first unless told otherwise. */
  part(key: string, content: CoapContent, wanted: Block | undefined, now: Instant): CoapContent {
    const { payload } = content;
    const offset = wanted === undefined ? 0 : blockOffset(wanted);
    if (offset > 0 && offset >= payload.length) return NO_SUCH_BLOCK;
    const szx = Math.min(this.szx, wanted?.szx ?? this.szx);
    const cut = cutBlock(payload, offset, szx);
    const isAll = offset === 0 && !cut.block.more;
    // What is kept has its ETag, which is hashed once.
    const whole = isAll || content.options.some(({ number }) => number === ETAG) ? content : withEtag(content);
    if (!isAll) this.keep(key, whole, now);
    const options = sortOptions([
      ...whole.options,
      blockOption(BLOCK2, cut.block),
      ...(offset === 0 && !isAll ? [uintOption(SIZE2, payload.length)] : NO_OPTIONS),
    ]);
    return { code: content.code, options, payload: cut.payload };
  }

  private keep(key: string, content: CoapContent, now: Instant): void {
    this.kept.keep(key, content, content.payload.length, now);
    while (this.kept.size > MOST_KEPT || (this.kept.bytes > MOST_BYTES && this.kept.size > 1)) this.kept.forgetOldest();
  }
}

const NO_SUCH_BLOCK: CoapContent = { code: "4.00", options: NO_OPTIONS, payload: NO_PAYLOAD };

const withEtag = (content: CoapContent): CoapContent => ({
  ...content,
  options: sortOptions([...content.options, etagOf(content.payload)]),
});

/** A hash of the body (FNV-1a, 32 bits): the same body has the same ETag, also after a restart. */
function etagOf(payload: Uint8Array): CoapOption {
  let hash = 0x811c_9dc5;
  for (const byte of payload) hash = Math.imul(hash ^ byte, 0x0100_0193);
  const value = new Uint8Array(4);
  writeHex(hexFromUint32(hash >>> 0), value, 0);
  return { number: ETAG, value };
}
