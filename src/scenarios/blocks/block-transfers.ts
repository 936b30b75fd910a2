/**
 * Building blocks around values that do not fit into one message: written and read in blocks, in the size that the
 * device asks for.
 *
 * What goes wrong on the way is in `block-transfers-disturbed.ts` and `block-transfers-interrupted.ts`.
 *
 * Spec: RFC 7959 §2.3 to §2.5, §2.9.3.
 */
import * as fc from "fast-check";
import { part } from "../pace.ts";
import { behave, createTask, ensureRegistered, finish, poll, pollHistory, pollMirror, trigger } from "../steps.ts";
import { durationOf, longWrite, middleOf, planTransfer, slowDown, TRANSFER } from "../transfers.ts";
import { choicesOf, defineBlock, SHARE, TASK, TRIGGER } from "./block.ts";

const LARGE_VALUES = defineBlock({
  id: "large-values",
  sentence: "large values are written and read, in blocks of the server's and of the device's size",
  lanes: 1,
  live: true,
  exercises: ["R-14", "R-15", "D-01", "D-02", "D-03", "R-08", "I-06", "Q-06", "T-01"],
  choices: choicesOf({ transfers: fc.tuple(TRANSFER, TRANSFER), other: TASK, two: fc.boolean(), share: SHARE }),
  compose: (sketch, [lane], choice) => {
    const { beat, mode } = sketch.pace;
    ensureRegistered(sketch, lane);
    let at = lane.clock + 1;
    pollMirror(sketch, lane, at - 1);
    const tasks: number[] = [];
    for (const dial of choice.transfers.slice(0, choice.two && mode === "sim" ? 2 : 1)) {
      const transfer = planTransfer(sketch, lane, dial);
      const lasts = durationOf(transfer);
      slowDown(sketch, lane, at, at + lasts, transfer.hop);
      const task = createTask(sketch, [lane], at, dial.write ? TASK_OF_NOBODY : choice.other, {
        content: transfer.content,
      });
      tasks.push(task);
      poll(sketch, task, at + part(choice.share, lasts));
      pollMirror(sketch, lane, at + part(choice.share, lasts) + 1);
      // It waits until the last block was answered.
      if (choice.share % 2 === 0) tasks.push(createTask(sketch, [lane], at + part(choice.share, lasts), choice.other));
      at += lasts + beat;
      for (const each of tasks) poll(sketch, each, at);
      pollMirror(sketch, lane, at);
    }
    pollHistory(sketch, tasks[0] ?? 0, at);
    finish([lane], at + 1);
  },
});

/** For tasks whose content is given. */
const TASK_OF_NOBODY = { type: 0, property: 0 } as const;

const SIZES = [16, 32, 64, 128, 256, 512] as const;

const SMALLER_BLOCKS = defineBlock({
  id: "smaller-blocks",
  sentence: "the device asks for smaller blocks of a large value, with its first answer, in the midst, or by 4.13",
  lanes: 1,
  live: true,
  exercises: ["R-15", "R-14", "D-02", "R-08", "I-06", "T-01"],
  choices: choicesOf({
    size: fc.constantFrom(...SIZES),
    smallest: fc.constantFrom(...SIZES),
    how: fc.constantFrom("first", "first", "midst", "twice", "too-large", "too-large", "too-large-at-all"),
    blocks: fc.integer({ min: 2, max: 10 }),
    share: SHARE,
    trigger: TRIGGER,
  }),
  compose: (sketch, [lane], choice) => {
    const { beat, reaction } = sketch.pace;
    ensureRegistered(sketch, lane);
    const at = lane.clock + 1;
    const { how, size } = choice;
    const large = how === "first" || how.startsWith("too-large") ? 1_024 : 2_048;
    const content = longWrite(sketch.nextTask, large + 1 + part(choice.share, choice.blocks * size));
    const hop = 20;
    const lasts = 2 * hop * (4 + choice.blocks) + reaction;
    const over = at + lasts + beat;
    slowDown(sketch, lane, at, over, hop);
    const asks = (block: number, wanted: (typeof SIZES)[number], once?: true): void =>
      behave(sketch, lane, at, over, { kind: "smaller-blocks", size: wanted }, { block, ...(once ? { once } : {}) });
    if (how === "too-large") behave(sketch, lane, at, over, { kind: "too-large", size }, { block: 0, once: true });
    else if (how === "too-large-at-all") behave(sketch, lane, at, over, { kind: "too-large" }, { block: 0 });
    else if (how === "twice") {
      asks(0, 512, true);
      asks(1, Math.min(256, choice.smallest) as (typeof SIZES)[number]);
    } else asks(how === "first" ? 0 : 1, size);
    const task = createTask(sketch, [lane], at, TASK_OF_NOBODY, { content });
    poll(sketch, task, at + part(choice.share, lasts));
    poll(sketch, task, over);
    pollMirror(sketch, lane, over);
    const settled = trigger(sketch, lane, over + 1, choice.trigger) + lasts;
    poll(sketch, task, settled);
    pollMirror(sketch, lane, settled);
    finish([lane], settled + 1);
  },
});

const CHANGES_WHILE_READ = defineBlock({
  id: "changes-while-read",
  sentence: "a large value changes while it is read block by block, and its ETag with it",
  lanes: 1,
  live: true,
  exercises: ["R-16", "D-01", "D-03", "R-08", "T-01"],
  choices: choicesOf({ transfer: TRANSFER, other: TASK, share: SHARE, once: fc.nat(3), trigger: TRIGGER }),
  compose: (sketch, [lane], choice) => {
    const { beat } = sketch.pace;
    ensureRegistered(sketch, lane);
    const at = lane.clock + 1;
    const transfer = planTransfer(sketch, lane, choice.transfer, false);
    const lasts = 2 * durationOf(transfer);
    const over = at + lasts + beat;
    slowDown(sketch, lane, at, over, transfer.hop);
    const block = middleOf(transfer, choice.share);
    const once = choice.once === 0 ? {} : { once: true as const };
    behave(sketch, lane, at, over, { kind: "changes" }, { operation: "read", block, ...once });
    pollMirror(sketch, lane, at - 1);
    const task = createTask(sketch, [lane], at, choice.other, { content: transfer.content });
    poll(sketch, task, over);
    pollMirror(sketch, lane, over);
    const settled = trigger(sketch, lane, over + 1, choice.trigger) + lasts;
    poll(sketch, task, settled);
    pollMirror(sketch, lane, settled);
    finish([lane], settled + 1);
  },
});

export const BLOCK_TRANSFER_BLOCKS = [LARGE_VALUES, SMALLER_BLOCKS, CHANGES_WHILE_READ] as const;
