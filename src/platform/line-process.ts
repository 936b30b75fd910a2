/**
 * A child process that talks in lines: what we write to its standard input, what it writes to its standard output.
 */
import { spawn } from "node:child_process";
import { seconds } from "../protocol/time.ts";
import { type ChildEnd, stopper, watchEnd } from "./process.ts";

export interface LineProcessOptions {
  readonly command: string;
  readonly args: readonly string[];
  /** Called with each line, without its end. */
  readonly onLine: (line: string) => void;
}

export interface LineProcess {
  /** Lost when it has ended. */
  write(line: string): void;
  /** Settles when it has ended, or could not be started: then `stderr` says why. */
  readonly ended: Promise<ChildEnd>;
  /** The last that it wrote to standard error. */
  stderr(): string;
  /** Closes its standard input, asks it to end, insists after 5 s. May be called twice. */
  stop(): Promise<ChildEnd>;
}

/** A line that does not end must not fill our memory. */
const LONGEST_LINE = 64 * 1024 * 1024;
const MOST_STDERR = 4_000;

export function startLineProcess({ command, args, onLine }: LineProcessOptions): LineProcess {
  const child = spawn(command, [...args], { stdio: ["pipe", "pipe", "pipe"] });
  const ended = watchEnd(child);
  let stderr = "";
  let rest = "";
  child.stderr.on("data", (text: string) => {
    stderr = (stderr + text).slice(-MOST_STDERR);
  });
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) onLine(line);
    if (rest.length <= LONGEST_LINE) return;
    onLine(rest.slice(0, MOST_STDERR));
    rest = "";
  });
  return {
    write: (line) => {
      if (child.stdin.writable) child.stdin.write(`${line}\n`);
    },
    ended,
    stderr: () => stderr,
    stop: stopper(child, ended, seconds(5)),
  };
}
