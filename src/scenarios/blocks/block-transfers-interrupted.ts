/**
 * Building blocks around large values between whose blocks something else happens: the device reboots, leaves, moves or
 * registers again, or the task is cancelled or expires.
 *
 * Spec: RFC 7959 §2.5; docs/semantics.md, choices 10, 14, 15 and "Failed attempt, or answer?".
 */
import * as fc from "fast-check";
import { part } from "../pace.ts";
import type { Lane, Sketch } from "../sketch.ts";
import {
  bootTime,
  cancelDeviceTask,
  cancelTask,
  createTask,
  deregister,
  ensureRegistered,
  finish,
  offline,
  poll,
  pollHistory,
  pollMirror,
  register,
  trigger,
  update,
} from "../steps.ts";
import { arrivalOf, durationOf, middleOf, planTransfer, slowDown, TRANSFER } from "../transfers.ts";
import { choicesOf, defineBlock, SHARE, TASK, TRIGGER } from "./block.ts";

const EVENTS = [
  "reboot",
  "reboot",
  "deregister",
  "register",
  "register",
  "update",
  "new-address",
  "new-address",
  "new-address",
  "new-address",
  "silent-move",
  "offline",
] as const;

/** Gives the moment at which the device is back, or has settled. */
function happen(sketch: Sketch, lane: Lane, at: number, what: (typeof EVENTS)[number], share: number): number {
  const { beat, giveUpLatest, clear } = sketch.pace;
  const { device } = lane;
  switch (what) {
    case "reboot":
      sketch.operations.push({ at, kind: "reboot", device });
      return at + bootTime(sketch, lane) + beat;
    case "deregister":
      deregister(sketch, lane, at);
      return at + beat;
    case "register":
      register(sketch, lane, at);
      return at + beat;
    case "update":
      update(sketch, lane, at);
      return at + beat;
    case "new-address":
      sketch.operations.push({ at, kind: "change-address", device, update: true });
      return at + beat;
    case "silent-move":
      sketch.operations.push({ at, kind: "change-address", device, update: false });
      return at + giveUpLatest + clear;
    case "offline": {
      const until = at + 1 + part(share, giveUpLatest);
      offline(sketch, lane, at, until);
      return until + beat;
    }
  }
}

const INTERRUPTED_TRANSFER = defineBlock({
  id: "interrupted-transfer",
  sentence: "between two blocks of a large value the device reboots, leaves, moves, goes offline or registers again",
  lanes: 1,
  live: false,
  exercises: ["R-11", "R-14", "R-10", "G-02", "G-06", "R-05", "R-08", "D-02", "D-03", "I-06", "T-01"],
  choices: choicesOf({
    transfer: TRANSFER,
    other: TASK,
    what: fc.constantFrom(...EVENTS),
    when: SHARE,
    offset: SHARE,
    pause: SHARE,
    trigger: TRIGGER,
  }),
  compose: (sketch, [lane], choice) => {
    const { beat, gap } = sketch.pace;
    ensureRegistered(sketch, lane);
    const at = lane.clock + 1;
    const transfer = planTransfer(sketch, lane, choice.transfer);
    const lasts = durationOf(transfer);
    pollMirror(sketch, lane, at - 1);
    const task = createTask(sketch, [lane], at, choice.other, { content: transfer.content });
    const moment = at + arrivalOf(transfer, middleOf(transfer, choice.when)) - part(choice.offset, 2 * transfer.hop);
    const waiting = createTask(sketch, [lane], moment, choice.other);
    const back = happen(sketch, lane, moment, choice.what, choice.pause);
    slowDown(sketch, lane, at, back + lasts, transfer.hop);
    poll(sketch, task, moment + 1);
    poll(sketch, task, back + lasts);
    pollMirror(sketch, lane, back + lasts);
    const triggered = back + lasts + 1 + part(choice.pause, gap);
    slowDown(sketch, lane, triggered, triggered + 2 * lasts + beat, transfer.hop);
    const settled = trigger(sketch, lane, triggered, choice.trigger) + lasts + beat;
    for (const each of [task, waiting]) poll(sketch, each, settled);
    pollMirror(sketch, lane, settled);
    pollHistory(sketch, task, settled);
    finish([lane], settled + 1);
  },
});

const TRANSFER_ENDS_OTHERWISE = defineBlock({
  id: "transfer-ends-otherwise",
  sentence: "between two blocks of a large value its task is cancelled, or its active period ends",
  lanes: 1,
  live: false,
  exercises: ["E-05", "E-07", "E-08", "E-09", "D-06", "T-04", "D-03", "R-08", "T-01"],
  choices: choicesOf({
    transfer: TRANSFER,
    other: TASK,
    how: fc.constantFrom("expires", "expires", "cancelled", "cancelled-for-device"),
    when: SHARE,
    pause: SHARE,
    trigger: TRIGGER,
  }),
  compose: (sketch, [lane], choice) => {
    const { beat, gap } = sketch.pace;
    ensureRegistered(sketch, lane);
    const at = lane.clock + 1;
    const planned = planTransfer(sketch, lane, choice.transfer);
    const expires = choice.how === "expires";
    const round = middleOf(planned, choice.when);
    // An active period has a second at least, and is to end about when that block is on its way.
    const transfer = expires ? { ...planned, hop: Math.max(1, Math.round(1_000 / (2 * round + 1))) } : planned;
    const lasts = durationOf(transfer);
    slowDown(sketch, lane, at, at + lasts + beat, transfer.hop);
    pollMirror(sketch, lane, at - 1);
    const period = expires ? { expiresAfter: 1 } : {};
    const task = createTask(sketch, [lane], at, choice.other, { content: transfer.content, ...period });
    const moment = at + arrivalOf(transfer, round) - part(choice.pause, transfer.hop);
    const waiting = createTask(sketch, [lane], at + 1 + part(choice.when, lasts), choice.other);
    if (choice.how === "cancelled") cancelTask(sketch, task, moment);
    else if (!expires) cancelDeviceTask(sketch, task, lane, moment);
    poll(sketch, task, moment + 1);
    const over = at + Math.max(lasts, 1_000) + beat;
    for (const each of [task, waiting]) poll(sketch, each, over);
    pollMirror(sketch, lane, over);
    const settled = trigger(sketch, lane, over + 1 + part(choice.pause, gap), choice.trigger) + beat;
    for (const each of [task, waiting]) poll(sketch, each, settled);
    pollMirror(sketch, lane, settled);
    pollHistory(sketch, task, settled);
    finish([lane], settled + 1);
  },
});

export const BLOCK_TRANSFER_INTERRUPTED_BLOCKS = [INTERRUPTED_TRANSFER, TRANSFER_ENDS_OTHERWISE] as const;
