/**
 * The log of a server: one line of JSON for each event that an operator may want to know of.
 *
 * Which level a notice has, and in what words, is a table. No line has a token, a payload or a value in it, at any level.
 */
import pino, { type Logger } from "pino";
import { write } from "../../platform/terminal.ts";
import type { Notice } from "../watch/notices.ts";
import type { LogLevel } from "./log-levels.ts";

export type Log = Pick<Logger, "debug" | "info" | "warn" | "error">;

/** @param line takes each line with its end; default: standard error */
export function createLog(level: LogLevel, line: (text: string) => void = (text) => write("stderr", text)): Log {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: line },
  );
}

const LINES: { readonly [K in Notice["kind"]]: readonly [Exclude<LogLevel, "silent">, string] } = {
  registered: ["info", "device registered"],
  "registration-updated": ["debug", "registration updated"],
  "registration-ended": ["info", "registration ended"],
  "task-created": ["info", "task created"],
  "task-ended": ["info", "task ended"],
  "task-removed": ["debug", "task removed"],
  "device-task-ended": ["info", "device task ended"],
};

export function logNotice(log: Log, { kind, ...fields }: Notice): void {
  const [level, message] = LINES[kind];
  log[level]({ event: kind, ...fields }, message);
}

/** One refused request. */
export interface Refusal {
  readonly method: string;
  /** `create-task`, or `none` for what is no endpoint. */
  readonly endpoint: string;
  /** HTTP. */
  readonly status: number;
  /** Of the error envelope. */
  readonly code: number | undefined;
  /** The field that is wrong. */
  readonly field: string | undefined;
}

/** Lines about refused requests in a second; whoever floods the server does not fill the disk. */
const MOST_REFUSALS = 20;

/** @returns logs a refusal at that second, and at the next one how many were left out */
export function createRefusalLog(log: Log): (refusal: Refusal, second: number) => void {
  let current = 0;
  let lines = 0;
  return (refusal, second) => {
    if (second !== current) {
      if (lines > MOST_REFUSALS)
        log.warn({ event: "requests-refused", more: lines - MOST_REFUSALS }, "more requests refused");
      current = second;
      lines = 0;
    }
    lines += 1;
    if (lines > MOST_REFUSALS) return;
    const level = refusal.status >= 500 ? "warn" : "info";
    log[level]({ event: "request-refused", ...refusal }, "request refused");
  };
}
