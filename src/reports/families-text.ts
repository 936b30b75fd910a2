/**
 * The page of the scenario families: what the plans of each are about, and which situations they are made of.
 */
import type { BuildingBlock } from "../scenarios/blocks/block.ts";
import type { Family } from "../scenarios/families/family.ts";

const HEAD = `# Scenario families

Rendered from \`src/scenarios/families\` and \`src/scenarios/blocks\`; \`npm run docs\` writes it.

A plan belongs to one family and is made of building blocks, small scenes that are drawn by weight and put on the time
lines of its devices. Every plan ends with a quiet phase: no more faults, each device that still lives comes back twice,
and whatever waits must settle. What waits for a device that is gone for good must expire.
`;

/** Markdown: one table of families, one of blocks with the families that mix them. */
export function renderFamiliesPage(families: readonly Family[], blocks: readonly BuildingBlock[]): string {
  const total = families.reduce((sum, family) => sum + family.weight, 0);
  const rows = families.map(
    ({ name, weight, sentence }) => `| **${name}** | ${Math.round((100 * weight) / total)} % | ${sentence} |`,
  );
  const scenes = blocks.map(
    ({ id, sentence }) => `| \`${id}\` | ${sentence} | ${namesOfFamiliesWith(id, families).join(", ")} |`,
  );
  return [
    HEAD,
    "| family | share of plans | what its plans are about |",
    "|---|---|---|",
    ...rows,
    "",
    "## Building blocks",
    "",
    "`chaos` mixes all of them.",
    "",
    "| block | what happens | other families |",
    "|---|---|---|",
    ...scenes,
    "",
  ].join("\n");
}

const namesOfFamiliesWith = (id: string, families: readonly Family[]): readonly string[] =>
  families.filter(({ name, blocks }) => name !== "chaos" && Object.hasOwn(blocks, id)).map(({ name }) => name);
