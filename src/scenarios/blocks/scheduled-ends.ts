/**
 * Building blocks around how tasks end that begin later: expired, cancelled before they begin, or with their record.
 * Spec: task API, scheduledOn; docs/semantics.md, choices 8, 9, 11.
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
  pick,
  poll,
  pollHistory,
  trigger,
} from "../steps.ts";
import { choicesOf, defineBlock, NEAR, near, SHARE, TASK, TRIGGER } from "./block.ts";
import { pollAround } from "./expiry.ts";
import { waitOf } from "./scheduled-on.ts";

export const SCHEDULED_EXPIRES = defineBlock({
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

export const SCHEDULED_CANCELLED = defineBlock({
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

export const SCHEDULED_LATE = defineBlock({
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
