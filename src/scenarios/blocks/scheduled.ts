/**
 * Building blocks around tasks that are to begin later: what happens just before, at and just after their `scheduledOn`.
 * Spec: task API, scheduledOn; docs/semantics.md, choices 4, 8, 9, 11, 12, 18.
 */
import * as fc from "fast-check";
import { part } from "../pace.ts";
import type { Lane, Sketch } from "../sketch.ts";
import {
  behave,
  cancelDeviceTask,
  cancelTask,
  createTask,
  deregister,
  ensureAbsent,
  ensureRegistered,
  finish,
  pick,
  poll,
  pollHistory,
  pollMirror,
  type Trigger,
  trigger,
  update,
} from "../steps.ts";
import { choicesOf, defineBlock, NEAR, near, SHARE, TASK, TRIGGER } from "./block.ts";
import { pollAround } from "./expiry.ts";

/** Milliseconds from the creation to the scheduledOn: some seconds, some minutes, some days. */
const waitOf = (sketch: Sketch, share: number): number => {
  const { beat, mode } = sketch.pace;
  if (mode === "live") return 2 * beat + part(share, 2 * beat);
  return pick([3, 20, 90, 100, 600, 90_000, 400_000], share) * 1_000 + part(share, beat);
};

const SITUATIONS = ["ready", "ready", "absent", "asleep", "busy"] as const;
type Situation = (typeof SITUATIONS)[number];

/** Brings the device into the situation in which it is to be when its task begins; gives the scheduledOn. */
function prepare(sketch: Sketch, lane: Lane, situation: Situation, share: number): number {
  const { awakeWindow, beat, mode } = sketch.pace;
  if (situation === "asleep" && mode === "sim") lane.model.queueMode ??= true;
  if (situation === "absent") ensureAbsent(sketch, lane);
  else ensureRegistered(sketch, lane);
  const least = situation === "asleep" && mode === "sim" ? awakeWindow + beat : 0;
  return lane.clock + 1 + Math.max(least, waitOf(sketch, share));
}

const HAPPENINGS = [
  "nothing",
  "update",
  "update",
  "trigger",
  "leave",
  "cancel",
  "cancel-device",
  "cancel-twice",
] as const;

/** What happens near the moment at which the task begins. */
function happen(
  sketch: Sketch,
  lane: Lane,
  task: number,
  at: number,
  what: (typeof HAPPENINGS)[number],
  kind: Trigger,
): void {
  if (what === "update" && lane.registered) update(sketch, lane, at);
  if (what === "trigger") trigger(sketch, lane, at, kind);
  if (what === "leave" && lane.registered) deregister(sketch, lane, at);
  if (what === "cancel" || what === "cancel-twice") cancelTask(sketch, task, at);
  if (what === "cancel-device" || what === "cancel-twice") cancelDeviceTask(sketch, task, lane, at + 1);
}

/** Seconds; absent: the default. */
const PERIODS = [undefined, undefined, 3, 30, 120, 7_200] as const;

