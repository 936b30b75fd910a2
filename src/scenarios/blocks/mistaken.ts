/**
 * Building blocks for mistakes of identity: a request of one's own taken for a sign of the device, a response from
 * elsewhere taken for the device's. Spec: RFC 7252 §5.3.2; docs/semantics.md, choice 13.
 */

import * as fc from "fast-check";
import { part } from "../pace.ts";
import {
  behave,
  createTask,
  ensureAbsent,
  ensureRegistered,
  finish,
  latencyOf,
  poll,
  register,
  trigger,
  update,
} from "../steps.ts";
import { choicesOf, defineBlock, SHARE, TASK, TRIGGER } from "./block.ts";

const SILENT_AT_THE_END = defineBlock({
  id: "silent-at-the-end",
  sentence:
    "a queue-mode device falls silent at the end of its awake window, with a request on its way; when that has failed, another task is created",
  lanes: 1,
  live: false,
  exercises: ["Q-07", "R-01", "R-08", "Q-04", "T-01"],
  choices: choicesOf({ tasks: fc.tuple(TASK, TASK), share: SHARE, wake: TRIGGER }),
  compose: (sketch, [lane], choice) => {
    const { beat, awakeWindow, giveUpLatest, clear } = sketch.pace;
    if (lane.model.queueMode === undefined) ensureAbsent(sketch, lane);
    lane.model.queueMode ??= true;
    if (lane.registered) update(sketch, lane, lane.clock);
    else register(sketch, lane, lane.clock);
    const created = lane.clock + awakeWindow - beat;
    const over = created + giveUpLatest + clear + beat;
    behave(sketch, lane, lane.clock + beat, over, { kind: "silent" });
    const first = createTask(sketch, [lane], created, choice.tasks[0]);
    // Late enough for most exchanges to have been given up, and within a window counted from the request.
    const second = createTask(
      sketch,
      [lane],
      created + part(900 + Math.floor(choice.share / 11), awakeWindow),
      choice.tasks[1],
    );
    for (const task of [first, second]) poll(sketch, task, over);
    const settled = trigger(sketch, lane, over + 1, choice.wake) + beat;
    for (const task of [first, second]) poll(sketch, task, settled);
    finish([lane], settled + 1);
  },
});

const ANSWERS_FROM_ELSEWHERE = defineBlock({
  id: "answers-from-elsewhere",
  sentence:
    "a device acknowledges, gets a new address without a word, and answers from there: nobody's answer; then it updates",
  lanes: 1,
  live: false,
  exercises: ["I-04", "R-02", "R-10", "D-03", "T-01"],
  choices: choicesOf({ task: TASK, share: SHARE, wake: TRIGGER }),
  compose: (sketch, [lane], choice) => {
    const { beat, responseTimeout, clear } = sketch.pace;
    ensureRegistered(sketch, lane);
    const created = lane.clock + 1;
    const moved = created + 2 * latencyOf(sketch) + 2;
    const answered = moved + 1 + part(choice.share, beat);
    behave(sketch, lane, created, moved, { kind: "slow", delay: answered - created });
    const task = createTask(sketch, [lane], created, choice.task);
    sketch.operations.push({ at: moved, kind: "change-address", device: lane.device, update: false });
    poll(sketch, task, answered + clear);
    const told = choice.share % 2 === 0 ? answered + 2 * beat : created + responseTimeout + clear;
    const settled = trigger(sketch, lane, told, choice.wake) + beat;
    poll(sketch, task, settled);
    finish([lane], settled + 1);
  },
});

export const MISTAKEN_BLOCKS = [SILENT_AT_THE_END, ANSWERS_FROM_ELSEWHERE] as const;
