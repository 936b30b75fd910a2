/** `replay`: runs saved plans again and says whether they fail as they did. */
import path from "node:path";
import { z } from "zod";
import { readSavedPlan } from "../../harness/record/formats.ts";
import { findSavedPlans, firstDivergence } from "../../harness/record/kept-histories.ts";
import type { ReplayOutcome } from "../../harness/record/replay-outcome.ts";
import type { ReplayMeeting } from "../../harness/record/replayed-expectations.ts";
import type { SavedPlan } from "../../harness/record/verdict.ts";
import { writeRun } from "../../harness/saved/record-files.ts";
import { HarnessError, UsageError } from "../../platform/errors.ts";
import { kindOf, writeText } from "../../platform/files.ts";
import { renderPcapng } from "../../reports/pcapng.ts";
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
import { exitCodeOfMeeting, type ReplayExpectations, readReplayExpectations } from "../replay-expectations.ts";
import { chooseTarget, SAVED_TARGET_OPTIONS, SavedTargetSchemas } from "../saved-target.ts";
import type { Services } from "../services.ts";
import { openTarget, type TargetChoice, targetName } from "../targets.ts";

const Options = z.strictObject({
  file: Text,
  ...SavedTargetSchemas,
  expectations: Text.optional(),
  strict: Flag,
  out: Text.optional(),
  json: Flag,
});
type Options = z.infer<typeof Options>;

export const REPLAY = defineCommand({
  name: "replay",
  about: "Runs a saved plan again: REPRODUCED or DIFFERENT FAILURE (exit code 1), PASSES (0).",
  positional: { name: "file", about: "plan.json or shrunk.json of a record; or a directory: all of them below it" },
  options: [
    ...SAVED_TARGET_OPTIONS,
    {
      name: "expectations",
      value: "FILE",
      about:
        "requirements that are known to be broken, as for verify: they do not fail the replay, but an entry does whose saved plans all keep it now",
    },
    { name: "strict", about: "with --expectations: a SHOULD that is not kept, and not in the file, fails too" },
    {
      name: "out",
      value: "DIR",
      about: "write each run there, whatever it showed: plan.json, history.ndjson and, for Wireshark, history.pcapng",
      presetText: "nowhere",
    },
    { name: "json", about: "print the outcome as one JSON document to stdout, all else to stderr" },
  ],
  examples: [
    "replay fleetproof-out/failures/R-04-retry-17/shrunk.json",
    "replay fleetproof-out/failures/R-04-retry-17/shrunk.json --target sim",
    "replay fleetproof-out/failures/R-04-retry-17/shrunk.json --out again",
    "replay fleetproof-out/failures",
    "replay fleetproof-corpus --expectations expected.json",
  ],
  schema: Options,
  async run(options, services, io) {
    const expected = await readReplayExpectations(options);
    const isDirectory = (await kindOf(options.file)) === "directory";
    return (isDirectory ? replayAll : replayOne)(options, expected, services, io);
  },
});

async function replayOne(
  options: Options,
  expected: ReplayExpectations | undefined,
  services: Services,
  io: CommandIo,
): Promise<ExitCode> {
  const view = await replayFile(options.file, options.out, options, services, io);
  const meeting = expected?.meet([view], true);
  if (options.json) io.out(`${JSON.stringify({ ...replayJson(view), expectations: meeting }, null, 2)}\n`);
  else io.out(renderReplay(view, { columns: io.columns, colours: io.colours }));
  if (expected === undefined || meeting === undefined) return EXIT_CODES_OF[view.outcome.kind];
  (options.json ? io.err : io.out)(expected.text(meeting));
  return view.outcome.kind === "inconclusive"
    ? worse(EXIT_INCONCLUSIVE, exitCodeOfMeeting(meeting))
    : exitCodeOfMeeting(meeting);
}

