/**
 * The codec: a message as bytes of one datagram, and back. Strict in both directions.
 *
 * `decodeMessage` is total: any bytes give a message or the reason why they are none, never an exception. What it
 * accepts is well-formed, no more: whether an ACK may carry this code or a peer understands an option is decided
 * elsewhere. `encodeMessage` refuses to write what `decodeMessage` would reject.
 *
 * Spec: RFC 7252 §3 (message format), §3.1 (option format), §4.1 (Empty message).
 */
import { err, type Result } from "../result.ts";
import { codeFromByte, codeToByte, EMPTY_CODE } from "./codes.ts";
import { hexFromBytes, writeHex } from "./hex.ts";
import type { CoapMessage, CoapOption, MessageType } from "./types.ts";
import { CoapUsageError } from "./usage-error.ts";

interface FormatErrorRow {
  readonly kind: string;
  readonly sentence: string;
  readonly spec: string;
}

/** Everything that can be wrong with the bytes of a datagram. */
export const MESSAGE_FORMAT_ERRORS = [
  { kind: "too-short", sentence: "fewer than 4 bytes", spec: "RFC 7252 §3" },
  { kind: "version", sentence: "version other than 1", spec: "RFC 7252 §3" },
  { kind: "token-length", sentence: "token length 9 to 15", spec: "RFC 7252 §3" },
  { kind: "truncated-token", sentence: "ends within the token", spec: "RFC 7252 §3" },
  { kind: "empty-not-empty", sentence: "code 0.00 with bytes after the message id", spec: "RFC 7252 §4.1" },
  { kind: "reset-not-empty", sentence: "RST with a code", spec: "RFC 7252 §4.2" },
  { kind: "option-delta", sentence: "option delta 15", spec: "RFC 7252 §3.1" },
  { kind: "option-length", sentence: "option length 15", spec: "RFC 7252 §3.1" },
  { kind: "option-number", sentence: "option number above 65535", spec: "RFC 7252 §12.2" },
  { kind: "truncated-option", sentence: "ends within an option", spec: "RFC 7252 §3.1" },
  { kind: "no-payload", sentence: "payload marker without payload", spec: "RFC 7252 §3" },
] as const satisfies readonly FormatErrorRow[];

/** Why a datagram is no message. */
export interface MessageFormatError {
  readonly kind: (typeof MESSAGE_FORMAT_ERRORS)[number]["kind"];
  /** Where in the datagram it shows: index of the byte. */
  readonly offset: number;
}

/** Options of a message without any; shared, so that it costs nothing. */
export const NO_OPTIONS: readonly CoapOption[] = [];
/** Payload of a message without any; shared. */
export const NO_PAYLOAD: Uint8Array = new Uint8Array(0);

const TYPES: readonly MessageType[] = ["CON", "NON", "ACK", "RST"];
const HEADER_LENGTH = 4;
/** Where the token begins, when there is one. */
export const TOKEN_OFFSET = HEADER_LENGTH;
const PAYLOAD_MARKER = 0xff;
const LONGEST_TOKEN = 8;
const HIGHEST_OPTION = 0xffff;
/** Option delta and length: up to 12 as they are; 13 and 14 announce one and two bytes more; 15 is reserved. §3.1. */
const ONE_MORE_BYTE = 13;
const TWO_MORE_BYTES = 14;
const RESERVED = 15;
const FIRST_OF_ONE_BYTE = 13;
const FIRST_OF_TWO_BYTES = 269;
const LONGEST_VALUE = FIRST_OF_TWO_BYTES + 0xffff;

/** What the first four bytes say; also of a message whose rest is malformed. */
export const readType = (bytes: Uint8Array): MessageType => TYPES[((bytes[0] ?? 0) >> 4) & 3] as MessageType;
/** The message id in the header; also of a message whose rest is malformed. */
export const readMessageId = (bytes: Uint8Array): number => ((bytes[2] ?? 0) << 8) | (bytes[3] ?? 0);

/**
 * Reads one datagram.
 *
 * @param bytes the datagram; option values and payload of the result may be views of it, so it must not change any more
 * @returns the message, or the first reason why it is a "message format error" (RFC 7252 §3)
 */
