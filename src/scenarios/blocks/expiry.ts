/**
 * Building blocks around the end of the active period: pending, in flight, after failed attempts, racing with the
 * answer; and around the time for which a task can be read.
 * Spec: task page, Task expiration and Task lifetime; docs/semantics.md, choices 7 to 11.
 */
import * as fc from "fast-check";
import { part } from "../pace.ts";
import type { Lane, Sketch } from "../sketch.ts";
import {
  behave,
  cancelTask,
  createTask,
  ensureAbsent,
  ensureRegistered,
  finish,
  loss,
  poll,
  pollHistory,
  pollMirror,
  trigger,
  untilNoticed,
} from "../steps.ts";
import { choicesOf, defineBlock, NEAR, near, SHARE, TASK, TRIGGER } from "./block.ts";

const PERIODS = [1, 2, 5, 10, 30, 59, 60, 61, 90, 120, 300, 900, 3_600] as const;
const LIVE_PERIODS = [1, 1, 2, 2, 3] as const;
/** Periods that end while an unanswered request is still being retransmitted. */
const IN_FLIGHT_PERIODS = [1, 2, 3, 7, 15, 31, 61, 70, 92] as const;

const periodOf = (sketch: Sketch, dial: number, simulated: readonly number[] = PERIODS): number => {
  const list = sketch.pace.mode === "live" ? LIVE_PERIODS : simulated;
  return list[dial % list.length] ?? 1;
};

/** Milliseconds of the active period of a task without expiresAfter: that of its device type, else the default. */
const inheritedPeriod = (sketch: Sketch, lane: Lane): number => {
  const declared = sketch.deviceTypes[lane.type]?.taskExpiresAfter;
  if (declared === undefined) return sketch.pace.defaultExpiry;
  return (sketch.reconfigured ?? declared) * 1_000;
};

/** Polls close before and after a deadline; gives the later moment. */
export function pollAround(sketch: Sketch, task: number, deadline: number, share: number): number {
  const { clear } = sketch.pace;
  const before = deadline - clear - part(share, clear / 2);
  const after = deadline + clear + part(share, clear / 2);
  poll(sketch, task, Math.max(0, before));
  poll(sketch, task, after);
  return after;
}

const EXPIRES_PENDING = defineBlock({
  id: "expires-pending",
  sentence: "a task expires while one device is absent and another has finished; then the absent one registers",
  lanes: 2,
  live: true,
  exercises: ["E-02", "E-05", "E-06", "Q-03", "T-01", "T-02", "T-03", "I-03"],
  choices: choicesOf({ task: TASK, period: fc.nat(999), share: SHARE, back: NEAR, fails: fc.nat(4), trigger: TRIGGER }),
  compose: (sketch, lanes, choice) => {
    const { beat } = sketch.pace;
    const [absent, ...others] = lanes;
    ensureAbsent(sketch, absent);
    for (const lane of others) ensureRegistered(sketch, lane);
    const created = Math.max(...lanes.map((lane) => lane.clock)) + 1;
    const expiresAfter = periodOf(sketch, choice.period);
    const expiry = created + expiresAfter * 1_000;
    if (choice.fails === 0)
      for (const lane of others) behave(sketch, lane, created, created + beat, { kind: "error", code: "4.04" });
    const task = createTask(sketch, lanes, created, choice.task, { expiresAfter });
    const polled = pollAround(sketch, task, expiry, choice.share);
    const back = near(sketch, expiry, choice.back, choice.share, beat, created + 1);
    const settled = Math.max(polled, trigger(sketch, absent, back, "register"));
    poll(sketch, task, settled + beat);
    pollHistory(sketch, task, settled + beat);
    const again = trigger(sketch, absent, settled + beat + 1 + untilNoticed(sketch, choice.share), choice.trigger);
    poll(sketch, task, again);
    finish(lanes, again + 1);
  },
});

