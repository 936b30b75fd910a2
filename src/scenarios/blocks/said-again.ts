/**
 * Building blocks around saying the same thing more than once: copies that arrive late, a Write whose answer is lost until
 * the next attempt, two tasks of equal content, several changes of one property in a row.
 * Spec: RFC 7252 §4.5, §4.8.2; docs/semantics.md, Failed attempt, or answer?, and choice 17.
 */
import * as fc from "fast-check";
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
  pollMirror,
  register,
  type TaskContent,
  trigger,
  update,
} from "../steps.ts";
import { choicesOf, defineBlock, near, SHARE, TASK, TRIGGER } from "./block.ts";

const LATE_COPIES = defineBlock({
  id: "late-copies",
  sentence: "copies of registrations, requests and answers arrive as late as a network may be, MAX_LATENCY",
  lanes: 1,
  live: false,
  exercises: ["I-01", "I-02", "I-03", "I-04", "G-03", "R-08", "T-01", "D-02"],
  choices: choicesOf({
    tasks: fc.tuple(TASK, TASK),
    direction: fc.constantFrom("up", "up", "down", "both"),
    slow: fc.boolean(),
    where: fc.constantFrom("before" as const, "just-before" as const),
    share: SHARE,
    registers: fc.boolean(),
    meanwhile: TRIGGER,
  }),
  compose: (sketch, [lane], choice) => {
    const { beat, maxLatency, ackTimeout } = sketch.pace;
    ensureRegistered(sketch, lane);
    const start = lane.clock + 1;
    // Later than that, a copy of the last retransmission would outlive EXCHANGE_LIFETIME and be another message.
    const delay = near(sketch, maxLatency, choice.where, choice.share, maxLatency / 2, 1);
    duplication(sketch, lane, start, start + 2 * beat, choice.direction, delay);
    if (choice.slow)
      behave(sketch, lane, start, start + beat, { kind: "slow", delay: 1 + part(choice.share, ackTimeout) });
    if (choice.registers) register(sketch, lane, start);
    else update(sketch, lane, start);
    const tasks = choice.tasks.map((task, index) => createTask(sketch, [lane], start + 1 + index * beat, task));
    for (const task of tasks) poll(sketch, task, start + 3 * beat);
    trigger(sketch, lane, start + 3 * beat + part(choice.share, maxLatency - 6 * beat), choice.meanwhile);
    const over = start + maxLatency + 3 * beat;
    for (const task of tasks) poll(sketch, task, over);
    pollMirror(sketch, lane, over);
    finish([lane], over + 1);
  },
});

const ANSWER_LOST_EACH_TIME = defineBlock({
  id: "answer-lost-each-time",
  sentence: "the device does what it is told, but its answers get lost attempt after attempt, until one gets through",
  lanes: 1,
  live: false,
  exercises: ["I-01", "I-02", "I-06", "R-01", "R-04", "R-05", "R-08", "D-02", "D-03", "T-01"],
  choices: choicesOf({
    task: TASK,
    execute: fc.nat(2),
    times: fc.integer({ min: 1, max: 3 }),
    triggers: fc.tuple(TRIGGER, TRIGGER, TRIGGER),
    share: SHARE,
  }),
  compose: (sketch, [lane], choice) => {
    const { beat, giveUpLatest, clear, latency } = sketch.pace;
    ensureRegistered(sketch, lane);
    let at = lane.clock + 1;
    const only = choice.execute === 0 ? (["E"] as const) : (["W", "E"] as const);
    const task = createTask(sketch, [lane], at, choice.task, { only });
    pollMirror(sketch, lane, at);
    for (const kind of choice.triggers.slice(0, choice.times)) {
      const failed = at + giveUpLatest + clear;
      loss(sketch, lane, at, failed, "up");
      poll(sketch, task, failed);
      pollMirror(sketch, lane, failed);
      const again = failed + 1 + part(choice.share, beat);
      // The trigger itself must get through: what is lost next begins after its answer.
      at = trigger(sketch, lane, again, kind === "reboot" ? "update" : kind) - beat + 2 * latency + 1;
    }
    const settled = at + bootTime(sketch, lane) + 2 * beat;
    poll(sketch, task, settled);
    pollMirror(sketch, lane, settled);
    update(sketch, lane, settled + 1);
    poll(sketch, task, settled + beat);
    finish([lane], settled + beat + 1);
  },
});

