/** `recheck`: judges saved histories with the checkers of this version, without any target. */
import { z } from "zod";
import { findHistories } from "../../harness/record/kept-histories.ts";
import { type RecheckProgress, recheck } from "../../harness/saved/recheck.ts";
import { renderRecheck } from "../../reports/recheck-text.ts";
import { count } from "../../reports/text.ts";
import { checkPrefixes } from "../campaign-options.ts";
import { defineCommand, Flag, List, Text } from "../command.ts";
import { EXIT_INCONCLUSIVE, exitCodeOf } from "../exit-codes.ts";
import { asUsage } from "../named-files.ts";
import { createProgressLine } from "../progress.ts";

export const RECHECK = defineCommand({
  name: "recheck",
  about: "Judges saved histories with the checkers of this version, and says what differs from the record.",
  positional: { name: "place", about: "a record, a directory of a failure in it, or one history" },
  options: [
    {
      name: "only",
      value: "IDS",
      about: "judge only these requirements: ids or their beginnings, such as Q-,R-04",
      presetText: "all",
    },
    { name: "strict", about: "a SHOULD that is not kept fails" },
    { name: "json", about: "print the outcome as one JSON document to stdout, all else to stderr" },
  ],
  examples: ["recheck fleetproof-out", "recheck fleetproof-out/failures/R-04-retry-17 --only R-04"],
  schema: z.strictObject({ place: Text, only: List.optional(), strict: Flag, json: Flag }),
  async run(options, services, io) {
    const only = checkPrefixes("only", options.only ?? []);
    const histories = await asUsage("", () => findHistories(options.place));
    if (histories.length === 0) {
      io.err(`fleetproof: there is no history.ndjson below ${options.place}: nothing to judge\n`);
      return EXIT_INCONCLUSIVE;
    }
    const line = createProgressLine(io, services.now);
    const summary = await recheck({
      histories,
      only,
      strict: options.strict,
      signal: io.signal,
      onProgress: (progress) => line.show(progressText(progress)),
    }).finally(() => line.clear());
    if (options.json) io.out(`${JSON.stringify(summary, null, 2)}\n`);
    else io.out(renderRecheck(summary, { columns: io.columns, colours: io.colours }));
    return exitCodeOf(summary.outcome);
  },
});

const progressText = ({ judged, histories, differences }: RecheckProgress): string =>
  `${judged} of ${count(histories, "history", "histories")} judged, ${count(differences, "difference")}`;
