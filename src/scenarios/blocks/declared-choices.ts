/**
 * Building blocks that wait for what a profile declares: a retry by timer, a lifetime that nobody named, a response
 * after the end, bounds of a device type, the whole of an awake window, the last day of a record.
 *
 * A plan for a server that declares something unusual has them more often than others: `suits`.
 * Spec: docs/semantics.md, choices 4, 8, 10, 11, 13, 16, 28.
 */
import * as fc from "fast-check";
import { ARTIK } from "../../protocol/profile.ts";
import { part } from "../pace.ts";
import {
  behave,
  createTask,
  ensureAbsent,
  ensureRegistered,
  finish,
  latencyOf,
  pick,
  poll,
  pollHistory,
  pollMirror,
  register,
  trigger,
  update,
} from "../steps.ts";
import { choicesOf, defineBlock, NEAR, near, SHARE, TASK, TRIGGER } from "./block.ts";

/** Milliseconds after a failed attempt, where no timer is declared: a server that has one of its own shows it. */
const WAITS = [30_000, 60_000, 300_000, 600_000, 3_600_000] as const;

const WAITS_AFTER_FAILURE = defineBlock({
  id: "waits-after-failure",
  sentence:
    "an attempt fails while another task waits, and the device says nothing for as long as a timer of the server takes, or longer",
  lanes: 1,
  live: false,
  exercises: ["R-06", "R-13", "R-01", "R-03", "R-08", "T-01"],
  suits: ({ timerRetry, drainAfterFailure }) =>
    timerRetry !== undefined || drainAfterFailure !== ARTIK.drainAfterFailure,
  choices: choicesOf({
    tasks: fc.tuple(TASK, TASK, TASK),
    how: fc.constantFrom("silent" as const, "reset" as const, "reset" as const, "acknowledge-only" as const),
    wait: fc.nat(999),
    fails: fc.constantFrom(1, 1, 1, 2),
    absent: fc.boolean(),
    share: SHARE,
    trigger: TRIGGER,
  }),
  compose: (sketch, [lane], choice) => {
    const { beat, giveUpLatest, responseTimeout, clear, timerRetry } = sketch.pace;
    if (choice.absent) ensureAbsent(sketch, lane);
    else ensureRegistered(sketch, lane);
    const created = lane.clock + 1;
    const begun = choice.absent ? created + beat : created;
    const takes = { silent: giveUpLatest, reset: beat, "acknowledge-only": responseTimeout + beat }[choice.how];
    const wait = (timerRetry ?? pick(WAITS, choice.wait)) + clear;
    // Until then the device answers nothing, the first attempt of the timer included where it fails twice.
    const failing = begun + choice.fails * takes + (choice.fails - 1) * wait;
    behave(sketch, lane, created, failing, { kind: choice.how });
    const tasks = choice.tasks.map((task, index) => createTask(sketch, [lane], created + index, task));
    if (choice.absent) register(sketch, lane, begun);
    const failed = begun + takes + clear;
    for (const task of tasks) poll(sketch, task, failed);
    poll(sketch, tasks[0] ?? 0, failed + part(choice.share, wait));
    const over = begun + choice.fails * (takes + wait) + beat + part(choice.share, beat);
    for (const task of tasks) poll(sketch, task, over);
    const settled = trigger(sketch, lane, over + 1, choice.trigger) + beat;
    for (const task of tasks) poll(sketch, task, settled);
    finish([lane], settled + 1);
  },
});

const DEFAULT_LIFETIME_ENDS = defineBlock({
  id: "default-lifetime-ends",
  sentence:
    "a device registers without naming a lifetime, says nothing until the default one is over, or nearly, gets a task, and updates",
  lanes: 1,
  live: false,
  exercises: ["G-05", "G-04", "Q-02", "Q-03"],
  suits: ({ defaultLifetime }) => defaultLifetime !== undefined,
  choices: choicesOf({ task: TASK, zero: fc.boolean(), near: NEAR, share: SHARE }),
  compose: (sketch, [lane], choice) => {
    const { beat, gap, guard, defaultLifetime } = sketch.pace;
    lane.model.lifetime ??= choice.zero ? 0 : -1;
    register(sketch, lane, lane.clock);
    const dead = lane.clock + latencyOf(sketch) + defaultLifetime;
    const created = near(sketch, dead, choice.near, choice.share, gap, lane.clock + beat);
    const task = createTask(sketch, [lane], created, choice.task);
    poll(sketch, task, created + beat);
    const back = created + beat + guard + part(choice.share, beat);
    update(sketch, lane, back);
    register(sketch, lane, back + beat);
    poll(sketch, task, back + 2 * beat);
    finish([lane], back + 2 * beat + 1);
  },
});

