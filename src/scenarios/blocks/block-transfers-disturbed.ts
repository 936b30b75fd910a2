/**
 * Building blocks around large values whose blocks get lost, are copied or overtake each other, or which the device
 * does without in the midst of it all.
 *
 * Spec: RFC 7959 §2.4, §2.5, §2.9; RFC 7252 §4.2; docs/semantics.md, "Failed attempt, or answer?".
 */
import * as fc from "fast-check";
import type { Behaviour } from "../../simulator/model/device.ts";
import { part } from "../pace.ts";
import {
  behave,
  bootTime,
  createTask,
  duplication,
  ensureRegistered,
  finish,
  loss,
  poll,
  pollHistory,
  pollMirror,
  trigger,
} from "../steps.ts";
import { arrivalOf, durationOf, middleOf, planTransfer, slowDown, TRANSFER } from "../transfers.ts";
import { choicesOf, defineBlock, SHARE, TASK, TRIGGER } from "./block.ts";

const BLOCK_LOST = defineBlock({
  id: "block-lost",
  sentence: "a block in the midst of a large value, or its answer, is lost: once, or until the server gives up",
  lanes: 1,
  live: false,
  exercises: ["R-11", "R-14", "R-07", "R-01", "R-08", "D-02", "D-03", "I-06", "Q-06", "T-01"],
  choices: choicesOf({
    transfer: TRANSFER,
    other: TASK,
    direction: fc.constantFrom("up" as const, "down" as const, "both" as const),
    how: fc.constantFrom("once", "once", "some", "all", "all", "all"),
    from: SHARE,
    pause: SHARE,
    trigger: TRIGGER,
  }),
  compose: (sketch, [lane], choice) => {
    const { beat, ackTimeout, giveUpLatest, clear, gap } = sketch.pace;
    ensureRegistered(sketch, lane);
    const at = lane.clock + 1;
    const transfer = planTransfer(sketch, lane, choice.transfer);
    const lasts = durationOf(transfer);
    const task = createTask(sketch, [lane], at, choice.other, { content: transfer.content });
    const round = middleOf(transfer, choice.from);
    // From just before the block leaves, in whichever direction it is lost.
    const lost = at + arrivalOf(transfer, round) - transfer.hop;
    const span = { once: ackTimeout - 1, some: ackTimeout * 4, all: giveUpLatest + clear }[choice.how] ?? 0;
    slowDown(sketch, lane, at, at + lasts + span, transfer.hop);
    loss(sketch, lane, lost, lost + span, choice.direction);
    const waiting = createTask(sketch, [lane], lost + 1, choice.other);
    pollMirror(sketch, lane, lost + 1);
    poll(sketch, task, lost + 2);
    const over = lost + (choice.how === "once" ? ackTimeout * 2 : choice.how === "some" ? ackTimeout * 16 : span);
    poll(sketch, task, over + lasts + beat);
    pollMirror(sketch, lane, over + lasts + beat);
    const triggered = over + lasts + 2 * beat + part(choice.pause, gap);
    slowDown(sketch, lane, triggered, triggered + 2 * lasts + beat, transfer.hop);
    const settled = trigger(sketch, lane, triggered, choice.trigger) + lasts;
    for (const each of [task, waiting]) poll(sketch, each, settled + beat);
    pollMirror(sketch, lane, settled + beat);
    pollHistory(sketch, task, settled + beat);
    finish([lane], settled + beat + 1);
  },
});

const BLOCKS_IN_DISORDER = defineBlock({
  id: "blocks-in-disorder",
  sentence: "blocks of large values, and the answers to them, arrive twice, late, or out of their order",
  lanes: 1,
  live: false,
  exercises: ["R-14", "R-07", "D-01", "D-02", "R-08", "I-01", "I-06", "T-01"],
  choices: choicesOf({
    transfer: TRANSFER,
    other: TASK,
    how: fc.constantFrom("copied", "copied", "held-back", "held-back", "both"),
    direction: fc.constantFrom("up" as const, "down" as const, "both" as const),
    delay: SHARE,
    permille: fc.constantFrom(300, 600, 1_000),
  }),
  compose: (sketch, [lane], choice) => {
    const { beat, ackTimeout } = sketch.pace;
    ensureRegistered(sketch, lane);
    const at = lane.clock + 1;
    const transfer = planTransfer(sketch, lane, choice.transfer);
    const { device } = lane;
    const { direction, permille } = choice;
    // Beyond ACK_TIMEOUT a block is repeated before its answer comes.
    const delay = 1 + part(choice.delay, Math.floor(ackTimeout * 1.2));
    const lasts = durationOf(transfer) + transfer.rounds * 2 * delay;
    slowDown(sketch, lane, at, at + lasts, transfer.hop);
    if (choice.how !== "held-back") duplication(sketch, lane, at, at + lasts, direction, delay);
    if (choice.how !== "copied")
      sketch.faults.push({ kind: "reordering", device, from: at, until: at + lasts, direction, permille, delay });
    const task = createTask(sketch, [lane], at, choice.other, { content: transfer.content });
    poll(sketch, task, at + part(choice.delay, lasts));
    const over = at + lasts + 8 * ackTimeout;
    poll(sketch, task, over);
    pollMirror(sketch, lane, over);
    finish([lane], over + beat);
  },
});

