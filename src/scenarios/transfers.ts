/**
 * Reads and Writes of values that do not fit into one message: how long the value is, in how many blocks it goes, and
 * when which block is on its way.
 *
 * A server begins with blocks of 1024 bytes, most often, and a device has its own size. What the times are for is to
 * have something happen between two blocks; whatever really happens then is right for the checkers.
 *
 * Spec: RFC 7959 §2.2, §2.4, §2.5.
 */
import * as fc from "fast-check";
import { choicesOf, SHARE } from "./blocks/block.ts";
import { part } from "./pace.ts";
import type { Lane, Sketch } from "./sketch.ts";
import { pick, type TaskContent } from "./steps.ts";

const SIZES = [16, 32, 64, 128, 256, 512, 1_024] as const;
const LARGEST = 1_024;
const LONGEST = 8_192;
/** More make no difference, and cost time. */
const MOST_BLOCKS = 11;

const TIMEZONE = "deviceProperties.device.timezone";
const READABLE = ["timezone", "manufacturer", "timezone", "manufacturer", ""] as const;

export const TRANSFER = choicesOf({
  write: fc.constantFrom(true, true, false),
  /** Position among the sizes of blocks; beyond them: none of the device's own. */
  blocks: fc.nat(9),
  size: SHARE,
  hop: SHARE,
  property: fc.nat(4),
});
export type TransferChoice = typeof TRANSFER extends fc.Arbitrary<infer T> ? T : never;

export interface Transfer {
  readonly content: TaskContent;
  /** Exchanges of messages that it takes on a healthy link, at least 2. */
  readonly rounds: number;
  /** One-way latency while it goes on, milliseconds. */
  readonly hop: number;
}

/** Makes the device one that has, or takes, such a value, as far as no block before has made it another. */
export function planTransfer(sketch: Sketch, lane: Lane, choice: TransferChoice, write = choice.write): Transfer {
  const { model } = lane;
  const own = SIZES[choice.blocks];
  if (model.blockSize === undefined && own !== undefined) model.blockSize = own;
  const size = model.blockSize ?? LARGEST;
  const most = MOST_BLOCKS * size;
  const bytes = write
    ? LARGEST + 1 + part(choice.size, Math.min(LONGEST - LARGEST, most))
    : size + 1 + part(choice.size, Math.min(LONGEST - size, most));
  const rounds = write ? 1 + Math.ceil((bytes - LARGEST) / size) : Math.ceil(bytes / size);
  const content = write ? longWrite(sketch.nextTask, bytes) : longRead(lane, bytes, choice.property);
  return { content, rounds, hop: 20 + part(choice.hop, 130) };
}

function longRead(lane: Lane, bytes: number, dial: number): TaskContent {
  lane.model.longTexts ??= bytes;
  const name = pick(READABLE, dial);
  return { taskType: "R", property: `deviceProperties.device${name === "" ? "" : `.${name}`}` };
}

/** Numbered, so that no two blocks of it are equal, and no two values begin alike. */
export function longWrite(ref: number, bytes: number): TaskContent {
  let value = `Asia/Long-${ref}`;
  for (let count = 1; value.length < bytes; count += 1) value += `/${count}`;
  return { taskType: "W", property: TIMEZONE, value: value.slice(0, bytes) };
}

/** Slows the link down, so that each round of messages takes twice `hop`; live, links are as they are. */
export function slowDown(sketch: Sketch, lane: Lane, from: number, until: number, hop: number): void {
  if (sketch.pace.mode === "live") return;
  sketch.faults.push({ kind: "latency", device: lane.device, from, until, direction: "both", delay: hop });
}

/** How long the transfer takes where nothing is lost. */
export const durationOf = ({ rounds, hop }: Transfer): number => 2 * hop * rounds;

/** When the request of a round arrives at the device, from the begin of the transfer; rounds count from 0. */
export const arrivalOf = ({ hop }: Transfer, round: number): number => hop * (2 * round + 1);

/** A round in the midst of the transfer: neither the first nor, if it has more than two, the last. */
export const middleOf = ({ rounds }: Transfer, share: number): number => 1 + part(share, Math.max(0, rounds - 2));
