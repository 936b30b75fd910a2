/**
 * Building blocks around devices that cannot be reached for a while and do not say so: moved without a word, or offline
 * in the middle of an exchange. Spec: RFC 7252 §4.2; docs/semantics.md, choices 14, 28, 32.
 */
import * as fc from "fast-check";
import { part } from "../pace.ts";
import {
  behave,
  createTask,
  ensureRegistered,
  finish,
  latencyOf,
  loss,
  offline,
  poll,
  trigger,
  update,
} from "../steps.ts";
import { choicesOf, defineBlock, SHARE, TASK, TRIGGER } from "./block.ts";

const MOVES_SILENTLY = defineBlock({
  id: "moves-silently",
  sentence:
    "an idle device gets a new address and says nothing; a task goes to the old one, until the device updates or the server gives up",
  lanes: 1,
  live: true,
  exercises: ["R-01", "R-04", "R-10", "Q-06", "R-07", "R-08", "T-01"],
  choices: choicesOf({
    tasks: fc.tuple(TASK, TASK),
    two: fc.boolean(),
    patient: fc.boolean(),
    share: SHARE,
    trigger: TRIGGER,
  }),
  compose: (sketch, [lane], choice) => {
    const { beat, ackTimeout, giveUpLatest, clear } = sketch.pace;
    ensureRegistered(sketch, lane);
    const moved = lane.clock + 1;
    sketch.operations.push({ at: moved, kind: "change-address", device: lane.device, update: false });
    const created = moved + 1 + part(choice.share, beat);
    const tasks = [createTask(sketch, [lane], created, choice.tasks[0])];
    if (choice.two) tasks.push(createTask(sketch, [lane], created + 1, choice.tasks[1]));
    const failed = created + giveUpLatest + clear;
    const told = choice.patient ? failed : created + latencyOf(sketch) + 1 + part(choice.share, 3 * ackTimeout);
    poll(sketch, tasks[0] ?? 0, told - 1);
    // Live, only what is not waited for fits.
    if (choice.share % 4 === 0) trigger(sketch, lane, told, choice.trigger);
    else update(sketch, lane, told);
    const settled = told + 3 * beat;
    for (const task of tasks) poll(sketch, task, settled);
    trigger(sketch, lane, settled + 1, "update");
    for (const task of tasks) poll(sketch, task, settled + beat);
    finish([lane], settled + beat + 1);
  },
});

const OFFLINE_IN_EXCHANGE = defineBlock({
  id: "offline-in-exchange",
  sentence:
    "a device is offline for seconds while a request is repeated, or while it owes the answer; back, it updates and answers",
  lanes: 1,
  live: false,
  exercises: ["R-07", "R-08", "I-01", "I-02", "Q-06", "T-01"],
  choices: choicesOf({
    tasks: fc.tuple(TASK, TASK),
    two: fc.boolean(),
    owes: fc.boolean(),
    span: fc.integer({ min: 1, max: 20 }),
    share: SHARE,
  }),
  compose: (sketch, [lane], choice) => {
    const { beat, ackTimeout, clear } = sketch.pace;
    const latency = latencyOf(sketch);
    ensureRegistered(sketch, lane);
    const created = lane.clock + 1;
    // The device must have the request before it goes, or must not have it at all.
    const gone = created + (choice.owes ? 2 * latency : 0) + 1 + part(choice.share, ackTimeout / 2);
    const back = gone + choice.span * 1_000;
    const delay = gone - created + part(choice.share, 2 * choice.span * 1_000);
    if (choice.owes) behave(sketch, lane, created, back, { kind: "slow", delay });
    else loss(sketch, lane, created, gone, "down");
    offline(sketch, lane, gone, back);
    const tasks = [createTask(sketch, [lane], created, choice.tasks[0])];
    if (choice.two) tasks.push(createTask(sketch, [lane], gone + 1, choice.tasks[1]));
    poll(sketch, tasks[0] ?? 0, back - 1);
    // By then the server has sent its next copy, or the device its own.
    const settled = back + delay + 2 * choice.span * 1_000 + 3 * ackTimeout + beat + clear;
    for (const task of tasks) poll(sketch, task, settled);
    finish([lane], settled + 1);
  },
});

export const OUT_OF_REACH_BLOCKS = [MOVES_SILENTLY, OFFLINE_IN_EXCHANGE] as const;