export function decodeMessage(bytes: Uint8Array): Result<CoapMessage, MessageFormatError> {
  if (bytes.length < HEADER_LENGTH) return malformed("too-short", bytes.length);
  const first = bytes[0] as number;
  if (first >> 6 !== 1) return malformed("version", 0);
  const tokenLength = first & 15;
  if (tokenLength > LONGEST_TOKEN) return malformed("token-length", 0);
  const type = TYPES[(first >> 4) & 3] as MessageType;
  const code = codeFromByte(bytes[1] as number);
  const messageId = readMessageId(bytes);
  if (code === EMPTY_CODE) {
    if (tokenLength !== 0) return malformed("empty-not-empty", 0);
    if (bytes.length > HEADER_LENGTH) return malformed("empty-not-empty", HEADER_LENGTH);
    return { ok: true, value: { type, code, messageId, token: "", options: NO_OPTIONS, payload: NO_PAYLOAD } };
  }
  if (type === "RST") return malformed("reset-not-empty", 1);
  const start = HEADER_LENGTH + tokenLength;
  if (bytes.length < start) return malformed("truncated-token", bytes.length);
  const token = hexFromBytes(bytes, HEADER_LENGTH, start);
  return decodeBody(bytes, start, type, code, messageId, token);
}

/** Options and payload; the fields already read are arguments, for an object to copy them from would cost as much. */
function decodeBody(
  bytes: Uint8Array,
  start: number,
  type: MessageType,
  code: CoapMessage["code"],
  messageId: number,
  token: string,
): Result<CoapMessage, MessageFormatError> {
  const end = bytes.length;
  let options: CoapOption[] | undefined;
  let payload = NO_PAYLOAD;
  let at = start;
  let number = 0;
  while (at < end) {
    const head = bytes[at] as number;
    if (head === PAYLOAD_MARKER) {
      if (at + 1 === end) return malformed("no-payload", at);
      payload = part(bytes, at + 1, end - at - 1);
      break;
    }
    const headAt = at++;
    let delta = head >> 4;
    let length = head & 15;
    if (delta === RESERVED) return malformed("option-delta", headAt);
    if (length === RESERVED) return malformed("option-length", headAt);
    // A read beyond the end gives `undefined`, which counts as 0 in the sum; `at` shows the truncation below.
    if (delta === ONE_MORE_BYTE) delta = FIRST_OF_ONE_BYTE + byteAt(bytes, at++);
    else if (delta === TWO_MORE_BYTES) {
      delta = FIRST_OF_TWO_BYTES + (byteAt(bytes, at) << 8) + byteAt(bytes, at + 1);
      at += 2;
    }
    if (length === ONE_MORE_BYTE) length = FIRST_OF_ONE_BYTE + byteAt(bytes, at++);
    else if (length === TWO_MORE_BYTES) {
      length = FIRST_OF_TWO_BYTES + (byteAt(bytes, at) << 8) + byteAt(bytes, at + 1);
      at += 2;
    }
    if (at + length > end) return malformed("truncated-option", headAt);
    number += delta;
    if (number > HIGHEST_OPTION) return malformed("option-number", headAt);
    const option = { number, value: length === 0 ? NO_PAYLOAD : part(bytes, at, length) };
    if (options === undefined) options = [option];
    else options.push(option);
    at += length;
  }
  return { ok: true, value: { type, code, messageId, token, options: options ?? NO_OPTIONS, payload } };
}

const byteAt = (bytes: Uint8Array, index: number): number => bytes[index] ?? 0;

/** Longer values are views, shorter ones copies: a view costs a small datagram its place on the JavaScript heap. */
const LONGEST_COPY = 64;

/** A part of a datagram; always a plain Uint8Array, also of a Buffer. Several times faster to make than `subarray`. */
function part(bytes: Uint8Array, start: number, length: number): Uint8Array {
  if (length > LONGEST_COPY) return new Uint8Array(bytes.buffer, bytes.byteOffset + start, length);
  const copy = new Uint8Array(length);
  for (let index = 0; index < length; index++) copy[index] = bytes[start + index] as number;
  return copy;
}

const malformed = (kind: MessageFormatError["kind"], offset: number) => err({ kind, offset });

/**
 * Writes one datagram.
 *
 * @param message options in ascending order; an Empty message (0.00) and an RST have no token, options or payload
 * @throws CoapUsageError when the message cannot be written so that `decodeMessage` reads it back
 */