const ZONES = ["Europe/Paris", "Asia/Tokyo", "America/Bogota"] as const;
const zone = (index: number): TaskContent => ({
  taskType: "W",
  property: "deviceProperties.device.timezone",
  value: ZONES[index % ZONES.length] ?? ZONES[0],
});
const READ_ZONE: TaskContent = { taskType: "R", property: "deviceProperties.device.timezone" };
const RESET_ERRORS: TaskContent = { taskType: "E", property: "deviceProperties.device.resetErrorCode" };

const EQUAL_CONTENT = defineBlock({
  id: "equal-content",
  sentence: "tasks of equal content follow each other: each is sent, done and counted by itself",
  lanes: 1,
  live: true,
  exercises: ["I-02", "I-03", "Q-02", "D-01", "D-02", "R-08", "T-01"],
  choices: choicesOf({
    task: TASK,
    what: fc.constantFrom("write", "read", "execute", "execute"),
    dial: fc.nat(999),
    count: fc.integer({ min: 2, max: 4 }),
    share: SHARE,
    fails: fc.nat(3),
  }),
  compose: (sketch, [lane], choice) => {
    const { beat, mode } = sketch.pace;
    ensureRegistered(sketch, lane);
    const start = lane.clock + 1;
    const content = { write: zone(choice.dial), read: READ_ZONE, execute: RESET_ERRORS }[choice.what] ?? READ_ZONE;
    const count = mode === "live" ? 2 : choice.count;
    if (choice.fails === 0) behave(sketch, lane, start, start + beat, { kind: "error", code: "4.01" });
    const tasks = Array.from({ length: count }, (_, index) =>
      createTask(sketch, [lane], start + index * 2 * beat, choice.task, { content }),
    );
    for (const [index, task] of tasks.entries()) poll(sketch, task, start + (index * 2 + 1) * beat);
    const over = start + count * 2 * beat;
    pollMirror(sketch, lane, over);
    for (const task of tasks) poll(sketch, task, over);
    update(sketch, lane, over + 1);
    finish([lane], over + beat);
  },
});

const MIRROR_OVER_TIME = defineBlock({
  id: "mirror-over-time",
  sentence:
    "one property is written, read and written again, with an Execute and failures in between; the mirror is read after each step",
  lanes: 1,
  live: true,
  exercises: ["D-01", "D-02", "D-03", "D-05", "Q-02", "R-04", "R-05", "T-01", "T-03"],
  choices: choicesOf({
    task: TASK,
    steps: fc.tuple(
      ...Array.from({ length: 6 }, () =>
        fc.constantFrom("write", "write", "read", "read", "execute", "refused", "reset"),
      ),
    ),
    count: fc.integer({ min: 3, max: 6 }),
    dial: fc.nat(999),
    retry: TRIGGER,
  }),
  compose: (sketch, [lane], choice) => {
    const { beat, mode, guard } = sketch.pace;
    ensureRegistered(sketch, lane);
    let at = lane.clock + 1;
    pollMirror(sketch, lane, at - 1);
    const steps = choice.steps.slice(0, mode === "live" ? 3 : choice.count);
    for (const [index, step] of steps.entries()) {
      if (step === "refused") behave(sketch, lane, at, at + beat, { kind: "error", code: "4.05" });
      if (step === "reset") behave(sketch, lane, at, at + beat, { kind: "reset" });
      const content = step === "read" ? READ_ZONE : step === "execute" ? RESET_ERRORS : zone(choice.dial + index);
      const task = createTask(sketch, [lane], at, choice.task, { content });
      at += beat;
      poll(sketch, task, at - guard);
      pollMirror(sketch, lane, at - guard);
      // What was reset is tried again before the next step, so that values follow each other in order.
      if (step === "reset") at = trigger(sketch, lane, at, choice.retry);
      at += 1;
    }
    pollMirror(sketch, lane, at + beat);
    finish([lane], at + beat + 1);
  },
});

export const SAID_AGAIN_BLOCKS = [LATE_COPIES, ANSWER_LOST_EACH_TIME, EQUAL_CONTENT, MIRROR_OVER_TIME] as const;
