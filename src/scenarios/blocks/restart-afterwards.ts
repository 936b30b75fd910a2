/**
 * Building blocks around what a server still knows after it was killed: how tasks ended and were cancelled, what devices
 * showed, who is registered, how a device type is configured, and how far a task for many has come.
 * Spec: docs/semantics.md, choices 7, 11, 12, 17, 26.
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
  pollHistory,
  pollMirror,
  register,
  trigger,
  update,
} from "../steps.ts";
import { choicesOf, defineBlock, SHARE, TASK, TRIGGER } from "./block.ts";
import { DOWN_FOR, restartServer } from "./restart-steps.ts";

const RESTART_WHEN_DONE = defineBlock({
  id: "restart-when-done",
  sentence:
    "tasks have succeeded and failed when the server is killed: nothing is done again, and all can still be read",
  lanes: 1,
  live: true,
  exercises: ["S-01", "I-03", "R-09", "D-01", "D-02", "T-01", "L-01"],
  choices: choicesOf({
    tasks: fc.array(TASK, { minLength: 1, maxLength: 3 }),
    error: fc.constantFrom("4.00", "4.04", "4.05", "5.00"),
    fails: fc.boolean(),
    refused: TASK,
    down: DOWN_FOR,
    trigger: TRIGGER,
  }),
  compose: (sketch, [lane], choice) => {
    const { beat } = sketch.pace;
    ensureRegistered(sketch, lane);
    const created = lane.clock + 1;
    const tasks = choice.tasks.map((task, index) => createTask(sketch, [lane], created + index, task));
    let ended = created + 2 * beat;
    if (choice.fails) {
      behave(sketch, lane, ended, ended + beat, { kind: "error", code: choice.error });
      tasks.push(createTask(sketch, [lane], ended, choice.refused));
      ended += 2 * beat;
    }
    for (const task of tasks) poll(sketch, task, ended);
    pollMirror(sketch, lane, ended);
    const up = restartServer(sketch, ended + 1, choice.down);
    const settled = trigger(sketch, lane, up + beat, choice.trigger) + beat;
    for (const task of tasks) {
      poll(sketch, task, settled);
      pollHistory(sketch, task, settled);
    }
    pollMirror(sketch, lane, settled);
    finish([lane], settled + 1);
  },
});

const RESTART_WHEN_CANCELLED = defineBlock({
  id: "restart-when-cancelled",
  sentence: "a task is cancelled while it waits or is in flight, and the server is killed",
  lanes: 1,
  live: true,
  exercises: ["S-01", "T-04", "Q-11", "T-01", "T-02"],
  choices: choicesOf({
    task: TASK,
    kept: TASK,
    inFlight: fc.boolean(),
    whole: fc.boolean(),
    share: SHARE,
    down: DOWN_FOR,
    trigger: TRIGGER,
  }),
  compose: (sketch, [lane], choice) => {
    const { beat, giveUpEarliest } = sketch.pace;
    if (choice.inFlight) ensureRegistered(sketch, lane);
    else ensureAbsent(sketch, lane);
    const created = lane.clock + 1;
    const cancelled = created + 1 + part(choice.share, giveUpEarliest / 2);
    const killed = cancelled + 1 + part(choice.share, giveUpEarliest / 3);
    if (choice.inFlight) loss(sketch, lane, created, killed, "down");
    const task = createTask(sketch, [lane], created, choice.task);
    const kept = createTask(sketch, [lane], created + 1, choice.kept);
    if (choice.whole) cancelTask(sketch, task, cancelled);
    else cancelDeviceTask(sketch, task, lane, cancelled);
    const up = restartServer(sketch, killed, choice.down);
    poll(sketch, task, up + beat);
    const settled = trigger(sketch, lane, up + beat + 1, choice.trigger) + beat;
    poll(sketch, task, settled);
    pollHistory(sketch, task, settled);
    poll(sketch, kept, settled);
    finish([lane], settled + 1);
  },
});

const RESTART_WHEN_REGISTERED = defineBlock({
  id: "restart-when-registered",
  sentence:
    "devices are registered when the server is killed: tasks come afterwards, and Updates; some left just before",
  lanes: 2,
  live: true,
  exercises: ["S-02", "S-01", "Q-02", "G-04", "G-06", "Q-03"],
  choices: choicesOf({
    task: TASK,
    taskFirst: fc.boolean(),
    moves: fc.boolean(),
    leaves: fc.nat(1),
    share: SHARE,
    down: DOWN_FOR,
    trigger: TRIGGER,
  }),
  compose: (sketch, lanes, choice) => {
    const { beat, gap } = sketch.pace;
    for (const lane of lanes) ensureRegistered(sketch, lane);
    const [lane] = lanes;
    let at = Math.max(...lanes.map(({ clock }) => clock)) + beat;
    if (choice.moves) sketch.operations.push({ at, kind: "change-address", device: lane.device, update: true });
    else update(sketch, lane, at);
    at += beat;
    if (choice.leaves === 0) ensureAbsent(sketch, lane);
    at = Math.max(at, lane.clock) + part(choice.share, gap);
    const up = restartServer(sketch, at, choice.down);
    let task: number | undefined;
    if (choice.taskFirst) task = createTask(sketch, lanes, up + 1, choice.task);
    for (const other of lanes) {
      if (other.registered) update(sketch, other, up + beat);
    }
    task ??= createTask(sketch, lanes, up + 2 * beat, choice.task);
    poll(sketch, task, up + 3 * beat);
    const settled = trigger(sketch, lane, up + 3 * beat + 1, choice.trigger) + beat;
    poll(sketch, task, settled);
    finish(lanes, settled + 1);
  },
});

const RESTART_AND_MANY = defineBlock({
  id: "restart-and-many",
  sentence:
    "the server is killed while a task for many is answered by some, on its way to others, and waits for the rest",
  lanes: 5,
  live: true,
  exercises: ["S-01", "Q-09", "T-02", "T-03", "R-04", "R-05"],
  choices: choicesOf({
    task: TASK,
    all: fc.boolean(),
    roles: fc.tuple(fc.nat(3), fc.nat(3), fc.nat(3), fc.nat(3), fc.nat(3)),
    after: fc.constantFrom(0, 1, 1_500, 4_000, 30_000),
    down: DOWN_FOR,
    trigger: TRIGGER,
  }),
  compose: (sketch, lanes, choice) => {
    const { beat, giveUpLatest } = sketch.pace;
    for (const [index, lane] of lanes.entries()) {
      if ((choice.roles[index % 5] ?? 0) === 0) ensureAbsent(sketch, lane);
      else ensureRegistered(sketch, lane);
    }
    const created = Math.max(...lanes.map(({ clock }) => clock)) + 1;
    const killed = created + choice.after;
    for (const [index, lane] of lanes.entries()) {
      const role = choice.roles[index % 5] ?? 0;
      if (role === 1) loss(sketch, lane, created, killed, "both");
      else if (role === 2) behave(sketch, lane, created, killed, { kind: "slow", delay: giveUpLatest });
    }
    const task = createTask(sketch, lanes, created, choice.task, { all: choice.all });
    const up = restartServer(sketch, killed, choice.down);
    poll(sketch, task, up + beat);
    const again = Math.max(up, created + giveUpLatest) + 2 * beat;
    const settled = Math.max(...lanes.map((lane, index) => trigger(sketch, lane, again + index, choice.trigger)));
    poll(sketch, task, settled + beat);
    finish(lanes, settled + beat + 1);
  },
});

const RESTART_AND_TYPE = defineBlock({
  id: "restart-and-type",
  sentence: "a device type is configured, the server is killed, and a task takes its period from the type",
  lanes: 1,
  live: false,
  exercises: ["S-01", "E-03", "E-05", "T-02"],
  choices: choicesOf({ task: TASK, seconds: fc.constantFrom(60, 90, 600, 3_600), down: DOWN_FOR, share: SHARE }),
  compose: (sketch, [lane], choice) => {
    const { beat, clear } = sketch.pace;
    ensureAbsent(sketch, lane);
    const configured = lane.clock + 1;
    const type = sketch.deviceTypes[lane.type];
    if (type?.taskExpiresAfter !== undefined) {
      sketch.operations.push({
        at: configured,
        kind: "configure-type",
        type: lane.type,
        taskExpiresAfter: choice.seconds,
      });
      sketch.reconfigured = choice.seconds;
    }
    const up = restartServer(sketch, configured + beat, choice.down);
    const created = up + beat;
    const period = type?.taskExpiresAfter === undefined ? { expiresAfter: choice.seconds } : {};
    const task = createTask(sketch, [lane], created, choice.task, period);
    const expires = created + choice.seconds * 1_000;
    poll(sketch, task, expires - clear);
    poll(sketch, task, expires + clear);
    register(sketch, lane, expires + clear + 1 + part(choice.share, beat));
    finish([lane], expires + clear + 2 * beat);
  },
});

export const RESTART_AFTERWARDS_BLOCKS = [
  RESTART_WHEN_DONE,
  RESTART_WHEN_CANCELLED,
  RESTART_WHEN_REGISTERED,
  RESTART_AND_MANY,
  RESTART_AND_TYPE,
] as const;
