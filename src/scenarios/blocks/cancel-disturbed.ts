/**
 * Building blocks around what disturbs a device task that was cancelled in flight, and around the tasks that wait behind
 * it: whatever ends it, the device's queue goes on. Spec: docs/semantics.md, States, choices 4, 10, 12, 14, 15, 28.
 */
import * as fc from "fast-check";
import { part } from "../pace.ts";
import type { Lane, Sketch } from "../sketch.ts";
import {
  behave,
  bootTime,
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
  pollMirror,
  register,
  trigger,
  update,
} from "../steps.ts";
import { choicesOf, defineBlock, SHARE, TASK, TRIGGER } from "./block.ts";

const DISTURBANCES = [
  "new-address",
  "new-address",
  "new-address",
  "new-address",
  "new-address",
  "new-address",
  "new-address",
  "new-address",
  "expiry",
  "expiry",
  "expiry",
  "expiry",
  "expiry",
  "expiry",
  "expiry",
  "expiry",
  "answers",
  "answers",
  "answers",
  "register",
  "reboot",
  "deregister",
  "reset",
  "silence",
  "update",
] as const;
type Disturbance = (typeof DISTURBANCES)[number];

/** What the device does with a request that reaches it after the disturbance. */
const AFTERWARDS = ["answers", "answers", "errs", "resets", "stays-silent"] as const;

interface Hold {
  readonly created: number;
  readonly disturbed: number;
  readonly over: number;
  readonly acknowledged: boolean;
  readonly disturbance: Disturbance;
  readonly afterwards: (typeof AFTERWARDS)[number];
}

/** Keeps the exchange open until it is disturbed. What the device has not heard it can still answer or reset. */
function hold(sketch: Sketch, lane: Lane, what: Hold): void {
  const { created, disturbed, over, disturbance, afterwards } = what;
  const until = disturbance === "silence" ? over : disturbed;
  if (disturbance === "reset") loss(sketch, lane, created, disturbed, "down");
  else if (disturbance === "answers") {
    const delay = disturbed - created - 2 * latencyOf(sketch);
    behave(sketch, lane, created, created + sketch.pace.beat / 2, { kind: "slow", delay });
  } else behave(sketch, lane, created, until, { kind: what.acknowledged ? "acknowledge-only" : "silent" });
  if (disturbance === "reset") behave(sketch, lane, disturbed, over, { kind: "reset" });
  else if (disturbance === "new-address") {
    if (afterwards === "errs") behave(sketch, lane, disturbed, over, { kind: "error", code: "4.05" });
    if (afterwards === "resets") behave(sketch, lane, disturbed, over, { kind: "reset" });
    if (afterwards === "stays-silent") behave(sketch, lane, disturbed, over, { kind: "silent" });
  }
}

/** Gives the moment at which the server knows of it. */
function disturb(sketch: Sketch, lane: Lane, at: number, how: Disturbance): number {
  if (how === "new-address") trigger(sketch, lane, at, "new-address");
  if (how === "register") register(sketch, lane, at);
  if (how === "reboot") trigger(sketch, lane, at, "reboot");
  if (how === "deregister") deregister(sketch, lane, at);
  if (how === "update") update(sketch, lane, at);
  return at + latencyOf(sketch) + (how === "reboot" ? bootTime(sketch, lane) : 0);
}