const EXPIRES_INHERITED = defineBlock({
  id: "expires-inherited",
  sentence: "a task that sets no expiresAfter expires after the device type's period, or else after the default one",
  lanes: 1,
  live: "with a turned clock",
  exercises: ["E-05", "E-06", "Q-03", "T-02"],
  choices: choicesOf({
    task: TASK,
    own: TASK,
    share: SHARE,
    back: NEAR,
    reconfigured: fc.nat(3),
    sooner: fc.boolean(),
  }),
  compose: (sketch, [lane], choice) => {
    const { beat } = sketch.pace;
    ensureAbsent(sketch, lane);
    const created = lane.clock + 1;
    const period = inheritedPeriod(sketch, lane);
    const task = createTask(sketch, [lane], created, choice.task);
    const own = createTask(sketch, [lane], created + 1, choice.own, { expiresAfter: choice.sooner ? 30 : 2_000_000 });
    if (lane.type === 1 && choice.reconfigured === 0) {
      const taskExpiresAfter = 60 + choice.share;
      sketch.operations.push({ at: created + 2, kind: "configure-type", type: 1, taskExpiresAfter });
      sketch.reconfigured = taskExpiresAfter;
    }
    const polled = pollAround(sketch, task, created + period, choice.share);
    const back = near(sketch, created + period, choice.back, choice.share, beat, created + 3);
    const settled = Math.max(polled, trigger(sketch, lane, back, "register"));
    poll(sketch, task, settled + beat);
    poll(sketch, own, settled + beat);
    pollHistory(sketch, task, settled + beat);
    finish([lane], settled + beat + 1);
  },
});

const EXPIRES_IN_FLIGHT = defineBlock({
  id: "expires-in-flight",
  sentence: "a task expires while its request is unanswered; the answer comes later, or never",
  lanes: 1,
  live: true,
  exercises: ["E-02", "E-05", "E-06", "E-07", "D-03", "T-01", "T-02"],
  choices: choicesOf({
    task: TASK,
    period: fc.nat(999),
    how: fc.constantFrom("silent" as const, "deaf" as const, "mute" as const, "acknowledge-only" as const),
    share: SHARE,
    trigger: TRIGGER,
  }),
  compose: (sketch, [lane], choice) => {
    const { beat } = sketch.pace;
    ensureRegistered(sketch, lane);
    const created = lane.clock + 1;
    const expiresAfter = periodOf(sketch, choice.period, IN_FLIGHT_PERIODS);
    const expiry = created + expiresAfter * 1_000;
    const over = expiry + 1 + part(choice.share, 2 * beat);
    if (choice.how === "deaf" || choice.how === "mute")
      loss(sketch, lane, created, over, choice.how === "deaf" ? "down" : "up");
    else behave(sketch, lane, created, over, { kind: choice.how });
    pollMirror(sketch, lane, created - 1);
    const task = createTask(sketch, [lane], created, choice.task, { expiresAfter });
    const polled = Math.max(over, pollAround(sketch, task, expiry, choice.share));
    const settled = trigger(sketch, lane, polled + beat + untilNoticed(sketch, choice.share), choice.trigger);
    poll(sketch, task, settled);
    pollMirror(sketch, lane, settled);
    pollHistory(sketch, task, settled);
    finish([lane], settled + 1);
  },
});

const ANSWER_NEAR_EXPIRY = defineBlock({
  id: "answer-near-expiry",
  sentence:
    "the device acknowledges, and its answer arrives close to the end of the active period; another device of the task may wait beyond it",
  lanes: 2,
  live: true,
  exercises: ["E-09", "E-07", "E-08", "E-05", "E-02", "I-04", "D-03", "D-06", "T-01", "T-02"],
  choices: choicesOf({
    task: TASK,
    period: fc.nat(999),
    answer: NEAR,
    share: SHARE,
    trigger: TRIGGER,
    /** Another device of the task is absent, so that the task is still open when it expires. */
    absent: fc.boolean(),
  }),
  compose: (sketch, [lane, other], choice) => {
    const { beat, clear, responseTimeout, mode, reaction } = sketch.pace;
    ensureRegistered(sketch, lane);
    const targets = other !== undefined && choice.absent ? [lane, other] : [lane];
    for (const absent of targets.slice(1)) ensureAbsent(sketch, absent);
    const created = Math.max(...targets.map(({ clock }) => clock)) + 1;
    const longest = Math.max(1, Math.floor(responseTimeout / 1_000) - 1);
    const expiresAfter = Math.min(
      longest,
      mode === "live" ? 1 : periodOf(sketch, choice.period, [1, 2, 5, 20, 60, 61, 93, 110]),
    );
    const expiry = created + expiresAfter * 1_000;
    const where = choice.answer === "before" ? "just-before" : choice.answer;
    // Live, an answer is surely late only once the server must have noticed the expiry.
    const noticed = choice.answer === "after" ? reaction : 0;
    const answered = near(sketch, expiry, where, choice.share, beat, created + 1) + noticed;
    behave(sketch, lane, created, created + Math.min(beat, expiresAfter * 500), {
      kind: "slow",
      delay: answered - created,
    });
    pollMirror(sketch, lane, created - 1);
    const task = createTask(sketch, targets, created, choice.task, { expiresAfter });
    const polled = Math.max(answered + clear, pollAround(sketch, task, expiry, choice.share)) + beat;
    poll(sketch, task, polled);
    pollHistory(sketch, task, polled);
    pollMirror(sketch, lane, polled);
    const settled = trigger(sketch, lane, polled + 1, choice.trigger);
    poll(sketch, task, settled);
    finish(targets, settled + 1);
  },
});