const SCHEDULED = defineBlock({
  id: "scheduled",
  sentence:
    "a task is to begin later, for a device that is there, absent, asleep or busy, which speaks, leaves or is cancelled about then",
  lanes: 2,
  live: true,
  exercises: ["T-05", "T-01", "T-02", "T-04", "Q-02", "Q-03", "Q-04", "Q-11"],
  choices: choicesOf({
    tasks: fc.tuple(TASK, TASK),
    situation: fc.nat(SITUATIONS.length - 1),
    what: fc.nat(HAPPENINGS.length - 1),
    where: NEAR,
    wait: SHARE,
    share: SHARE,
    period: fc.nat(PERIODS.length - 1),
    past: fc.nat(4),
    trigger: TRIGGER,
  }),
  compose: (sketch, [lane, ...others], choice) => {
    const { beat, guard, mode } = sketch.pace;
    const situation = pick(SITUATIONS, choice.situation);
    const later = prepare(sketch, lane, situation, choice.wait);
    for (const other of others) ensureAbsent(sketch, other);
    const created = Math.max(lane.clock, ...others.map((other) => other.clock)) + 1;
    const scheduledOn = choice.past === 0 ? part(choice.share, created) : Math.max(later, created + beat);
    const begins = Math.max(created, scheduledOn);
    // Reckoned from a scheduledOn that has passed, so short a period would be over, or nearly.
    const period = choice.past === 0 ? 3 : PERIODS[choice.period];
    const expiresAfter = mode === "live" ? undefined : period;
    const task = createTask(sketch, [lane, ...others], created, choice.tasks[0], { scheduledOn, expiresAfter });
    if (situation === "busy") {
      createTask(sketch, [lane], begins - guard - part(choice.share, guard), choice.tasks[1]);
      behave(sketch, lane, begins - beat, begins + beat, { kind: "slow", delay: part(choice.share, beat) });
    }
    poll(sketch, task, created + part(choice.share, begins - created));
    const at = near(sketch, begins, choice.where, choice.share, beat, created + 1);
    happen(sketch, lane, task, at, pick(HAPPENINGS, choice.what), choice.trigger);
    poll(sketch, task, Math.max(begins, at) + beat);
    const settled = trigger(sketch, lane, Math.max(begins, at) + beat + 1, choice.trigger) + beat;
    poll(sketch, task, settled);
    pollHistory(sketch, task, settled);
    finish([lane, ...others], settled + 1);
  },
});

const SCHEDULED_AMONG_OTHERS = defineBlock({
  id: "scheduled-among-others",
  sentence:
    "of several tasks of one device some begin later, not in the order of their creation, while others wait or fail",
  lanes: 1,
  live: false,
  exercises: ["T-05", "Q-10", "Q-06", "Q-04", "R-04"],
  choices: choicesOf({
    tasks: fc.tuple(TASK, TASK, TASK, TASK),
    waits: fc.tuple(SHARE, SHARE, SHARE),
    same: fc.boolean(),
    absent: fc.boolean(),
    together: fc.boolean(),
    silent: fc.boolean(),
    trigger: TRIGGER,
  }),
  compose: (sketch, [lane], choice) => {
    const { beat } = sketch.pace;
    if (choice.absent) ensureAbsent(sketch, lane);
    else ensureRegistered(sketch, lane);
    const created = lane.clock + 1;
    const [first, second, third] = choice.waits;
    const begin = created + waitOf(sketch, first);
    const begins = [begin, choice.same ? begin : created + waitOf(sketch, second), created + waitOf(sketch, third)];
    const last = Math.max(...begins);
    if (choice.silent) behave(sketch, lane, created, last + beat, { kind: "silent" });
    const tasks = [
      ...begins.map((scheduledOn, index) =>
        createTask(sketch, [lane], created + index, pick(choice.tasks, index), { scheduledOn }),
      ),
      createTask(sketch, [lane], created + begins.length, choice.tasks[3]),
    ];
    if (!choice.silent) behave(sketch, lane, created, last + beat, { kind: "slow", delay: beat });
    // Absent until all have begun, it finds them in its queue together.
    const spoken = choice.together ? last + beat : Math.min(...begins) + 1;
    const between = trigger(sketch, lane, spoken, choice.trigger);
    for (const task of tasks) poll(sketch, task, between + beat);
    const settled = trigger(sketch, lane, Math.max(last, between) + 2 * beat, choice.trigger) + 5 * beat;
    for (const task of tasks) poll(sketch, task, settled);
    finish([lane], settled + 1);
  },
});