/** @param out where the run is written; absent: nowhere */
async function replayFile(
  file: string,
  out: string | undefined,
  options: Options,
  services: Services,
  io: CommandIo,
): Promise<ReplayView> {
  const saved = await asUsage("", () => readSavedPlan(file));
  const choice = chooseTarget(options, saved, file);
  const { target, close } = await openTarget(choice, saved.plan.profile, options.token, services);
  try {
    const outcome = await services.replaySavedPlan(saved, target, io.signal);
    const divergence = differs(outcome) ? await firstDivergence(file, outcome.history) : undefined;
    if (out !== undefined) await writeReplay(out, saved, outcome, choice, services);
    return { saved, outcome, target: target.name, divergence, written: out };
  } finally {
    await close();
  }
}

async function writeReplay(
  directory: string,
  { plan }: SavedPlan,
  outcome: ReplayOutcome,
  choice: TargetChoice,
  { version }: Services,
): Promise<void> {
  const { history } = outcome;
  const [finding] =
    outcome.kind === "different-failure" ? outcome.findings : "finding" in outcome ? [outcome.finding] : [];
  const exact = choice.kind === "sim";
  const mutant = choice.kind === "sim" ? choice.mutant : undefined;
  await writeRun(
    directory,
    { plan, history, finding },
    { fleetproof: version, target: targetName(choice), mutant, exact },
  );
  await writeText(path.join(directory, "history.pcapng"), renderPcapng(history));
}

const differs = (outcome: ReplayOutcome): boolean => "sameHistory" in outcome && outcome.sameHistory === false;

/** A file that cannot be used does not keep the others from being replayed. */
async function replayAll(
  options: Options,
  expected: ReplayExpectations | undefined,
  services: Services,
  io: CommandIo,
): Promise<ExitCode> {
  const files = await asUsage("", () => findSavedPlans(options.file));
  if (files.length === 0)
    throw new UsageError("bad-file", `${options.file}: there is no plan.json or shrunk.json below it`);
  const done: Done[] = [];
  for (const file of files) {
    if (io.signal.aborted) break;
    const out = options.out === undefined ? undefined : path.join(options.out, placeOf(file, options.file));
    const result = { file, view: await unlessUnusable(replayFile(file, out, options, services, io)) };
    done.push(result);
    if (!options.json)
      io.out(renderReplayLine(lineOf(result, expected), file, { columns: io.columns, colours: io.colours }));
  }
  const interrupted = done.length < files.length;
  const views = done.flatMap(({ view }) => (view instanceof Error ? [] : [view]));
  const meeting = expected?.meet(views, views.length === files.length);
  if (options.json)
    io.out(`${JSON.stringify({ plans: done.map(documentOf), interrupted, expectations: meeting }, null, 2)}\n`);
  else io.out(`\n${renderReplayCount(done.map((result) => lineOf(result, expected)))}`);
  if (expected !== undefined && meeting !== undefined) (options.json ? io.err : io.out)(expected.text(meeting));
  if (interrupted) io.err(`interrupted: ${files.length - done.length} plans were not replayed\n`);
  const codes = [...done.map((result) => codeOf(result, meeting)), ...(interrupted ? [EXIT_INCONCLUSIVE] : [])];
  return codes.reduce(worse, meeting === undefined ? EXIT_PASS : exitCodeOfMeeting(meeting));
}

/** `R-04-retry-17/shrunk`: where the run of one plan among many is written. */
const placeOf = (file: string, directory: string): string => path.relative(directory, file).replace(/\.json$/, "");

/** A file, and what its replay showed, or why there is none. */
interface Done {
  readonly file: string;
  readonly view: ReplayView | UsageError | HarnessError;
}

const lineOf = ({ view }: Done, expected: ReplayExpectations | undefined): ReplayLine =>
  view instanceof Error ? { word: "ERROR", about: view.message } : replayLine(view, expected?.meet([view], false));

const documentOf = ({ file, view }: Done): unknown =>
  view instanceof Error ? { file, outcome: "error", reason: view.message } : { file, ...replayJson(view) };

/** With expectations, what failed is judged of all plans together. */
function codeOf({ view }: Done, meeting: ReplayMeeting | undefined): ExitCode {
  if (view instanceof Error) return EXIT_INCONCLUSIVE;
  const code = EXIT_CODES_OF[view.outcome.kind];
  return meeting === undefined || code !== EXIT_FAIL ? code : EXIT_PASS;
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
