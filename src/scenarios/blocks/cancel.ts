/**
 * Building blocks around cancelling: a task or a device task that is pending, in flight, or over.
 * Spec: docs/semantics.md, States.
 */
import * as fc from "fast-check";
import { part } from "../pace.ts";
import type { Lane, Sketch } from "../sketch.ts";
import {
  behave,
  cancelDeviceTask,
  cancelTask,
  createTask,
  ensureAbsent,
  ensureRegistered,
  finish,
  poll,
  pollHistory,
  trigger,
} from "../steps.ts";
import { choicesOf, defineBlock, SHARE, TASK, TRIGGER } from "./block.ts";

function cancel(sketch: Sketch, task: number, lane: Lane, at: number, whole: boolean): void {
  if (whole) cancelTask(sketch, task, at);
  else cancelDeviceTask(sketch, task, lane, at);
}

const CANCEL_PENDING = defineBlock({
  id: "cancel-pending",
  sentence: "a task is cancelled, wholly or for one device, while a device is absent and another has finished",
  lanes: 2,
  live: true,
  exercises: ["T-04", "T-01", "T-02", "T-03", "Q-03", "Q-11"],
  choices: choicesOf({ task: TASK, other: TASK, whole: fc.boolean(), share: SHARE, twice: fc.nat(3) }),
  compose: (sketch, lanes, choice) => {
    const { beat, guard } = sketch.pace;
    const [absent, ...others] = lanes;
    ensureAbsent(sketch, absent);
    for (const lane of others) ensureRegistered(sketch, lane);
    const created = Math.max(...lanes.map((lane) => lane.clock)) + 1;
    const task = createTask(sketch, lanes, created, choice.task);
    const kept = createTask(sketch, [absent], created + 1, choice.other);
    const cancelled = created + beat + part(choice.share, beat);
    poll(sketch, task, cancelled - guard);
    cancel(sketch, task, absent, cancelled, choice.whole);
    if (choice.twice === 0) cancel(sketch, task, absent, cancelled + 2, !choice.whole);
    poll(sketch, task, cancelled + beat / 2);
    const settled = trigger(sketch, absent, cancelled + beat, "register");
    poll(sketch, task, settled);
    poll(sketch, kept, settled);
    pollHistory(sketch, task, settled);
    finish(lanes, settled + beat);
  },
});

const CANCEL_IN_FLIGHT = defineBlock({
  id: "cancel-in-flight",
  sentence: "a task is cancelled while its request is on the way; the device answers late, wrongly, or not at all",
  lanes: 1,
  live: true,
  exercises: ["T-04", "T-01", "T-03"],
  choices: choicesOf({
    task: TASK,
    whole: fc.boolean(),
    answer: fc.constantFrom("late" as const, "error" as const, "none" as const, "reset" as const),
    share: SHARE,
    after: TRIGGER,
  }),
  compose: (sketch, [lane], choice) => {
    const { beat, giveUpLatest, responseTimeout, ackTimeout, clear, mode } = sketch.pace;
    ensureRegistered(sketch, lane);
    const created = lane.clock + 1;
    const delay = Math.min(responseTimeout - clear, mode === "live" ? 3 * clear : 4 * ackTimeout);
    const silent = choice.answer !== "late";
    const over = created + (silent ? giveUpLatest : delay) + clear;
    const cancelled = created + 1 + part(choice.share, silent ? ackTimeout - 2 : delay - 2);
    if (choice.answer === "late") behave(sketch, lane, created, over, { kind: "slow", delay });
    else behave(sketch, lane, created, choice.answer === "none" ? over : cancelled + 1, { kind: "silent" });
    if (choice.answer === "error") behave(sketch, lane, created, over, { kind: "error", code: "4.05" });
    if (choice.answer === "reset") behave(sketch, lane, created, over, { kind: "reset" });
    const task = createTask(sketch, [lane], created, choice.task);
    cancel(sketch, task, lane, cancelled, choice.whole);
    poll(sketch, task, cancelled + 1);
    poll(sketch, task, over + beat / 2);
    const settled = trigger(sketch, lane, over + beat, choice.after);
    poll(sketch, task, settled);
    finish([lane], settled + beat);
  },
});

const CANCEL_FINISHED = defineBlock({
  id: "cancel-finished",
  sentence: "a task that is over is cancelled, which changes nothing",
  lanes: 1,
  live: true,
  exercises: ["T-04", "T-01", "Q-02", "I-03"],
  choices: choicesOf({ task: TASK, whole: fc.boolean(), failed: fc.boolean(), share: SHARE }),
  compose: (sketch, [lane], choice) => {
    const { beat, guard } = sketch.pace;
    ensureRegistered(sketch, lane);
    const created = lane.clock + 1;
    if (choice.failed) behave(sketch, lane, created, created + beat, { kind: "error", code: "4.04" });
    const task = createTask(sketch, [lane], created, choice.task);
    const cancelled = created + beat + part(choice.share, beat);
    poll(sketch, task, cancelled - guard);
    cancel(sketch, task, lane, cancelled, choice.whole);
    poll(sketch, task, cancelled + beat / 2);
    const settled = trigger(sketch, lane, cancelled + beat, "update");
    poll(sketch, task, settled);
    finish([lane], settled + 1);
  },
});

export const CANCEL_BLOCKS = [CANCEL_PENDING, CANCEL_IN_FLIGHT, CANCEL_FINISHED] as const;
