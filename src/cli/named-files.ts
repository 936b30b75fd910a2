/** Files that a user names on the command line: one that cannot be read is a wrong command line, not a broken set-up. */
import { HarnessError, UsageError } from "../platform/errors.ts";
import { readJson } from "../platform/files.ts";

/** @throws UsageError `bad-file`, naming the option */
export const readNamedJson = (option: string, file: string): Promise<unknown> =>
  asUsage(`--${option}: `, () => readJson(file));

/** Does what `read` does; what the file system refuses becomes a `UsageError` with that prefix. */
export async function asUsage<T>(prefix: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    if (cause instanceof HarnessError) throw new UsageError("bad-file", `${prefix}${cause.message}`, { cause });
    throw cause;
  }
}