const SCHEDULED_EXPIRES = defineBlock({
  id: "scheduled-expires",
  sentence:
    "a task begins later than it would have expired, had it begun at its creation, and then waits until it expires",
  lanes: 2,
  live: false,
  exercises: ["T-05", "E-01", "E-02", "E-03", "E-05", "E-06", "T-02"],
  choices: choicesOf({
    task: TASK,
    wait: SHARE,
    share: SHARE,
    there: fc.boolean(),
    inherits: fc.nat(2),
    where: NEAR,
    trigger: TRIGGER,
  }),
  compose: (sketch, lanes, choice) => {
    const { beat } = sketch.pace;
    const [lane] = lanes;
    for (const each of lanes) ensureAbsent(sketch, each);
    if (choice.there) ensureRegistered(sketch, lane);
    const created = Math.max(...lanes.map((each) => each.clock)) + 1;
    const begins = created + waitOf(sketch, choice.wait);
    const ofType = sketch.reconfigured ?? sketch.deviceTypes[lane.type]?.taskExpiresAfter;
    const inherited = choice.inherits === 0 && sketch.reconfigured === undefined ? ofType : undefined;
    const own = 1 + part(choice.share, Math.max(2, Math.floor((begins - created) / 500)));
    const period = inherited ?? own;
    if (choice.there) behave(sketch, lane, begins, begins + beat, { kind: "reset" });
    const task = createTask(sketch, lanes, created, choice.task, {
      scheduledOn: begins,
      expiresAfter: inherited === undefined ? own : undefined,
    });
    poll(sketch, task, Math.max(created, begins - 1 - part(choice.share, beat)));
    poll(sketch, task, begins + part(choice.share, period * 1_000 - 2));
    const expiry = begins + period * 1_000;
    const last = pollAround(sketch, task, expiry, choice.share);
    const back = near(sketch, expiry, choice.where, choice.share, beat, begins + 2 * beat);
    const settled = trigger(sketch, lane, back, choice.trigger) + beat;
    poll(sketch, task, Math.max(settled, last + 1));
    finish(lanes, Math.max(settled, last) + 2);
  },
});

const SECOND = 1_000;

const SCHEDULED_CANCELLED = defineBlock({
  id: "scheduled-cancelled",
  sentence:
    "a task is cancelled before it begins, as a whole or for one device after the other, perhaps while another waits, and its devices speak when it would",
  lanes: 3,
  live: true,
  exercises: ["T-04", "T-02", "T-01", "Q-11", "Q-04", "T-05"],
  choices: choicesOf({
    tasks: fc.tuple(TASK, TASK, TASK),
    wait: SHARE,
    share: SHARE,
    how: fc.constantFrom("whole", "each", "each", "each", "some", "each-then-whole"),
    late: fc.boolean(),
    /** Another task, created before, which waits where its device is absent. */
    waiting: fc.boolean(),
    trigger: TRIGGER,
  }),
  compose: (sketch, lanes, choice) => {
    const { beat, clear, reaction } = sketch.pace;
    for (const [index, lane] of lanes.entries()) {
      if (index === 1) ensureAbsent(sketch, lane);
      else ensureRegistered(sketch, lane);
    }
    const start = Math.max(...lanes.map((lane) => lane.clock)) + 1;
    const waiting = choice.waiting ? [createTask(sketch, lanes, start, choice.tasks[2])] : [];
    const created = start + waiting.length;
    const begins = created + lanes.length + waitOf(sketch, choice.wait);
    const task = createTask(sketch, lanes, created, choice.tasks[0], { scheduledOn: begins });
    // What has to be done by now, judged by its bound.
    const bound = Math.max(SECOND, reaction) + clear;
    const room = Math.max(0, begins - bound - created - lanes.length - 3);
    const at = created + 1 + (choice.late ? room : part(choice.share, room));
    const each = choice.how === "some" ? lanes.slice(1) : choice.how === "whole" ? [] : lanes;
    for (const [index, lane] of each.entries()) cancelDeviceTask(sketch, task, lane, at + index);
    if (choice.how === "whole") cancelTask(sketch, task, at);
    // Long enough after the last of its devices: it is over, and stays what it is.
    if (choice.how === "each-then-whole") cancelTask(sketch, task, at + lanes.length + bound);
    poll(sketch, task, at + lanes.length + Math.floor(clear / 2));
    poll(sketch, task, Math.max(at + lanes.length + clear, begins - 1));
    createTask(sketch, lanes, begins + 1, choice.tasks[1]);
    const backs = lanes.map((lane, index) => trigger(sketch, lane, begins + beat + index, choice.trigger));
    const settled = Math.max(...backs) + beat;
    for (const one of [...waiting, task]) poll(sketch, one, settled);
    pollHistory(sketch, task, settled);
    finish(lanes, settled + 1);
  },
});

