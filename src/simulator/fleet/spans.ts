/**
 * Draws from the distributions of a fleet file.
 */
import { finishHash } from "../../platform/random.ts";
import { type Micros, micros } from "../../protocol/time.ts";
import type { FleetSpan } from "../model/fleet-time.ts";
import { below } from "./decisions.ts";
import { exponential } from "./exponential.ts";

/**
 * One draw, to the microsecond.
 *
 * @param hash the decision: an unsigned 32-bit integer
 */
export function drawMicros(span: FleetSpan, hash: number): Micros {
  if (typeof span === "number") return micros(span * 1_000);
  switch (span.kind) {
    case "uniform":
      return micros(span.from * 1_000 + below(hash, (span.to - span.from) * 1_000 + 1));
    case "exponential":
      return micros(Math.floor(span.atLeast * 1_000 + exponential(hash, span.mean * 1_000)));
    case "table":
      return micros(fromTable(span.rows, hash));
  }
}

/** One draw in whole milliseconds. */
export const drawMillis = (span: FleetSpan, hash: number): number => Math.floor(drawMicros(span, hash) / 1_000);

/** Microseconds: a row by its weight, and evenly from the end of the row before to its own. */
function fromTable(rows: Extract<FleetSpan, { readonly kind: "table" }>["rows"], hash: number): number {
  let left = below(
    hash,
    rows.reduce((sum, { weight }) => sum + weight, 0),
  );
  let from = 0;
  for (const { upTo, weight } of rows) {
    if (left < weight) return from * 1_000 + below(finishHash(hash, 2), (upTo - from) * 1_000 + 1);
    left -= weight;
    from = upTo;
  }
  return from * 1_000;
}
