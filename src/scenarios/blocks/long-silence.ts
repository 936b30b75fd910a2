/**
 * Building blocks around devices that say nothing for a very long time and are registered all the same, and around
 * what they say that is no trigger.
 * Spec: OMA LwM2M Core §5.3; task page, Task execution; docs/semantics.md, choices 4 and 16.
 */
import * as fc from "fast-check";
import { part } from "../pace.ts";
import type { Lane, Sketch } from "../sketch.ts";
import { behave, createTask, finish, pick, poll, register, trigger, update } from "../steps.ts";
import { choicesOf, defineBlock, NEAR, near, SHARE, TASK, TRIGGER } from "./block.ts";

const DEFAULT_LIFETIME = 86_400;
const WEEK = 604_800;
/** Seconds: more than 16 bits of them, than a day, than 31 bits of milliseconds. */
const LONG = [66_000, 2_500_000, 90_000, 259_200, 2_500_000] as const;
/** Lifetimes up to this many seconds are waited for twice. */
const WAITED_FOR_TWICE = 700_000;

/** Seconds for which the device is registered by one Register or Update. */
function lifetimeOf(sketch: Sketch, lane: Lane): number {
  const seconds = lane.model.lifetime ?? sketch.swarm.natures[lane.device]?.lifetime ?? 0;
  return seconds > 0 ? seconds : DEFAULT_LIFETIME;
}

const LONG_LIFETIME = defineBlock({
  id: "long-lifetime",
  sentence:
    "a device with a lifetime of hours, days or weeks is silent for nearly all of it, gets a task, updates just in time, and stops",
  lanes: 1,
  live: false,
  exercises: ["G-04", "G-05", "Q-02", "Q-03", "T-01"],
  choices: choicesOf({
    tasks: fc.tuple(TASK, TASK, TASK),
    long: fc.nat(7),
    where: NEAR,
    share: SHARE,
    back: fc.boolean(),
  }),
  compose: (sketch, [lane], choice) => {
    const { beat, clear } = sketch.pace;
    const long = LONG[choice.long];
    if (long !== undefined) lane.model.lifetime ??= long;
    const lifetime = lifetimeOf(sketch, lane) * 1_000;
    register(sketch, lane, lane.clock);
    const silent = Math.min(part(500 + choice.share / 2, lifetime), lifetime - 3 * beat);
    const created = lane.clock + Math.max(beat, Math.floor(silent));
    const early = createTask(sketch, [lane], created, choice.tasks[0]);
    const updated = near(sketch, lane.clock + lifetime, choice.where, choice.share, beat, created + beat);
    poll(sketch, early, updated - 1);
    update(sketch, lane, updated);
    const late = createTask(sketch, [lane], updated + beat, choice.tasks[1]);
    let over = updated + 2 * beat;
    poll(sketch, late, over);
    if (lifetime <= WAITED_FOR_TWICE * 1_000) {
      const dead = updated + lifetime + clear;
      const waiting = createTask(sketch, [lane], dead, choice.tasks[2]);
      poll(sketch, waiting, dead + beat);
      if (choice.back) update(sketch, lane, dead + beat + 1);
      register(sketch, lane, dead + 2 * beat);
      over = dead + 3 * beat;
      poll(sketch, waiting, over);
    } else register(sketch, lane, over);
    finish([lane], over + beat);
  },
});

/** Seconds for which nothing happens after a failed attempt. */
const PAUSES = [130, 700, 4_000, 30_000, 90_000, 400_000] as const;

const NO_TRIGGER = defineBlock({
  id: "no-trigger",
  sentence:
    "after a failed attempt a registered device says nothing for minutes to days, or something that is no Update of its own",
  lanes: 1,
  live: false,
  exercises: ["R-06", "R-01", "R-02", "R-03", "R-04", "R-05", "R-08", "G-02"],
  choices: choicesOf({
    task: TASK,
    how: fc.constantFrom("silent", "acknowledge-only", "reset"),
    pause: fc.nat(999),
    says: fc.constantFrom("nothing", "nothing", "stale-update", "stale-update", "stray-response"),
    share: SHARE,
    trigger: TRIGGER,
  }),
  compose: (sketch, [lane], choice) => {
    const { beat, giveUpLatest, responseTimeout, clear } = sketch.pace;
    const { device } = lane;
    if (pick(PAUSES, choice.pause) > DEFAULT_LIFETIME) lane.model.lifetime ??= WEEK;
    // Twice, so that there is an old location.
    register(sketch, lane, lane.clock);
    const start = lane.clock + beat;
    register(sketch, lane, start);
    const created = start + beat;
    const over = created + (choice.how === "reset" ? beat : Math.max(giveUpLatest, responseTimeout)) + clear;
    behave(sketch, lane, created, over, { kind: choice.how });
    const task = createTask(sketch, [lane], created, choice.task);
    poll(sketch, task, over);
    const longest = start + (lifetimeOf(sketch, lane) * 1_000 - 3 * beat) - over;
    const pause = Math.max(beat, Math.min(pick(PAUSES, choice.pause) * 1_000, longest));
    const said = over + 1 + part(choice.share, Math.min(pause, 60_000) - 2);
    if (choice.says === "stale-update") sketch.operations.push({ at: said, kind: "stale-update", device });
    if (choice.says === "stray-response")
      sketch.operations.push({ at: said, kind: "stray-response", device, token: "unknown", type: "CON" });
    poll(sketch, task, over + pause);
    const settled = trigger(sketch, lane, over + pause + 1, choice.trigger);
    poll(sketch, task, settled);
    finish([lane], settled + 1);
  },
});

export const LONG_SILENCE_BLOCKS = [LONG_LIFETIME, NO_TRIGGER] as const;
