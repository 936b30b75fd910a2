/**
 * Programs that tests drive and npm does not bring. Where one is missing its tests are skipped, and one line says so; in CI,
 * where `.ci/install-tools` has installed it, that is a failure: a check that nobody runs is none.
 */
import { accessSync, constants } from "node:fs";
import path from "node:path";

export interface ToolSearch {
  /** Default: those of this process. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Default: a line on stderr. */
  readonly say?: (line: string) => void;
}

/**
 * Finds a program in `PATH`.
 *
 * @param names how the program may be called, the best first
 * @param debianPackage what installs it
 * @returns its path; `undefined`, after one line that names it, when it is missing: `describe.skipIf(tool === undefined)`
 * @throws Error when it is missing and `CI` is `true`
 */
export function requireTool(
  names: readonly [string, ...string[]],
  debianPackage: string,
  { environment = process.env, say = (line) => void process.stderr.write(`${line}\n`) }: ToolSearch = {},
): string | undefined {
  const folders = (environment.PATH ?? "").split(path.delimiter).filter((folder) => folder !== "");
  const candidates = names.flatMap((name) => folders.map((folder) => path.join(folder, name)));
  const found = candidates.find(isExecutable);
  if (found !== undefined) return found;
  const line = `${names[0]} is missing: apt-get install ${debianPackage}`;
  if (environment.CI === "true") throw new Error(`${line}; in CI its tests are not skipped`);
  say(`skipped: ${line}`);
  return undefined;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
