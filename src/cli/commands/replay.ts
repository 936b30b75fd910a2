/** `replay`: runs a saved plan again and says whether it fails as it did. */
import { z } from "zod";
import { firstDivergence, readSavedPlan } from "../../harness/record/record-files.ts";
import type { SavedPlan } from "../../harness/record/verdict.ts";
import { UsageError } from "../../platform/errors.ts";
import { renderReplay, replayJson } from "../../reports/replay-text.ts";
import { defineCommand, Flag, Text } from "../command.ts";
import { EXIT_FAIL, EXIT_INCONCLUSIVE, EXIT_PASS } from "../exit-codes.ts";
import { asUsage } from "../named-files.ts";
import { openTarget, readSavedTarget, readTarget, type TargetChoice } from "../targets.ts";

const Options = z.strictObject({
  file: Text,
  target: Text.optional(),
  coap: Text.optional(),
  mutant: Text.optional(),
  token: Text.optional(),
  json: Flag,
});

export const REPLAY = defineCommand({
  name: "replay",
  about: "Runs a saved plan again: REPRODUCED or DIFFERENT FAILURE (exit code 1), PASSES (0).",
  positional: { name: "file", about: "plan.json or shrunk.json of a failure in a record" },
  options: [
    {
      name: "target",
      value: "TARGET",
      about: "run it on another target, named as for verify",
      presetText: "the recorded one",
    },
    { name: "coap", value: "URL", about: "CoAP address of an http target, such as coap://127.0.0.1:5683" },
    { name: "mutant", value: "ID", about: "run it on this shipped defective server, with --target sim" },
    { name: "token", value: "TEXT", about: "bearer token for the task API of an http target" },
    { name: "json", about: "print the outcome as one JSON document to stdout, all else to stderr" },
  ],
  examples: ["replay fleetproof-out/failures/R-04-retry-17/shrunk.json"],
  schema: Options,
  async run(options, services, io) {
    const saved = await asUsage("", () => readSavedPlan(options.file));
    const choice = chooseTarget(options, saved, options.file);
    const { target, close } = await openTarget(choice, saved.plan.profile, options.token, services);
    try {
      const outcome = await services.replaySavedPlan(saved, target, io.signal);
      const differs = outcome.kind === "reproduced" && outcome.sameHistory === false;
      const divergence = differs ? await firstDivergence(options.file, outcome.history) : undefined;
      const view = { saved, outcome, target: target.name, divergence };
      if (options.json) io.out(`${JSON.stringify(replayJson(view), null, 2)}\n`);
      else io.out(renderReplay(view, { columns: io.columns, colours: io.colours }));
      return EXIT_CODES_OF[outcome.kind];
    } finally {
      await close();
    }
  },
});

const EXIT_CODES_OF = {
  reproduced: EXIT_FAIL,
  "different-failure": EXIT_FAIL,
  passes: EXIT_PASS,
  inconclusive: EXIT_INCONCLUSIVE,
} as const;

function chooseTarget(options: z.infer<typeof Options>, saved: SavedPlan, file: string): TargetChoice {
  if (options.target !== undefined) return readTarget({ ...options, target: options.target });
  if (options.coap !== undefined) throw new UsageError("conflict", "--coap needs --target");
  if (options.mutant !== undefined) return readTarget({ target: "sim", mutant: options.mutant });
  try {
    return readSavedTarget(saved.target, saved.mutant);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(
      "bad-file",
      `${file} was recorded on "${saved.target}", which cannot be reached again by that name: give --target`,
    );
  }
}
