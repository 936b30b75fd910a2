/**
 * What a command may do to the outside of the process: two streams and a wish to stop. Everything else arrives as a service.
 */

export interface CommandIo {
  /** Results: a report, or with `--json` exactly one JSON document. */
  out(text: string): void;
  /** Everything else: progress, warnings, errors. */
  err(text: string): void;
  readonly outIsTerminal: boolean;
  readonly errIsTerminal: boolean;
  /** Characters per line. */
  readonly columns: number;
  /** False off a terminal, and when NO_COLOR is set. */
  readonly colours: boolean;
  /** Aborted by the first Ctrl-C. */
  readonly signal: AbortSignal;
}
