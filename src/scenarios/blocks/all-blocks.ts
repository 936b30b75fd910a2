/**
 * Every building block, in an order that only grows at its end: a plan's swarm draws one factor per position.
 */
import type { BuildingBlock } from "./block.ts";
import { CANCEL_BLOCKS } from "./cancel.ts";
import { DISTURBANCE_BLOCKS } from "./disturbance.ts";
import { EXPIRY_BLOCKS } from "./expiry.ts";
import { MAPPING_BLOCKS } from "./mapping.ts";
import { QUEUE_BLOCKS } from "./queue.ts";
import { REGISTRATION_BLOCKS } from "./registration.ts";
import { RETRY_BLOCKS } from "./retry.ts";

const ROWS = [
  ...QUEUE_BLOCKS,
  ...CANCEL_BLOCKS,
  ...REGISTRATION_BLOCKS,
  ...RETRY_BLOCKS,
  ...DISTURBANCE_BLOCKS,
  ...EXPIRY_BLOCKS,
  ...MAPPING_BLOCKS,
] as const;

export type BlockId = (typeof ROWS)[number]["id"];

export const ALL_BLOCKS: readonly BuildingBlock<BlockId>[] = ROWS;
