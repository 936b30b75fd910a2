/**
 * The answer to what is no HTTP request, or did not become one in time: the API's envelope, and the connection ends.
 *
 * Spec: RFC 9110 §15.5.1 (400), §15.5.9 (408); RFC 6585 §5 (431).
 */
import type { Duplex } from "node:stream";

const REASONS: Readonly<Record<string, readonly [number, string, string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, "Request Timeout", "The request took too long to arrive"],
  HPE_HEADER_OVERFLOW: [431, "Request Header Fields Too Large", "The request line and header fields are too large"],
};
const BROKEN = [400, "Bad Request", "This is no HTTP request"] as const;

/** A listener of `clientError`. */
export function answerBrokenRequest(error: Error & { readonly code?: string }, socket: Duplex): void {
  if (error.code === "ECONNRESET" || !socket.writable) return void socket.destroy();
  const [status, phrase, message] = REASONS[error.code ?? ""] ?? BROKEN;
  const body = JSON.stringify({ error: { code: status === 400 ? 4001 : status, message } });
  const head = [
    `HTTP/1.1 ${status} ${phrase}`,
    "Content-Type: application/json; charset=utf-8",
    `Content-Length: ${Buffer.byteLength(body)}`,
    "Connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`, () => socket.destroy());
}
