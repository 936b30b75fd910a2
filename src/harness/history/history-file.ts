/**
 * A history as NDJSON: a header line, then one event a line, bytes as hex. What is written here is what is hashed.
 *
 * A file is read line by line into whatever folds over it, so that none is held in memory.
 */
import type { z } from "zod";
import { UsageError } from "../../platform/errors.ts";
import { createHash } from "../../platform/hash.ts";
import { readLines } from "../../platform/lines.ts";
import { issueText, refuseNewerHistory } from "../record/formats.ts";
import type { History, HistoryEvent, HistoryHeader } from "./history.ts";
import { HistoryEventLine, HistoryHeaderLine } from "./history-schema.ts";

/** One line of JSON; keys stand in the order in which the drivers set them, which is fixed. */
export const eventLine = (event: HistoryEvent): string =>
  JSON.stringify(event, (_key, value: unknown) =>
    value instanceof Uint8Array ? Buffer.from(value).toString("hex") : value,
  );

export function* historyLines(history: History): Generator<string> {
  yield JSON.stringify(history.header);
  for (const event of history.events) yield eventLine(event);
}

/** The file as a whole. */
export const historyText = (history: History): string => `${[...historyLines(history)].join("\n")}\n`;

/** `sha256:` and 64 hex digits over all lines, each ended by a line feed. */
export function historyHash(history: History): string {
  const hash = createHash();
  for (const line of historyLines(history)) hash.update(`${line}\n`);
  return `sha256:${hash.hex()}`;
}

/**
 * Reads a history from a file.
 *
 * @param begin is given the header, and gives back what takes the events, one by one
 * @returns the hash of the lines, as `historyHash` makes it
 * @throws UsageError `bad-file`: from a newer Fleetproof, or no history, naming the line and what is expected there
 * @throws HarnessError when the file cannot be read
 */
export async function readHistory(
  file: string,
  begin: (header: HistoryHeader) => (event: HistoryEvent) => void,
): Promise<string> {
  const hash = createHash();
  let step: ((event: HistoryEvent) => void) | undefined;
  let devices = 0;
  let number = 0;
  for await (const line of readLines(file)) {
    hash.update(`${line}\n`);
    const place = `${file}:${++number}`;
    if (step === undefined) {
      const header = parseHeader(line, place);
      devices = header.devices.length;
      step = begin(header);
    } else {
      const event = parsed(HistoryEventLine, jsonOf(line, place), place);
      const device = "device" in event ? event.device : undefined;
      if (device !== undefined && device >= devices)
        throw new UsageError("bad-file", `${place}: device: ${device} is none of the ${devices} of the header`);
      step(event);
    }
  }
  if (step === undefined) throw new UsageError("bad-file", `${file} is empty: expected the header of a history`);
  return `sha256:${hash.hex()}`;
}

function parseHeader(line: string, place: string): HistoryHeader {
  const value = jsonOf(line, place);
  refuseNewerHistory(value, place);
  return parsed(HistoryHeaderLine, value, place);
}

function jsonOf(line: string, place: string): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError("bad-file", `${place}: expected one JSON object: ${reason}`, { cause });
  }
}

function parsed<T>(schema: z.ZodType<T>, value: unknown, place: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new UsageError("bad-file", `${place}: ${issueText(result.error)}`);
}
