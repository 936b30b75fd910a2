/**
 * Options: the registry rows that this project understands, and reading and writing of their values.
 *
 * No option here has an effect by itself: what a Block1 or an Accept means is the application's matter.
 *
 * Spec: RFC 7252 §3.2 (value formats), §5.4 (option rules), §5.10 (definitions).
 */
import type { CoapMessage, CoapOption } from "./types.ts";
import { CoapUsageError } from "./usage-error.ts";

/** One row of the registry. */
export interface OptionRow {
  readonly number: number;
  readonly name: string;
  readonly format: "empty" | "opaque" | "uint" | "string";
  /** Shortest and longest value in bytes. */
  readonly length: readonly [number, number];
  readonly repeatable: boolean;
  readonly spec: string;
}

/** The registry, by number. Spec: RFC 7252 §5.10, and as each row says. */
export const COAP_OPTIONS = [
  { number: 1, name: "If-Match", format: "opaque", length: [0, 8], repeatable: true, spec: "RFC 7252 §5.10.8.1" },
  { number: 3, name: "Uri-Host", format: "string", length: [1, 255], repeatable: false, spec: "RFC 7252 §5.10.1" },
  { number: 4, name: "ETag", format: "opaque", length: [1, 8], repeatable: true, spec: "RFC 7252 §5.10.6" },
  { number: 5, name: "If-None-Match", format: "empty", length: [0, 0], repeatable: false, spec: "RFC 7252 §5.10.8.2" },
  { number: 6, name: "Observe", format: "uint", length: [0, 3], repeatable: false, spec: "RFC 7641 §2" },
  { number: 7, name: "Uri-Port", format: "uint", length: [0, 2], repeatable: false, spec: "RFC 7252 §5.10.1" },
  { number: 8, name: "Location-Path", format: "string", length: [0, 255], repeatable: true, spec: "RFC 7252 §5.10.7" },
  { number: 11, name: "Uri-Path", format: "string", length: [0, 255], repeatable: true, spec: "RFC 7252 §5.10.1" },
  { number: 12, name: "Content-Format", format: "uint", length: [0, 2], repeatable: false, spec: "RFC 7252 §5.10.3" },
  { number: 14, name: "Max-Age", format: "uint", length: [0, 4], repeatable: false, spec: "RFC 7252 §5.10.5" },
  { number: 15, name: "Uri-Query", format: "string", length: [0, 255], repeatable: true, spec: "RFC 7252 §5.10.1" },
  { number: 16, name: "Hop-Limit", format: "uint", length: [1, 1], repeatable: false, spec: "RFC 8768 §3" },
  { number: 17, name: "Accept", format: "uint", length: [0, 2], repeatable: false, spec: "RFC 7252 §5.10.4" },
  {
    number: 20,
    name: "Location-Query",
    format: "string",
    length: [0, 255],
    repeatable: true,
    spec: "RFC 7252 §5.10.7",
  },
  { number: 23, name: "Block2", format: "uint", length: [0, 3], repeatable: false, spec: "RFC 7959 §2.1" },
  { number: 27, name: "Block1", format: "uint", length: [0, 3], repeatable: false, spec: "RFC 7959 §2.1" },
  { number: 28, name: "Size2", format: "uint", length: [0, 4], repeatable: false, spec: "RFC 7959 §4" },
  { number: 35, name: "Proxy-Uri", format: "string", length: [1, 1034], repeatable: false, spec: "RFC 7252 §5.10.2" },
  { number: 39, name: "Proxy-Scheme", format: "string", length: [1, 255], repeatable: false, spec: "RFC 7252 §5.10.2" },
  { number: 60, name: "Size1", format: "uint", length: [0, 4], repeatable: false, spec: "RFC 7252 §5.10.9" },
  { number: 258, name: "No-Response", format: "uint", length: [0, 1], repeatable: false, spec: "RFC 7967 §2" },
] as const satisfies readonly OptionRow[];

/** Numbers of the options that are used by name here. Their rows are above. */
export const ETAG = 4;
export const OBSERVE = 6;
export const LOCATION_PATH = 8;
export const URI_PATH = 11;
export const CONTENT_FORMAT = 12;
export const MAX_AGE = 14;
export const URI_QUERY = 15;
export const ACCEPT = 17;
export const LOCATION_QUERY = 20;
export const BLOCK2 = 23;
export const BLOCK1 = 27;
export const SIZE2 = 28;
export const SIZE1 = 60;
export const NO_RESPONSE = 258;

const ROW_BY_NUMBER: ReadonlyMap<number, OptionRow> = new Map(COAP_OPTIONS.map((row) => [row.number, row]));

/** The row of an option number; `undefined` for an option that this project does not understand. */
export const optionRow = (number: number): OptionRow | undefined => ROW_BY_NUMBER.get(number);

