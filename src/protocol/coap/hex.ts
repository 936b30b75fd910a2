/**
 * Short byte strings as lower-case hex text, by table: tokens are read and written with every message.
 */
import { CoapUsageError } from "./usage-error.ts";

const HEX_BY_BYTE: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

const NO_DIGIT = 255;
const DIGIT_BY_UNIT: Uint8Array = Uint8Array.from({ length: 128 }, (_, unit) => {
  const digit = "0123456789abcdef".indexOf(String.fromCharCode(unit));
  return digit < 0 ? NO_DIGIT : digit;
});

/** The bytes from `start` up to, not including, `end` as hex. */
export function hexFromBytes(bytes: Uint8Array, start: number, end: number): string {
  let text = "";
  for (let index = start; index < end; index++) text += HEX_BY_BYTE[bytes[index] as number] as string;
  return text;
}

/** A 32-bit number as the hex of its four bytes, highest first. */
export function hexFromUint32(value: number): string {
  const high = (HEX_BY_BYTE[value >>> 24] as string) + (HEX_BY_BYTE[(value >>> 16) & 255] as string);
  return high + (HEX_BY_BYTE[(value >>> 8) & 255] as string) + (HEX_BY_BYTE[value & 255] as string);
}

/** Writes the bytes of a hex text into `target` from `offset` on. Text that is no lower-case hex is a bug of ours. */
export function writeHex(text: string, target: Uint8Array, offset: number): void {
  for (let index = 0; index < text.length; index += 2) {
    const high = DIGIT_BY_UNIT[text.charCodeAt(index)] ?? NO_DIGIT;
    const low = DIGIT_BY_UNIT[text.charCodeAt(index + 1)] ?? NO_DIGIT;
    if (high === NO_DIGIT || low === NO_DIGIT) throw new CoapUsageError(`not lower-case hex: ${text}`);
    target[offset + (index >> 1)] = (high << 4) | low;
  }
}
