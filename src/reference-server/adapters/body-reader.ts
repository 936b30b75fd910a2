/**
 * Reads bodies within a bounded memory: small ones always, large ones only so many at a time.
 *
 * A body is in memory from its first byte to the answer, and whoever sends it slowly keeps it there. What does not say
 * how long it is counts as large.
 */
import express, { type RequestHandler } from "express";

/** Characters of a task for a few hundred devices. */
const SMALL = 64 * 1024;

export interface BodyLimits {
  /** Bytes of one body. */
  readonly largest: number;
  /** Large bodies that are being read or answered. */
  readonly mostLarge: number;
}

/** @param refuse called instead of reading a large body when there are too many */
export function createBodyReader({ largest, mostLarge }: BodyLimits, refuse: RequestHandler): RequestHandler {
  const readSmall = express.raw({ type: () => true, limit: SMALL });
  const readLarge = express.raw({ type: () => true, limit: largest });
  let open = 0;
  return (request, response, next) => {
    const { "content-length": length, "transfer-encoding": encoding } = request.headers;
    const isSmall = encoding === undefined && Number(length ?? 0) <= SMALL;
    if (isSmall) return readSmall(request, response, next);
    if (open >= mostLarge) return refuse(request, response, next);
    open += 1;
    response.once("close", () => {
      open -= 1;
    });
    readLarge(request, response, next);
  };
}
