/**
 * Method and response codes: the registry, and the code byte as text.
 *
 * The registry is what the standards name; the conversion knows all 256 bytes, because a peer may send any of them.
 * How an unregistered code is to be understood (as x.00 of its class, RFC 7252 §5.9) is the application's matter.
 *
 * Spec: RFC 7252 §3 (code byte), §12.1 (registry).
 */
import type { Code } from "./types.ts";
import { CoapUsageError } from "./usage-error.ts";

/** What a message with such a code is. Spec: RFC 7252 §5.8, §5.9. */
export type CodeKind = "empty" | "request" | "success" | "client-error" | "server-error";

/** One row of the registry. */
export interface CodeRow {
  readonly code: Code;
  readonly name: string;
  readonly kind: CodeKind;
  readonly spec: string;
}

/** The registry, by code. Spec: RFC 7252 §12.1. */
export const COAP_CODES = [
  { code: "0.00", name: "Empty", kind: "empty", spec: "RFC 7252 §4.1" },
  { code: "0.01", name: "GET", kind: "request", spec: "RFC 7252 §5.8.1" },
  { code: "0.02", name: "POST", kind: "request", spec: "RFC 7252 §5.8.2" },
  { code: "0.03", name: "PUT", kind: "request", spec: "RFC 7252 §5.8.3" },
  { code: "0.04", name: "DELETE", kind: "request", spec: "RFC 7252 §5.8.4" },
  { code: "0.05", name: "FETCH", kind: "request", spec: "RFC 8132 §2" },
  { code: "0.06", name: "PATCH", kind: "request", spec: "RFC 8132 §3" },
  { code: "0.07", name: "iPATCH", kind: "request", spec: "RFC 8132 §3" },
  { code: "2.01", name: "Created", kind: "success", spec: "RFC 7252 §5.9.1.1" },
  { code: "2.02", name: "Deleted", kind: "success", spec: "RFC 7252 §5.9.1.2" },
  { code: "2.03", name: "Valid", kind: "success", spec: "RFC 7252 §5.9.1.3" },
  { code: "2.04", name: "Changed", kind: "success", spec: "RFC 7252 §5.9.1.4" },
  { code: "2.05", name: "Content", kind: "success", spec: "RFC 7252 §5.9.1.5" },
  { code: "2.31", name: "Continue", kind: "success", spec: "RFC 7959 §2.9.1" },
  { code: "4.00", name: "Bad Request", kind: "client-error", spec: "RFC 7252 §5.9.2.1" },
  { code: "4.01", name: "Unauthorized", kind: "client-error", spec: "RFC 7252 §5.9.2.2" },
  { code: "4.02", name: "Bad Option", kind: "client-error", spec: "RFC 7252 §5.9.2.3" },
  { code: "4.03", name: "Forbidden", kind: "client-error", spec: "RFC 7252 §5.9.2.4" },
  { code: "4.04", name: "Not Found", kind: "client-error", spec: "RFC 7252 §5.9.2.5" },
  { code: "4.05", name: "Method Not Allowed", kind: "client-error", spec: "RFC 7252 §5.9.2.6" },
  { code: "4.06", name: "Not Acceptable", kind: "client-error", spec: "RFC 7252 §5.9.2.7" },
  { code: "4.08", name: "Request Entity Incomplete", kind: "client-error", spec: "RFC 7959 §2.9.2" },
  { code: "4.09", name: "Conflict", kind: "client-error", spec: "RFC 8132 §3.4" },
  { code: "4.12", name: "Precondition Failed", kind: "client-error", spec: "RFC 7252 §5.9.2.8" },
  { code: "4.13", name: "Request Entity Too Large", kind: "client-error", spec: "RFC 7252 §5.9.2.9" },
  { code: "4.15", name: "Unsupported Content-Format", kind: "client-error", spec: "RFC 7252 §5.9.2.10" },
  { code: "4.22", name: "Unprocessable Entity", kind: "client-error", spec: "RFC 8132 §3.4" },
  { code: "4.29", name: "Too Many Requests", kind: "client-error", spec: "RFC 8516 §3" },
  { code: "5.00", name: "Internal Server Error", kind: "server-error", spec: "RFC 7252 §5.9.3.1" },
  { code: "5.01", name: "Not Implemented", kind: "server-error", spec: "RFC 7252 §5.9.3.2" },
  { code: "5.02", name: "Bad Gateway", kind: "server-error", spec: "RFC 7252 §5.9.3.3" },
  { code: "5.03", name: "Service Unavailable", kind: "server-error", spec: "RFC 7252 §5.9.3.4" },
  { code: "5.04", name: "Gateway Timeout", kind: "server-error", spec: "RFC 7252 §5.9.3.5" },
  { code: "5.05", name: "Proxying Not Supported", kind: "server-error", spec: "RFC 7252 §5.9.3.6" },
  { code: "5.08", name: "Hop Limit Reached", kind: "server-error", spec: "RFC 8768 §4" },
] as const satisfies readonly CodeRow[];

/** The code of a message that is neither request nor response. Spec: RFC 7252 §4.1. */
export const EMPTY_CODE: Code = "0.00";

/** Every code text once, by its byte; all texts in the program are these, so comparing them is cheap. */
const CODE_BY_BYTE: readonly Code[] = Array.from(
  { length: 256 },
  (_, byte): Code => `${byte >> 5}.${String(byte & 31).padStart(2, "0")}`,
);

/**
 * The text of a code byte.
 *
 * @param byte second byte of the CoAP header, 0..255
 */
export function codeFromByte(byte: number): Code {
  const code = CODE_BY_BYTE[byte];
  if (code === undefined) throw new CoapUsageError(`not a byte: ${byte}`);
  return code;
}

const ZERO = 0x30;

/** The byte of a code. The type `Code` is wider than the 256 texts; any other text is a bug of ours. */
export function codeToByte(code: Code): number {
  const detail = (code.charCodeAt(2) - ZERO) * 10 + code.charCodeAt(3) - ZERO;
  const byte = ((code.charCodeAt(0) - ZERO) << 5) + detail;
  if (CODE_BY_BYTE[byte] !== code) throw new CoapUsageError(`not a CoAP code: ${code}`);
  return byte;
}

/** The first figure of a code: 0 requests, 2..5 responses, 1, 6 and 7 reserved over UDP. Spec: RFC 7252 §12.1. */
export const codeClass = (code: Code): number => code.charCodeAt(0) - ZERO;

/** A method code, registered or not: 0.01 to 0.31. Spec: RFC 7252 §12.1. */
export const isRequest = (code: Code): boolean => codeClass(code) === 0 && code !== EMPTY_CODE;

/** A response code, registered or not: 2.00 to 5.31. Spec: RFC 7252 §12.1. */
export function isResponse(code: Code): boolean {
  const figure = codeClass(code);
  return figure >= 2 && figure <= 5;
}