/** What a device may do with a block in the midst of a body. */
const TROUBLES: readonly Behaviour[] = [
  { kind: "error", code: "4.08" },
  { kind: "error", code: "4.08" },
  { kind: "error", code: "4.08" },
  { kind: "error", code: "4.08" },
  { kind: "error", code: "4.08" },
  { kind: "error", code: "4.08" },
  { kind: "error", code: "4.08", diagnostic: "incomplete" },
  { kind: "error", code: "5.03" },
  { kind: "error", code: "4.04" },
  { kind: "error", code: "4.00", diagnostic: "no such block" },
  { kind: "too-large" },
  { kind: "silent" },
  { kind: "silent" },
  { kind: "acknowledge-only" },
  { kind: "reset" },
  { kind: "acknowledge-then-reset", delay: 0 },
  { kind: "slow", delay: 0 },
  { kind: "success", code: "2.04" },
  { kind: "reboots" },
  { kind: "reboots" },
];

const BLOCK_REFUSED = defineBlock({
  id: "block-refused",
  sentence:
    "in the midst of a large value the device forgets it, refuses a block, says nothing any more, resets or reboots",
  lanes: 1,
  live: true,
  exercises: ["R-11", "R-14", "R-01", "R-02", "R-03", "R-08", "D-02", "D-03", "I-06", "M-01", "T-01"],
  choices: choicesOf({
    transfer: TRANSFER,
    other: TASK,
    trouble: fc.constantFrom(...TROUBLES),
    once: fc.nat(4),
    first: fc.nat(3),
    from: SHARE,
    pause: SHARE,
    trigger: TRIGGER,
  }),
  compose: (sketch, [lane], choice) => {
    const { beat, giveUpLatest, responseTimeout, clear, gap, mode } = sketch.pace;
    ensureRegistered(sketch, lane);
    const at = lane.clock + 1;
    const { kind } = choice.trouble;
    // To forget is a matter of what is written.
    const isForgotten = kind === "error" && choice.trouble.code === "4.08";
    const transfer = planTransfer(sketch, lane, choice.transfer, isForgotten || choice.transfer.write);
    const waits = kind === "acknowledge-only" ? responseTimeout : kind === "silent" ? giveUpLatest : beat;
    const lasts = durationOf(transfer);
    const over = at + lasts + waits + clear + bootTime(sketch, lane);
    slowDown(sketch, lane, at, over, transfer.hop);
    // The first block of what is read is that of an ordinary answer.
    const block = choice.first === 0 && transfer.content.taskType === "W" ? 0 : middleOf(transfer, choice.from);
    const once = choice.once === 0 ? {} : { once: true as const };
    behave(sketch, lane, at, over, choice.trouble, { block, ...once });
    pollMirror(sketch, lane, at - 1);
    const task = createTask(sketch, [lane], at, choice.other, { content: transfer.content });
    const tasks =
      mode === "live" ? [task] : [task, createTask(sketch, [lane], at + part(choice.pause, lasts), choice.other)];
    poll(sketch, task, at + part(choice.pause, lasts));
    for (const each of tasks) poll(sketch, each, over);
    pollMirror(sketch, lane, over);
    const triggered = over + 1 + part(choice.pause, gap);
    slowDown(sketch, lane, triggered, triggered + 2 * lasts + beat, transfer.hop);
    const settled = trigger(sketch, lane, triggered, choice.trigger) + lasts + beat;
    for (const each of tasks) poll(sketch, each, settled);
    pollMirror(sketch, lane, settled);
    finish([lane], settled + 1);
  },
});

const VALUE_FORGOTTEN = defineBlock({
  id: "value-forgotten",
  sentence: "in the midst of a large Write the device forgets what it has (4.08), once or each time",
  lanes: 1,
  live: true,
  exercises: ["R-11", "R-14", "R-08", "D-02", "D-03", "I-06", "T-01"],
  choices: choicesOf({ transfer: TRANSFER, other: TASK, from: SHARE, once: fc.nat(5), trigger: TRIGGER }),
  compose: (sketch, [lane], choice) => {
    const { beat } = sketch.pace;
    ensureRegistered(sketch, lane);
    const at = lane.clock + 1;
    const transfer = planTransfer(sketch, lane, choice.transfer, true);
    const lasts = durationOf(transfer);
    const over = at + lasts + beat;
    slowDown(sketch, lane, at, over, transfer.hop);
    const once = choice.once === 0 ? {} : { once: true as const };
    const block = part(choice.from, transfer.rounds - 1);
    behave(sketch, lane, at, over, { kind: "error", code: "4.08" }, { operation: "write", block, ...once });
    const task = createTask(sketch, [lane], at, choice.other, { content: transfer.content });
    poll(sketch, task, over);
    pollMirror(sketch, lane, over);
    const settled = trigger(sketch, lane, over + 1, choice.trigger) + lasts + beat;
    poll(sketch, task, settled);
    pollMirror(sketch, lane, settled);
    finish([lane], settled + 1);
  },
});

export const BLOCK_TRANSFER_DISTURBED_BLOCKS = [
  BLOCK_LOST,
  BLOCKS_IN_DISORDER,
  BLOCK_REFUSED,
  VALUE_FORGOTTEN,
] as const;
