/**
 * Building blocks around failed attempts: no acknowledgement, no response, a Reset, a device that moved, registered
 * again, left or rebooted while a request was on the way; and what makes the server try again.
 * Spec: task page, Task execution; RFC 7252 §4.2; docs/semantics.md, Failed attempt, or answer?
 */
import * as fc from "fast-check";
import { part } from "../pace.ts";
import type { Lane, Sketch } from "../sketch.ts";
import {
  behave,
  bootTime,
  cancelTask,
  createTask,
  deregister,
  ensureRegistered,
  finish,
  loss,
  offline,
  poll,
  pollHistory,
  pollMirror,
  register,
  trigger,
  update,
} from "../steps.ts";
import { choicesOf, defineBlock, SHARE, TASK, TRIGGER } from "./block.ts";

const LOST = ["loss-down", "loss-down", "loss-up", "loss-both", "offline", "silent"] as const;
type Lost = (typeof LOST)[number];

/** Lets nothing get through between device and server, in one of several ways. */
function interrupt(sketch: Sketch, lane: Lane, from: number, until: number, how: Lost): void {
  if (how === "offline") offline(sketch, lane, from, until);
  else if (how === "silent") behave(sketch, lane, from, until, { kind: "silent" });
  else loss(sketch, lane, from, until, how === "loss-up" ? "up" : how === "loss-down" ? "down" : "both");
}

const LOST_EXCHANGE = defineBlock({
  id: "lost-exchange",
  sentence: "an exchange is lost until the server gives up; later the device updates or registers",
  lanes: 1,
  live: true,
  exercises: ["R-01", "R-04", "R-05", "R-06", "R-13", "R-07", "R-08", "D-03", "I-02", "T-01"],
  choices: choicesOf({
    task: TASK,
    other: TASK,
    two: fc.nat(2),
    how: fc.constantFrom(...LOST),
    pause: SHARE,
    early: SHARE,
    trigger: TRIGGER,
    mirror: fc.boolean(),
  }),
  compose: (sketch, [lane], choice) => {
    const { beat, giveUpEarliest, giveUpLatest, clear, gap, guard, reaction } = sketch.pace;
    ensureRegistered(sketch, lane);
    const created = lane.clock + 1;
    if (choice.mirror) pollMirror(sketch, lane, created);
    const tasks = [createTask(sketch, [lane], created + 1, choice.task)];
    if (choice.two === 0)
      tasks.push(createTask(sketch, [lane], created + 2 + part(choice.early, giveUpEarliest), choice.other));
    poll(sketch, tasks[0] ?? 0, created + 2 + part(choice.early, giveUpEarliest));
    const failed = created + giveUpLatest + clear;
    poll(sketch, tasks[0] ?? 0, failed);
    const offlineFor = choice.how === "offline" ? reaction : 0;
    const triggered = Math.max(failed + beat + part(choice.pause, gap), created + offlineFor);
    poll(sketch, tasks[0] ?? 0, triggered - guard);
    if (choice.mirror) pollMirror(sketch, lane, triggered - guard);
    // A device that was offline says so by itself when it is back.
    const back = choice.how === "offline" ? triggered + 1 : failed + part(choice.pause, triggered - failed - 1);
    interrupt(sketch, lane, created, Math.max(back, created + 1), choice.how);
    const settled = choice.how === "offline" ? triggered + beat : trigger(sketch, lane, triggered, choice.trigger);
    for (const task of tasks) poll(sketch, task, settled + beat);
    if (choice.mirror) pollMirror(sketch, lane, settled + beat);
    pollHistory(sketch, tasks[0] ?? 0, settled + beat);
    finish([lane], settled + beat + 1);
  },
});

