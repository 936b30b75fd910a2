/**
 * The command line from its texts to an exit code. Testable without a process: streams, services and the wish to stop
 * are arguments.
 */
import { HarnessError, UsageError } from "../platform/errors.ts";
import type { Command } from "./command.ts";
import { DEMO } from "./commands/demo.ts";
import { EXPLAIN } from "./commands/explain.ts";
import { FLEET } from "./commands/fleet.ts";
import { LOAD } from "./commands/load.ts";
import { MERGE } from "./commands/merge.ts";
import { PREFLIGHT } from "./commands/preflight.ts";
import { RECHECK } from "./commands/recheck.ts";
import { REPLAY } from "./commands/replay.ts";
import { REPORT } from "./commands/report.ts";
import { REQUIREMENTS_COMMAND } from "./commands/requirements.ts";
import { SELFTEST } from "./commands/selftest.ts";
import { SERVE } from "./commands/serve.ts";
import { SHRINK } from "./commands/shrink.ts";
import { VERIFY } from "./commands/verify.ts";
import { WORKER } from "./commands/worker.ts";
import { EXIT_BUG, EXIT_INCONCLUSIVE, EXIT_PASS, EXIT_USAGE, type ExitCode } from "./exit-codes.ts";
import type { CommandIo } from "./io.ts";
import { parseCommandLine } from "./parse.ts";
import type { Services } from "./services.ts";

/** In the order of the help. */
export const COMMANDS: readonly Command[] = [
  VERIFY,
  REPLAY,
  REPORT,
  RECHECK,
  SELFTEST,
  SHRINK,
  PREFLIGHT,
  REQUIREMENTS_COMMAND,
  EXPLAIN,
  SERVE,
  FLEET,
  LOAD,
  MERGE,
  WORKER,
  DEMO,
];

/** @param argv what follows the name of the program */
export async function run(argv: readonly string[], io: CommandIo, services: Services): Promise<ExitCode> {
  try {
    const parsed = await parseCommandLine(argv, COMMANDS, { version: services.version, columns: io.columns });
    if (parsed.kind === "command") return await parsed.command.execute(parsed.texts, services, io);
    io.out(`${parsed.text}\n`);
    return EXIT_PASS;
  } catch (error) {
    return report(error, io);
  }
}

function report(error: unknown, io: CommandIo): ExitCode {
  if (error instanceof UsageError) {
    io.err(`fleetproof: ${error.message}\n`);
    return EXIT_USAGE;
  }
  if (error instanceof HarnessError) {
    io.err(`fleetproof: ${error.message}\n`);
    return EXIT_INCONCLUSIVE;
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  io.err(`fleetproof: this is a bug in fleetproof, not in the server under test.\n${stack}\n`);
  io.err("Please report it with the lines above, the command line, and run.json of the record if there is one.\n");
  return EXIT_BUG;
}
