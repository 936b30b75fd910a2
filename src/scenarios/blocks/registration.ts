/**
 * Building blocks around registration: registering twice, leaving, updating in time and too late, old locations.
 * Spec: OMA LwM2M Core §5.3; docs/semantics.md, choices 14 to 16.
 */
import * as fc from "fast-check";
import { part } from "../pace.ts";
import type { Lane, Sketch } from "../sketch.ts";
import {
  createTask,
  deregister,
  duplication,
  ensureAbsent,
  ensureRegistered,
  finish,
  loss,
  poll,
  pollHistory,
  register,
  trigger,
  update,
} from "../steps.ts";
import { choicesOf, defineBlock, near, SHARE, TASK } from "./block.ts";

/** A lifetime that ends within the plan, in seconds. */
export const shortLifetime = (sketch: Sketch, dial: number): number =>
  sketch.pace.mode === "live" ? 2 : ([20, 30, 60, 120, 300, 600][dial % 6] ?? 60);

/**
 * The lane's device names this lifetime, unless it has one already.
 *
 * @returns its lifetime, milliseconds: none, or 0, is the default one
 */
export function livesFor(sketch: Sketch, lane: Lane, seconds: number): number {
  lane.model.lifetime ??= seconds;
  return lane.model.lifetime > 0 ? lane.model.lifetime * 1_000 : sketch.pace.defaultLifetime;
}

const REGISTERS_TWICE = defineBlock({
  id: "registers-twice",
  sentence: "the network copies a Register, or loses its answer so that the device repeats it, with a task waiting",
  lanes: 1,
  live: true,
  exercises: ["G-03", "G-01", "Q-04", "Q-05", "Q-06", "T-01"],
  choices: choicesOf({
    task: TASK,
    second: TASK,
    how: fc.constantFrom("copied" as const, "copied" as const, "answer-lost" as const),
    share: SHARE,
    long: fc.boolean(),
  }),
  compose: (sketch, [lane], choice) => {
    const { beat, ackTimeout, gap } = sketch.pace;
    ensureAbsent(sketch, lane);
    const created = lane.clock + 1;
    const tasks = [
      createTask(sketch, [lane], created, choice.task),
      createTask(sketch, [lane], created + 1, choice.second),
    ];
    const at = created + beat;
    const delay = 1 + part(choice.share, choice.long ? Math.min(gap, 20 * ackTimeout) : beat / 2);
    if (choice.how === "copied") duplication(sketch, lane, at, at + 1 + part(choice.share, beat / 4), "up", delay);
    else loss(sketch, lane, at, at + Math.floor(ackTimeout / 2) + part(choice.share, ackTimeout), "down");
    register(sketch, lane, at);
    const settled = at + delay + 2 * ackTimeout + beat;
    for (const task of tasks) poll(sketch, task, settled);
    finish([lane], settled + beat);
  },
});

const REGISTERS_AGAIN = defineBlock({
  id: "registers-again",
  sentence: "a registered device registers once more, and its old location is tried",
  lanes: 1,
  live: true,
  exercises: ["G-01", "G-02", "G-04", "T-01"],
  choices: choicesOf({ task: TASK, stale: fc.nat(3), share: SHARE, times: fc.integer({ min: 1, max: 3 }) }),
  compose: (sketch, [lane], choice) => {
    const { beat } = sketch.pace;
    ensureRegistered(sketch, lane);
    const start = lane.clock + 1;
    const task = createTask(sketch, [lane], start + part(choice.share, beat), choice.task);
    for (let time = 0; time < choice.times; time += 1)
      register(sketch, lane, start + time * beat + part(choice.share, beat / 2));
    const again = start + choice.times * beat;
    if (choice.stale > 0)
      sketch.operations.push({ at: again + part(choice.share, beat), kind: "stale-update", device: lane.device });
    poll(sketch, task, again + beat);
    update(sketch, lane, again + beat + 1);
    finish([lane], again + 2 * beat);
  },
});

