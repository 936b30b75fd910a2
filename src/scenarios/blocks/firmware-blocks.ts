/**
 * Building blocks around the blocks in which a firmware image is pushed: the device forgets what it has, refuses one,
 * asks for smaller ones, or says nothing any more.
 *
 * Spec: OMA LwM2M Core Appendix E.6, resource 5/0/0; RFC 7959 §2.5, §2.9.
 */
import * as fc from "fast-check";
import type { Behaviour } from "../../simulator/model/device.ts";
import { createUpdate, updateTimes } from "../firmware-steps.ts";
import { behave, ensureRegistered, finish, trigger } from "../steps.ts";
import { choicesOf, defineBlock, SHARE, TRIGGER } from "./block.ts";
import { watch } from "./firmware.ts";
import { equip, FIRMWARE } from "./firmware-choices.ts";

const TROUBLES: readonly Behaviour[] = [
  { kind: "error", code: "4.08" },
  { kind: "error", code: "4.08" },
  { kind: "error", code: "4.08" },
  { kind: "error", code: "4.08" },
  { kind: "error", code: "4.08" },
  { kind: "error", code: "4.08" },
  { kind: "error", code: "4.08" },
  { kind: "error", code: "5.03" },
  { kind: "too-large" },
  { kind: "smaller-blocks", size: 128 },
  { kind: "silent" },
  { kind: "reset" },
  { kind: "reboots" },
];

const FIRMWARE_BLOCK_REFUSED = defineBlock({
  id: "firmware-block-refused",
  sentence: "In the midst of a push the device forgets what it has, refuses a block, wants smaller ones, or is silent.",
  lanes: 1,
  live: false,
  exercises: ["O-08", "R-15", "O-03", "O-04"],
  choices: choicesOf({
    firmware: FIRMWARE,
    trouble: fc.constantFrom(...TROUBLES),
    block: fc.integer({ min: 0, max: 3 }),
    once: fc.nat(3),
    share: SHARE,
    back: TRIGGER,
  }),
  compose: (sketch, [lane], { firmware, trouble, block, once, share, back }) => {
    const { giveUpLatest, beat } = sketch.pace;
    ensureRegistered(sketch, lane);
    const image = equip(sketch, lane, { ...firmware, delivery: "push", size: 4_000, blockSize: 1_024 });
    const at = lane.clock + 1;
    const task = createUpdate(sketch, [lane], at, image, { expiresAfter: 900 });
    const { transfer, over } = updateTimes(sketch, lane, image);
    const well = at + transfer[1] + (trouble.kind === "silent" ? giveUpLatest : 0) + beat;
    const only = once === 0 ? {} : { once: true as const };
    behave(sketch, lane, at, well, trouble, { operation: "write", path: "5/0/0", block, ...only });
    const triggered = trigger(sketch, lane, well + 1, back);
    finish([lane], watch(sketch, task, lane, at, triggered + over, share));
  },
});

export const FIRMWARE_TRANSFER_BLOCKS = [FIRMWARE_BLOCK_REFUSED] as const;
