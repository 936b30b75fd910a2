/** What goes to the screen: lines on stdout and stderr, and what kind of screen it is. */
import { systemCode } from "./errors.ts";

type Stream = "stdout" | "stderr";

/** Writes text as it is; a reader that has gone away (`| head`) is no error. */
export function write(stream: Stream, text: string): void {
  process[stream].write(text);
}

export const printLine = (text: string): void => write("stdout", `${text}\n`);
export const printError = (text: string): void => write("stderr", `${text}\n`);

export const isTerminal = (stream: Stream): boolean => process[stream].isTTY === true;
/** Width in characters; 80 where nobody knows. */
export const columns = (stream: Stream): number => process[stream].columns ?? 80;
/** Colours are wanted: a terminal, and the user did not say no (no-color.org). */
export const wantsColour = (stream: Stream): boolean => isTerminal(stream) && (process.env.NO_COLOR ?? "") === "";

/** To be called once at start: a closed pipe on stdout or stderr no longer ends the process with a stack. */
export function tolerateClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error) => {
      if (systemCode(error) !== "EPIPE") throw error;
    });
  }
}
