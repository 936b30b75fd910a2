/**
 * Building blocks around tasks that are to begin later: what happens just before, at and just after their `scheduledOn`.
 * Spec: task API, scheduledOn; docs/semantics.md, choices 4, 9, 12, 18.
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
import { SCHEDULED_CANCELLED, SCHEDULED_EXPIRES, SCHEDULED_LATE } from "./scheduled-ends.ts";
import { waitOf } from "./scheduled-on.ts";

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
