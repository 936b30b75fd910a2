/** Text files line by line: for files too long to be held as one text. */
import { createReadStream } from "node:fs";
import { HarnessError, systemCode } from "./errors.ts";

/**
 * Gives the lines of a file without their line feed (and without a carriage return before it). A last line without a
 * line feed counts; an empty file has no lines.
 *
 * @throws HarnessError `file-not-found`, `file-not-readable`: when the first line is asked for, or later
 */
export async function* readLines(file: string): AsyncGenerator<string> {
  let open = "";
  try {
    for await (const chunk of createReadStream(file, { encoding: "utf8" })) {
      const lines = (open + String(chunk)).split("\n");
      open = lines.pop() ?? "";
      for (const line of lines) yield withoutReturn(line);
    }
  } catch (cause) {
    // What the consumer throws into the generator passes: only the file system has codes.
    if (systemCode(cause) === undefined) throw cause;
    if (systemCode(cause) === "ENOENT") throw new HarnessError("file-not-found", `${file} does not exist`, { cause });
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new HarnessError("file-not-readable", `${file} cannot be read: ${reason}`, { cause });
  }
  if (open !== "") yield withoutReturn(open);
}

const withoutReturn = (line: string): string => (line.endsWith("\r") ? line.slice(0, -1) : line);
