/**
 * Downloads a firmware image by HTTP for a virtual device of a live run: one GET, and the bytes or the reason why there
 * are none. It asks servers of this machine only: a Package URI is whatever the target says, and must not make us ask
 * anybody else.
 *
 * Spec: OMA LwM2M Core Appendix E.6, resource 5/0/1 (Package URI); RFC 9110 §9.3.1 (GET).
 */
import http from "node:http";
import { isLoopback } from "../../platform/udp.ts";
import { after, type Micros, seconds } from "../../protocol/time.ts";
import type { FetchOutcome } from "../../simulator/device/types.ts";
import type { Agenda } from "./agenda.ts";

export interface ImageDownload {
  readonly url: string;
  /** Bytes of the largest image that is taken. */
  readonly largest: number;
  readonly agenda: Agenda;
  /** For the whole of it. Default: two minutes. */
  readonly timeout?: Micros;
}

const TIMEOUT = seconds(120);

/**
 * @param settle called once, later
 * @returns how to give it up; `settle` is not called then
 */
export function downloadImage(download: ImageDownload, settle: (outcome: FetchOutcome) => void): () => void {
  const { url, largest, agenda, timeout = TIMEOUT } = download;
  let isOpen = true;
  const finish = (outcome: FetchOutcome): void => {
    if (!isOpen) return;
    isOpen = false;
    request?.destroy();
    settle(outcome);
  };
  const request = isOfThisMachine(url) ? http.get(url, { agent: false }) : undefined;
  request?.on("error", () => finish(LOST));
  request?.on("response", (incoming) => readImage(incoming, largest, finish));
  agenda.once(request === undefined ? agenda.now() : after(agenda.now(), timeout), () => finish(LOST));
  return () => {
    isOpen = false;
    request?.destroy();
  };
}

const LOST: FetchOutcome = { kind: "lost" };

function isOfThisMachine(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === "http:" && (hostname === "localhost" || isLoopback(hostname.replace(/^\[(.*)\]$/, "$1")));
}

function readImage(incoming: http.IncomingMessage, largest: number, finish: (outcome: FetchOutcome) => void): void {
  const status = incoming.statusCode ?? 0;
  if (status !== 200) {
    finish(status >= 400 && status < 500 ? { kind: "refused" } : LOST);
    return;
  }
  const chunks: Buffer[] = [];
  let length = 0;
  incoming.on("data", (chunk: Buffer) => {
    length += chunk.length;
    if (length > largest) finish({ kind: "too-large" });
    else chunks.push(chunk);
  });
  incoming.on("error", () => finish(LOST));
  incoming.on("aborted", () => finish(LOST));
  incoming.on("end", () => finish({ kind: "image", bytes: new Uint8Array(Buffer.concat(chunks)) }));
}