const CANCELLED_THEN_DISTURBED = defineBlock({
  id: "cancelled-then-disturbed",
  sentence:
    "a task is cancelled in flight, wholly or for one of its devices, with others waiting behind it; then its device moves, leaves, comes again or goes on saying nothing, or its period ends",
  lanes: 2,
  live: false,
  exercises: ["T-04", "T-01", "T-02", "Q-11", "Q-04", "R-04", "R-05", "E-05", "Q-02"],
  choices: choicesOf({
    task: TASK,
    behind: fc.tuple(TASK, TASK),
    waiting: fc.nat(2),
    disturbance: fc.constantFrom(...DISTURBANCES),
    afterwards: fc.constantFrom(...AFTERWARDS),
    acknowledged: fc.boolean(),
    whole: fc.boolean(),
    /** Cancelled once more before anything else happens, the other way. */
    twice: fc.nat(4),
    share: SHARE,
    /** Whether the device moves once more. */
    again: fc.nat(3),
    trigger: TRIGGER,
  }),
  compose: (sketch, lanes, choice) => {
    const { beat, giveUpLatest, responseTimeout, clear } = sketch.pace;
    const [lane, ...others] = lanes;
    const { disturbance, acknowledged, afterwards } = choice;
    ensureRegistered(sketch, lane);
    for (const other of others) ensureAbsent(sketch, other);
    const created = Math.max(...lanes.map(({ clock }) => clock)) + 1;
    const cancelled = created + beat + part(choice.share, beat);
    const disturbed = cancelled + beat + part(1_000 - choice.share, 8 * beat);
    const seconds = Math.ceil((disturbed - created) / 1_000);
    const over = disturbed + (acknowledged ? Math.max(giveUpLatest, responseTimeout) : giveUpLatest) + beat + clear;
    hold(sketch, lane, { created, disturbed, over, acknowledged, disturbance, afterwards });
    const expiresAfter = disturbance === "expiry" ? seconds : undefined;
    const task = createTask(sketch, lanes, created, choice.task, { expiresAfter });
    const behind = choice.behind
      .slice(0, choice.waiting)
      .map((drawn, index) => createTask(sketch, [lane], created + 1 + index, drawn));
    const cancel = (at: number, whole: boolean): void =>
      whole ? cancelTask(sketch, task, at) : cancelDeviceTask(sketch, task, lane, at);
    cancel(cancelled, choice.whole);
    if (choice.twice === 0) cancel(cancelled + 2, !choice.whole);
    poll(sketch, task, cancelled + 3);
    poll(sketch, task, disturbed - 1);
    const known = disturbance === "expiry" ? created + seconds * 1_000 : disturb(sketch, lane, disturbed, disturbance);
    poll(sketch, task, known + 1);
    const again = disturbance === "new-address" && choice.again === 0 ? known + 2 * beat : known;
    if (again > known) trigger(sketch, lane, again, "new-address");
    for (const each of [task, ...behind]) poll(sketch, each, again + 2 * beat);
    poll(sketch, task, over);
    pollMirror(sketch, lane, over);
    const settled = trigger(sketch, lane, over + 1, choice.trigger) + behind.length * beat;
    for (const each of [task, ...behind]) poll(sketch, each, settled);
    poll(sketch, task, settled + clear + 1_000);
    pollMirror(sketch, lane, settled);
    finish(lanes, settled + clear + 1_001);
  },
});

/** How the one that blocks the queue ends there. */
const BLOCKERS = ["expires-in-flight", "expires-in-flight", "expires-waiting", "cancelled-waiting"] as const;

const GOES_ON_AFTERWARDS = defineBlock({
  id: "goes-on-afterwards",
  sentence:
    "a task of a device expires on its way, expires while it waits, or is cancelled there; then the tasks behind it are tried at the next trigger, and a new one at once",
  lanes: 1,
  live: false,
  exercises: ["Q-02", "Q-04", "R-04", "R-05", "E-02", "E-05", "E-07", "T-02", "Q-11"],
  choices: choicesOf({
    tasks: fc.tuple(TASK, TASK, TASK, TASK, TASK),
    blocker: fc.constantFrom(...BLOCKERS),
    behind: fc.integer({ min: 1, max: 3 }),
    acknowledged: fc.boolean(),
    seconds: fc.integer({ min: 2, max: 40 }),
    /** A new task comes before the trigger. */
    fresh: fc.boolean(),
    trigger: TRIGGER,
  }),
  compose: (sketch, [lane], choice) => {
    const { beat, clear } = sketch.pace;
    const { blocker } = choice;
    const [first, last, ...rest] = choice.tasks;
    const flies = blocker === "expires-in-flight";
    if (flies) ensureRegistered(sketch, lane);
    else ensureAbsent(sketch, lane);
    const created = lane.clock + 1;
    const ended = created + choice.seconds * 1_000;
    if (flies) behave(sketch, lane, created, ended, { kind: choice.acknowledged ? "acknowledge-only" : "silent" });
    const before = flies ? [] : rest.slice(2).map((drawn) => createTask(sketch, [lane], created, drawn));
    const expiresAfter = blocker === "cancelled-waiting" ? undefined : choice.seconds;
    const blocking = createTask(sketch, [lane], created + 1, first, { expiresAfter });
    const behind = rest
      .slice(0, choice.behind)
      .map((drawn, index) => createTask(sketch, [lane], created + 2 + index, drawn));
    if (blocker === "cancelled-waiting") cancelDeviceTask(sketch, blocking, lane, ended);
    poll(sketch, blocking, ended + clear);
    const next = ended + clear + beat;
    const newest = choice.fresh ? [createTask(sketch, [lane], next, last)] : [];
    const tasks = [...before, blocking, ...behind, ...newest];
    for (const task of tasks) poll(sketch, task, next + 2 * beat);
    const settled = trigger(sketch, lane, next + 2 * beat + 1, choice.trigger) + tasks.length * beat;
    for (const task of tasks) poll(sketch, task, settled);
    finish([lane], settled + 1);
  },
});

export const CANCEL_DISTURBED_BLOCKS = [CANCELLED_THEN_DISTURBED, GOES_ON_AFTERWARDS] as const;
