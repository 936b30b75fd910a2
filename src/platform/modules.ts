/** Modules of the user, loaded while the program runs. */
import path from "node:path";
import { pathToFileURL } from "node:url";
import { HarnessError, systemCode } from "./errors.ts";

/**
 * What a file of JavaScript exports as default.
 *
 * @throws HarnessError `file-not-readable`: it cannot be loaded, and why
 */
export async function importDefault(file: string): Promise<unknown> {
  try {
    const { default: value } = (await import(pathToFileURL(path.resolve(file)).href)) as { readonly default?: unknown };
    return value;
  } catch (cause) {
    const why = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    const hint = HINTS[systemCode(cause) ?? ""] ?? "";
    throw new HarnessError("file-not-readable", `${file} cannot be loaded: ${why}${hint}`, { cause });
  }
}

const HINTS: Readonly<Record<string, string>> = {
  ERR_UNKNOWN_FILE_EXTENSION: "; TypeScript is compiled first, or loaded by NODE_OPTIONS=--import=tsx",
};
