/**
 * Building blocks around lifetimes that change, and devices that leave when they are registered no more.
 * Spec: OMA LwM2M Core §5.3.2 (`lt` of an Update; without it the lifetime stays), §5.3.3; docs/semantics.md, choice 16.
 */
import * as fc from "fast-check";
import { part } from "../pace.ts";
import { createTask, deregister, finish, latencyOf, poll, register, update } from "../steps.ts";
import { choicesOf, defineBlock, NEAR, near, SHARE, TASK } from "./block.ts";
import { livesFor, shortLifetime } from "./registration.ts";

/** Seconds; live they would not fit. */
const LIFETIMES = [20, 30, 60, 90, 120, 300, 900, 3_600] as const;

const NEW_LIFETIME = defineBlock({
  id: "new-lifetime",
  sentence:
    "an Update says another lifetime, longer or shorter; further ones say none, and it stays: tasks and Updates come about when it ends",
  lanes: 1,
  live: false,
  exercises: ["G-04", "G-05", "Q-02", "Q-03", "Q-04", "T-01"],
  choices: choicesOf({
    tasks: fc.tuple(TASK, TASK),
    first: fc.nat(999),
    second: fc.nat(LIFETIMES.length - 1),
    /** Updates that say nothing about it. */
    plain: fc.nat(2),
    created: NEAR,
    back: NEAR,
    share: SHARE,
  }),
  compose: (sketch, [lane], choice) => {
    const { beat, clear } = sketch.pace;
    const latency = latencyOf(sketch);
    // The default one an Update can only name.
    const before = Math.floor(livesFor(sketch, lane, shortLifetime(sketch, choice.first)) / 1_000);
    const drawn = LIFETIMES[choice.second] ?? 60;
    const lifetime = drawn === before ? drawn * 2 : drawn;
    register(sketch, lane, lane.clock);
    let last = lane.clock + 1 + part(choice.share, before * 900);
    sketch.operations.push({ at: last, kind: "update", device: lane.device, lifetime });
    for (let time = 0; time < choice.plain; time += 1) {
      last += 1 + part(choice.share, lifetime * 900);
      update(sketch, lane, last);
    }
    // As the server counts, from when it hears; and as one would count who had not listened.
    const [right, wrong] = [lifetime, before].map((each) => last + latency + each * 1_000) as [number, number];
    const [early, late] = right < wrong ? [right, wrong] : [wrong, right];
    const between = near(sketch, early, choice.created, choice.share, late - early, last + 1);
    const around = near(sketch, right, choice.back, choice.share, beat, last + 1);
    const tasks = [
      createTask(sketch, [lane], Math.min(between, around), choice.tasks[0]),
      createTask(sketch, [lane], Math.max(between, around), choice.tasks[1]),
    ];
    for (const task of tasks) poll(sketch, task, Math.max(between, around) + clear);
    update(sketch, lane, Math.max(around, between + beat));
    const over = Math.max(around, between + beat) + beat + clear;
    for (const task of tasks) poll(sketch, task, over);
    // For what follows it is the device that it was.
    register(sketch, lane, over + 1);
    sketch.operations.push({ at: over + beat, kind: "update", device: lane.device, lifetime: before });
    for (const task of tasks) poll(sketch, task, over + 2 * beat);
    lane.lastContact = over + beat;
    finish([lane], over + 2 * beat + 1);
  },
});

const LEAVES_TOO_LATE = defineBlock({
  id: "leaves-too-late",
  sentence: "a device de-registers about when its lifetime ends, with tasks waiting, and comes back",
  lanes: 1,
  live: false,
  exercises: ["G-05", "G-06", "Q-03", "Q-04", "T-01"],
  choices: choicesOf({ task: TASK, lifetime: fc.nat(999), where: NEAR, share: SHARE, stale: fc.boolean() }),
  compose: (sketch, [lane], choice) => {
    const { beat } = sketch.pace;
    const lifetime = livesFor(sketch, lane, shortLifetime(sketch, choice.lifetime));
    register(sketch, lane, lane.clock);
    const dead = lane.clock + latencyOf(sketch) + lifetime;
    const left = near(sketch, dead - latencyOf(sketch), choice.where, choice.share, 5 * beat, lane.clock + 1);
    deregister(sketch, lane, left);
    const created = Math.max(dead, left) + 1 + part(choice.share, beat);
    const task = createTask(sketch, [lane], created, choice.task);
    if (choice.stale) sketch.operations.push({ at: created + 1, kind: "stale-update", device: lane.device });
    const back = created + beat;
    poll(sketch, task, back - 1);
    register(sketch, lane, back);
    poll(sketch, task, back + beat);
    finish([lane], back + beat + 1);
  },
});

export const NEW_LIFETIME_BLOCKS = [NEW_LIFETIME, LEAVES_TOO_LATE] as const;
