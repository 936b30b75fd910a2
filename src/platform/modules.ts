/** Modules of the user, loaded while the program runs. */
import { createRequire, register } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { HarnessError, systemCode } from "./errors.ts";

/**
 * What a file of JavaScript exports as default. Wherever the file lies, `import … from "fleetproof"` in it gives what this
 * program exports, unless another copy is installed beside it.
 *
 * @throws HarnessError `file-not-readable`: it cannot be loaded, and why
 */
export async function importDefault(file: string): Promise<unknown> {
  resolveOwnName();
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
  ERR_MODULE_NOT_FOUND: "; packages are looked for from the folder of that file upwards: install it there",
};

const OWN_NAME = "fleetproof";

/** What runs in the thread that finds modules: our name is found here, where it is found nowhere else. */
const hook = (own: string): string => `
  const found = { url: ${JSON.stringify(own)}, shortCircuit: true };
  const orElse = (error) => error.code === "ERR_MODULE_NOT_FOUND" ? found : Promise.reject(error);
  export const resolve = async (specifier, context, next) =>
    specifier === ${JSON.stringify(OWN_NAME)} ? next(specifier, context).catch(orElse) : next(specifier, context);`;

/** Before the first import: one that has failed is not tried again. */
function resolveOwnName(): void {
  const own = pathToFileURL(createRequire(import.meta.url).resolve(OWN_NAME)).href;
  register(`data:text/javascript,${encodeURIComponent(hook(own))}`);
}
