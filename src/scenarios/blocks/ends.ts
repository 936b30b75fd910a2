/**
 * Building blocks around how device tasks end beside each other: one task that ends differently on each device, a
 * cancelled one whose exchange then ends in some way, and tasks that end while another one of their device is on its way.
 * Spec: docs/semantics.md, States, choices 10, 12, 15, 16.
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
  latencyOf,
  loss,
  poll,
  pollHistory,
  register,
  trigger,
  update,
} from "../steps.ts";
import { choicesOf, defineBlock, SHARE, TASK, TRIGGER } from "./block.ts";
import { livesFor, shortLifetime } from "./registration.ts";

const FATES = ["expires", "cancelled", "fails", "succeeds-late", "expires-in-flight"] as const;
type Fate = (typeof FATES)[number];

const ENDS_IN_EVERY_WAY = defineBlock({
  id: "ends-in-every-way",
  sentence:
    "one task of several devices: for one it expires, for one it is cancelled, one fails, one succeeds after that",
  lanes: 5,
  live: false,
  exercises: ["E-02", "E-05", "T-01", "T-02", "T-03", "T-04", "Q-09", "Q-11", "I-03"],
  choices: choicesOf({
    task: TASK,
    fates: fc.shuffledSubarray([...FATES], { minLength: FATES.length }),
    seconds: fc.integer({ min: 10, max: 120 }),
    code: fc.constantFrom("4.00", "4.03", "4.05", "5.00"),
    /** Cancelled as a whole when it is over. */
    again: fc.boolean(),
    share: SHARE,
    trigger: TRIGGER,
  }),
  compose: (sketch, lanes, choice) => {
    const { beat, clear } = sketch.pace;
    const fateOf = (index: number): Fate => choice.fates[index % FATES.length] ?? "expires";
    for (const [index, lane] of lanes.entries()) {
      const fate = fateOf(index);
      if (fate === "fails" || fate === "expires-in-flight") ensureRegistered(sketch, lane);
      else ensureAbsent(sketch, lane);
    }
    const created = Math.max(...lanes.map((lane) => lane.clock)) + 1;
    const expiry = created + choice.seconds * 1_000;
    const cancelled = created + 1 + part(choice.share, beat);
    const task = createTask(sketch, lanes, created, choice.task, { expiresAfter: choice.seconds });
    for (const [index, lane] of lanes.entries()) {
      const fate = fateOf(index);
      if (fate === "fails") behave(sketch, lane, created, created + beat, { kind: "error", code: choice.code });
      if (fate === "expires-in-flight") behave(sketch, lane, created, expiry + 1, { kind: "acknowledge-only" });
      if (fate === "cancelled") cancelDeviceTask(sketch, task, lane, cancelled + index);
      if (fate === "succeeds-late") register(sketch, lane, cancelled + beat);
    }
    poll(sketch, task, cancelled + lanes.length);
    poll(sketch, task, cancelled + 3 * beat);
    poll(sketch, task, expiry + clear);
    if (choice.again) cancelTask(sketch, task, expiry + clear + 1);
    const settled = Math.max(
      ...lanes.map((lane, index) => trigger(sketch, lane, expiry + clear + 2 + index, choice.trigger)),
    );
    poll(sketch, task, settled);
    pollHistory(sketch, task, settled);
    finish(lanes, settled + 1);
  },
});

const ENDINGS = [
  "deregister",
  "deregister",
  "lifetime",
  "lifetime",
  "error",
  "error",
  "error",
  "error",
  "expiry",
  "expiry",
  "reset",
  "reset",
  "register",
  "register",
  "update",
  "again",
  "again",
] as const;

const CANCELLED_THEN_ENDS = defineBlock({
  id: "cancelled-then-ends",
  sentence:
    "a task is cancelled in flight; then its device leaves, its lifetime or the task's period ends, it answers with an error, resets, registers or updates",
  lanes: 1,
  live: false,
  exercises: ["T-04", "T-01", "T-02", "Q-11", "G-02", "G-05", "G-06", "E-05"],
  choices: choicesOf({
    task: TASK,
    ending: fc.constantFrom(...ENDINGS),
    code: fc.constantFrom("4.00", "4.05", "5.00", "5.03"),
    /** Whether it is a queue-mode device. */
    queued: fc.nat(4),
    acknowledged: fc.boolean(),
    whole: fc.boolean(),
    lifetime: fc.nat(999),
    share: SHARE,
    trigger: TRIGGER,
  }),
  compose: (sketch, [lane], choice) => {
    const { beat, giveUpEarliest, giveUpLatest, responseTimeout, clear } = sketch.pace;
    const { ending } = choice;
    if (choice.queued === 0 && lane.model.queueMode === undefined) {
      // Only a Register says so.
      ensureAbsent(sketch, lane);
      lane.model.queueMode = true;
    }
    const drawn = Math.min(60, shortLifetime(sketch, choice.lifetime));
    const short = ending === "lifetime" ? livesFor(sketch, lane, drawn) : 0;
    if (short > 0) register(sketch, lane, lane.clock);
    else ensureRegistered(sketch, lane);
    const dead = lane.clock + latencyOf(sketch) + short;
    // The request goes out so late in the lifetime that its exchange is open when that ends.
    const created = short > giveUpEarliest / 2 ? dead - Math.floor(giveUpEarliest / 2) : lane.clock + beat;
    const cancelled = created + 1 + part(choice.share, beat / 2);
    const ended = short > 0 ? dead : created + 2 * beat + part(choice.share, 10 * beat);
    const over = created + Math.max(giveUpLatest, responseTimeout) + beat + clear;
    const seconds = Math.ceil((ended - created) / 1_000);
    const task = createTask(sketch, [lane], created, choice.task, {
      expiresAfter: ending === "expiry" ? seconds : undefined,
    });
    if (choice.whole) cancelTask(sketch, task, cancelled);
    else cancelDeviceTask(sketch, task, lane, cancelled);
    hold(sketch, lane, created, ended, over, choice);
    if (ending === "deregister") deregister(sketch, lane, ended);
    if (ending === "register") register(sketch, lane, ended);
    if (ending === "update") update(sketch, lane, ended);
    if (ending === "again") cancelTask(sketch, task, ended);
    poll(sketch, task, cancelled + 1);
    poll(sketch, task, ended + beat);
    poll(sketch, task, over);
    const settled = trigger(sketch, lane, over + 1, short > 0 ? "register" : choice.trigger);
    poll(sketch, task, settled);
    finish([lane], settled + 1);
  },
});

