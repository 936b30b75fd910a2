/** `requirements`: the catalogue as a table. */
import { z } from "zod";
import { renderCatalogue } from "../../reports/catalogue-text.ts";
import { REQUIREMENTS } from "../../scenarios/requirements.ts";
import { checkPrefixes } from "../campaign-options.ts";
import { defineCommand, Flag, List } from "../command.ts";
import { EXIT_PASS } from "../exit-codes.ts";

export const REQUIREMENTS_COMMAND = defineCommand({
  name: "requirements",
  about: "Lists all requirements: id, level, whose promise, whether it can be judged live, sentence.",
  options: [
    { name: "only", value: "IDS", about: "only these: ids or their beginnings, such as Q-,R-04", presetText: "all" },
    { name: "json", about: "print one JSON document" },
  ],
  examples: ["requirements", "requirements --only Q-,R-04 --json"],
  schema: z.strictObject({ only: List.optional(), json: Flag }),
  async run(options, _services, io) {
    const prefixes = checkPrefixes("only", options.only ?? []);
    const rows = REQUIREMENTS.filter(
      ({ id }) => prefixes.length === 0 || prefixes.some((prefix) => id.startsWith(prefix)),
    );
    io.out(options.json ? `${JSON.stringify(rows, null, 2)}\n` : renderCatalogue(rows, io.columns));
    return EXIT_PASS;
  },
});
