/** The reference server as users run it: compiled, in a process of its own, that can be killed and started again. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type ChildEnd, startChild } from "../../src/platform/process.ts";

const ROOT = path.join(import.meta.dirname, "..", "..");

export interface Program {
  /** What Node runs. */
  readonly entry: string;
  remove(): void;
}

/** Compiles the sources; a loader of TypeScript would make each start take seconds. */
export function compileProgram(): Program {
  const cache = path.join(ROOT, "node_modules", ".cache");
  mkdirSync(cache, { recursive: true });
  const directory = mkdtempSync(path.join(cache, "fleetproof-durability-"));
  writeFileSync(path.join(directory, "package.json"), '{ "type": "module", "version": "0.0.0" }\n');
  const compiler = path.join(ROOT, "node_modules", "typescript", "bin", "tsc");
  const args = ["-p", path.join(ROOT, "tsconfig.build.json"), "--outDir", path.join(directory, "dist")];
  // Types are checked elsewhere.
  const { status, stdout } = spawnSync(process.execPath, [compiler, ...args, "--noCheck", "--declaration", "false"], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`tsc: ${stdout}`);
  const files = path.join("reference-server", "web", "static");
  cpSync(path.join(ROOT, "src", files), path.join(directory, "dist", files), { recursive: true });
  return {
    entry: path.join(directory, "dist", "cli", "main.js"),
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

export interface ServerProcess {
  readonly http: string;
  readonly coap: string;
  readonly ended: Promise<ChildEnd>;
  /** Without effect on one that has ended. */
  signal(signal: "SIGKILL" | "SIGINT" | "SIGTERM"): Promise<ChildEnd>;
}

export interface StartOptions {
  /** Takes the ports of a server before. */
  readonly at?: Pick<ServerProcess, "http" | "coap">;
  /** Run by the shell that becomes the server. */
  readonly shell?: string;
}

/** @param options of `serve`, without the ports */
export async function startServe(
  { entry }: Program,
  options: readonly string[],
  { at, shell }: StartOptions = {},
): Promise<ServerProcess> {
  const port = (url: string | undefined): string => (url === undefined ? "0" : new URL(url).port);
  const args = [entry, "serve", "--http", port(at?.http), "--coap", port(at?.coap), ...options];
  const command =
    shell === undefined
      ? { command: process.execPath, args }
      : { command: "bash", args: ["-c", `${shell}; exec "$@"`, "bash", process.execPath, ...args] };
  const child = await startChild(command);
  let isOver = false;
  void child.ended.then(() => {
    isOver = true;
  });
  const { http, coap } = child.ready as { http: string; coap: string };
  return {
    http,
    coap,
    ended: child.ended,
    signal(signal) {
      if (!isOver) process.kill(child.pid, signal);
      return child.ended;
    },
  };
}
