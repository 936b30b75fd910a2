/**
 * Building blocks around what ends by itself: the lifetime of a registration, and the 30 days of a record.
 * Spec: OMA LwM2M Core §5.3; task page, Task lifetime; docs/semantics.md, choices 11, 16.
 */
import * as fc from "fast-check";
import { part } from "../pace.ts";
import {
  behave,
  cancelTask,
  createTask,
  deregister,
  ensureAbsent,
  ensureRegistered,
  finish,
  poll,
  pollHistory,
  register,
  update,
} from "../steps.ts";
import { choicesOf, defineBlock, NEAR, near, SHARE, TASK } from "./block.ts";
import { livesFor, shortLifetime } from "./registration.ts";

const UPDATE_NEAR_LIFETIME_END = defineBlock({
  id: "update-near-lifetime-end",
  sentence:
    "a device updates about when its lifetime ends, with a task that is requeued, on the way, or created just then",
  lanes: 1,
  live: false,
  exercises: ["G-04", "G-05", "R-04", "R-05", "R-08", "Q-02", "T-01"],
  choices: choicesOf({
    task: TASK,
    lifetime: fc.nat(999),
    what: fc.constantFrom("requeued", "in-flight", "in-flight", "acknowledged", "created"),
    where: NEAR,
    share: SHARE,
    register: fc.nat(3),
  }),
  compose: (sketch, [lane], choice) => {
    const { beat, giveUpEarliest, giveUpLatest, responseTimeout, clear, guard } = sketch.pace;
    const lifetime = livesFor(sketch, lane, shortLifetime(sketch, choice.lifetime));
    register(sketch, lane, lane.clock);
    const dead = lane.clock + lifetime;
    const at = near(sketch, dead, choice.where, choice.share, 2 * beat, lane.clock + beat);
    const before = Math.min(lifetime - 2 * beat, giveUpEarliest);
    const lead = { requeued: 3 * beat, created: part(choice.share, beat), other: part(choice.share, before) };
    const created = dead - (choice.what === "requeued" || choice.what === "created" ? lead[choice.what] : lead.other);
    if (choice.what === "requeued") behave(sketch, lane, created, created + beat, { kind: "reset" });
    if (choice.what === "in-flight") behave(sketch, lane, created, Math.max(at, dead) + 1, { kind: "silent" });
    if (choice.what === "acknowledged")
      behave(sketch, lane, created, Math.max(at, dead) + 1, { kind: "acknowledge-only" });
    const task = createTask(sketch, [lane], created, choice.task);
    if (choice.register === 0) register(sketch, lane, at);
    else update(sketch, lane, at);
    poll(sketch, task, at - guard);
    poll(sketch, task, Math.max(at, dead) + clear);
    const over = created + Math.max(giveUpLatest, responseTimeout) + clear + beat;
    const back = Math.max(over, at + beat);
    register(sketch, lane, back);
    poll(sketch, task, back + beat);
    finish([lane], back + beat + 1);
  },
});

const LIVES_BY_UPDATES = defineBlock({
  id: "lives-by-updates",
  sentence: "a device with a short lifetime lives through many of them by Updates just in time, then stops",
  lanes: 1,
  live: false,
  exercises: ["G-04", "G-05", "Q-02", "Q-03", "T-01"],
  choices: choicesOf({
    tasks: fc.tuple(TASK, TASK),
    lifetime: fc.nat(999),
    updates: fc.integer({ min: 3, max: 8 }),
    share: SHARE,
  }),
  compose: (sketch, [lane], choice) => {
    const { beat, gap } = sketch.pace;
    const lifetime = livesFor(sketch, lane, shortLifetime(sketch, choice.lifetime));
    register(sketch, lane, lane.clock);
    let last = lane.clock;
    for (let time = 0; time < choice.updates; time += 1) {
      last += lifetime - 1 - part(choice.share, Math.min(beat, lifetime / 2));
      update(sketch, lane, last);
    }
    const alive = createTask(sketch, [lane], last + Math.floor(lifetime / 2), choice.tasks[0]);
    const dead = last + lifetime + beat;
    poll(sketch, alive, dead);
    const late = createTask(sketch, [lane], dead + part(choice.share, gap), choice.tasks[1]);
    const back = dead + gap + beat;
    poll(sketch, late, back - 1);
    sketch.operations.push({ at: back, kind: "stale-update", device: lane.device });
    update(sketch, lane, back + 1);
    poll(sketch, late, back + beat);
    finish([lane], back + 2 * beat);
  },
});

