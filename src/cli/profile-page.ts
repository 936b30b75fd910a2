/**
 * The page about profiles, and their JSON Schema: both are made from the schema that the program checks with.
 */
import { z } from "zod";
import { Profile } from "../protocol/profile.ts";
import { SHIPPED_PROFILE_NAMES } from "../scenarios/profiles/shipped-profiles.ts";
import { fieldSections, type SchemaNode } from "./schema-tables.ts";

/** Of a profile file, for editors: `docs/profile.schema.json`. */
export function profileJsonSchema(): Readonly<Record<string, unknown>> {
  const { $schema, ...rest } = z.toJSONSchema(Profile, { io: "input" });
  const description = "What a server declares where its documentation leaves a choice: the file of `--profile`.";
  return { $schema, title: "Profile of Fleetproof", description, ...rest };
}

export const renderProfilesPage = (): string =>
  `${[INTRODUCTION, "## Fields", FIELDS, ...fieldSections(profileJsonSchema() as SchemaNode)].join("\n\n")}\n`;

const INTRODUCTION = `# Profiles

A profile says what a server declares where the documentation leaves a choice open. \`--profile\` of \`verify\`,
\`preflight\`, \`load\` and \`serve\` takes the name of a shipped one (${SHIPPED_PROFILE_NAMES.map((name) => `\`${name}\``).join(", ")}), a JSON file,
or the JSON itself. What is declared is judged as a MUST; what is left out is judged leniently, or not at all. Without
\`--profile\` nothing is declared for a server reached by URL or through an adapter.

\`\`\`json
{
  "name": "my-server",
  "errorMapping": "corrected",
  "order": "creation",
  "awakeWindow": 3,
  "responseTimeout": 1.5,
  "coap": { "ackTimeout": 0.3, "maxRetransmit": 1 },
  "reaction": 1
}
\`\`\`

**Begin with the times.** They decide how long a live plan has to wait, and so how many plans fit into \`--time\`. Give those
that your server has been configured with, and configure it with short ones for the test where you can. Each has an
option, too, which replaces what the profile says: \`--ack-timeout 300ms --max-retransmit 1 --response-timeout 2s
--awake-window 3s --reaction 1s\`. \`preflight\` tells what a plan has to wait for with them.

**\`reaction\` is what you are willing to wait for.** Within that time after an Update, an answer or the end of a period the
server may still be about to act, so nothing is said against it. Measure it on a quiet machine, and give two or three times that.

An editor that knows [profile.schema.json](profile.schema.json) completes and checks a profile. A wrong or unknown field is an
error that names it.`;

const FIELDS = `All times are in seconds; fractions are allowed. *Row* is the one of the table in
[semantics.md](semantics.md), which says what is accepted where nothing is declared. A field without default is undeclared
when it is left out.`;
