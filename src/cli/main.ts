#!/usr/bin/env node
/**
 * The program: gives the commands their streams and services, and the process its exit code.
 *
 * The first Ctrl-C asks the command to stop, and to write what there is; the second ends the process at once. SIGTERM
 * does the same, and is counted by itself: a program that stops its children sends it after a Ctrl-C that all have got.
 */
import { setMaxListeners } from "node:events";
import { onInterrupt } from "../platform/process.ts";
import { columns, isTerminal, tolerateClosedPipes, wantsColour, write } from "../platform/terminal.ts";
import type { CommandIo } from "./io.ts";
import { run } from "./run.ts";
import { createServices } from "./wiring.ts";

/** What shells report for a process that Ctrl-C ended: 128 + SIGINT. */
const INTERRUPTED = 130;

const stop = new AbortController();
// Every live run listens, and hundreds run at once: that is no leak.
setMaxListeners(0, stop.signal);
const got = new Set<string>();
onInterrupt((signal) => {
  if (got.has(signal)) process.exit(INTERRUPTED);
  got.add(signal);
  stop.abort();
  if (signal === "SIGINT" && isTerminal("stderr")) write("stderr", "\nstopping; Ctrl-C again quits at once\n");
});
tolerateClosedPipes();

const io: CommandIo = {
  out: (text) => write("stdout", text),
  err: (text) => write("stderr", text),
  outIsTerminal: isTerminal("stdout"),
  errIsTerminal: isTerminal("stderr"),
  columns: columns("stdout"),
  colours: wantsColour("stdout"),
  signal: stop.signal,
};

process.exitCode = await run(process.argv.slice(2), io, await createServices());
