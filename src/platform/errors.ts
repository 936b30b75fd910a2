/**
 * The exceptions of Fleetproof, all of them. Each has a closed set of codes and keeps its cause.
 *
 * What a peer does wrong is never thrown: a codec answers with a `Result`, a run records an observation, a broken
 * requirement is a `Finding`. A mistake in our own code is neither: it is any other exception, and ends in exit code 70.
 */

export const HARNESS_ERROR_CODES = [
  "address-in-use",
  "address-not-available",
  "permission-denied",
  "too-many-open-files",
  "host-not-found",
  "socket-failed",
  "file-not-found",
  "file-not-readable",
  "file-not-writable",
  "file-not-json",
  "child-failed",
  "target-not-usable",
  "store-in-use",
  "store-not-usable",
  "store-failed",
  "server-broken",
  "interrupted",
  "queue-not-usable",
  "worker-lost",
  "package-missing",
] as const;
export type HarnessErrorCode = (typeof HARNESS_ERROR_CODES)[number];

/**
 * The harness cannot work; nothing is known about the server. Ends a command with exit code 2.
 *
 * The message says what was tried on what, and what to do about it.
 */
export class HarnessError extends Error {
  override readonly name = "HarnessError";
  readonly code: HarnessErrorCode;

  constructor(code: HarnessErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

export type UsageErrorCode = "unknown-option" | "missing-value" | "bad-value" | "conflict" | "bad-file";

/** The command line, or a file that it names, asks for something that does not exist. Exit code 64. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  readonly code: UsageErrorCode;

  constructor(code: UsageErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/** The `code` of an error from the operating system: `EADDRINUSE`, `ENOENT`; `undefined` for any other error. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

const SOCKET_CODES: Readonly<Record<string, readonly [HarnessErrorCode, string]>> = {
  EADDRINUSE: ["address-in-use", "is taken by another process; choose another port, or 0 for a free one"],
  EADDRNOTAVAIL: ["address-not-available", "is not an address of this machine"],
  EACCES: ["permission-denied", "is not permitted; ports below 1024 need privileges"],
  EMFILE: ["too-many-open-files", "needs more open files than `ulimit -n` allows"],
  ENFILE: ["too-many-open-files", "needs more open files than the system allows"],
  ENOTFOUND: ["host-not-found", "names a host that does not resolve; give another name, or a numeric address"],
  EAI_AGAIN: ["host-not-found", "names a host that does not resolve now; try again, or give a numeric address"],
};

/** Turns what the operating system said about a socket into an error that tells what to do. `what`: `udp 127.0.0.1:5683`. */
export function socketError(what: string, cause: unknown): HarnessError {
  const known = SOCKET_CODES[systemCode(cause) ?? ""];
  if (known !== undefined) return new HarnessError(known[0], `${what} ${known[1]}`, { cause });
  return new HarnessError(
    "socket-failed",
    `${what} failed: ${cause instanceof Error ? cause.message : String(cause)}`,
    { cause },
  );
}

/** Stack of anything thrown, in one line, for logs that are read line by line. */
export function oneLineStack(error: unknown): string {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return text
    .split("\n")
    .map((line) => line.trim())
    .join(" | ");
}