const LEAVES = defineBlock({
  id: "leaves",
  sentence: "a device de-registers, gets tasks, and registers again",
  lanes: 1,
  live: true,
  exercises: ["G-06", "G-01", "Q-03", "Q-04", "G-04", "R-08"],
  choices: choicesOf({ tasks: fc.tuple(TASK, TASK), share: SHARE, stale: fc.nat(2), before: fc.boolean() }),
  compose: (sketch, [lane], choice) => {
    const { beat, gap, guard } = sketch.pace;
    ensureRegistered(sketch, lane);
    const left = lane.clock + beat;
    deregister(sketch, lane, left);
    const created = left + 1 + part(choice.share, beat);
    const tasks = choice.tasks.map((task, index) => createTask(sketch, [lane], created + index, task));
    if (choice.stale === 0) sketch.operations.push({ at: created + 10, kind: "stale-update", device: lane.device });
    const back = created + beat + part(choice.share, gap);
    for (const task of tasks) poll(sketch, task, back - guard);
    register(sketch, lane, back);
    for (const task of tasks) poll(sketch, task, back + beat);
    pollHistory(sketch, tasks[0] ?? 0, back + beat);
    finish([lane], back + 2 * beat);
  },
});

const STAYS_BY_UPDATE = defineBlock({
  id: "stays-by-update",
  sentence: "an Update before the lifetime ends keeps the device registered beyond it",
  lanes: 1,
  live: true,
  exercises: ["G-04", "Q-02"],
  choices: choicesOf({ task: TASK, lifetime: fc.nat(999), share: SHARE, updates: fc.integer({ min: 1, max: 3 }) }),
  compose: (sketch, [lane], choice) => {
    const { beat, clear, mode } = sketch.pace;
    const lifetime = livesFor(sketch, lane, shortLifetime(sketch, choice.lifetime));
    register(sketch, lane, lane.clock);
    let last = lane.clock;
    const times = mode === "live" ? 1 : choice.updates;
    for (let time = 0; time < times; time += 1) {
      last += Math.floor(lifetime / 2) + part(choice.share, lifetime / 2 - clear - beat / 2);
      update(sketch, lane, last);
    }
    const created = Math.max(last + 1, lane.clock + lifetime + clear);
    const task = createTask(sketch, [lane], Math.min(created, last + lifetime - clear), choice.task);
    poll(sketch, task, created + beat);
    finish([lane], created + 2 * beat);
  },
});

const LIFETIME_ENDS = defineBlock({
  id: "lifetime-ends",
  sentence:
    "a device says nothing until its lifetime is over, gets a task, and comes back with an Update or a Register",
  lanes: 1,
  live: true,
  exercises: ["G-05", "Q-03", "G-04", "R-08", "Q-04"],
  choices: choicesOf({
    before: TASK,
    task: TASK,
    lifetime: fc.nat(999),
    share: SHARE,
    near: fc.constantFrom("just-before" as const, "just-after" as const, "after" as const, "after" as const),
    back: fc.constantFrom("update" as const, "update" as const, "register" as const),
  }),
  compose: (sketch, [lane], choice) => {
    const { beat, guard, lifetimeTolerance, gap, mode } = sketch.pace;
    const lifetime = livesFor(sketch, lane, shortLifetime(sketch, choice.lifetime));
    register(sketch, lane, lane.clock);
    const dead = lane.clock + lifetime + lifetimeTolerance;
    const created = near(sketch, dead, choice.near, choice.share, mode === "live" ? beat : gap, lane.clock);
    const task = createTask(sketch, [lane], created, choice.task);
    const back = created + beat + part(choice.share, beat);
    poll(sketch, task, back - guard);
    const settled = trigger(sketch, lane, back, choice.back);
    register(sketch, lane, settled);
    poll(sketch, task, settled + beat);
    finish([lane], settled + beat + 1);
  },
});

export const REGISTRATION_BLOCKS = [REGISTERS_TWICE, REGISTERS_AGAIN, LEAVES, STAYS_BY_UPDATE, LIFETIME_ENDS] as const;
