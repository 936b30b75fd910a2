/**
 * Building blocks around the moments at which a server acts by itself: it repeats a request, gives it up, stops waiting
 * for a response, or takes a queue-mode device to be asleep. Something else happens at about the same time.
 * Spec: RFC 7252 §4.2; docs/semantics.md, choices 5, 13, 28.
 */
import * as fc from "fast-check";
import { part } from "../pace.ts";
import type { Lane, Sketch } from "../sketch.ts";
import {
  behave,
  bootTime,
  cancelDeviceTask,
  createTask,
  deregister,
  ensureAbsent,
  ensureRegistered,
  finish,
  latencyOf,
  loss,
  poll,
  pollMirror,
  register,
  trigger,
  update,
} from "../steps.ts";
import { choicesOf, defineBlock, NEAR, near, SHARE, TASK, TRIGGER, transmissionMoment } from "./block.ts";

const MEANWHILE = [
  "update",
  "update",
  "register",
  "register",
  "deregister",
  "reboot",
  "new-address",
  "cancel",
  "new-task",
  "expiry",
  "answer",
] as const;
type Meanwhile = (typeof MEANWHILE)[number];

/** Lets it happen; what the task itself brings with it, its expiry and the device's answer, needs no operation. */
function meanwhile(sketch: Sketch, lane: Lane, at: number, what: Meanwhile, task: number): void {
  const { device } = lane;
  if (what === "update") update(sketch, lane, at);
  else if (what === "register") register(sketch, lane, at);
  else if (what === "deregister") deregister(sketch, lane, at);
  else if (what === "reboot") sketch.operations.push({ at, kind: "reboot", device });
  else if (what === "new-address") sketch.operations.push({ at, kind: "change-address", device, update: true });
  else if (what === "cancel") cancelDeviceTask(sketch, task, lane, at);
}

const AROUND_RETRANSMISSION = defineBlock({
  id: "around-retransmission",
  sentence:
    "nobody acknowledges a request; about when it is repeated or given up, the device speaks or hears again, or the task is cancelled or expires",
  lanes: 1,
  live: false,
  exercises: ["R-01", "R-04", "R-05", "R-06", "R-07", "R-08", "E-05", "T-01", "T-04", "I-02", "G-02"],
  choices: choicesOf({
    task: TASK,
    other: TASK,
    moment: fc.nat(999),
    share: SHARE,
    what: fc.constantFrom(...MEANWHILE),
    /** Whether the request, or its answer, is what gets lost. */
    answersLost: fc.nat(3),
    trigger: TRIGGER,
  }),
  compose: (sketch, [lane], choice) => {
    const { beat, giveUpLatest, clear, guard } = sketch.pace;
    ensureRegistered(sketch, lane);
    const created = lane.clock + 1;
    const span = transmissionMoment(sketch, choice.moment, choice.share);
    const expiresAfter = choice.what === "expiry" ? Math.max(1, Math.round(span / 1_000)) : undefined;
    const at = created + (expiresAfter === undefined ? span : expiresAfter * 1_000);
    const over = created + giveUpLatest + clear;
    const heard = choice.what === "answer" ? at : choice.share % 2 === 0 ? at : over;
    if (choice.answersLost === 0) loss(sketch, lane, created, at, "up");
    else behave(sketch, lane, created, heard, { kind: "silent" });
    const task = createTask(sketch, [lane], created, choice.task, { expiresAfter });
    poll(sketch, task, Math.max(created + 1, at - guard));
    meanwhile(sketch, lane, at, choice.what, task);
    if (choice.what === "new-task") createTask(sketch, [lane], at, choice.other);
    poll(sketch, task, at + clear);
    const settled = trigger(sketch, lane, Math.max(over, at + bootTime(sketch, lane)) + beat, choice.trigger);
    poll(sketch, task, settled + beat);
    finish([lane], settled + beat + 1);
  },
});

const RESPONSE_NEAR_TIMEOUT = defineBlock({
  id: "response-near-timeout",
  sentence: "the device acknowledges; about when the server stops waiting, the response comes, and something else",
  lanes: 1,
  live: false,
  exercises: ["R-02", "R-04", "R-05", "R-06", "R-08", "I-02", "I-04", "T-01", "T-04", "D-03"],
  choices: choicesOf({
    task: TASK,
    response: NEAR,
    share: SHARE,
    what: fc.constantFrom("nothing", "nothing", "update", "register", "new-address", "cancel", "new-task", "expiry"),
    where: NEAR,
    other: TASK,
    trigger: TRIGGER,
  }),
  compose: (sketch, [lane], choice) => {
    const { beat, responseTimeout, clear } = sketch.pace;
    const latency = latencyOf(sketch);
    ensureRegistered(sketch, lane);
    const created = lane.clock + 1;
    const acknowledged = created + 2 * latency;
    const stops = acknowledged + responseTimeout;
    const answered = near(sketch, stops, choice.response, choice.share, beat, acknowledged + 1);
    const at = near(sketch, stops, choice.where, 1_000 - choice.share, beat, acknowledged + 1);
    const expiresAfter = choice.what === "expiry" ? Math.max(1, Math.round((at - created) / 1_000)) : undefined;
    behave(sketch, lane, created, created + beat, { kind: "slow", delay: answered - acknowledged });
    pollMirror(sketch, lane, created - 1);
    const task = createTask(sketch, [lane], created, choice.task, { expiresAfter });
    if (choice.what === "update") update(sketch, lane, at);
    else if (choice.what === "register") register(sketch, lane, at);
    else if (choice.what === "cancel") cancelDeviceTask(sketch, task, lane, at);
    else if (choice.what === "new-task") createTask(sketch, [lane], at, choice.other);
    else if (choice.what === "new-address") trigger(sketch, lane, at, "new-address");
    const over = Math.max(stops, answered, at) + clear + beat;
    poll(sketch, task, over);
    pollMirror(sketch, lane, over);
    const settled = trigger(sketch, lane, over + 1, choice.trigger);
    poll(sketch, task, settled + beat);
    pollMirror(sketch, lane, settled + beat);
    finish([lane], settled + beat + 1);
  },
});