const RETENTION_ENDS = defineBlock({
  id: "retention-ends",
  sentence:
    "about when a record's 30 days are over it is read and cancelled, and its device comes back; the task may expire just then",
  lanes: 1,
  live: "with a turned clock",
  exercises: ["L-01", "L-02", "E-05", "E-06", "T-02"],
  choices: choicesOf({
    tasks: fc.tuple(TASK, TASK),
    where: fc.tuple(NEAR, NEAR, NEAR),
    share: SHARE,
    cancel: fc.boolean(),
    longest: fc.boolean(),
  }),
  compose: (sketch, [lane], choice) => {
    const { beat, retention, clear } = sketch.pace;
    ensureRegistered(sketch, lane);
    const done = createTask(sketch, [lane], lane.clock + 1, choice.tasks[0]);
    deregister(sketch, lane, lane.clock + beat);
    const created = lane.clock + 2 * beat;
    const expiresAfter = Math.floor(retention / 1_000) - (choice.longest ? 0 : 1 + (choice.share % 3_600));
    const waiting = createTask(sketch, [lane], created, choice.tasks[1], { expiresAfter });
    const gone = created + retention;
    const [first, second, third] = choice.where.map((where, index) =>
      near(sketch, gone, where, (choice.share + 300 * index) % 1_000, beat, created),
    );
    for (const at of [first ?? gone, second ?? gone]) {
      poll(sketch, waiting, at);
      pollHistory(sketch, waiting, at);
    }
    poll(sketch, done, gone - 2 * beat - clear);
    if (choice.cancel) cancelTask(sketch, waiting, third ?? gone);
    register(sketch, lane, (third ?? gone) + 1);
    const over = gone + 3 * beat + clear;
    for (const task of [done, waiting]) poll(sketch, task, over);
    pollHistory(sketch, done, over);
    finish([lane], over + 1);
  },
});

const GONE_FOR_GOOD = defineBlock({
  id: "gone-for-good",
  sentence: "a device never came, left or fell silent, and never comes back: what waits for it expires in the end",
  lanes: 2,
  live: false,
  exercises: ["E-02", "E-05", "Q-03", "G-06", "R-01", "T-01", "T-02", "T-03"],
  choices: choicesOf({
    tasks: fc.tuple(TASK, TASK, TASK),
    how: fc.constantFrom("never-came", "left", "left", "fell-silent"),
    period: fc.constantFrom(30, 300, 3_600, 86_400, 2_592_000),
    share: SHARE,
  }),
  compose: (sketch, lanes, choice) => {
    const { beat, giveUpLatest, clear } = sketch.pace;
    const [leaving, ...others] = lanes;
    if (choice.how === "never-came") ensureAbsent(sketch, leaving);
    else ensureRegistered(sketch, leaving);
    for (const lane of others) ensureRegistered(sketch, lane);
    const start = Math.max(...lanes.map((lane) => lane.clock)) + 1;
    const over = start + giveUpLatest + 2 * beat + clear;
    if (choice.how === "left") deregister(sketch, leaving, start);
    if (choice.how === "fell-silent") behave(sketch, leaving, start, over, { kind: "silent" });
    const created = start + beat;
    const tasks = [
      createTask(sketch, lanes, created, choice.tasks[0], { expiresAfter: choice.period }),
      createTask(sketch, [leaving], created + part(choice.share, beat), choice.tasks[1]),
      createTask(sketch, lanes, created + beat, choice.tasks[2], { expiresAfter: choice.period + 1 + choice.share }),
    ];
    for (const task of tasks) poll(sketch, task, over);
    leaving.gone = true;
    finish(lanes, over + 1);
  },
});

export const LIFETIME_BLOCKS = [UPDATE_NEAR_LIFETIME_END, LIVES_BY_UPDATES, RETENTION_ENDS, GONE_FOR_GOOD] as const;
