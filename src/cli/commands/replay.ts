/** `replay`: runs saved plans again and says whether they fail as they did. */
import { z } from "zod";
import { readSavedPlan } from "../../harness/record/formats.ts";
import { findSavedPlans, firstDivergence } from "../../harness/record/kept-histories.ts";
import type { ReplayOutcome } from "../../harness/record/replay-outcome.ts";
import { HarnessError, UsageError } from "../../platform/errors.ts";
import { kindOf } from "../../platform/files.ts";
import {
  type ReplayLine,
  type ReplayView,
  renderReplay,
  renderReplayCount,
  renderReplayLine,
  replayJson,
  replayLine,
} from "../../reports/replay-text.ts";
import { defineCommand, Flag, Text } from "../command.ts";
import { EXIT_FAIL, EXIT_INCONCLUSIVE, EXIT_PASS, type ExitCode, worse } from "../exit-codes.ts";
import type { CommandIo } from "../io.ts";
import { asUsage } from "../named-files.ts";
import { chooseTarget, SAVED_TARGET_OPTIONS, SavedTargetSchemas } from "../saved-target.ts";
import type { Services } from "../services.ts";
import { openTarget } from "../targets.ts";

const Options = z.strictObject({ file: Text, ...SavedTargetSchemas, json: Flag });
type Options = z.infer<typeof Options>;

export const REPLAY = defineCommand({
  name: "replay",
  about: "Runs a saved plan again: REPRODUCED or DIFFERENT FAILURE (exit code 1), PASSES (0).",
  positional: { name: "file", about: "plan.json or shrunk.json of a record; or a directory: all of them below it" },
  options: [
    ...SAVED_TARGET_OPTIONS,
    { name: "json", about: "print the outcome as one JSON document to stdout, all else to stderr" },
  ],
  examples: [
    "replay fleetproof-out/failures/R-04-retry-17/shrunk.json",
    "replay fleetproof-out/failures/R-04-retry-17/shrunk.json --target sim",
    "replay fleetproof-out/failures",
  ],
  schema: Options,
  run: async (options, services, io) =>
    (await kindOf(options.file)) === "directory" ? replayAll(options, services, io) : replayOne(options, services, io),
});

async function replayOne(options: Options, services: Services, io: CommandIo): Promise<ExitCode> {
  const view = await replayFile(options.file, options, services, io);
  if (options.json) io.out(`${JSON.stringify(replayJson(view), null, 2)}\n`);
  else io.out(renderReplay(view, { columns: io.columns, colours: io.colours }));
  return EXIT_CODES_OF[view.outcome.kind];
}

async function replayFile(file: string, options: Options, services: Services, io: CommandIo): Promise<ReplayView> {
  const saved = await asUsage("", () => readSavedPlan(file));
  const choice = chooseTarget(options, saved, file);
  const { target, close } = await openTarget(choice, saved.plan.profile, options.token, services);
  try {
    const outcome = await services.replaySavedPlan(saved, target, io.signal);
    const divergence = differs(outcome) ? await firstDivergence(file, outcome.history) : undefined;
    return { saved, outcome, target: target.name, divergence };
  } finally {
    await close();
  }
}

const differs = (outcome: ReplayOutcome): boolean => "sameHistory" in outcome && outcome.sameHistory === false;

/** A file that cannot be used does not keep the others from being replayed. */
async function replayAll(options: Options, services: Services, io: CommandIo): Promise<ExitCode> {
  const files = await asUsage("", () => findSavedPlans(options.file));
  if (files.length === 0)
    throw new UsageError("bad-file", `${options.file}: there is no plan.json or shrunk.json below it`);
  const lines: ReplayLine[] = [];
  const documents: unknown[] = [];
  let code: ExitCode = EXIT_PASS;
  for (const file of files) {
    if (io.signal.aborted) break;
    const view = await unlessUnusable(replayFile(file, options, services, io));
    const line: ReplayLine = view instanceof Error ? { word: "ERROR", about: view.message } : replayLine(view);
    lines.push(line);
    documents.push(
      view instanceof Error ? { file, outcome: "error", reason: view.message } : { file, ...replayJson(view) },
    );
    code = worse(code, view instanceof Error ? EXIT_INCONCLUSIVE : EXIT_CODES_OF[view.outcome.kind]);
    if (!options.json) io.out(renderReplayLine(line, file, { columns: io.columns, colours: io.colours }));
  }
  const interrupted = lines.length < files.length;
  if (options.json) io.out(`${JSON.stringify({ plans: documents, interrupted }, null, 2)}\n`);
  else io.out(`\n${renderReplayCount(lines)}`);
  if (interrupted) io.err(`interrupted: ${files.length - lines.length} plans were not replayed\n`);
  return interrupted ? worse(code, EXIT_INCONCLUSIVE) : code;
}

async function unlessUnusable<T>(work: Promise<T>): Promise<T | UsageError | HarnessError> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof UsageError || error instanceof HarnessError) return error;
    throw error;
  }
}

const EXIT_CODES_OF = {
  reproduced: EXIT_FAIL,
  "different-failure": EXIT_FAIL,
  passes: EXIT_PASS,
  inconclusive: EXIT_INCONCLUSIVE,
} as const;
