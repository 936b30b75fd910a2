/**
 * Building blocks around queue-mode devices that sleep for long: queues that grow meanwhile, and what ends in them.
 * Spec: OMA LwM2M Transport, Queue Mode; docs/semantics.md, choices 4, 10, 13.
 */
import * as fc from "fast-check";
import { part } from "../pace.ts";
import type { Lane, Sketch } from "../sketch.ts";
import {
  behave,
  cancelDeviceTask,
  createTask,
  ensureAbsent,
  finish,
  latencyOf,
  poll,
  register,
  trigger,
  update,
} from "../steps.ts";
import { choicesOf, defineBlock, NEAR, near, SHARE, TASK, TRIGGER } from "./block.ts";

/** Makes it a queue-mode device that the server takes to be asleep; gives the moment from which it does. */
function fallAsleep(sketch: Sketch, lane: Lane): number {
  const { beat, awakeWindow, ackTimeout, clear } = sketch.pace;
  // Only a Register says that the device is in queue mode.
  if (lane.model.queueMode === undefined) ensureAbsent(sketch, lane);
  lane.model.queueMode ??= true;
  lane.model.awakeFor ??= awakeWindow;
  if (lane.registered) update(sketch, lane, lane.clock);
  else register(sketch, lane, lane.clock);
  // What waited is done first, and each answer prolongs the window.
  return lane.clock + beat + 2 * ackTimeout + latencyOf(sketch) + awakeWindow + clear;
}

const MOST_TASKS = 18;

const SLEEPER_BACKLOG = defineBlock({
  id: "sleeper-backlog",
  sentence:
    "12 to 18 tasks are created one by one for a device that sleeps; it gets them when it wakes up, perhaps in two goes",
  lanes: 1,
  live: false,
  exercises: ["Q-07", "Q-08", "Q-04", "Q-06", "Q-10", "R-08", "T-01", "T-02"],
  choices: choicesOf({
    tasks: fc.tuple(...Array.from({ length: MOST_TASKS }, () => TASK)),
    count: fc.integer({ min: 12, max: MOST_TASKS }),
    every: SHARE,
    /** The first requests after waking up are answered as slowly as to let the device fall asleep again. */
    slow: fc.nat(3),
    share: SHARE,
    wake: TRIGGER,
  }),
  compose: (sketch, [lane], choice) => {
    const { beat, gap, ackTimeout, awakeWindow } = sketch.pace;
    const asleep = fallAsleep(sketch, lane);
    const step = 1 + part(choice.every, gap / 2);
    const tasks = choice.tasks
      .slice(0, choice.count)
      .map((task, index) => createTask(sketch, [lane], asleep + index * step, task));
    const woken = asleep + choice.count * step + beat;
    const [first, last] = [tasks[0] ?? 0, tasks.at(-1) ?? 0];
    for (const task of [first, last]) poll(sketch, task, woken - 1);
    if (choice.slow === 0)
      behave(sketch, lane, woken, woken + 2 * beat, {
        kind: "slow",
        delay: ackTimeout + part(choice.share, awakeWindow),
      });
    const settled = trigger(sketch, lane, woken, choice.wake) + choice.count * ackTimeout;
    for (const task of [first, tasks[6] ?? first, last]) poll(sketch, task, settled);
    const again = trigger(sketch, lane, settled + 1 + part(choice.share, 2 * awakeWindow), "update");
    for (const task of [first, last]) poll(sketch, task, again + beat);
    finish([lane], again + beat + 1);
  },
});

