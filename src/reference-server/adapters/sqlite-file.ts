/**
 * Whether a file may become, or is, a server's store: told by its first 100 bytes, before anything opens it to write.
 *
 * A file of somebody else is never touched, not even by the recovery that SQLite does when it opens a database.
 * A process that has the store open must not read the file: closing it again would end SQLite's lock, by the rules of
 * POSIX locks.
 *
 * Source: SQLite "Database File Format", §1.3 (header): bytes 0–15 magic, 60–63 user version, 68–71 application id.
 */
import path from "node:path";
import { UsageError } from "../../platform/errors.ts";
import { kindOf, readStart } from "../../platform/files.ts";
import { type Migration, stepsFrom } from "./record-store.ts";

/** "FltP": the mark of a file of ours. */
export const APPLICATION_ID = 0x46_6c_74_50;

const HEADER_LENGTH = 100;
const MAGIC = "SQLite format 3\0";
const USER_VERSION = 60;
const APPLICATION = 68;

/**
 * @returns the absolute path: the database library takes some other texts for remote databases
 * @throws UsageError `bad-file`: not ours, written by a newer version, or without a directory to be in
 * @throws HarnessError `file-not-readable`
 */
export async function recogniseFile(file: string, migrations: readonly Migration[]): Promise<string> {
  const absolute = path.resolve(file);
  const directory = path.dirname(absolute);
  if ((await kindOf(directory)) !== "directory") {
    throw new UsageError("bad-file", `--data: ${file}: the directory ${directory} does not exist; make it first`);
  }
  if ((await kindOf(absolute)) === "directory") {
    throw new UsageError("bad-file", `--data: ${file} is a directory; name a file in it`);
  }
  const header = await readStart(absolute, HEADER_LENGTH);
  if (header === undefined || header.length === 0) return absolute;
  const isDatabase =
    header.length === HEADER_LENGTH && new TextDecoder("latin1").decode(header.subarray(0, 16)) === MAGIC;
  const view = new DataView(header.buffer, header.byteOffset, header.length);
  if (!isDatabase || view.getUint32(APPLICATION) !== APPLICATION_ID) {
    const what = isDatabase ? "is the SQLite database of another program" : "is not a database";
    throw new UsageError("bad-file", `--data: ${file} ${what}. Nothing was changed; choose another file`);
  }
  stepsFrom(view.getUint32(USER_VERSION), migrations, file);
  return absolute;
}
