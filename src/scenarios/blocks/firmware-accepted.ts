/**
 * Building blocks around updates that wait until the user of the device has said yes.
 * Spec: task page, Device task errors 4004 and 4006; docs/semantics.md, choices 24 and 30.
 */
import * as fc from "fast-check";
import { answerUpdate, createUpdate, updateTimes } from "../firmware-steps.ts";
import { part } from "../pace.ts";
import type { Outsider } from "../plan.ts";
import type { Lane, Sketch } from "../sketch.ts";
import { createTask, deregister, ensureRegistered, finish, poll, register, update } from "../steps.ts";
import { choicesOf, defineBlock, SHARE, TASK } from "./block.ts";
import { PATIENCE, speakUp, watch } from "./firmware.ts";
import { equip, FIRMWARE, giveFirmware } from "./firmware-choices.ts";

const ANSWERS = [
  "accepted",
  "accepted",
  "rejected",
  "accepted-twice",
  "accepted-then-rejected",
  "rejected-then-accepted",
  "never",
  "near-expiry",
  "near-expiry",
  "while-gone",
  "while-gone",
  "other-device",
  "other-device",
] as const;
type Answering = (typeof ANSWERS)[number];

const WORDS: Readonly<Record<Answering, readonly ("ACCEPTED" | "REJECTED")[]>> = {
  accepted: ["ACCEPTED"],
  rejected: ["REJECTED"],
  "accepted-twice": ["ACCEPTED", "ACCEPTED"],
  "accepted-then-rejected": ["ACCEPTED", "REJECTED"],
  "rejected-then-accepted": ["REJECTED", "ACCEPTED"],
  never: [],
  "near-expiry": ["ACCEPTED"],
  "while-gone": ["ACCEPTED"],
  "other-device": ["ACCEPTED"],
};

/** When the user answers first. */
function answerTime(sketch: Sketch, how: Answering, at: number, expiry: number, share: number): number {
  const { beat, clear, mode } = sketch.pace;
  if (how === "near-expiry") return expiry - clear + part(share, 2 * clear);
  return at + (mode === "live" ? beat : 1 + part(share, part(500, expiry - at)));
}

const ASKED = defineBlock({
  id: "firmware-asked",
  sentence: "An update waits for the user of the device, who accepts or rejects it, soon, late, twice or never.",
  lanes: 2,
  live: true,
  exercises: ["O-02", "O-04", "O-06"],
  choices: choicesOf({
    firmware: FIRMWARE,
    how: fc.constantFrom(...ANSWERS),
    patience: PATIENCE,
    share: SHARE,
    gap: fc.constantFrom(0, 1, 100, 3_000),
    busy: fc.option(TASK, { nil: undefined, freq: 3 }),
  }),
  compose: (sketch, [lane, other], { firmware, how, patience, share, gap, busy }) => {
    // Each user is asked for one device: what the other one says is not for this one.
    const lanes = how === "other-device" && other !== undefined ? [lane, other] : [lane];
    for (const each of lanes) {
      ensureRegistered(sketch, each);
      giveFirmware(sketch, each, firmware);
    }
    const image = equip(sketch, lane, firmware);
    const at = Math.max(...lanes.map(({ clock }) => clock)) + 1;
    const task = createUpdate(sketch, lanes, at, image, { needsAcceptance: true, expiresAfter: patience });
    if (busy !== undefined) createTask(sketch, [lane], at + 1, busy);
    const expiry = at + patience * 1_000;
    const answered = answerTime(sketch, how, at, expiry, share);
    poll(sketch, task, Math.floor((at + answered) / 2));
    if (how === "while-gone") deregister(sketch, lane, Math.floor((at + answered) / 2));
    const answering = how === "other-device" && other !== undefined ? other : lane;
    for (const [index, word] of WORDS[how].entries())
      answerUpdate(sketch, task, answering, answered + index * gap, word);
    const back = answered + sketch.pace.beat;
    if (how === "while-gone") register(sketch, lane, back);
    const began = how === "while-gone" ? back : answered;
    const over = Math.max(
      ...lanes.map((each) => began + updateTimes(sketch, each, image).over),
      speakUp(sketch, lane, began),
    );
    const waits = (how === "never" || how === "other-device") && sketch.pace.mode === "sim";
    finish(lanes, watch(sketch, task, lane, answered, waits ? Math.max(expiry, over) : over, share));
  },
});

/** Reads, answers, cancels and asks for updates. */
function meddle(sketch: Sketch, lane: Lane, task: number, image: number, at: number, as: Outsider): void {
  const { operations } = sketch;
  operations.push({ at, kind: "poll", task, as });
  answerUpdate(sketch, task, lane, at + 1, "REJECTED", as);
  answerUpdate(sketch, task, lane, at + 2, "ACCEPTED", as);
  operations.push({ at: at + 3, kind: "cancel-device-task", task, device: lane.device, as });
  createUpdate(sketch, [lane], at + 4, image, { as });
}

const STRANGER = defineBlock({
  id: "firmware-stranger",
  sentence: "Somebody else accepts, rejects and cancels an update, and asks for one; then the owner's user accepts.",
  lanes: 1,
  live: true,
  needs: "access",
  exercises: ["A-01", "O-04"],
  choices: choicesOf({
    firmware: FIRMWARE,
    as: fc.constantFrom<Outsider>("stranger", "nobody"),
    share: SHARE,
  }),
  compose: (sketch, [lane], { firmware, as, share }) => {
    const { beat } = sketch.pace;
    ensureRegistered(sketch, lane);
    const image = equip(sketch, lane, firmware);
    const at = lane.clock + 1;
    const task = createUpdate(sketch, [lane], at, image, { needsAcceptance: true, expiresAfter: 300 });
    meddle(sketch, lane, task, image, at + beat, as);
    const answered = at + 2 * beat;
    poll(sketch, task, answered - 1);
    answerUpdate(sketch, task, lane, answered, "ACCEPTED");
    update(sketch, lane, answered + beat);
    const over = Math.max(answered + updateTimes(sketch, lane, image).over, speakUp(sketch, lane, answered));
    finish([lane], watch(sketch, task, lane, answered, over, share));
  },
});

export const FIRMWARE_ACCEPTED_BLOCKS = [ASKED, STRANGER] as const;