const ENDS_ASLEEP = defineBlock({
  id: "ends-asleep",
  sentence: "tasks in the queue of a device that sleeps expire or are cancelled, and it wakes up about then",
  lanes: 1,
  live: false,
  exercises: ["E-02", "E-05", "E-06", "Q-07", "Q-08", "Q-11", "T-01", "T-04"],
  choices: choicesOf({
    tasks: fc.tuple(TASK, TASK, TASK),
    period: fc.constantFrom(1, 10, 60, 600, 3_600),
    cancelled: fc.nat(2),
    where: NEAR,
    share: SHARE,
    wake: TRIGGER,
  }),
  compose: (sketch, [lane], choice) => {
    const { beat, clear } = sketch.pace;
    const created = fallAsleep(sketch, lane) + part(choice.share, beat);
    const [first, second, third] = choice.tasks;
    const expiring = createTask(sketch, [lane], created, first, { expiresAfter: choice.period });
    const cancelled = createTask(sketch, [lane], created + 1, second);
    const staying = createTask(sketch, [lane], created + 2, third);
    const expiry = created + choice.period * 1_000;
    if (choice.cancelled > 0) cancelDeviceTask(sketch, cancelled, lane, Math.max(created + 3, expiry - beat));
    poll(sketch, expiring, Math.max(created + 3, expiry - clear));
    const woken = near(sketch, expiry, choice.where, choice.share, 10 * beat, created + 4);
    poll(sketch, expiring, expiry + clear);
    const settled = Math.max(trigger(sketch, lane, woken, choice.wake), expiry + clear) + beat;
    for (const task of [expiring, cancelled, staying]) poll(sketch, task, settled);
    finish([lane], settled + 1);
  },
});

const SLEEPS_IN_EXCHANGE = defineBlock({
  id: "sleeps-in-exchange",
  sentence:
    "a queue-mode device gets a request and falls asleep over it; the awake window or the task's period ends, or it speaks from a new address",
  lanes: 1,
  live: false,
  exercises: ["Q-07", "Q-08", "R-01", "R-02", "R-04", "R-05", "R-07", "R-08", "R-10", "E-05", "T-01", "T-04"],
  choices: choicesOf({
    tasks: fc.tuple(TASK, TASK),
    how: fc.constantFrom("silent" as const, "acknowledge-only" as const),
    /** How long it stays awake, of 1000 parts of the server's window. */
    own: fc.constantFrom(20, 100, 500),
    /** When the request goes out, of 1000 parts of that. */
    when: fc.constantFrom(0, 0, 500, 990),
    what: fc.constantFrom("nothing", "nothing", "new-address", "expiry", "cancel"),
    share: SHARE,
    wake: TRIGGER,
  }),
  compose: (sketch, [lane], choice) => {
    const { beat, awakeWindow, giveUpLatest, responseTimeout, clear } = sketch.pace;
    if (lane.model.queueMode === undefined) ensureAbsent(sketch, lane);
    lane.model.queueMode ??= true;
    lane.model.awakeFor ??= part(choice.own, awakeWindow);
    if (lane.registered) update(sketch, lane, lane.clock);
    else register(sketch, lane, lane.clock);
    const created = lane.clock + beat + part(choice.when, Math.max(0, lane.model.awakeFor - 2 * beat));
    const at = created + 1 + part(choice.share, giveUpLatest / 2);
    const over = created + Math.max(giveUpLatest, responseTimeout) + clear + beat;
    behave(sketch, lane, created, over, { kind: choice.how });
    const [first, second] = choice.tasks;
    const expiresAfter = choice.what === "expiry" ? Math.ceil((at - created) / 1_000) : undefined;
    const task = createTask(sketch, [lane], created, first, { expiresAfter });
    const behind = createTask(sketch, [lane], created + 1, second);
    if (choice.what === "new-address") trigger(sketch, lane, at, "new-address");
    if (choice.what === "cancel") cancelDeviceTask(sketch, task, lane, at);
    for (const each of [task, behind]) poll(sketch, each, over);
    const settled = trigger(sketch, lane, over + 1 + part(choice.share, awakeWindow), choice.wake) + beat;
    for (const each of [task, behind]) poll(sketch, each, settled);
    finish([lane], settled + 1);
  },
});

export const ASLEEP_BLOCKS = [SLEEPER_BACKLOG, ENDS_ASLEEP, SLEEPS_IN_EXCHANGE] as const;
