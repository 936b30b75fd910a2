/**
 * Building blocks around firmware updates that go their way, or that the device makes fail.
 * Spec: OMA LwM2M Core Appendix E.6; docs/semantics.md, choice 24.
 */
import * as fc from "fast-check";
import { createUpdate, updateTimes } from "../firmware-steps.ts";
import type { Lane, Sketch } from "../sketch.ts";
import { ensureAbsent, ensureRegistered, finish, poll, pollMirror, register, update } from "../steps.ts";
import { choicesOf, defineBlock, SHARE } from "./block.ts";
import { DEFECTS, equip, FIRMWARE, giveFirmware, TROUBLE } from "./firmware-choices.ts";

/** Seconds that an update may take which may never come to an end by itself. */
export const PATIENCE = fc.constantFrom(60, 60, 120, 180);

/** Live, a device speaks up often: a server looks at one that works by itself when it is heard, or after a while. */
export function speakUp(sketch: Sketch, lane: Lane, from: number, times = 3): number {
  const { beat, mode } = sketch.pace;
  if (mode !== "live") return from;
  for (let index = 1; index <= times; index += 1) update(sketch, lane, from + index * 2 * beat);
  return from + (2 * times + 1) * beat;
}

/** Polls in the midst of it and when it should be over; gives the moment after that. */
export function watch(sketch: Sketch, task: number, lane: Lane, from: number, over: number, share: number): number {
  const { beat } = sketch.pace;
  poll(sketch, task, from + Math.floor(((over - from) * share) / 1_000));
  poll(sketch, task, over + beat);
  pollMirror(sketch, lane, over + beat);
  return over + 2 * beat;
}

/** Nobody is in its way. */
const UNDISTURBED = defineBlock({
  id: "firmware-update",
  sentence: "A registered device gets new firmware by push or pull, and runs it.",
  lanes: 1,
  live: true,
  exercises: ["O-03", "O-04", "O-06", "O-07", "O-08"],
  choices: choicesOf({ firmware: FIRMWARE, share: SHARE, patience: fc.option(PATIENCE, { nil: undefined, freq: 2 }) }),
  compose: (sketch, [lane], { firmware, share, patience }) => {
    ensureRegistered(sketch, lane);
    const image = equip(sketch, lane, firmware);
    const at = lane.clock + 1;
    const task = createUpdate(sketch, [lane], at, image, { expiresAfter: patience });
    const over = Math.max(at + updateTimes(sketch, lane, image).over, speakUp(sketch, lane, at));
    finish([lane], watch(sketch, task, lane, at, over, share));
  },
});

/** Kilobytes. */
const LARGE = defineBlock({
  id: "firmware-large",
  sentence: "An image of some kilobytes, in many blocks.",
  lanes: 1,
  live: false,
  exercises: ["O-03", "O-04", "O-08"],
  choices: choicesOf({ firmware: FIRMWARE, share: SHARE, size: fc.integer({ min: 3_000, max: 20_000 }) }),
  compose: (sketch, [lane], { firmware, share, size }) => {
    ensureRegistered(sketch, lane);
    const image = equip(sketch, lane, { ...firmware, blockSize: undefined, size });
    const at = lane.clock + 1;
    const task = createUpdate(sketch, [lane], at, image, { expiresAfter: 600 });
    finish([lane], watch(sketch, task, lane, at, at + updateTimes(sketch, lane, image).over, share));
  },
});

const FAILING = defineBlock({
  id: "firmware-fails",
  sentence: "Devices spoil their first attempts to update, each in its own way; another update follows.",
  lanes: 3,
  live: true,
  exercises: ["O-03", "O-04", "O-05", "O-06", "O-07", "O-08"],
  choices: choicesOf({
    firmware: FIRMWARE,
    troubles: fc.array(TROUBLE, { minLength: 1, maxLength: 4, size: "max" }),
    defects: DEFECTS,
    patience: PATIENCE,
    share: SHARE,
    again: fc.boolean(),
  }),
  compose: (sketch, lanes, { firmware, troubles, defects, patience, share, again }) => {
    const [first] = lanes;
    for (const [index, lane] of lanes.entries()) {
      // One that the first device meets third is the first of the third device.
      const its = [...troubles.slice(index), ...troubles.slice(0, index)];
      giveFirmware(sketch, lane, firmware, { troubles: its, defects });
      ensureRegistered(sketch, lane);
    }
    const image = equip(sketch, first, firmware);
    const at = Math.max(...lanes.map((lane) => lane.clock)) + 1;
    const task = createUpdate(sketch, lanes, at, image, { expiresAfter: patience });
    const live = sketch.pace.mode === "live";
    const spoken = Math.max(...lanes.map((lane) => speakUp(sketch, lane, at)));
    const end = watch(sketch, task, first, at, live ? spoken : at + patience * 1_000, share);
    if (!again || live) finish(lanes, end);
    else {
      const second = createUpdate(sketch, lanes, end, image, { expiresAfter: patience });
      finish(lanes, watch(sketch, second, first, end, end + updateTimes(sketch, first, image).over, share));
    }
  },
});

const MANY = defineBlock({
  id: "firmware-for-many",
  sentence: "One update for several devices: some are registered, some are not, and some have no object 5.",
  lanes: 4,
  live: true,
  exercises: ["O-01", "O-04", "O-06"],
  choices: choicesOf({
    firmware: FIRMWARE,
    /** By device: 0 has no object 5, 1 and 2 are not registered. */
    natures: fc.array(fc.nat(5), { minLength: 4, maxLength: 4, size: "max" }),
    all: fc.boolean(),
    patience: PATIENCE,
    share: SHARE,
    comesBack: fc.boolean(),
  }),
  compose: (sketch, lanes, { firmware, natures, all, patience, share, comesBack }) => {
    for (const [index, lane] of lanes.entries()) {
      const nature = natures[index] ?? 3;
      if (nature !== 0) giveFirmware(sketch, lane, firmware);
      if (nature === 1 || nature === 2) ensureAbsent(sketch, lane);
      else ensureRegistered(sketch, lane);
    }
    const [first] = lanes;
    const image = equip(sketch, lanes.find((lane) => lane.model.firmware !== undefined) ?? first, firmware);
    const at = Math.max(...lanes.map((lane) => lane.clock)) + 1;
    const task = createUpdate(sketch, lanes, at, image, { expiresAfter: patience, all });
    const spoken = lanes.filter((lane) => lane.registered).map((lane) => speakUp(sketch, lane, at));
    const over = Math.max(...spoken, ...lanes.map((lane) => at + updateTimes(sketch, lane, image).over));
    for (const lane of lanes) if (comesBack && !lane.registered) register(sketch, lane, over);
    finish(lanes, watch(sketch, task, first, at, over + sketch.pace.beat, share));
  },
});

export const FIRMWARE_BLOCKS = [UNDISTURBED, LARGE, FAILING, MANY] as const;
