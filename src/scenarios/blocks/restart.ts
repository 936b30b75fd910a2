/**
 * Building blocks around a server that is killed and started again: with tasks that wait or are in flight, at each moment
 * of an exchange, in the step in which something is stored, and more than once.
 * Spec: docs/semantics.md, choice 26.
 */
import * as fc from "fast-check";
import { part } from "../pace.ts";
import {
  behave,
  cancelDeviceTask,
  cancelTask,
  createTask,
  ensureAbsent,
  ensureRegistered,
  finish,
  loss,
  poll,
  pollMirror,
  register,
  trigger,
  update,
} from "../steps.ts";
import { choicesOf, defineBlock, SHARE, TASK, TRIGGER, transmissionMoment } from "./block.ts";
import { DOWN_FOR, DYING, restartServer } from "./restart-steps.ts";

const RESTART_QUEUED = defineBlock({
  id: "restart-queued",
  sentence: "tasks wait for a device that is not there, the server is killed and started again, and the device comes",
  lanes: 1,
  live: true,
  exercises: ["S-01", "Q-04", "Q-10", "Q-03", "T-01"],
  choices: choicesOf({ tasks: fc.array(TASK, { minLength: 1, maxLength: 4 }), down: DOWN_FOR, pause: SHARE }),
  compose: (sketch, [lane], choice) => {
    const { beat, gap } = sketch.pace;
    ensureAbsent(sketch, lane);
    const created = lane.clock + 1;
    const tasks = choice.tasks.map((task, index) => createTask(sketch, [lane], created + index, task));
    const up = restartServer(sketch, created + beat + part(choice.pause, gap), choice.down);
    for (const task of tasks) poll(sketch, task, up + beat);
    register(sketch, lane, up + 2 * beat);
    const settled = up + 4 * beat;
    for (const task of tasks) poll(sketch, task, settled);
    pollMirror(sketch, lane, settled);
    finish([lane], settled + 1);
  },
});

const HINDRANCES = ["unheard", "unanswered", "acknowledged", "slow"] as const;

const RESTART_IN_FLIGHT = defineBlock({
  id: "restart-in-flight",
  sentence: "the server is killed at some moment of an exchange, and may find another task behind the one in flight",
  lanes: 1,
  live: true,
  exercises: ["S-01", "R-04", "R-05", "R-06", "R-08", "I-04", "T-01"],
  choices: choicesOf({
    task: TASK,
    other: TASK,
    two: fc.boolean(),
    how: fc.constantFrom(...HINDRANCES),
    moment: fc.nat(4),
    share: SHARE,
    dying: DYING,
    down: DOWN_FOR,
    trigger: TRIGGER,
  }),
  compose: (sketch, [lane], choice) => {
    const { beat, gap, giveUpLatest } = sketch.pace;
    ensureRegistered(sketch, lane);
    const created = lane.clock + 1;
    const killed = created + 1 + part(choice.share, transmissionMoment(sketch, choice.moment, choice.share));
    const hindered = killed + giveUpLatest;
    if (choice.how === "acknowledged") behave(sketch, lane, created, hindered, { kind: "acknowledge-only" });
    else if (choice.how === "slow")
      behave(sketch, lane, created, killed, { kind: "slow", delay: killed - created + beat });
    else loss(sketch, lane, created, killed, choice.how === "unheard" ? "down" : "up");
    const task = createTask(sketch, [lane], created, choice.task);
    const other = choice.two ? createTask(sketch, [lane], created + 1, choice.other) : task;
    const up = restartServer(sketch, killed, choice.down, choice.dying);
    poll(sketch, task, up + beat);
    const again = Math.max(up + beat, choice.how === "acknowledged" ? hindered : 0) + part(choice.share, gap);
    const settled = trigger(sketch, lane, again + 1, choice.trigger) + beat;
    poll(sketch, task, settled);
    poll(sketch, other, settled);
    pollMirror(sketch, lane, settled);
    finish([lane], settled + 1);
  },
});

const STEPS = ["create", "create", "register", "update", "update", "answer", "cancel", "cancel-device"] as const;

