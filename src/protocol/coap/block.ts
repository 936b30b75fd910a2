/**
 * Blocks of a body: the value of a Block1 or Block2 option, and where in the body the block lies.
 *
 * What is done with a block, on either side, is in `body-sender.ts`, `body-fetcher.ts`, `body-assembler.ts` and
 * `representations.ts`.
 *
 * Spec: RFC 7959 §2.1 (options), §2.2 (structure of the value), §4 (Size1, Size2).
 */
import { BLOCK1, BLOCK2, SIZE1, SIZE2, uintOption, uintValue, type WithOptions } from "./options.ts";
import type { CoapOption } from "./types.ts";
import { CoapUsageError } from "./usage-error.ts";

/** The value of one Block1 or Block2 option. RFC 7959 §2.2 */
export interface Block {
  /** Number of the block within the body, counted in blocks of this size; 0..1048575. */
  readonly num: number;
  /** Whether more blocks follow. */
  readonly more: boolean;
  /** Size exponent: a block has 2^(szx+4) bytes. 0..6 */
  readonly szx: number;
}

/**
 * - `absent`: no such option, or one too long to be one; the latter is for the application to refuse (RFC 7252 §5.4.3)
 * - `reserved`: size exponent 7, to be answered 4.00 in a request (§2.2)
 */
export type ReadBlock =
  | { readonly kind: "block"; readonly block: Block }
  | { readonly kind: "absent" }
  | { readonly kind: "reserved" };

/** Size exponent of the largest blocks: 1024 bytes. RFC 7959 §2.2 */
export const LARGEST_SZX = 6;
const RESERVED_SZX = 7;
const MOST_BLOCKS = 2 ** 20;

const ABSENT: ReadBlock = { kind: "absent" };
const RESERVED: ReadBlock = { kind: "reserved" };

/** Bytes of a block, 16..1024. */
export const blockSize = (szx: number): number => 2 ** (szx + 4);

/** Index of the block's first byte in the body. */
export const blockOffset = ({ num, szx }: Block): number => num * blockSize(szx);

/**
 * The exponent of a block size.
 *
 * @param size a power of two, 16..1024
 */
export function szxOf(size: number): number {
  for (let szx = 0; szx <= LARGEST_SZX; szx++) if (blockSize(szx) === size) return szx;
  throw new CoapUsageError(`no block size: ${size}`);
}

/** Reads the first option of that number, `BLOCK1` or `BLOCK2`. Total: the value comes from a peer. */
export function readBlock(message: WithOptions, number: typeof BLOCK1 | typeof BLOCK2): ReadBlock {
  const value = uintValue(message, number);
  if (value === undefined) return ABSENT;
  const szx = value & 7;
  if (szx === RESERVED_SZX) return RESERVED;
  return { kind: "block", block: { num: value >>> 4, more: (value & 8) !== 0, szx } };
}

/** The option of that number for a block. */
export function blockOption(number: typeof BLOCK1 | typeof BLOCK2, { num, more, szx }: Block): CoapOption {
  if (num >= MOST_BLOCKS || szx > LARGEST_SZX) throw new CoapUsageError(`no block: number ${num}, exponent ${szx}`);
  return uintOption(number, num * 16 + (more ? 8 : 0) + szx);
}

/** The block of that size that begins at `offset`, and its bytes, a view of the body. */
export function cutBlock(body: Uint8Array, offset: number, szx: number) {
  const size = blockSize(szx);
  const block: Block = { num: offset / size, more: offset + size < body.length, szx };
  return { block, payload: body.subarray(offset, offset + size) };
}

const OF_BLOCKS: readonly number[] = [BLOCK1, BLOCK2, SIZE1, SIZE2];

/** Options without those that tell of blocks: what is left belongs to the whole body. */
export const withoutBlocks = ({ options }: WithOptions): readonly CoapOption[] =>
  options.filter(({ number }) => !OF_BLOCKS.includes(number));

/** The blocks of a body that have come so far. One more costs the same however many there are: a body may have 65,536. */
export interface BlockChain {
  readonly before: BlockChain | undefined;
  readonly last: Uint8Array;
}

/**
 * One body out of such blocks.
 *
 * @param length of all of them together
 */
export function joinChain(chain: BlockChain, length: number): Uint8Array {
  const body = new Uint8Array(length);
  let end = length;
  for (let link: BlockChain | undefined = chain; link !== undefined; link = link.before) {
    end -= link.last.length;
    body.set(link.last, end);
  }
  return body;
}

/** One body out of its blocks in their order. */
export function joinBlocks(parts: readonly Uint8Array[]): Uint8Array {
  const body = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    body.set(part, offset);
    offset += part.length;
  }
  return body;
}
