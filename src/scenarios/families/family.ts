/**
 * What a scenario family is: weights over building blocks. A family is no script; what a plan of it does is drawn.
 */
import type { BlockId } from "../blocks/all-blocks.ts";
import type { FamilyName } from "./names.ts";

export interface Family {
  readonly name: FamilyName;
  readonly sentence: string;
  /** How often a plan is of this family, relative to the others. */
  readonly weight: number;
  /** The same live, where seconds have to do: what shows in them comes first. Absent: as in simulation. */
  readonly liveWeight?: number;
  /** In how many of 100 plans there is a second device type, with a taskExpiresAfter. */
  readonly typedPercent: number;
  /** How often each block is drawn, before the swarm of the plan multiplies; absent: never. */
  readonly blocks: Readonly<Partial<Record<BlockId, number>>>;
  /** The most blocks of one plan. */
  readonly mostBlocks?: number;
  /** Of 20 blocks, how many begin while the one before on the same device still goes on. */
  readonly overlaps?: number;
  /** Fleets of up to ten devices as often as small ones, and faults that lie on all of the plan. */
  readonly crowded?: boolean;
}