const EXPIRES_AFTER_FAILURE = defineBlock({
  id: "expires-after-failure",
  sentence: "a task fails to be delivered, waits in the queue, and expires there",
  lanes: 1,
  live: true,
  exercises: ["E-02", "E-05", "E-06", "R-01", "R-03", "R-06", "R-08", "D-03", "T-01"],
  choices: choicesOf({ task: TASK, reset: fc.boolean(), share: SHARE, trigger: TRIGGER }),
  compose: (sketch, [lane], choice) => {
    const { beat, giveUpLatest, clear } = sketch.pace;
    ensureRegistered(sketch, lane);
    const created = lane.clock + 1;
    const failed = created + (choice.reset ? beat : giveUpLatest + clear);
    const expiresAfter =
      Math.ceil((failed - created + 2 * clear) / 1_000) + (sketch.pace.mode === "live" ? 0 : choice.share);
    const expiry = created + expiresAfter * 1_000;
    behave(sketch, lane, created, failed, { kind: choice.reset ? "reset" : "silent" });
    const task = createTask(sketch, [lane], created, choice.task, { expiresAfter });
    poll(sketch, task, failed);
    const polled = pollAround(sketch, task, expiry, choice.share);
    const settled = trigger(sketch, lane, polled + 1 + untilNoticed(sketch, choice.share), choice.trigger);
    poll(sketch, task, settled);
    pollMirror(sketch, lane, settled);
    finish([lane], settled + 1);
  },
});

const THIRTY_DAYS = defineBlock({
  id: "thirty-days",
  sentence:
    "a finished or failed, a cancelled, an expired and a pending task are read until 30 days are over, and then no more",
  lanes: 1,
  live: "with a turned clock",
  exercises: ["L-01", "L-02", "E-05", "G-06", "T-02", "T-03"],
  choices: choicesOf({
    tasks: fc.tuple(TASK, TASK, TASK, TASK),
    which: fc.integer({ min: 1, max: 15 }),
    fails: fc.nat(2),
    share: SHARE,
    day: fc.nat(999),
  }),
  compose: (sketch, [lane], choice) => {
    const { beat, retention, clear } = sketch.pace;
    ensureRegistered(sketch, lane);
    const start = lane.clock + 1;
    const wanted = (bit: number): boolean => (choice.which & (1 << bit)) !== 0;
    const tasks: number[] = [];
    if (wanted(0)) tasks.push(createTask(sketch, [lane], start, choice.tasks[0]));
    if (choice.fails === 0) behave(sketch, lane, start, start + beat, { kind: "error", code: "4.03" });
    ensureAbsentAt(sketch, lane, start + beat);
    const pending = start + 2 * beat;
    if (wanted(1)) tasks.push(createTask(sketch, [lane], pending, choice.tasks[1], { expiresAfter: 60 }));
    if (wanted(2)) tasks.push(createTask(sketch, [lane], pending + 1, choice.tasks[2], { expiresAfter: 2_592_000 }));
    if (wanted(3)) {
      const cancelled = createTask(sketch, [lane], pending + 2, choice.tasks[3]);
      cancelTask(sketch, cancelled, pending + beat);
      tasks.push(cancelled);
    }
    const gone = pending + 2 + retention;
    for (const task of tasks) {
      poll(sketch, task, part(choice.day, retention - 3 * beat) + pending + beat);
      poll(sketch, task, start + retention - clear);
      pollHistory(sketch, task, start + retention - clear);
      poll(sketch, task, gone + clear + part(choice.share, beat));
      pollHistory(sketch, task, gone + clear + part(choice.share, beat));
    }
    const settled = trigger(sketch, lane, gone + 2 * beat, "register");
    finish([lane], settled);
  },
});

/** Lets the device leave at that moment. */
function ensureAbsentAt(sketch: Sketch, lane: Lane, at: number): void {
  lane.clock = at;
  ensureAbsent(sketch, lane);
}

export const EXPIRY_BLOCKS = [
  EXPIRES_PENDING,
  EXPIRES_INHERITED,
  EXPIRES_IN_FLIGHT,
  ANSWER_NEAR_EXPIRY,
  EXPIRES_AFTER_FAILURE,
  THIRTY_DAYS,
] as const;