const ANSWERED_AFTER_EXPIRY = defineBlock({
  id: "answered-after-expiry",
  sentence:
    "a Read or Write is acknowledged, and answered when its task has expired; the mirror is read before and after, with nothing in between",
  lanes: 1,
  live: false,
  exercises: ["D-06", "E-07", "E-08", "E-09", "E-05", "I-04"],
  suits: ({ inFlightAtExpiry, lateResponse }) =>
    (inFlightAtExpiry !== undefined && inFlightAtExpiry !== ARTIK.inFlightAtExpiry) ||
    (lateResponse !== undefined && lateResponse !== ARTIK.lateResponse),
  choices: choicesOf({
    task: TASK,
    period: fc.constantFrom(1, 2, 5, 10),
    share: SHARE,
    unacknowledged: fc.nat(3),
    fails: fc.nat(5),
    trigger: TRIGGER,
  }),
  compose: (sketch, [lane], choice) => {
    const { beat, clear, responseTimeout, giveUpLatest } = sketch.pace;
    ensureRegistered(sketch, lane);
    const created = lane.clock + 1;
    const late = 2 * latencyOf(sketch) + clear + part(choice.share, responseTimeout / 4);
    const expiry = created + choice.period * 1_000;
    const answered = expiry + late;
    // Not acknowledged, it is repeated until the device hears it; then it is answered at once.
    if (choice.unacknowledged === 0) behave(sketch, lane, created, answered, { kind: "silent" });
    else behave(sketch, lane, created, expiry, { kind: "slow", delay: answered - created });
    if (choice.fails === 0 && choice.unacknowledged === 0)
      behave(sketch, lane, answered, answered + giveUpLatest, { kind: "error", code: "4.05" });
    pollMirror(sketch, lane, created - 1);
    const expiresAfter = choice.period;
    const task = createTask(sketch, [lane], created, choice.task, { expiresAfter, only: ["W", "R"] });
    poll(sketch, task, expiry + clear);
    const over = answered + Math.max(beat, choice.unacknowledged === 0 ? giveUpLatest : 0) + clear;
    poll(sketch, task, over);
    pollMirror(sketch, lane, over);
    pollHistory(sketch, task, over);
    const settled = trigger(sketch, lane, over + 1, choice.trigger);
    poll(sketch, task, settled);
    finish([lane], settled + 1);
  },
});

/** Seconds below and above what a device type may have. */
const BESIDE = [1, 2, 30] as const;

const BOUNDS_OF_TYPES = defineBlock({
  id: "bounds-of-types",
  sentence: "a device type is configured at its bounds, and beside them",
  lanes: 1,
  live: false,
  needs: "taskExpiresAfterBounds",
  exercises: ["L-04"],
  suits: ({ taskExpiresAfterBounds, beyondBounds }) =>
    (taskExpiresAfterBounds !== undefined &&
      (taskExpiresAfterBounds.min !== ARTIK.taskExpiresAfterBounds.min ||
        taskExpiresAfterBounds.max !== ARTIK.taskExpiresAfterBounds.max)) ||
    (beyondBounds !== undefined && beyondBounds !== ARTIK.beyondBounds),
  choices: choicesOf({ task: TASK, beside: fc.nat(999), above: fc.boolean() }),
  compose: (sketch, [lane], choice) => {
    const { beat, typeBounds } = sketch.pace;
    const { min, max } = typeBounds;
    ensureAbsent(sketch, lane);
    const beside = pick(BESIDE, choice.beside);
    const start = lane.clock + 1;
    const configure = (at: number, taskExpiresAfter: number): void => {
      sketch.operations.push({ at, kind: "configure-type", type: lane.type, taskExpiresAfter });
    };
    configure(start, choice.above ? Math.floor(max) + beside : Math.max(1, Math.ceil(min) - beside));
    // A type that has no period keeps none: others of its tasks count on the default.
    if (lane.type === 1) {
      const bound = choice.above ? Math.floor(max) : Math.ceil(min);
      configure(start + 1, bound);
      sketch.reconfigured = bound;
    }
    const task = createTask(sketch, [lane], start + 2, choice.task);
    poll(sketch, task, start + beat);
    finish([lane], start + beat + 1);
  },
});