export function encodeMessage(message: CoapMessage): Uint8Array {
  const { token, options, payload } = message;
  const tokenLength = token.length >> 1;
  checkHeader(message, tokenLength);
  const payloadLength = payload.length === 0 ? 0 : payload.length + 1;
  const bytes = new Uint8Array(HEADER_LENGTH + tokenLength + optionsLength(options) + payloadLength);
  bytes[0] = 0x40 | (TYPES.indexOf(message.type) << 4) | tokenLength;
  bytes[1] = codeToByte(message.code);
  writeMessageId(bytes, message.messageId);
  writeHex(token, bytes, HEADER_LENGTH);
  let at = HEADER_LENGTH + tokenLength;
  let previous = 0;
  for (const option of options) {
    at = writeOption(bytes, at, option.number - previous, option.value);
    previous = option.number;
  }
  if (payloadLength > 0) {
    bytes[at] = PAYLOAD_MARKER;
    bytes.set(payload, at + 1);
  }
  return bytes;
}

/**
 * An ACK or RST without content, or a ping.
 *
 * @param messageId 0..65535
 * @see RFC 7252 §4.1
 */
export function encodeEmpty(type: "CON" | "ACK" | "RST", messageId: number): Uint8Array {
  const bytes = new Uint8Array(HEADER_LENGTH);
  bytes[0] = 0x40 | (TYPES.indexOf(type) << 4);
  writeMessageId(bytes, messageId);
  return bytes;
}

/** Gives an encoded message another id. */
export function writeMessageId(bytes: Uint8Array, messageId: number): void {
  bytes[2] = messageId >> 8;
  bytes[3] = messageId & 0xff;
}

function checkHeader(message: CoapMessage, tokenLength: number): void {
  const { type, code, messageId, token, options, payload } = message;
  if (tokenLength > LONGEST_TOKEN) throw new CoapUsageError(`token of ${tokenLength} bytes`);
  if (!Number.isInteger(messageId) || messageId < 0 || messageId > 0xffff) {
    throw new CoapUsageError(`message id ${messageId}`);
  }
  if (code === EMPTY_CODE) {
    if (token !== "" || options.length > 0 || payload.length > 0)
      throw new CoapUsageError("Empty message with content");
  } else if (type === "RST") throw new CoapUsageError(`RST with code ${code}`);
}

/** The bytes that the options take; asserts what makes them writable. */
function optionsLength(options: readonly CoapOption[]): number {
  let total = 0;
  let previous = 0;
  for (const { number, value } of options) {
    const delta = number - previous;
    if (!(delta >= 0 && number <= HIGHEST_OPTION && Number.isInteger(number))) {
      throw new CoapUsageError(`option ${number} after ${previous}`);
    }
    if (value.length > LONGEST_VALUE) throw new CoapUsageError(`option ${number} of ${value.length} bytes`);
    total += 1 + extraBytes(delta) + extraBytes(value.length) + value.length;
    previous = number;
  }
  return total;
}

const extraBytes = (value: number): number => (value < FIRST_OF_ONE_BYTE ? 0 : value < FIRST_OF_TWO_BYTES ? 1 : 2);

const nibble = (value: number): number =>
  value < FIRST_OF_ONE_BYTE ? value : value < FIRST_OF_TWO_BYTES ? ONE_MORE_BYTE : TWO_MORE_BYTES;

function writeOption(bytes: Uint8Array, start: number, delta: number, value: Uint8Array): number {
  const { length } = value;
  bytes[start] = (nibble(delta) << 4) | nibble(length);
  let at = writeExtra(bytes, start + 1, delta);
  at = writeExtra(bytes, at, length);
  // Most values are a few bytes, for which the loop is faster than `set`.
  if (length > 16) bytes.set(value, at);
  else for (let index = 0; index < length; index++) bytes[at + index] = value[index] as number;
  return at + length;
}

function writeExtra(bytes: Uint8Array, at: number, value: number): number {
  if (value < FIRST_OF_ONE_BYTE) return at;
  if (value < FIRST_OF_TWO_BYTES) {
    bytes[at] = value - FIRST_OF_ONE_BYTE;
    return at + 1;
  }
  bytes[at] = (value - FIRST_OF_TWO_BYTES) >> 8;
  bytes[at + 1] = (value - FIRST_OF_TWO_BYTES) & 0xff;
  return at + 2;
}
