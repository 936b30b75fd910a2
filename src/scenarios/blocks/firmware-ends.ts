/**
 * Building blocks around the end of a firmware update that was not its success, and around what waits behind it: other
 * tasks, and the next update. Spec: docs/semantics.md, States, choices 10, 12, 15, 24.
 */
import * as fc from "fast-check";
import type { FirmwareTrouble } from "../../simulator/model/firmware.ts";
import { createUpdate, updateTimes } from "../firmware-steps.ts";
import type { Lane, Sketch } from "../sketch.ts";
import {
  cancelDeviceTask,
  cancelTask,
  createTask,
  ensureRegistered,
  finish,
  poll,
  type TaskChoice,
  trigger,
  update,
} from "../steps.ts";
import { choicesOf, defineBlock, SHARE, TASK, TRIGGER } from "./block.ts";
import { watch } from "./firmware.ts";
import { equip, FIRMWARE, MOMENT, momentIn, prepare, TROUBLE } from "./firmware-choices.ts";

/** Asks for the same, or for newer, firmware; gives the moment at which that should be done. */
function updateAgain(sketch: Sketch, lane: Lane, at: number, image: number): number {
  const task = createUpdate(sketch, [lane], at, image, { expiresAfter: 300 });
  const over = at + updateTimes(sketch, lane, image).over;
  poll(sketch, task, over);
  return over;
}

const CANCELLED = defineBlock({
  id: "firmware-cancelled",
  sentence: "An update is cancelled at some step, and the device may get another one after that.",
  lanes: 1,
  live: false,
  exercises: ["T-03", "O-03", "O-04"],
  choices: choicesOf({
    firmware: FIRMWARE,
    moment: MOMENT,
    whole: fc.boolean(),
    twice: fc.boolean(),
    again: fc.boolean(),
    back: TRIGGER,
    share: SHARE,
  }),
  compose: (sketch, [lane], { firmware, moment, whole, twice, again, back, share }) => {
    ensureRegistered(sketch, lane);
    const { image, at, times } = prepare(sketch, lane, firmware, moment);
    const task = createUpdate(sketch, [lane], at, image, { expiresAfter: 300 });
    const cancelled = at + momentIn(times, moment.stage, moment.share);
    if (whole) cancelTask(sketch, task, cancelled);
    else cancelDeviceTask(sketch, task, lane, cancelled);
    if (twice) cancelTask(sketch, task, cancelled + 1 + Math.floor(share / 2));
    poll(sketch, task, cancelled + 1);
    const next = again ? updateAgain(sketch, lane, cancelled + 2_000, image) : cancelled + 2_000;
    const end = trigger(sketch, lane, next + 1, back);
    finish([lane], watch(sketch, task, lane, cancelled, end + times.over, share));
  },
});

const EXPIRES = defineBlock({
  id: "firmware-expires",
  sentence: "The active period of an update ends at some step of it, also while the device works by itself.",
  lanes: 1,
  live: false,
  exercises: ["E-05", "O-04"],
  choices: choicesOf({
    firmware: FIRMWARE,
    moment: MOMENT,
    trouble: fc.option(TROUBLE, { nil: undefined, freq: 2 }),
    again: fc.boolean(),
    share: SHARE,
  }),
  compose: (sketch, [lane], { firmware, moment, trouble, again, share }) => {
    ensureRegistered(sketch, lane);
    const { image, at, times } = prepare(sketch, lane, firmware, moment, troubled(trouble));
    const expiresAfter = Math.max(1, Math.round(momentIn(times, moment.stage, moment.share) / 1_000));
    const task = createUpdate(sketch, [lane], at, image, { expiresAfter });
    const expiry = at + expiresAfter * 1_000;
    poll(sketch, task, expiry - 1);
    poll(sketch, task, expiry + 2);
    update(sketch, lane, expiry + times.over);
    const next = again ? updateAgain(sketch, lane, expiry + 1_000, image) : expiry + times.over;
    finish([lane], watch(sketch, task, lane, expiry, next, share));
  },
});

const troubled = (trouble: FirmwareTrouble | undefined) => (trouble === undefined ? {} : { troubles: [trouble] });

interface Other {
  readonly task: TaskChoice;
  readonly before: boolean;
}

function addOthers(sketch: Sketch, lane: Lane, at: number, over: number, others: readonly Other[]): void {
  for (const [index, { task, before }] of others.entries()) {
    const created = before ? at - 1 : at + Math.floor((over * (index + 1)) / (others.length + 1));
    const ref = createTask(sketch, [lane], created, task);
    poll(sketch, ref, created + sketch.pace.beat);
  }
}

const AMONG_OTHERS = defineBlock({
  id: "firmware-among-others",
  sentence: "Other tasks for the device are created before its update and at steps of it.",
  lanes: 1,
  live: false,
  exercises: ["Q-02", "O-04"],
  choices: choicesOf({
    firmware: FIRMWARE,
    trouble: fc.option(TROUBLE, { nil: undefined, freq: 1 }),
    others: fc.array(choicesOf({ task: TASK, before: fc.boolean() }), { minLength: 1, maxLength: 5, size: "max" }),
    share: SHARE,
  }),
  compose: (sketch, [lane], { firmware, trouble, others, share }) => {
    ensureRegistered(sketch, lane);
    const image = equip(sketch, lane, firmware, troubled(trouble));
    const at = lane.clock + 2;
    const { over } = updateTimes(sketch, lane, image);
    const task = createUpdate(sketch, [lane], at, image, { expiresAfter: 240 });
    addOthers(sketch, lane, at, over, others);
    finish([lane], watch(sketch, task, lane, at, at + over, share));
  },
});

const TWICE = defineBlock({
  id: "firmware-twice",
  sentence:
    "Two updates for one device, with one image or two, the second while the first is still going on or after it.",
  lanes: 1,
  live: false,
  exercises: ["O-03", "O-04", "O-05"],
  choices: choicesOf({
    firmware: FIRMWARE,
    trouble: fc.option(TROUBLE, { nil: undefined, freq: 1 }),
    same: fc.boolean(),
    moment: MOMENT,
    cancelsFirst: fc.boolean(),
    share: SHARE,
  }),
  compose: (sketch, [lane], { firmware, trouble, same, moment, cancelsFirst, share }) => {
    ensureRegistered(sketch, lane);
    const { image, at, times } = prepare(sketch, lane, firmware, moment, troubled(trouble));
    const first = createUpdate(sketch, [lane], at, image, { expiresAfter: 120 });
    const second = at + momentIn(times, moment.stage, moment.share);
    const over = updateAgain(sketch, lane, second, same ? image : equip(sketch, lane, firmware));
    if (cancelsFirst) cancelDeviceTask(sketch, first, lane, second + Math.floor(((over - second) * share) / 2_000));
    finish([lane], watch(sketch, first, lane, at, over + times.over, share));
  },
});

export const FIRMWARE_END_BLOCKS = [CANCELLED, EXPIRES, AMONG_OTHERS, TWICE] as const;
