/**
 * The page about fleet files, and their JSON Schema: both are made from the schema that the program checks with.
 */
import { z } from "zod";
import { FLEET_PRESETS } from "../simulator/fleet/presets.ts";
import { FleetFile } from "../simulator/model/fleet.ts";
import { distributionSections, fieldSections, type SchemaNode, table } from "./schema-tables.ts";

/** Of a fleet file, for editors: `docs/fleet.schema.json`. */
export function fleetJsonSchema(): Readonly<Record<string, unknown>> {
  const { $schema, ...rest } = z.toJSONSchema(FleetFile, { io: "input" });
  const description = "Devices, and what befalls them: the file of `fleetproof fleet --connectivity`.";
  return { $schema, title: "Fleet file of Fleetproof", description, ...rest };
}

export function renderFleetFilesPage(): string {
  const schema = fleetJsonSchema() as SchemaNode;
  const presets = Object.entries(FLEET_PRESETS).map(([name, { about }]) => `| \`${name}\` | ${about} |`);
  return `${[INTRODUCTION, "## Presets", table("preset | what it is", presets), FIELDS, ...fieldSections(schema), ...distributionSections(schema)].join("\n\n")}\n`;
}

const INTRODUCTION = `# Fleet files

A fleet file says which devices there are, what they are like, and what befalls them: connectivity as configuration.
It is YAML or JSON; \`--connectivity FILE\` of the commands \`fleet\` and \`load\` reads it, and so does the simulation
(\`fleet --target sim\`). An editor that knows [fleet.schema.json](fleet.schema.json) completes and checks it.

\`\`\`yaml
formatVersion: 1
about: Meters in cellars, and a few trackers
endpoint: lab-{group}-{index}
devices: 1000
duration: 30m
groups:
  - name: meters
    share: 9
    device: { lifetime: 1h, queueMode: true, awakeFor: 20s }
    start: { kind: storm, over: 5m }
    link:
      latency: { kind: table, rows: [{ upTo: 300ms, weight: 5 }, { upTo: 2s, weight: 95 }] }
      loss: { up: 2, down: 2 }
    nat: { bindingTimeout: 4m }
  - name: trackers
    share: 1
    connectivity:
      kind: cycle
      online: { kind: exponential, mean: 20m }
      offline: { kind: exponential, mean: 2m }
    answers:
      - operation: write
        percent: 10
        sequence: [{ kind: error, code: "5.03", diagnostic: busy }, { kind: normal }]
events:
  - { kind: power-cut, at: 15m, percent: 50, lasts: 1m, spread: { kind: uniform, from: 0s, to: 30s } }
\`\`\`

**The same seed, the same fleet.** Every decision about a device (when it registers, when it is offline, which datagram is
lost, which request is answered wrongly) is a hash of the seed, the number of the device and the number of the datagram,
request or event. It does not depend on the other devices. So \`--shard 2/5\`, the devices whose number leaves 2 when divided
by 5, does what the same devices do in the whole fleet, and \`--only-device 1234\` replays a single one. With another
\`--devices\` the groups have other members; the numbers of the devices stay.

**What happens at the same time adds up.** A device is offline until the last cause has ended. What would happen to it before
its first Register does not happen; a device that would start while its power is cut starts when it is back.

**Groups.** A group has either a \`count\` or a \`share\` of what the groups with counts leave over. Counts that do not add up
to the number of devices, with no share to fill it, are taken for shares.

An unknown field is an error, with its line and what was probably meant.`;

const FIELDS = `## Fields

Durations are text with a unit: \`500ms\`, \`20s\`, \`5m\`, \`2h\`, \`7d\`, at most 366 days; shares are percent, fractions allowed.
*Distribution*: a duration, or one of the distributions at the end of this page. A field without default may be left
out unless it is marked with *needed*.`;