const NEAR_SLEEP = defineBlock({
  id: "near-sleep",
  sentence:
    "about when the awake window of a queue-mode device ends, a task is created, an answer comes, or the device updates; what it says prolongs the window",
  lanes: 1,
  live: false,
  exercises: ["Q-02", "Q-07", "Q-08", "Q-04", "R-08", "T-01"],
  choices: choicesOf({
    tasks: fc.tuple(TASK, TASK, TASK, TASK),
    count: fc.integer({ min: 1, max: 4 }),
    what: fc.constantFrom("task", "task", "answer", "update"),
    where: NEAR,
    share: SHARE,
    again: fc.boolean(),
    other: TASK,
    /** When the device falls asleep by itself, of 1000 parts of the window that the server counts with. */
    own: fc.constantFrom(1_000, 1_000, 700),
    wake: TRIGGER,
  }),
  compose: (sketch, [lane], choice) => {
    const { beat, awakeWindow, giveUpLatest, responseTimeout, clear } = sketch.pace;
    lane.model.queueMode ??= true;
    lane.model.awakeFor ??= part(choice.own, awakeWindow);
    if (!lane.registered) register(sketch, lane, lane.clock);
    else update(sketch, lane, lane.clock);
    // The server counts from what it heard last: the Register or Update, or the acknowledgement of a slow answer.
    const heard = lane.clock + (choice.what === "answer" ? beat + 3 * latencyOf(sketch) : latencyOf(sketch));
    const at = near(sketch, heard + awakeWindow, choice.where, choice.share, beat, lane.clock + beat);
    const first = choice.what === "answer" ? lane.clock + beat : at;
    const delay = Math.min(at - first, responseTimeout - clear);
    if (choice.what === "answer") behave(sketch, lane, first, first + beat, { kind: "slow", delay });
    if (choice.what === "update") update(sketch, lane, at);
    const tasks = choice.tasks
      .slice(0, choice.count)
      .map((task, index) => createTask(sketch, [lane], first + index, task));
    // Within a window of what was heard last, and beyond that of the Register or Update before.
    // What the server itself sent prolongs nothing: by then it has just given that up.
    const later =
      choice.what === "task" ? giveUpLatest - 1 - part(choice.share, beat) : part(choice.share, awakeWindow);
    const prolonged = Math.max(at, first + delay) + latencyOf(sketch) + later;
    const over = (choice.again ? prolonged : Math.max(at, first + delay)) + beat;
    if (choice.again) tasks.push(createTask(sketch, [lane], prolonged, choice.other));
    for (const task of [...tasks.slice(0, 1), ...tasks.slice(-1)]) poll(sketch, task, over);
    const settled = trigger(sketch, lane, over + 1 + part(choice.share, 2 * awakeWindow), choice.wake);
    for (const task of tasks) poll(sketch, task, settled + choice.count * beat);
    finish([lane], settled + choice.count * beat + 1);
  },
});

const CREATED_NEAR_CHANGE = defineBlock({
  id: "created-near-change",
  sentence: "a task is created just when its device registers, updates, moves, leaves or answers the task before",
  lanes: 2,
  live: false,
  exercises: ["Q-01", "Q-02", "Q-03", "Q-04", "Q-05", "Q-06", "T-01", "T-03"],
  choices: choicesOf({
    tasks: fc.tuple(TASK, TASK, TASK),
    what: fc.constantFrom(
      "register" as const,
      "register" as const,
      "update" as const,
      "new-address" as const,
      "deregister" as const,
      "answer" as const,
      "answer" as const,
    ),
    where: fc.tuple(NEAR, NEAR),
    share: SHARE,
    again: TRIGGER,
  }),
  compose: (sketch, lanes, choice) => {
    const { beat, ackTimeout } = sketch.pace;
    const [lane] = lanes;
    if (choice.what === "register") ensureAbsent(sketch, lane);
    else ensureRegistered(sketch, lane);
    const start = Math.max(...lanes.map(({ clock }) => clock)) + 1;
    const delay = 1 + part(choice.share, 2 * ackTimeout);
    const waiting = createTask(sketch, [lane], start, choice.tasks[0]);
    if (choice.what === "answer") behave(sketch, lane, start, start + delay, { kind: "slow", delay });
    const at = start + delay + beat;
    // As the server sees it: what the device sends is on its way for a while.
    const seen = choice.what === "answer" ? start + delay + 2 * latencyOf(sketch) : at + latencyOf(sketch);
    if (choice.what === "deregister") deregister(sketch, lane, at);
    else if (choice.what !== "answer") trigger(sketch, lane, at, choice.what);
    const [first, second] = choice.where;
    const tasks = [
      createTask(sketch, lanes, near(sketch, seen, first, choice.share, beat, start), choice.tasks[1]),
      createTask(sketch, [lane], near(sketch, seen, second, 1_000 - choice.share, beat, start), choice.tasks[2]),
    ];
    const over = at + 2 * beat;
    for (const task of [waiting, ...tasks]) poll(sketch, task, over);
    const settled = trigger(sketch, lane, over + 1, choice.again);
    for (const task of tasks) poll(sketch, task, settled + beat);
    finish(lanes, settled + beat + 1);
  },
});

export const MOMENT_BLOCKS = [AROUND_RETRANSMISSION, RESPONSE_NEAR_TIMEOUT, NEAR_SLEEP, CREATED_NEAR_CHANGE] as const;