const FAILS_REPEATEDLY = defineBlock({
  id: "fails-repeatedly",
  sentence:
    "the device updates or registers again and again, but answers no request, until it does, or the task is cancelled or expires",
  lanes: 1,
  live: false,
  exercises: ["R-01", "R-04", "R-05", "R-06", "R-13", "R-07", "R-08", "T-01", "Q-11", "E-05"],
  choices: choicesOf({
    task: TASK,
    other: TASK,
    how: fc.constantFrom("silent" as const, "acknowledge-only" as const, "reset" as const),
    times: fc.constantFrom(2, 3, 3, 3, 4),
    triggers: fc.tuple(TRIGGER, TRIGGER, TRIGGER, TRIGGER),
    ending: fc.constantFrom("success", "error", "error", "cancel", "expiry", "expiry"),
    share: SHARE,
  }),
  compose: (sketch, [lane], choice) => {
    const { beat, giveUpLatest, responseTimeout, clear } = sketch.pace;
    ensureRegistered(sketch, lane);
    const start = lane.clock;
    const waits = { silent: giveUpLatest, "acknowledge-only": responseTimeout + beat, reset: beat };
    // Long enough for all the failures.
    const failing = choice.times * (waits[choice.how] + clear + 3 * beat + bootTime(sketch, lane));
    const expiresAfter = choice.ending === "expiry" ? Math.ceil(failing / 1_000) : undefined;
    const tasks = [
      createTask(sketch, [lane], start + 1, choice.task, { expiresAfter }),
      createTask(sketch, [lane], start + 2, choice.other),
    ];
    let at = start + waits[choice.how] + clear;
    for (const kind of choice.triggers.slice(0, choice.times - 1)) {
      for (const task of tasks) poll(sketch, task, at);
      at = trigger(sketch, lane, at + beat + part(choice.share, beat), kind) + waits[choice.how] + clear;
    }
    for (const task of tasks) poll(sketch, task, at);
    behave(sketch, lane, start, at, { kind: choice.how });
    if (choice.ending === "error") behave(sketch, lane, at, at + 3 * beat, { kind: "error", code: "4.05" });
    if (choice.ending === "cancel") for (const task of tasks) cancelTask(sketch, task, at + 1);
    const last = expiresAfter === undefined ? at + beat : Math.max(at, start + 1 + expiresAfter * 1_000) + beat;
    const settled = trigger(sketch, lane, last, choice.triggers[3]);
    for (const task of tasks) poll(sketch, task, settled + beat);
    finish([lane], settled + beat + 1);
  },
});

const NO_RESPONSE = defineBlock({
  id: "no-response",
  sentence: "the device acknowledges a request and never answers it; later it updates or registers",
  lanes: 1,
  live: true,
  exercises: ["R-02", "R-04", "R-05", "R-06", "R-08", "D-03", "T-01"],
  choices: choicesOf({ task: TASK, share: SHARE, trigger: TRIGGER, early: SHARE }),
  compose: (sketch, [lane], choice) => {
    const { beat, responseTimeout, clear, gap, guard } = sketch.pace;
    ensureRegistered(sketch, lane);
    const created = lane.clock + 1;
    const failed = created + responseTimeout + beat + clear;
    behave(sketch, lane, created, failed + 1, { kind: "acknowledge-only" });
    const task = createTask(sketch, [lane], created, choice.task);
    poll(sketch, task, created + 1 + part(choice.early, responseTimeout - clear));
    poll(sketch, task, failed);
    const triggered = failed + clear + part(choice.share, gap);
    pollMirror(sketch, lane, triggered - guard);
    const settled = trigger(sketch, lane, triggered, choice.trigger);
    poll(sketch, task, settled);
    pollMirror(sketch, lane, settled);
    finish([lane], settled + 1);
  },
});

