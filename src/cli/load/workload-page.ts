/**
 * The page about workload files, and their JSON Schema: both are made from the schema that the program checks with.
 */
import { z } from "zod";
import { Workload } from "../../harness/load/workload.ts";
import { fieldSections, type SchemaNode } from "../schema-tables.ts";

/** Of a workload file, for editors: `docs/workload.schema.json`. */
export function workloadJsonSchema(): Readonly<Record<string, unknown>> {
  const { $schema, ...rest } = z.toJSONSchema(Workload, { io: "input" });
  const description =
    "Tasks for the devices of a fleet, and what has to hold: the file of `fleetproof load --workload`.";
  return { $schema, title: "Workload file of Fleetproof", description, ...rest };
}

export const renderWorkloadFilesPage = (): string =>
  `${[INTRODUCTION, ...fieldSections(workloadJsonSchema() as SchemaNode)].join("\n\n")}\n`;

const INTRODUCTION = `# Workload files

A workload file says which tasks \`fleetproof load --workload FILE\` asks for, how often and of whom, and what has to hold.
It is YAML or JSON. An editor that knows [workload.schema.json](workload.schema.json) completes and checks it. What is
measured, what thresholds can name, and how the outcome follows is in [load.md](load.md).

\`\`\`yaml
formatVersion: 1
about: Meters get new firmware while people look at their values
arrival: { kind: open, perSecond: 2, ramp: 5s, spacing: random }
duration: 30s
settle: 90s
tasks:
  - { operation: read, weight: 8, property: deviceProperties.device.timezone }
  - operation: write
    property: deviceProperties.device.timezone
    value: "Etc/GMT+{number}"
    targets: { kind: filter, filter: serverProperties.group=meters }
  - { operation: firmware, version: "2.0", size: 20000, targets: { kind: count, count: 3 }, expiresAfter: 2m }
thresholds:
  - rate(succeeded{operation=firmware}) == 1
  - p99(task.completion{operation=read}) < 2s
\`\`\`

**A task for every device each minute.** With \`arrival: { kind: open, perSecond: 100, devices: in-turn }\` the 6,000 devices
of a fleet take turns: task k is for device k, and after the last one the first follows. So each has exactly one task a minute.
With \`devices: random\`, the default, it has one on average. A shard asks for the turns of its own devices.

**Firmware.** Each image is uploaded by \`POST /updates\` before the first task, once for each \`version\` and \`size\`. The
devices need \`firmware\` in their group of the [fleet file](fleet-files.md), else no load begins. The reference server
looks at a device that downloads or installs every 10 s, so an update takes some 20 s: give \`settle\` more than that.

**Filters.** Which devices match is found by the server when it gets the task, so the load counts the devices that the
statuses show, and waits until the server calls the task COMPLETE. Devices that the load provisions get the
server property \`group\` where the file has a filter. A load with filters is not checked for correctness.

An unknown field is an error, with its line and what was probably meant.

## Fields

Durations are text with a unit: \`500ms\`, \`20s\`, \`5m\`, \`2h\`, \`7d\`, at most 366 days; shares are percent, fractions allowed.
A field without default may be left out unless it is marked with *needed*.`;