const AWAKE_TO_THE_END = defineBlock({
  id: "awake-to-the-end",
  sentence:
    "a queue-mode device, perhaps just moved, says nothing but its answers, and gets tasks within its awake window and after it",
  lanes: 1,
  live: false,
  exercises: ["Q-02", "Q-07", "Q-08"],
  suits: ({ awakeWindow }) => awakeWindow !== undefined && awakeWindow !== ARTIK.awakeWindow,
  choices: choicesOf({
    tasks: fc.tuple(TASK, TASK, TASK),
    share: SHARE,
    wake: TRIGGER,
    moves: fc.boolean(),
    /** One more task when it is awake for its answer only. */
    prolonged: fc.boolean(),
  }),
  compose: (sketch, [lane], choice) => {
    const { awakeWindow, beat, clear } = sketch.pace;
    if (lane.model.queueMode === undefined) ensureAbsent(sketch, lane);
    lane.model.queueMode ??= true;
    lane.model.awakeFor ??= awakeWindow;
    const spoken = lane.registered ? (choice.moves ? "new-address" : "update") : "register";
    trigger(sketch, lane, lane.clock, spoken);
    const least = Math.min(beat, Math.floor(awakeWindow / 2));
    const span = Math.max(1, awakeWindow - least - beat - clear);
    // Nearer to the end than to the beginning: a server with a shorter window shows it.
    const created = lane.clock + least + Math.floor(span / 2) + part(choice.share, span / 2);
    const first = createTask(sketch, [lane], created, choice.tasks[0]);
    const answered = choice.prolonged ? created + awakeWindow - clear - part(choice.share, span / 2) : created;
    const between = choice.prolonged ? [createTask(sketch, [lane], answered, choice.tasks[2])] : [];
    const asleep = answered + 4 * latencyOf(sketch) + awakeWindow + beat;
    for (const task of [first, ...between]) poll(sketch, task, answered + beat);
    const second = createTask(sketch, [lane], asleep + part(choice.share, awakeWindow), choice.tasks[1]);
    const woken = asleep + awakeWindow + beat;
    poll(sketch, second, woken - 1);
    const settled = trigger(sketch, lane, woken, choice.wake) + beat;
    for (const task of [first, ...between, second]) poll(sketch, task, settled);
    finish([lane], settled + 1);
  },
});

const RECORD_GROWS_OLD = defineBlock({
  id: "record-grows-old",
  sentence: "a task is read, and its history, just before and just after its record may go",
  lanes: 1,
  live: "with a turned clock",
  exercises: ["L-01", "L-02"],
  suits: ({ retention }) => retention !== undefined && retention !== ARTIK.retention,
  choices: choicesOf({ task: TASK, present: fc.boolean(), share: SHARE }),
  compose: (sketch, [lane], choice) => {
    const { beat, clear, retention } = sketch.pace;
    if (choice.present) ensureRegistered(sketch, lane);
    else ensureAbsent(sketch, lane);
    const created = lane.clock + 1;
    const task = createTask(sketch, [lane], created, choice.task, { expiresAfter: 60 });
    for (const at of [retention - clear - part(choice.share, beat), retention + clear + part(choice.share, beat)]) {
      poll(sketch, task, created + at);
      pollHistory(sketch, task, created + at);
    }
    finish([lane], created + retention + clear + 2 * beat);
  },
});

export const DECLARED_CHOICE_BLOCKS = [
  WAITS_AFTER_FAILURE,
  DEFAULT_LIFETIME_ENDS,
  ANSWERED_AFTER_EXPIRY,
  BOUNDS_OF_TYPES,
  AWAKE_TO_THE_END,
  RECORD_GROWS_OLD,
] as const;