const RESET = defineBlock({
  id: "reset",
  sentence: "the device resets a request; later it updates or registers",
  lanes: 1,
  live: true,
  exercises: ["R-03", "R-04", "R-05", "R-06", "R-13", "R-08", "D-03", "T-01"],
  choices: choicesOf({ task: TASK, other: TASK, share: SHARE, trigger: TRIGGER }),
  compose: (sketch, [lane], choice) => {
    const { beat, gap, guard } = sketch.pace;
    ensureRegistered(sketch, lane);
    const created = lane.clock + 1;
    const over = created + beat;
    behave(sketch, lane, created, over, { kind: "reset" });
    pollMirror(sketch, lane, created - 1);
    const tasks = [
      createTask(sketch, [lane], created, choice.task),
      createTask(sketch, [lane], created + 1, choice.other),
    ];
    for (const task of tasks) poll(sketch, task, over);
    const triggered = over + beat + part(choice.share, gap);
    poll(sketch, tasks[0] ?? 0, triggered - guard);
    pollMirror(sketch, lane, triggered - guard);
    const settled = trigger(sketch, lane, triggered, choice.trigger);
    for (const task of tasks) poll(sketch, task, settled + beat);
    finish([lane], settled + beat + 1);
  },
});

const INTERRUPTIONS = [
  "address",
  "address",
  "quiet-address",
  "register",
  "register",
  "deregister",
  "reboot",
  "update",
] as const;

const CHANGED_IN_FLIGHT = defineBlock({
  id: "changed-in-flight",
  sentence: "while a request is on the way the device moves, registers again, leaves, reboots or updates",
  lanes: 1,
  live: true,
  exercises: ["R-05", "R-07", "R-10", "G-02", "I-02", "T-01", "R-08"],
  choices: choicesOf({
    task: TASK,
    what: fc.constantFrom(...INTERRUPTIONS),
    hidden: fc.constantFrom("silent" as const, "slow" as const, "acknowledge-only" as const, "deaf" as const),
    share: SHARE,
    trigger: TRIGGER,
  }),
  compose: (sketch, [lane], choice) => {
    const { beat, giveUpEarliest, giveUpLatest, responseTimeout, clear } = sketch.pace;
    ensureRegistered(sketch, lane);
    const created = lane.clock + 1;
    const flight =
      choice.hidden === "slow" || choice.hidden === "acknowledge-only"
        ? Math.min(responseTimeout, giveUpEarliest)
        : giveUpEarliest;
    // A silent device may be overtaken by the server's giving up: that is one of the moments of interest.
    const span = choice.hidden === "silent" || choice.hidden === "deaf" ? giveUpLatest : flight - clear;
    const changed = created + 2 + part(choice.share, span);
    if (choice.hidden === "deaf") loss(sketch, lane, created, changed - 1, "down");
    else if (choice.hidden === "slow") behave(sketch, lane, created, changed, { kind: "slow", delay: flight - clear });
    else behave(sketch, lane, created, changed, { kind: choice.hidden });
    const task = createTask(sketch, [lane], created, choice.task);
    poll(sketch, task, changed - 1);
    changeNow(sketch, lane, changed, choice.what);
    const over = changed + bootTime(sketch, lane) + beat;
    poll(sketch, task, over);
    const patient = choice.what === "quiet-address" || choice.what === "update";
    const triggered = (patient ? Math.max(over, created + giveUpLatest) : over) + clear;
    const settled = trigger(sketch, lane, triggered, choice.trigger);
    poll(sketch, task, settled + beat);
    finish([lane], settled + beat + 1);
  },
});

function changeNow(sketch: Sketch, lane: Lane, at: number, what: (typeof INTERRUPTIONS)[number]): void {
  const { device } = lane;
  if (what === "register") register(sketch, lane, at);
  else if (what === "update") update(sketch, lane, at);
  else if (what === "deregister") deregister(sketch, lane, at);
  else if (what === "reboot") sketch.operations.push({ at, kind: "reboot", device });
  else sketch.operations.push({ at, kind: "change-address", device, update: what === "address" });
}

export const RETRY_BLOCKS = [LOST_EXCHANGE, FAILS_REPEATEDLY, NO_RESPONSE, RESET, CHANGED_IN_FLIGHT] as const;
