/**
 * Building blocks around the queue: tasks for devices that are there, that are absent, that sleep, and for many at once.
 * Spec: task page, Task execution; docs/semantics.md, choices 4, 12, 13, 18.
 */
import * as fc from "fast-check";
import { part } from "../pace.ts";
import type { Lane } from "../sketch.ts";
import {
  behave,
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
import { choicesOf, defineBlock, NEAR, near, SHARE, TASK, TRIGGER } from "./block.ts";

const latest = (lanes: readonly Lane[]): number => Math.max(...lanes.map((lane) => lane.clock));

const READY_DEVICE = defineBlock({
  id: "ready-device",
  sentence: "a registered device gets one task, and another shortly after",
  lanes: 1,
  live: true,
  exercises: ["Q-01", "Q-02", "D-01", "D-02", "I-03", "T-01", "T-02", "T-03", "G-01", "Q-05"],
  choices: choicesOf({ first: TASK, second: TASK, two: fc.boolean(), pause: SHARE, slow: fc.nat(5), again: fc.nat(3) }),
  compose: (sketch, [lane], choice) => {
    const { beat, ackTimeout } = sketch.pace;
    ensureRegistered(sketch, lane);
    const start = lane.clock;
    pollMirror(sketch, lane, start);
    const created = start + part(choice.pause, beat) + 1;
    if (choice.slow === 0)
      behave(sketch, lane, start, created + beat, { kind: "slow", delay: part(choice.pause, ackTimeout) });
    const tasks = [createTask(sketch, [lane], created, choice.first)];
    poll(sketch, tasks[0] ?? 0, created + 1);
    if (choice.two) tasks.push(createTask(sketch, [lane], created + part(choice.pause, beat), choice.second));
    const settled = created + 3 * beat;
    for (const task of tasks) poll(sketch, task, settled);
    pollMirror(sketch, lane, settled);
    if (choice.again === 0) trigger(sketch, lane, settled + 1, "update");
    finish([lane], settled + beat);
  },
});

const BACKLOG = defineBlock({
  id: "backlog",
  sentence: "tasks pile up for an absent device, then it registers",
  lanes: 1,
  live: true,
  exercises: ["Q-03", "Q-04", "Q-05", "Q-06", "Q-10", "G-01", "I-03", "T-01", "T-02", "T-03", "D-01", "D-02"],
  choices: choicesOf({
    count: fc.constantFrom(1, 1, 2, 2, 3, 4, 6),
    /** 0: a queue deep enough to show what shallow ones hide. */
    deep: fc.nat(24),
    tasks: fc.tuple(...Array.from({ length: 16 }, () => TASK)),
    every: SHARE,
    absence: SHARE,
    interrupted: fc.nat(5),
    updates: fc.boolean(),
  }),
  compose: (sketch, [lane], choice) => {
    const { beat, gap, mode, guard } = sketch.pace;
    ensureAbsent(sketch, lane);
    const start = lane.clock;
    const most = mode === "live" ? 4 : choice.count;
    const count = choice.deep === 0 && mode === "sim" ? 12 + (choice.every % 5) : Math.min(choice.count, most);
    const step = 1 + part(choice.every, beat / 2);
    const tasks = choice.tasks
      .slice(0, count)
      .map((task, index) => createTask(sketch, [lane], start + index * step, task));
    const registered = start + count * step + beat + part(choice.absence, gap);
    for (const task of tasks) poll(sketch, task, registered - guard - part(choice.absence, beat / 3));
    register(sketch, lane, registered);
    if (choice.interrupted === 0) loss(sketch, lane, registered + beat / 2, registered + beat, "both");
    if (choice.updates) update(sketch, lane, registered + part(choice.every, beat));
    const settled = registered + beat + part(choice.every, beat);
    for (const task of tasks.slice(0, 3)) poll(sketch, task, settled);
    pollMirror(sketch, lane, settled + beat);
    finish([lane], settled + 2 * beat);
  },
});

const BURST = defineBlock({
  id: "burst",
  sentence: "a registered device that takes its time gets several tasks at once",
  lanes: 1,
  live: true,
  exercises: ["Q-10", "Q-01", "Q-02", "Q-06", "I-03", "T-01", "T-02", "T-03"],
  choices: choicesOf({
    count: fc.integer({ min: 2, max: 6 }),
    tasks: fc.tuple(TASK, TASK, TASK, TASK, TASK, TASK),
    every: SHARE,
    delay: SHARE,
    nudge: fc.boolean(),
  }),
  compose: (sketch, [lane], choice) => {
    const { beat, ackTimeout, mode } = sketch.pace;
    ensureRegistered(sketch, lane);
    const start = lane.clock;
    const count = mode === "live" ? Math.min(choice.count, 3) : choice.count;
    const delay = 1 + part(choice.delay, ackTimeout * (mode === "live" ? 1 : 3));
    behave(sketch, lane, start, start + count * (delay + beat), { kind: "slow", delay });
    const step = part(choice.every, delay / 2);
    const tasks = choice.tasks
      .slice(0, count)
      .map((task, index) => createTask(sketch, [lane], start + 1 + index * step, task));
    for (const task of tasks) poll(sketch, task, start + 2 + count * step + part(choice.every, delay));
    if (choice.nudge) update(sketch, lane, start + 2 + part(choice.every, count * delay));
    const settled = start + count * (delay + beat);
    poll(sketch, tasks[count - 1] ?? 0, settled);
    finish([lane], settled + beat);
  },
});

const FAN_OUT = defineBlock({
  id: "fan-out",
  sentence: "one task for several devices, one of them absent, mute or deaf",
  lanes: 10,
  live: true,
  exercises: ["Q-09", "Q-02", "T-01", "T-02", "T-03", "Q-01"],
  choices: choicesOf({
    task: TASK,
    how: fc.constantFrom(
      "absent" as const,
      "silent" as const,
      "silent" as const,
      "deaf" as const,
      "acknowledges" as const,
    ),
    all: fc.nat(3),
    gone: fc.nat(3),
    back: TRIGGER,
    pause: SHARE,
  }),
  compose: (sketch, lanes, choice) => {
    const { beat, giveUpLatest, responseTimeout, clear } = sketch.pace;
    const [bad, ...good] = lanes;
    for (const lane of good) ensureRegistered(sketch, lane);
    if (choice.how === "absent") ensureAbsent(sketch, bad);
    else ensureRegistered(sketch, bad);
    const created = latest(lanes) + 1;
    const wait = choice.how === "acknowledges" ? responseTimeout + beat : giveUpLatest;
    const over = created + (choice.how === "absent" ? beat : wait + clear);
    if (choice.how === "silent") behave(sketch, bad, created, over + 1, { kind: "silent" });
    if (choice.how === "acknowledges") behave(sketch, bad, created, over + 1, { kind: "acknowledge-only" });
    if (choice.how === "deaf") loss(sketch, bad, created, over + 1, "down");
    const task = createTask(sketch, lanes, created, choice.task, { all: choice.all === 0 && lanes.length > 1 });
    poll(sketch, task, created + beat);
    poll(sketch, task, over);
    const back = over + 2 + part(choice.pause, beat);
    if (choice.how === "absent" && choice.gone === 0) bad.gone = true;
    const settled = bad.gone ? back : trigger(sketch, bad, back, choice.back);
    poll(sketch, task, settled + beat);
    pollHistory(sketch, task, settled + beat);
    finish(lanes, settled + 2 * beat);
  },
});

const SLEEPER = defineBlock({
  id: "sleeper",
  sentence: "a queue-mode device falls asleep, gets a task, and wakes up later",
  lanes: 1,
  live: true,
  exercises: ["Q-07", "Q-08", "R-08", "Q-04", "T-01"],
  choices: choicesOf({
    tasks: fc.tuple(TASK, TASK, TASK),
    count: fc.integer({ min: 1, max: 3 }),
    near: NEAR,
    share: SHARE,
    wake: TRIGGER,
  }),
  compose: (sketch, [lane], choice) => {
    const { beat, awakeWindow, gap, mode } = sketch.pace;
    lane.model.queueMode ??= true;
    lane.model.awakeFor ??= awakeWindow;
    if (!lane.registered) register(sketch, lane, lane.clock);
    else update(sketch, lane, lane.clock);
    const asleep = lane.clock + beat + awakeWindow;
    const created = near(sketch, asleep, choice.near, choice.share, mode === "live" ? beat : gap, lane.clock + beat);
    const tasks = choice.tasks
      .slice(0, choice.count)
      .map((task, index) => createTask(sketch, [lane], created + index, task));
    for (const task of tasks) poll(sketch, task, created + beat);
    const settled = trigger(sketch, lane, created + beat + 1 + part(choice.share, beat), choice.wake);
    for (const task of tasks) poll(sketch, task, settled);
    finish([lane], settled + beat);
  },
});

const SERVER_PROPERTY = defineBlock({
  id: "server-property",
  sentence: "a server property is written for several devices, whether they are there or not",
  lanes: 4,
  live: true,
  exercises: ["D-04", "T-02", "T-03"],
  choices: choicesOf({ name: fc.constantFrom("room", "floor", "label"), absent: fc.boolean(), share: SHARE }),
  compose: (sketch, lanes, choice) => {
    const { beat } = sketch.pace;
    const [first] = lanes;
    if (choice.absent) ensureAbsent(sketch, first);
    else ensureRegistered(sketch, first);
    const created = latest(lanes) + 1 + part(choice.share, beat);
    for (const lane of lanes.slice(0, 2)) pollMirror(sketch, lane, created - 1);
    const task = createTask(
      sketch,
      lanes,
      created,
      { type: 0, property: 0 },
      { property: `serverProperties.${choice.name}` },
    );
    poll(sketch, task, created + beat);
    for (const lane of lanes.slice(0, 2)) pollMirror(sketch, lane, created + beat);
    finish(lanes, created + beat + 1);
  },
});

export const QUEUE_BLOCKS = [READY_DEVICE, BACKLOG, BURST, FAN_OUT, SLEEPER, SERVER_PROPERTY] as const;