/** An option that must be understood: its number is odd. Spec: RFC 7252 §5.4.6. */
export const isCritical = (number: number): boolean => (number & 1) === 1;

/** What a message needs to have for its options to be read. */
export type WithOptions = Pick<CoapMessage, "options">;

const NO_NUMBERS: readonly number[] = [];

/**
 * The critical options for which a request is to be answered 4.02, each number once, ascending.
 *
 * Counted are numbers without a row, values outside the length of their row, and occurrences beyond the first of an
 * option that is not repeatable. Spec: RFC 7252 §5.4.1, §5.4.3 (length), §5.4.5 (repetition).
 */
export function unknownCriticalOptions(message: WithOptions): readonly number[] {
  let found: number[] | undefined;
  let previous = -1;
  for (const { number, value } of message.options) {
    if (isCritical(number) && found?.at(-1) !== number) {
      const row = ROW_BY_NUMBER.get(number);
      if (row === undefined || !fits(row, value) || (number === previous && !row.repeatable)) {
        found = [...(found ?? []), number];
      }
    }
    previous = number;
  }
  return found ?? NO_NUMBERS;
}

const fits = (row: OptionRow, value: Uint8Array): boolean =>
  value.length >= row.length[0] && value.length <= row.length[1];

/** An option whose value is the text in UTF-8. Spec: RFC 7252 §3.2. */
export const stringOption = (number: number, text: string): CoapOption => ({ number, value: encodeText(text) });

/**
 * An option whose value is an unsigned integer in as few bytes as it needs; 0 needs none.
 *
 * @param value integer, 0..4294967295
 * @see RFC 7252 §3.2
 */
export function uintOption(number: number, value: number): CoapOption {
  if (!Number.isInteger(value) || value < 0 || value > 0xffff_ffff) {
    throw new CoapUsageError(`option ${number} cannot hold ${value}`);
  }
  const length = value === 0 ? 0 : value < 0x100 ? 1 : value < 0x1_0000 ? 2 : value < 0x100_0000 ? 3 : 4;
  const bytes = new Uint8Array(length);
  for (let index = 0; index < length; index++) bytes[index] = value >>> (8 * (length - 1 - index));
  return { number, value: bytes };
}

/** How many options of that number there are. */
export function optionCount(message: WithOptions, number: number): number {
  let count = 0;
  for (const option of message.options) if (option.number === number) count++;
  return count;
}

/** The values of all options of that number as text. What is not UTF-8 shows as U+FFFD: it comes from a peer. */
export function stringOptions(message: WithOptions, number: number): string[] {
  const texts: string[] = [];
  for (const option of message.options) if (option.number === number) texts.push(decodeText(option.value));
  return texts;
}

/**
 * The value of the first option of that number as an unsigned integer; leading zero bytes are accepted.
 *
 * @returns `undefined` when there is none, or when it is longer than its row (4 bytes without a row) allows: such an
 *   option is treated like an unrecognised one, RFC 7252 §5.4.3
 */
export function uintValue(message: WithOptions, number: number): number | undefined {
  for (const option of message.options) {
    if (option.number !== number) continue;
    const longest = ROW_BY_NUMBER.get(number)?.length[1] ?? 4;
    if (option.value.length > longest || option.value.length > 4) return undefined;
    let value = 0;
    for (const byte of option.value) value = value * 256 + byte;
    return value;
  }
  return undefined;
}

/** In ascending order of number, as a message needs them; equal numbers keep their order. Spec: RFC 7252 §3.1. */
export const sortOptions = (options: readonly CoapOption[]): readonly CoapOption[] =>
  isSorted(options) ? options : [...options].sort((a, b) => a.number - b.number);

function isSorted(options: readonly CoapOption[]): boolean {
  let previous = 0;
  for (const { number } of options) {
    if (number < previous) return false;
    previous = number;
  }
  return true;
}

const UTF8_ENCODER = new TextEncoder();
const UTF8_DECODER = new TextDecoder("utf-8", { ignoreBOM: true });

/** Up to this many bytes a text is made of its characters. */
const LONGEST_SHORT = 64;

/** Nearly all option texts are short ASCII, for which a loop is several times faster than the encoder. */
function encodeText(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit > 0x7f) return UTF8_ENCODER.encode(text);
    bytes[index] = unit;
  }
  return bytes;
}

function decodeText(bytes: Uint8Array): string {
  for (const byte of bytes) if (byte > 0x7f) return UTF8_DECODER.decode(bytes);
  if (bytes.length > LONGEST_SHORT) return UTF8_DECODER.decode(bytes);
  // Spread would go through an iterator, byte by byte; the array's type is stricter than what `apply` takes.
  return String.fromCharCode.apply(null, bytes as unknown as number[]);
}
