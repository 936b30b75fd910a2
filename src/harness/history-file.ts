/**
 * A history as NDJSON: a header line, then one event a line, bytes as hex. What is written here is what is hashed.
 */
import { createHash } from "../platform/hash.ts";
import type { History, HistoryEvent } from "./history.ts";

/** One line of JSON; keys stand in the order in which the drivers set them, which is fixed. */
export const eventLine = (event: HistoryEvent): string =>
  JSON.stringify(event, (_key, value: unknown) =>
    value instanceof Uint8Array ? Buffer.from(value).toString("hex") : value,
  );

export function* historyLines(history: History): Generator<string> {
  yield JSON.stringify(history.header);
  for (const event of history.events) yield eventLine(event);
}

/** `sha256:` and 64 hex digits over all lines, each ended by a line feed. */
export function historyHash(history: History): string {
  const hash = createHash();
  for (const line of historyLines(history)) hash.update(`${line}\n`);
  return `sha256:${hash.hex()}`;
}
