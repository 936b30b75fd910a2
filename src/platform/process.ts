/**
 * Processes: child servers that say when they are ready, interrupts, and the limits of this process.
 *
 * Only what was started here is ever stopped, through its own handle. A child does not outlive this process, unless
 * this process is killed outright; so a child watches its standard input and ends when that closes.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { type Micros, seconds, toMillis, toSeconds } from "../protocol/time.ts";
import { HarnessError } from "./errors.ts";

/** Tells a child that its standard input is a line to its parent. Elsewhere an input that ends (`</dev/null`) means nothing. */
const CHILD_MARK = "FLEETPROOF_CHILD";

export interface ChildOptions {
  readonly command: string;
  readonly args: readonly string[];
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** How long the child may take to print its first line. Default 20 s. */
  readonly readyWithin?: Micros;
  /** How long it may take to end after SIGTERM before it gets SIGKILL. Default 5 s. */
  readonly stopWithin?: Micros;
}

export interface Child {
  readonly pid: number;
  /** The first line on its standard output, parsed. */
  readonly ready: unknown;
  /** Settles when the child has ended, however that came about. */
  readonly ended: Promise<ChildEnd>;
  /** Asks it to end, insists after a while. May be called twice, and after it ended by itself. */
  stop(): Promise<ChildEnd>;
  /** Ends it at once, by SIGKILL: it can do nothing more. May be called after it ended by itself. */
  kill(): Promise<ChildEnd>;
}

export interface ChildEnd {
  readonly code: number | null;
  readonly signal: string | null;
  /** The last 4,000 characters that it wrote to standard error. */
  readonly stderr: string;
}

/**
 * Starts a child and waits for its first line, which must be JSON.
 *
 * @throws HarnessError `child-failed`: it does not start, ends before the line, prints no JSON, or takes too long; the
 *   message ends with what it wrote to standard error. It is stopped then.
 */
export async function startChild(options: ChildOptions): Promise<Child> {
  const what = [options.command, ...options.args].join(" ");
  const child = spawn(options.command, [...options.args], {
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, ...options.env, [CHILD_MARK]: "1" },
  });
  const ended = watchEnd(child);
  const stop = stopper(child, ended, options.stopWithin ?? seconds(5));
  try {
    const line = await firstLine(child, ended, options.readyWithin ?? seconds(20));
    const kill = (): Promise<ChildEnd> => {
      child.kill("SIGKILL");
      return ended;
    };
    return { pid: child.pid ?? 0, ready: JSON.parse(line), ended, stop, kill };
  } catch (cause) {
    const { stderr } = await stop();
    const said = stderr.trim() === "" ? "" : `; it said: ${stderr.trim()}`;
    throw new HarnessError(
      "child-failed",
      `${what}: ${cause instanceof Error ? cause.message : String(cause)}${said}`,
      { cause },
    );
  }
}

export function watchEnd(child: ChildProcess): Promise<ChildEnd> {
  let stderr = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderr = (stderr + text).slice(-4_000);
  });
  child.stdin?.on("error", () => undefined);
  const killWithUs = (): void => void child.kill("SIGKILL");
  process.once("exit", killWithUs);
  return new Promise((resolve) => {
    const settle = (code: number | null, signal: string | null): void => {
      process.removeListener("exit", killWithUs);
      resolve({ code, signal, stderr });
    };
    child.once("close", settle);
    // A child that could not be started never closes.
    child.once("error", (error) => {
      stderr += error.message;
      if (child.pid === undefined) settle(null, null);
    });
  });
}

function firstLine(child: ChildProcess, ended: Promise<ChildEnd>, within: Micros): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    const timer = setTimeout(() => reject(new Error(`not ready after ${toSeconds(within)} s`)), toMillis(within));
    child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
      if (text.includes("\n")) return;
      text += chunk;
      const end = text.indexOf("\n");
      if (end < 0) return;
      clearTimeout(timer);
      resolve(text.slice(0, end));
    });
    void ended.then(({ code, signal }) => {
      clearTimeout(timer);
      reject(
        new Error(
          signal === null
            ? `ended with exit code ${code} before it was ready`
            : `ended by ${signal} before it was ready`,
        ),
      );
    });
  });
}

export function stopper(child: ChildProcess, ended: Promise<ChildEnd>, within: Micros): () => Promise<ChildEnd> {
  return async () => {
    if (child.exitCode === null && child.signalCode === null && child.pid !== undefined) {
      child.stdin?.end();
      child.kill("SIGTERM");
      const timer = setTimeout(() => child.kill("SIGKILL"), toMillis(within));
      void ended.then(() => clearTimeout(timer));
    }
    return ended;
  };
}

/** Calls back at every SIGINT (Ctrl-C) and SIGTERM, instead of ending the process. Returns how to undo that. */
export function onInterrupt(listener: (signal: "SIGINT" | "SIGTERM") => void): () => void {
  const interrupt = (): void => listener("SIGINT");
  const terminate = (): void => listener("SIGTERM");
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", terminate);
  return () => {
    process.removeListener("SIGINT", interrupt);
    process.removeListener("SIGTERM", terminate);
  };
}

/** In a child of `startChild`: calls back when the parent has gone away or wants it to end. Elsewhere: never. */
export function onParentGone(listener: () => void): void {
  if (process.env[CHILD_MARK] !== "1") return;
  onInputEnd(listener);
}

/** Calls back when standard input has ended, at once if there is none. Waiting does not keep the process alive. */
export function onInputEnd(listener: () => void): void {
  process.stdin.on("end", listener).on("error", listener).resume();
  // A pipe or terminal would; a file has no such method.
  if ("unref" in process.stdin) process.stdin.unref();
}

/** How many processes can compute at once. */
export const processors = (): number => availableParallelism();

/** How many files and sockets this process may open (`ulimit -n`); `undefined` where the system does not say. */
export function openFileLimit(): number | undefined {
  try {
    const soft = /^Max open files\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8"))?.[1];
    return soft === undefined ? undefined : Number(soft);
  } catch {
    return undefined;
  }
}