const DAY = 86_400_000;
/** Milliseconds by which the end of the active period misses the end of the record. */
const MISSES = [-DAY, -1_000, -1, 0, 1, 1_000, DAY] as const;

const SCHEDULED_LATE = defineBlock({
  id: "scheduled-late",
  sentence: "a task is to begin so late that it ends about when its record does, and is read when that is over",
  lanes: 1,
  live: false,
  exercises: ["L-04", "L-01", "L-02", "T-05"],
  choices: choicesOf({
    task: TASK,
    misses: fc.nat(MISSES.length - 1),
    hours: fc.nat(200),
    there: fc.nat(3),
    share: SHARE,
  }),
  compose: (sketch, [lane], choice) => {
    const { retention, beat } = sketch.pace;
    if (choice.there === 0) ensureAbsent(sketch, lane);
    else ensureRegistered(sketch, lane);
    const created = lane.clock + 1;
    const expiresAfter = 60 + choice.hours * 3_600;
    const scheduledOn = created + retention - expiresAfter * 1_000 + pick(MISSES, choice.misses);
    const task = createTask(sketch, [lane], created, choice.task, { scheduledOn, expiresAfter });
    for (const at of [scheduledOn - beat, scheduledOn + beat, created + retention - beat])
      poll(sketch, task, Math.max(created + 1, at));
    poll(sketch, task, created + retention + 1 + part(choice.share, expiresAfter * 1_000));
    finish([lane], created + retention + expiresAfter * 1_000 + beat);
  },
});

const SCHEDULED_ALONE = defineBlock({
  id: "scheduled-alone",
  sentence: "what needs no device begins later: a server property is written, and a task has no device at all",
  lanes: 2,
  live: true,
  exercises: ["T-05", "T-01", "T-02", "T-04", "D-04"],
  choices: choicesOf({ task: TASK, wait: SHARE, share: SHARE, cancels: fc.nat(5), where: NEAR, nobody: fc.nat(2) }),
  compose: (sketch, lanes, choice) => {
    const { beat } = sketch.pace;
    const [lane] = lanes;
    const created = Math.max(...lanes.map((each) => each.clock)) + 1;
    const scheduledOn = created + waitOf(sketch, choice.wait);
    const property = `serverProperties.later${sketch.nextTask}`;
    const tasks = [createTask(sketch, lanes, created, choice.task, { scheduledOn, property })];
    if (choice.nobody === 0 && sketch.pace.mode === "sim") tasks.push(forNobody(sketch, created + 1, scheduledOn));
    const at = near(sketch, scheduledOn, choice.where, choice.share, beat, created + 2);
    for (const task of tasks) {
      if (choice.cancels === 0) cancelTask(sketch, task, at);
      poll(sketch, task, created + 2 + part(choice.share, scheduledOn - created - 3));
      poll(sketch, task, scheduledOn + beat);
    }
    if (choice.cancels === 1) cancelDeviceTask(sketch, tasks[0] ?? 0, lane, at);
    pollMirror(sketch, lane, Math.max(created + 2, scheduledOn - 1 - part(choice.share, beat)));
    pollMirror(sketch, lane, scheduledOn + beat);
    finish(lanes, Math.max(scheduledOn, at) + 2 * beat);
  },
});

/** A task for all devices of a type that has none. */
function forNobody(sketch: Sketch, at: number, scheduledOn: number): number {
  const task = sketch.nextTask++;
  const type = sketch.deviceTypes.push({}) - 1;
  const content = { taskType: "R", property: "deviceProperties.device.manufacturer" } as const;
  sketch.operations.push({ at, kind: "create-task", task, ...content, devices: "all", type, scheduledOn });
  return task;
}

export const SCHEDULED_BLOCKS = [
  SCHEDULED,
  SCHEDULED_AMONG_OTHERS,
  SCHEDULED_EXPIRES,
  SCHEDULED_LATE,
  SCHEDULED_ALONE,
  SCHEDULED_CANCELLED,
] as const;
