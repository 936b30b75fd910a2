/**
 * Building blocks in which much waits at the moment when something happens to a part of it: a task expires for many
 * devices at once, or one device of a task is cancelled while its other devices, and its other tasks, go on waiting.
 * Spec: task page, Task expiration; docs/semantics.md, States.
 */
import * as fc from "fast-check";
import { part } from "../pace.ts";
import type { Lane, Sketch } from "../sketch.ts";
import {
  behave,
  cancelDeviceTask,
  createTask,
  ensureAbsent,
  ensureRegistered,
  finish,
  pick,
  poll,
  pollHistory,
  trigger,
} from "../steps.ts";
import { choicesOf, defineBlock, SHARE, TASK, TRIGGER } from "./block.ts";

/** Why the devices of one task wait, in turn; some do not. */
const FATES = ["absent", "requeued", "absent", "in-flight", "succeeds", "acknowledged", "fails"] as const;
type Fate = (typeof FATES)[number];

const fateOf = (index: number, from: number): Fate => pick(FATES, index + from);

/** Brings each device into the state in which its fate can come; gives the moment from which the block goes on. */
function prepare(sketch: Sketch, lanes: readonly Lane[], from: number): number {
  for (const [index, lane] of lanes.entries()) {
    if (fateOf(index, from) === "absent") ensureAbsent(sketch, lane);
    else ensureRegistered(sketch, lane);
  }
  return Math.max(...lanes.map((lane) => lane.clock)) + 1;
}

/** How a device with this fate answers from `start` on. */
function meet(sketch: Sketch, lane: Lane, fate: Fate, start: number, over: number): void {
  const { beat } = sketch.pace;
  if (fate === "in-flight") behave(sketch, lane, start, over, { kind: "silent" });
  if (fate === "acknowledged") behave(sketch, lane, start, over, { kind: "acknowledge-only" });
  if (fate === "requeued") behave(sketch, lane, start, start + beat, { kind: "reset" });
  if (fate === "fails") behave(sketch, lane, start, start + beat, { kind: "error", code: "4.05" });
}

/** Seconds: in flight still, given up just now, long in the queue. */
const PERIODS = [3, 30, 80, 100, 130, 600, 90_000] as const;

const EXPIRES_EVERYWHERE = defineBlock({
  id: "expires-everywhere",
  sentence:
    "one task expires while several of its devices are absent, wait for a retry or are being tried, and others are done",
  lanes: 10,
  live: false,
  exercises: ["E-02", "E-05", "E-06", "T-01", "T-02", "T-03", "R-01", "I-03"],
  choices: choicesOf({
    tasks: fc.tuple(TASK, TASK),
    from: fc.nat(6),
    period: fc.nat(999),
    all: fc.nat(3),
    share: SHARE,
    trigger: TRIGGER,
  }),
  compose: (sketch, lanes, choice) => {
    const { beat, clear } = sketch.pace;
    const created = prepare(sketch, lanes, choice.from);
    const expiresAfter = pick(PERIODS, choice.period);
    const expiry = created + expiresAfter * 1_000;
    const over = expiry + 2 * beat;
    for (const [index, lane] of lanes.entries()) meet(sketch, lane, fateOf(index, choice.from), created, over);
    const all = choice.all === 0 && lanes.length > 1;
    const task = createTask(sketch, lanes, created, choice.tasks[0], { expiresAfter, all });
    const other = createTask(sketch, lanes, created + beat, choice.tasks[1]);
    poll(sketch, task, expiry - clear - part(choice.share, clear));
    poll(sketch, task, expiry + clear + part(choice.share, clear));
    const backs = lanes.map((lane, index) => trigger(sketch, lane, over + 1 + index, choice.trigger));
    const settled = Math.max(...backs) + beat;
    for (const ref of [task, other]) poll(sketch, ref, settled);
    pollHistory(sketch, task, settled);
    finish(lanes, settled + 1);
  },
});

const CANCELS_ONE_OF_MANY = defineBlock({
  id: "cancels-one-of-many",
  sentence:
    "one device of a task is cancelled while other devices of the task, and other tasks of the device, wait or are being tried",
  lanes: 6,
  live: true,
  exercises: ["T-04", "T-01", "T-02", "T-03", "Q-04", "Q-11"],
  choices: choicesOf({
    tasks: fc.tuple(TASK, TASK, TASK),
    from: fc.nat(6),
    which: fc.nat(999),
    all: fc.nat(3),
    share: SHARE,
    trigger: TRIGGER,
  }),
  compose: (sketch, lanes, choice) => {
    const { beat, giveUpLatest, responseTimeout, clear, mode } = sketch.pace;
    const created = prepare(sketch, lanes, choice.from);
    const cancelled = created + 2 * beat + part(choice.share, beat);
    const over = cancelled + beat + (mode === "live" ? 0 : Math.max(giveUpLatest, responseTimeout)) + clear;
    for (const [index, lane] of lanes.entries()) meet(sketch, lane, fateOf(index, choice.from), created, over);
    const chosen = pick(lanes, choice.which);
    const all = choice.all === 0 && lanes.length > 1;
    const before = createTask(sketch, lanes, created, choice.tasks[0]);
    const task = createTask(sketch, lanes, created + 1, choice.tasks[1], { all });
    const after = createTask(sketch, [chosen], created + 2, choice.tasks[2]);
    const tasks = [before, task, after];
    for (const ref of tasks) poll(sketch, ref, cancelled - 1);
    cancelDeviceTask(sketch, task, chosen, cancelled);
    for (const ref of tasks) poll(sketch, ref, cancelled + beat);
    const backs = lanes.map((lane, index) => trigger(sketch, lane, over + index, choice.trigger));
    const settled = Math.max(...backs) + beat;
    for (const ref of tasks) poll(sketch, ref, settled);
    pollHistory(sketch, task, settled);
    finish(lanes, settled + 1);
  },
});

export const SEVERAL_WAITING_BLOCKS = [EXPIRES_EVERYWHERE, CANCELS_ONE_OF_MANY] as const;
