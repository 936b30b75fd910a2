/**
 * Progress of a long command, on stderr: one line that is rewritten on a terminal, a plain line every few seconds elsewhere.
 */
import type { CommandIo } from "./io.ts";

/** Milliseconds between two shows. */
const REWRITE_EVERY = 100;
const PLAIN_LINE_EVERY = 5_000;

export interface ProgressLine {
  show(text: string): void;
  /** Takes the rewritten line away, so that what follows starts on a clean line. */
  clear(): void;
}

/** @param now milliseconds of a clock that never goes back */
export function createProgressLine(
  io: Pick<CommandIo, "err" | "errIsTerminal" | "columns">,
  now: () => number,
): ProgressLine {
  const interval = io.errIsTerminal ? REWRITE_EVERY : PLAIN_LINE_EVERY;
  let shownAt = io.errIsTerminal ? Number.NEGATIVE_INFINITY : now();
  let onScreen = false;
  return {
    show(text) {
      if (now() - shownAt < interval) return;
      shownAt = now();
      if (!io.errIsTerminal) return io.err(`${text}\n`);
      onScreen = true;
      io.err(`\r\u001b[2K${text.slice(0, io.columns - 1)}`);
    },
    clear() {
      if (onScreen) io.err("\r\u001b[2K");
      onScreen = false;
    },
  };
}