const RESTART_WHEN_STORING = defineBlock({
  id: "restart-when-storing",
  sentence: "the server is killed as it stores what a request or a message has brought",
  lanes: 1,
  live: true,
  exercises: ["S-01", "S-02", "R-08", "G-01", "T-01"],
  choices: choicesOf({
    waiting: TASK,
    asked: TASK,
    step: fc.constantFrom(...STEPS),
    dying: fc.constantFrom("before-storing" as const, "after-storing" as const),
    down: DOWN_FOR,
    trigger: TRIGGER,
  }),
  compose: (sketch, [lane], choice) => {
    const { beat, giveUpLatest } = sketch.pace;
    const absent = choice.step === "register" || choice.step === "cancel";
    if (absent) ensureAbsent(sketch, lane);
    else ensureRegistered(sketch, lane);
    const created = lane.clock + 1;
    const killed = created + beat;
    if (choice.step === "update" || choice.step === "cancel-device")
      behave(sketch, lane, created, killed + beat, { kind: "acknowledge-only" });
    if (choice.step === "answer") behave(sketch, lane, created, killed, { kind: "slow", delay: beat });
    const task = createTask(sketch, [lane], created, choice.waiting);
    const up = restartServer(sketch, killed, choice.down, choice.dying);
    if (choice.step === "create") createTask(sketch, [lane], killed + 1, choice.asked);
    else if (choice.step === "register") register(sketch, lane, killed + 1);
    else if (choice.step === "update") update(sketch, lane, killed + 1);
    else if (choice.step === "cancel") cancelTask(sketch, task, killed + 1);
    else if (choice.step === "cancel-device") cancelDeviceTask(sketch, task, lane, killed + 1);
    poll(sketch, task, up + beat);
    // A device that repeats its request or its answer is heard when the server is up.
    const settled = trigger(sketch, lane, up + giveUpLatest + beat, choice.trigger) + beat;
    poll(sketch, task, settled);
    pollMirror(sketch, lane, settled);
    finish([lane], settled + 1);
  },
});

const RESTART_AT_ONCE = defineBlock({
  id: "restart-at-once",
  sentence: "the server is killed right after it has acknowledged a task, and again before it comes to it",
  lanes: 1,
  live: true,
  exercises: ["S-01", "Q-04", "R-04", "R-08", "T-01"],
  choices: choicesOf({
    task: TASK,
    there: fc.boolean(),
    after: fc.constantFrom(0, 0, 1, 100, 900, 1_100),
    down: DOWN_FOR,
    again: fc.boolean(),
    trigger: TRIGGER,
  }),
  compose: (sketch, [lane], choice) => {
    const { beat } = sketch.pace;
    if (choice.there) ensureRegistered(sketch, lane);
    else ensureAbsent(sketch, lane);
    const created = lane.clock + 1;
    const task = createTask(sketch, [lane], created, choice.task);
    let up = restartServer(sketch, created + choice.after, choice.down);
    poll(sketch, task, up + 1);
    if (choice.again) up = restartServer(sketch, up + 2, choice.down);
    poll(sketch, task, up + beat);
    const settled = trigger(sketch, lane, up + 2 * beat, choice.trigger) + beat;
    poll(sketch, task, settled);
    finish([lane], settled + 1);
  },
});

const RESTART_REPEATEDLY = defineBlock({
  id: "restart-repeatedly",
  sentence: "each time that a task is tried the server is killed, until it is answered: each attempt counts",
  lanes: 1,
  live: true,
  exercises: ["S-01", "R-08", "R-04", "R-05", "R-06", "I-05", "T-01"],
  choices: choicesOf({
    task: TASK,
    lost: fc.nat(2),
    times: fc.integer({ min: 1, max: 3 }),
    down: DOWN_FOR,
    trigger: TRIGGER,
  }),
  compose: (sketch, [lane], choice) => {
    const { beat, giveUpLatest, clear } = sketch.pace;
    ensureRegistered(sketch, lane);
    let at = lane.clock + 1;
    const begun = at;
    const task = createTask(sketch, [lane], at, choice.task);
    if (choice.lost === 0) {
      at += giveUpLatest + clear;
      update(sketch, lane, at);
    }
    for (let time = 0; time < choice.times; time += 1) {
      const up = restartServer(sketch, at + beat, choice.down);
      poll(sketch, task, up + beat);
      at = up + 2 * beat;
      if (time + 1 < choice.times) update(sketch, lane, at);
    }
    loss(sketch, lane, begun, at - 1, "down", 1_000);
    const settled = trigger(sketch, lane, at + 1, choice.trigger) + beat;
    poll(sketch, task, settled);
    finish([lane], settled + 1);
  },
});

export const RESTART_BLOCKS = [
  RESTART_QUEUED,
  RESTART_IN_FLIGHT,
  RESTART_WHEN_STORING,
  RESTART_AT_ONCE,
  RESTART_REPEATEDLY,
] as const;
