/**
 * The TLV content format: nested type-length-value entries. What the bytes of a value mean is `scalar.ts`.
 *
 * Decoding is total: any bytes give entries or a sentence that says what is wrong.
 *
 * Spec: OMA LwM2M Core §6.4.3 (TLV), media type application/vnd.oma.lwm2m+tlv.
 */
import { err, ok, type Result } from "../result.ts";

/** One entry: what holds others, or a value as its bytes. Spec: Core §6.4.3. */
export type TlvEntry =
  | {
      readonly kind: "object-instance" | "multiple-resource";
      readonly id: number;
      readonly children: readonly TlvEntry[];
    }
  | { readonly kind: "resource" | "resource-instance"; readonly id: number; readonly value: Uint8Array };

type Kind = TlvEntry["kind"];

/** Bits 7-6 of the type byte are the index. */
const KINDS: readonly [Kind, Kind, Kind, Kind] = [
  "object-instance",
  "resource-instance",
  "multiple-resource",
  "resource",
];
/** What may stand inside what; three levels at most, so recursion is bounded. */
const CHILDREN: Readonly<Record<"object-instance" | "multiple-resource", readonly Kind[]>> = {
  "object-instance": ["multiple-resource", "resource"],
  "multiple-resource": ["resource-instance"],
};
const LONG_ID = 0b0010_0000;
const MAX_ID = 0xffff;
const MAX_LENGTH = 0xff_ffff;

/**
 * Writes entries in the shortest form: 8-bit ids and inline lengths where they fit.
 *
 * @throws RangeError when an id is not in 0..65535 or a value is longer than 16,777,215 bytes: wrong use by us
 */
export function encodeTlv(entries: readonly TlvEntry[]): Uint8Array {
  return concat(entries.map(encodeEntry));
}

function encodeEntry(entry: TlvEntry): Uint8Array {
  const { id } = entry;
  const value = "children" in entry ? encodeTlv(entry.children) : entry.value;
  if (!Number.isInteger(id) || id < 0 || id > MAX_ID) throw new RangeError(`TLV id ${id} is not in 0..65535`);
  if (value.length > MAX_LENGTH) throw new RangeError(`TLV value of ${value.length} bytes is too long`);
  const wide = id > 0xff;
  const lengthBytes = value.length < 8 ? 0 : bytesFor(value.length);
  const type =
    (KINDS.indexOf(entry.kind) << 6) |
    (wide ? LONG_ID : 0) |
    (lengthBytes << 3) |
    (lengthBytes === 0 ? value.length : 0);
  return concat([Uint8Array.of(type), bigEndian(id, wide ? 2 : 1), bigEndian(value.length, lengthBytes), value]);
}

const bytesFor = (length: number): number => (length <= 0xff ? 1 : length <= 0xffff ? 2 : 3);

function bigEndian(value: number, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  for (let index = 0; index < size; index += 1) bytes[size - 1 - index] = (value >>> (8 * index)) & 0xff;
  return bytes;
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/**
 * Reads entries of any kind at the top level, in the order of the bytes.
 *
 * @returns the entries (none for no bytes), or what is wrong and at which byte; a peer may send anything
 */
export function decodeTlv(bytes: Uint8Array): Result<readonly TlvEntry[], string> {
  return decodeEntries(bytes, 0, KINDS);
}

/** `base` is where `bytes` begin in the whole payload, for the message only. */
function decodeEntries(bytes: Uint8Array, base: number, allowed: readonly Kind[]): Result<readonly TlvEntry[], string> {
  const entries: TlvEntry[] = [];
  let offset = 0;
  while (offset < bytes.length) {
    const header = decodeHeader(bytes, offset);
    if (header === undefined) return err(`TLV entry at byte ${base + offset} is cut off`);
    const { kind, id, start, end } = header;
    if (!allowed.includes(kind)) return err(`TLV entry at byte ${base + offset} is a misplaced ${kind}`);
    const value = bytes.slice(start, end);
    if (kind === "object-instance" || kind === "multiple-resource") {
      const children = decodeEntries(value, base + start, CHILDREN[kind]);
      if (!children.ok) return children;
      entries.push({ kind, id, children: children.value });
    } else {
      entries.push({ kind, id, value });
    }
    offset = end;
  }
  return ok(entries);
}

interface Header {
  readonly kind: Kind;
  readonly id: number;
  /** Where the value begins, and where it ends. */
  readonly start: number;
  readonly end: number;
}

/** `undefined`: the bytes end within the header or within the value. */
function decodeHeader(bytes: Uint8Array, offset: number): Header | undefined {
  const type = bytes[offset] ?? 0;
  const idSize = (type & LONG_ID) === 0 ? 1 : 2;
  const lengthSize = (type >> 3) & 0b11;
  const start = offset + 1 + idSize + lengthSize;
  if (start > bytes.length) return undefined;
  const id = readBigEndian(bytes, offset + 1, idSize);
  const length = lengthSize === 0 ? type & 0b111 : readBigEndian(bytes, offset + 1 + idSize, lengthSize);
  const end = start + length;
  const kind = KINDS[(type >> 6) as 0 | 1 | 2 | 3];
  return end > bytes.length ? undefined : { kind, id, start, end };
}

function readBigEndian(bytes: Uint8Array, offset: number, size: number): number {
  let value = 0;
  for (let index = 0; index < size; index += 1) value = value * 0x100 + (bytes[offset + index] ?? 0);
  return value;
}
