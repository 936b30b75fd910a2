/**
 * One value of a resource as the bytes that TLV carries. As text: `content.ts`.
 *
 * Spec: OMA LwM2M Core Appendix C (data types), §6.4.3 (TLV).
 */
import { err, ok, type Result } from "../result.ts";
import type { ResourceType, ScalarValue } from "./value.ts";

const UTF8_ENCODER = new TextEncoder();
/** Fatal: bytes that are no UTF-8 are an error, never U+FFFD. A byte order mark is content. */
const UTF8_DECODER = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Shared: most payloads are empty, and the encoder gives each a buffer outside of the JavaScript heap. */
const NO_BYTES = new Uint8Array(0);

/** A text as the bytes of UTF-8. */
export const encodeUtf8 = (text: string): Uint8Array => (text === "" ? NO_BYTES : UTF8_ENCODER.encode(text));

/** Bytes as text; an error where they are not UTF-8. */
export function decodeUtf8(bytes: Uint8Array): Result<string, string> {
  try {
    return ok(UTF8_DECODER.decode(bytes));
  } catch {
    return err("the bytes are not UTF-8");
  }
}

/**
 * Writes a value in the fewest bytes that its type allows: integers 1, 2, 4 or 8, floats 4 where nothing is lost.
 *
 * @throws TypeError when the value is not of the type: wrong use by us
 */
export function encodeScalar(type: ResourceType, value: ScalarValue): Uint8Array {
  if (type === "opaque" && value instanceof Uint8Array) return value;
  if (type === "boolean" && typeof value === "boolean") return Uint8Array.of(value ? 1 : 0);
  if ((type === "integer" || type === "time") && typeof value === "number" && Number.isSafeInteger(value)) {
    return encodeInteger(value);
  }
  if (type === "float" && typeof value === "number" && Number.isFinite(value)) return encodeFloat(value);
  if ((type === "string" || type === "none") && typeof value === "string") return encodeUtf8(value);
  throw new TypeError(`${describe(value)} is not of type ${type}`);
}

const describe = (value: ScalarValue): string => (value instanceof Uint8Array ? "opaque bytes" : JSON.stringify(value));

/** Two's complement, big-endian. */
function encodeInteger(value: number): Uint8Array {
  const size = [1, 2, 4].find((bytes) => value >= -(2 ** (8 * bytes - 1)) && value < 2 ** (8 * bytes - 1)) ?? 8;
  const whole = new DataView(new ArrayBuffer(8));
  whole.setBigInt64(0, BigInt(value));
  return new Uint8Array(whole.buffer.slice(8 - size));
}

function encodeFloat(value: number): Uint8Array {
  const single = Math.fround(value) === value;
  const view = new DataView(new ArrayBuffer(single ? 4 : 8));
  if (single) view.setFloat32(0, value);
  else view.setFloat64(0, value);
  return new Uint8Array(view.buffer);
}

/** Reads the bytes of a TLV value. Total: wrong sizes, no UTF-8 and integers beyond ±2^53 are errors. */
export function decodeScalar(type: ResourceType, bytes: Uint8Array): Result<ScalarValue, string> {
  switch (type) {
    case "string":
    case "none":
      return decodeUtf8(bytes);
    case "opaque":
      return ok(bytes);
    case "boolean":
      return bytes.length === 1 && (bytes[0] === 0 || bytes[0] === 1)
        ? ok(bytes[0] === 1)
        : err("a boolean is one byte, 0 or 1");
    case "integer":
    case "time":
      return decodeInteger(bytes);
    case "float":
      return decodeFloat(bytes);
  }
}

function decodeInteger(bytes: Uint8Array): Result<number, string> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (bytes.length) {
    case 1:
      return ok(view.getInt8(0));
    case 2:
      return ok(view.getInt16(0));
    case 4:
      return ok(view.getInt32(0));
    case 8: {
      const value = Number(view.getBigInt64(0));
      return Number.isSafeInteger(value) ? ok(value) : err("the integer is beyond ±(2^53 − 1)");
    }
    default:
      return err(`an integer has 1, 2, 4 or 8 bytes, not ${bytes.length}`);
  }
}

function decodeFloat(bytes: Uint8Array): Result<number, string> {
  if (bytes.length !== 4 && bytes.length !== 8) return err(`a float has 4 or 8 bytes, not ${bytes.length}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const value = bytes.length === 4 ? view.getFloat32(0) : view.getFloat64(0);
  return Number.isFinite(value) ? ok(value) : err("the float is not a finite number");
}