/** Keeps the exchange open, until the device resets it or answers where that is how it ends. */
function hold(
  sketch: Sketch,
  lane: Lane,
  created: number,
  ended: number,
  over: number,
  { ending, acknowledged, code }: { ending: (typeof ENDINGS)[number]; acknowledged: boolean; code: string },
): void {
  const answers = ending === "reset" || ending === "error";
  // What it has not heard it can still answer; a request that it ignored it ignores in every copy.
  if (answers) loss(sketch, lane, created, ended, "down");
  else behave(sketch, lane, created, over, { kind: acknowledged ? "acknowledge-only" : "silent" });
  if (ending === "reset") behave(sketch, lane, ended, over, { kind: "reset" });
  if (ending === "error") behave(sketch, lane, ended, over, { kind: "error", code });
}

const BEHIND_ANOTHER = defineBlock({
  id: "behind-another",
  sentence:
    "while one task of a device is on its way, several wait behind it; some of them expire or are cancelled there",
  lanes: 1,
  live: false,
  exercises: ["Q-06", "Q-10", "Q-11", "E-02", "E-05", "E-06", "T-01", "T-04"],
  choices: choicesOf({
    tasks: fc.tuple(...Array.from({ length: 7 }, () => TASK)),
    waiting: fc.integer({ min: 2, max: 6 }),
    /** What becomes of each, two bits at a time: waits, expires, is cancelled alone, or with its task. */
    fates: fc.nat(4_095),
    silent: fc.boolean(),
    share: SHARE,
    trigger: TRIGGER,
  }),
  compose: (sketch, [lane], choice) => {
    const { beat, giveUpEarliest, giveUpLatest, ackTimeout, clear } = sketch.pace;
    ensureRegistered(sketch, lane);
    const created = lane.clock + 1;
    const flight = giveUpEarliest - 2 * beat;
    if (choice.silent) behave(sketch, lane, created, created + flight, { kind: "silent" });
    else behave(sketch, lane, created, created + beat, { kind: "slow", delay: flight });
    const first = createTask(sketch, [lane], created, choice.tasks[0] ?? { type: 0, property: 0 });
    const seconds = Math.max(1, Math.floor((flight - beat) / 1_000) - (choice.share % 20));
    const waiting = choice.tasks.slice(1, 1 + choice.waiting).map((drawn, index) => {
      const fate = (choice.fates >> (2 * index)) % 4;
      const task = createTask(sketch, [lane], created + 1 + index, drawn, {
        expiresAfter: fate === 1 ? seconds : undefined,
      });
      const at = created + beat + part(choice.share, flight - 2 * beat) + index;
      if (fate === 2) cancelDeviceTask(sketch, task, lane, at);
      if (fate === 3) cancelTask(sketch, task, at);
      return task;
    });
    const over = created + giveUpLatest + clear;
    for (const task of waiting) poll(sketch, task, created + seconds * 1_000 + clear);
    poll(sketch, first, over);
    const settled = trigger(sketch, lane, over + 1, choice.trigger) + choice.waiting * ackTimeout;
    for (const task of waiting) poll(sketch, task, settled);
    finish([lane], settled + 1);
  },
});

const SAME_IN_QUEUE = defineBlock({
  id: "same-in-queue",
  sentence: "two or three tasks that ask exactly the same wait for one device, then it registers",
  lanes: 1,
  live: false,
  exercises: ["Q-04", "Q-06", "T-02", "T-03"],
  choices: choicesOf({ task: TASK, count: fc.integer({ min: 2, max: 3 }), cancelled: fc.boolean(), trigger: TRIGGER }),
  compose: (sketch, [lane], choice) => {
    const { beat } = sketch.pace;
    ensureAbsent(sketch, lane);
    const created = lane.clock + 1;
    const content = { taskType: "R", property: "deviceProperties.device.memoryFree" } as const;
    const tasks = Array.from({ length: choice.count }, (_, index) =>
      createTask(sketch, [lane], created + index, choice.task, { content }),
    );
    if (choice.cancelled) cancelTask(sketch, tasks[0] ?? 0, created + beat);
    const settled = trigger(sketch, lane, created + 2 * beat, "register") + choice.count * beat;
    for (const task of tasks) poll(sketch, task, settled);
    const again = trigger(sketch, lane, settled + 1, choice.trigger);
    for (const task of tasks) poll(sketch, task, again);
    finish([lane], again + 1);
  },
});

export const END_BLOCKS = [ENDS_IN_EVERY_WAY, CANCELLED_THEN_ENDS, BEHIND_ANOTHER, SAME_IN_QUEUE] as const;
