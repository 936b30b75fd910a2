/**
 * Building blocks that go deep: long queues, many failures in a row, many registrations in a row, a whole fleet that goes
 * and comes back in random order. What a server keeps per device or per fleet must survive them.
 */
import * as fc from "fast-check";
import { part } from "../pace.ts";
import type { Lane, Sketch } from "../sketch.ts";
import {
  behave,
  createTask,
  deregister,
  ensureAbsent,
  ensureRegistered,
  finish,
  loss,
  offline,
  poll,
  pollHistory,
  register,
  trigger,
  update,
} from "../steps.ts";
import { choicesOf, defineBlock, SHARE, TASK, TRIGGER } from "./block.ts";

const MOST_TASKS = 24;
/** Tasks of a deep queue that are read while it drains: the first, some in the middle, the last. */
const sampleOf = (tasks: readonly number[]): readonly number[] =>
  tasks.filter((_, index) => index === 0 || index === tasks.length - 1 || index % 5 === 2);

const DEEP_QUEUE = defineBlock({
  id: "deep-queue",
  sentence: "12 to 24 tasks wait for one device; their drain is broken off by a failed attempt, and goes on later",
  lanes: 1,
  live: false,
  exercises: ["Q-10", "Q-03", "Q-04", "Q-05", "Q-06", "Q-08", "R-04", "R-05", "I-03", "T-01", "T-02", "T-03"],
  choices: choicesOf({
    count: fc.integer({ min: 12, max: MOST_TASKS }),
    tasks: fc.tuple(...Array.from({ length: MOST_TASKS }, () => TASK)),
    every: SHARE,
    share: SHARE,
    broken: fc.constantFrom("not", "silent", "silent", "reset", "loss", "error"),
    sleeps: fc.nat(2),
    /** Seconds; the later half of the tasks may expire in the queue. */
    expires: fc.constantFrom(0, 0, 0, 30, 120),
    trigger: TRIGGER,
  }),
  compose: (sketch, [lane], choice) => {
    const { beat, giveUpLatest, clear, ackTimeout } = sketch.pace;
    if (choice.sleeps === 0) lane.model.queueMode ??= true;
    ensureAbsent(sketch, lane);
    const start = lane.clock;
    const step = 1 + part(choice.every, beat);
    const tasks = choice.tasks.slice(0, choice.count).map((task, index) => {
      const expiresAfter = choice.expires > 0 && index >= choice.count / 2 ? choice.expires : undefined;
      return createTask(sketch, [lane], start + index * step, task, { expiresAfter });
    });
    const back = start + choice.count * step + beat;
    const broken = back + part(choice.share, ackTimeout);
    const over = broken + giveUpLatest + clear;
    for (const task of sampleOf(tasks)) poll(sketch, task, back - 1);
    if (choice.broken === "silent" || choice.broken === "reset")
      behave(sketch, lane, broken, broken + beat, { kind: choice.broken });
    if (choice.broken === "error") behave(sketch, lane, broken, broken + beat, { kind: "error", code: "4.00" });
    if (choice.broken === "loss") loss(sketch, lane, broken, over - 1, "both");
    register(sketch, lane, back);
    for (const task of sampleOf(tasks)) poll(sketch, task, over);
    const settled = trigger(sketch, lane, over + 1, choice.trigger);
    const drained = settled + choice.count * ackTimeout;
    for (const task of sampleOf(tasks)) poll(sketch, task, drained);
    finish([lane], drained + 1);
  },
});

const FAILURES = ["silent", "acknowledge-only", "reset", "reset", "deregister", "deaf"] as const;
type Failure = (typeof FAILURES)[number];

/** Lets the attempt that begins at `at` fail; gives the moment at which it surely has. */
function failAttempt(sketch: Sketch, lane: Lane, at: number, how: Failure): number {
  const { beat, giveUpLatest, responseTimeout, clear } = sketch.pace;
  const wait = { silent: giveUpLatest, deaf: giveUpLatest, "acknowledge-only": responseTimeout + beat };
  const failed = at + (how === "reset" || how === "deregister" ? 2 * beat : wait[how] + clear);
  if (how === "deaf") loss(sketch, lane, at, failed, "down");
  else behave(sketch, lane, at, failed, { kind: how === "deregister" ? "silent" : how });
  if (how === "deregister") deregister(sketch, lane, at + beat);
  return failed;
}

const FAILS_IN_MANY_WAYS = defineBlock({
  id: "fails-in-many-ways",
  sentence:
    "three to six attempts of one task fail, each in its own way and after its own trigger, before one succeeds",
  lanes: 1,
  live: false,
  exercises: ["R-01", "R-02", "R-03", "R-04", "R-05", "R-06", "R-07", "R-08", "I-02", "T-01", "G-06"],
  choices: choicesOf({
    task: TASK,
    other: TASK,
    ways: fc.tuple(...Array.from({ length: 6 }, () => fc.constantFrom(...FAILURES))),
    count: fc.integer({ min: 3, max: 6 }),
    updates: fc.nat(63),
    share: SHARE,
  }),
  compose: (sketch, [lane], choice) => {
    const { beat, latency } = sketch.pace;
    ensureRegistered(sketch, lane);
    let at = lane.clock + 1;
    const task = createTask(sketch, [lane], at, choice.task);
    const other = createTask(sketch, [lane], at + 1, choice.other);
    for (const [index, how] of choice.ways.slice(0, choice.count).entries()) {
      const failed = failAttempt(sketch, lane, at, how);
      poll(sketch, task, failed - 1);
      at = failed + 1 + part(choice.share, beat);
      // The next attempt begins when the server has the Update or Register, and its window of failure with it.
      trigger(sketch, lane, at, (choice.updates >> index) % 2 === 0 ? "register" : "update");
    }
    const settled = at + 4 * latency + 2 * beat;
    poll(sketch, task, settled);
    update(sketch, lane, settled + 1);
    poll(sketch, task, settled + beat);
    poll(sketch, other, settled + beat);
    pollHistory(sketch, task, settled + beat);
    finish([lane], settled + beat + 1);
  },
});

