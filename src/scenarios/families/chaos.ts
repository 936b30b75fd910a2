/** The family that mixes everything: the blocks of all others, several at once, on many devices, with faults all the time. */
import { ALL_BLOCKS, type BlockId } from "../blocks/all-blocks.ts";
import type { Family } from "./family.ts";

/** Each block alike: which of them a plan has at all is the swarm's choice. */
const EVERY_BLOCK: Readonly<Partial<Record<BlockId, number>>> = Object.fromEntries(
  ALL_BLOCKS.map((block) => [block.id, 1]),
);

export const CHAOS_FAMILY: Family = {
  name: "chaos",
  sentence:
    "Anything of all other families, several at a time on one device, on fleets of up to ten, with faults throughout.",
  weight: 10,
  liveWeight: 3,
  typedPercent: 30,
  mostBlocks: 7,
  overlaps: 9,
  crowded: true,
  blocks: EVERY_BLOCK,
};
