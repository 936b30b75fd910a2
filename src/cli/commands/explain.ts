/** `explain`: everything about one requirement. */
import { z } from "zod";
import { checkersOf } from "../../harness/oracle/checkers/all.ts";
import { UsageError } from "../../platform/errors.ts";
import { nearest } from "../../protocol/nearest.ts";
import { renderRequirement } from "../../reports/catalogue-text.ts";
import { isChecked, REQUIREMENTS, requirementById } from "../../scenarios/requirements.ts";
import { defineCommand, Flag, Text } from "../command.ts";
import { EXIT_PASS } from "../exit-codes.ts";

export const EXPLAIN = defineCommand({
  name: "explain",
  about:
    "Tells everything about one requirement: sentence, source, what provokes it, what proves its checker, the smallest example.",
  positional: { name: "id", about: "id of a requirement, such as R-04" },
  options: [{ name: "json", about: "print one JSON document" }],
  examples: ["explain R-04"],
  schema: z.strictObject({ id: Text, json: Flag }),
  async run(options, services, io) {
    const id = options.id.toUpperCase();
    const requirement = requirementById(id);
    if (requirement === undefined) {
      const near = nearest(
        id,
        REQUIREMENTS.map((row) => row.id),
      );
      const hint = near === undefined ? "fleetproof requirements lists them" : `did you mean ${near}?`;
      throw new UsageError("bad-value", `there is no requirement "${options.id}": ${hint}`);
    }
    const { program } = services;
    const checkers = checkersOf(id);
    const example = isChecked(requirement) ? await services.smallestExample(requirement) : undefined;
    const mutants = services.mutants.filter((mutant) => mutant.requirement === id);
    io.out(
      options.json
        ? `${JSON.stringify({ ...requirement, mutants, checkers, example }, null, 2)}\n`
        : renderRequirement({ row: requirement, mutants, checkers, example, program, columns: io.columns }),
    );
    return EXIT_PASS;
  },
});