const REGISTER_STORM = defineBlock({
  id: "register-storm",
  sentence: "a device registers four to ten times in a row, between milliseconds and seconds apart, with tasks waiting",
  lanes: 2,
  live: false,
  exercises: ["G-01", "G-02", "G-03", "Q-04", "R-05", "R-08", "T-01"],
  choices: choicesOf({
    tasks: fc.tuple(TASK, TASK, TASK),
    count: fc.integer({ min: 4, max: 10 }),
    /** Milliseconds between two Registers, of 1000 parts of a beat. */
    pause: fc.constantFrom(1, 5, 20, 60, 300, 1_000),
    slow: fc.nat(2),
    mixed: fc.nat(1_023),
    share: SHARE,
  }),
  compose: (sketch, lanes, choice) => {
    const { beat, ackTimeout } = sketch.pace;
    const [stormy] = lanes;
    ensureAbsent(sketch, stormy);
    const start = Math.max(...lanes.map((lane) => lane.clock)) + 1;
    const waiting = choice.tasks.slice(0, 2).map((task, index) => createTask(sketch, [stormy], start + index, task));
    const pause = Math.max(1, part(choice.pause, beat));
    const first = start + beat;
    const last = first + choice.count * pause;
    if (choice.slow === 0)
      behave(sketch, stormy, first, last, { kind: "slow", delay: 1 + part(choice.share, ackTimeout) });
    for (let time = 0; time < choice.count; time += 1) {
      const at = first + time * pause;
      if (time > 0 && (choice.mixed >> time) % 4 === 3) update(sketch, stormy, at);
      else register(sketch, stormy, at);
    }
    const during = createTask(sketch, lanes, first + part(choice.share, last - first), choice.tasks[2]);
    const settled = last + ackTimeout + 2 * beat;
    for (const task of [...waiting, during]) poll(sketch, task, settled);
    sketch.operations.push({ at: settled, kind: "stale-update", device: stormy.device });
    for (const lane of lanes) trigger(sketch, lane, settled + 1, "update");
    for (const task of waiting) poll(sketch, task, settled + beat);
    finish(lanes, settled + beat + 1);
  },
});

const SWIZZLE = defineBlock({
  id: "swizzle",
  sentence: "one device after the other goes, in random order; they come back one by one, in another random order",
  lanes: 10,
  live: false,
  exercises: ["Q-03", "Q-04", "Q-09", "R-01", "R-04", "T-01", "T-02", "T-03"],
  choices: choicesOf({
    tasks: fc.tuple(TASK, TASK, TASK),
    leave: fc.tuple(...Array.from({ length: 10 }, () => SHARE)),
    back: fc.tuple(...Array.from({ length: 10 }, () => SHARE)),
    how: fc.constantFrom("offline", "offline", "deregister", "sleep"),
    again: TRIGGER,
  }),
  compose: (sketch, lanes, choice) => {
    const { beat, gap, awakeWindow } = sketch.pace;
    if (choice.how === "sleep") for (const lane of lanes) lane.model.queueMode ??= true;
    for (const lane of lanes) ensureRegistered(sketch, lane);
    const start = Math.max(...lanes.map((lane) => lane.clock)) + 1;
    const away = start + gap + (choice.how === "sleep" ? awakeWindow : 0);
    const home = away + gap;
    const tasks = [start, start + part(500, gap), away].map((at, index) =>
      createTask(sketch, lanes, at, choice.tasks[index] ?? choice.tasks[0]),
    );
    for (const [index, lane] of lanes.entries()) {
      const leaves = start + 1 + part(choice.leave[index % 10] ?? 0, gap);
      const returns = away + 1 + part(choice.back[index % 10] ?? 0, gap);
      if (choice.how === "offline") offline(sketch, lane, leaves, returns);
      else if (choice.how === "deregister") {
        deregister(sketch, lane, leaves);
        register(sketch, lane, returns);
      } else update(sketch, lane, returns);
    }
    for (const task of tasks) poll(sketch, task, away);
    for (const task of tasks) poll(sketch, task, home + beat);
    const settled = Math.max(
      ...lanes.map((lane, index) => trigger(sketch, lane, home + 2 * beat + index, choice.again)),
    );
    for (const task of tasks) poll(sketch, task, settled + beat);
    finish(lanes, settled + beat + 1);
  },
});

export const CROWD_BLOCKS = [DEEP_QUEUE, FAILS_IN_MANY_WAYS, REGISTER_STORM, SWIZZLE] as const;
