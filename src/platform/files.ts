/**
 * Files: text, bytes and JSON. Every failure is a `HarnessError` that names the path and what to do.
 *
 * A file is replaced as a whole: written beside its place first, then renamed, so that a reader (or the next start
 * after a crash) sees the old content or the new one, never half of it.
 */
import { mkdir, mkdtemp, open, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { HarnessError, systemCode } from "./errors.ts";
import { uniqueName } from "./hash.ts";

/** @throws HarnessError `file-not-found`, `file-not-readable` */
export async function readText(file: string): Promise<string> {
  return new TextDecoder().decode(await readBytes(file));
}

/** @throws HarnessError `file-not-found`, `file-not-readable` */
export async function readBytes(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (cause) {
    if (systemCode(cause) === "ENOENT") throw new HarnessError("file-not-found", `${file} does not exist`, { cause });
    throw new HarnessError("file-not-readable", `${file} cannot be read: ${reason(cause)}`, { cause });
  }
}

/** The first bytes of a file, fewer when it is shorter; `undefined` when nothing is there. @throws HarnessError `file-not-readable` */
export async function readStart(file: string, length: number): Promise<Uint8Array | undefined> {
  try {
    const handle = await open(file, "r");
    try {
      const { bytesRead, buffer } = await handle.read(new Uint8Array(length), 0, length, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch (cause) {
    if (systemCode(cause) === "ENOENT") return undefined;
    throw new HarnessError("file-not-readable", `${file} cannot be read: ${reason(cause)}`, { cause });
  }
}

/** Parses JSON; what it means is for the caller's schema. @throws HarnessError also `file-not-json` */
export async function readJson(file: string): Promise<unknown> {
  const text = await readText(file);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new HarnessError("file-not-json", `${file} is not JSON: ${reason(cause)}`, { cause });
  }
}

/** Writes a file, and the directories above it. @throws HarnessError `file-not-writable` */
export async function writeText(file: string, content: string | Uint8Array): Promise<void> {
  const draft = path.join(path.dirname(file), `.${path.basename(file)}.${uniqueName()}.draft`);
  try {
    await ensureDirectory(path.dirname(file));
    await writeFile(draft, content);
    await rename(draft, file);
  } catch (cause) {
    await rm(draft, { force: true }).catch(() => undefined);
    throw notWritable(file, cause);
  }
}

/** Two-space indented, with a final newline. @throws HarnessError `file-not-writable` */
export const writeJson = (file: string, value: unknown): Promise<void> =>
  writeText(file, `${JSON.stringify(value, null, 2)}\n`);

/** With the directories above it; fine when it is there. @throws HarnessError `file-not-writable` */
export async function makeDirectory(directory: string): Promise<void> {
  try {
    await ensureDirectory(directory);
  } catch (cause) {
    throw notWritable(directory, cause);
  }
}

/**
 * Not `mkdir` with `recursive`: where a directory is there and none can be made in it (`/proc`), that of Node tries for ever.
 */
async function ensureDirectory(directory: string): Promise<void> {
  if ((await kindOf(directory)) === "directory") return;
  const above = path.dirname(directory);
  if (above !== directory) await ensureDirectory(above);
  try {
    await mkdir(directory);
  } catch (cause) {
    // Somebody else may have made it meanwhile.
    if ((await kindOf(directory)) !== "directory") throw cause;
  }
}

/** A new and empty directory among the system's temporary files; the caller removes it. @throws HarnessError `file-not-writable` */
export async function makeTemporaryDirectory(): Promise<string> {
  const stem = path.join(tmpdir(), "fleetproof-");
  try {
    return await mkdtemp(stem);
  } catch (cause) {
    throw notWritable(stem, cause);
  }
}

/** Removes a file or a directory with all that is in it; fine when it is not there. @throws HarnessError `file-not-writable` */
export async function remove(target: string): Promise<void> {
  try {
    await rm(target, { recursive: true, force: true });
  } catch (cause) {
    throw notWritable(target, cause);
  }
}

export async function exists(target: string): Promise<boolean> {
  return stat(target).then(
    () => true,
    () => false,
  );
}

/** What stands there; links are followed. `undefined`: nothing, or neither of the two. */
export async function kindOf(target: string): Promise<"file" | "directory" | undefined> {
  const found = await stat(target).catch(() => undefined);
  if (found?.isDirectory() === true) return "directory";
  return found?.isFile() === true ? "file" : undefined;
}

/** Names in a directory, sorted; none when it does not exist. @throws HarnessError `file-not-readable` */
export async function listDirectory(directory: string): Promise<readonly string[]> {
  try {
    return (await readdir(directory)).sort();
  } catch (cause) {
    if (systemCode(cause) === "ENOENT") return [];
    throw new HarnessError("file-not-readable", `${directory} cannot be read: ${reason(cause)}`, { cause });
  }
}

const HINTS: Readonly<Record<string, string>> = {
  EACCES: "permission denied; choose another place with --out",
  EPERM: "not permitted; choose another place with --out",
  EROFS: "the file system is read-only; choose another place with --out",
  ENOSPC: "no space left on the device; free some, or choose another place with --out",
  ENOTDIR: "a part of the path is a file",
  EEXIST: "a part of the path is a file",
  EISDIR: "it is a directory",
  ENOENT: "nothing can be made there; choose another place",
};

const notWritable = (file: string, cause: unknown): HarnessError =>
  new HarnessError("file-not-writable", `${file} cannot be written: ${reason(cause)}`, { cause });

function reason(cause: unknown): string {
  return HINTS[systemCode(cause) ?? ""] ?? (cause instanceof Error ? cause.message : String(cause));
}
