/**
 * Building blocks around deadlines that pass while the server is down, or after it was: the end of an active period, of a
 * lifetime, of an awake window, and the beginning of a task.
 * Spec: docs/semantics.md, choices 7, 9, 13, 16, 26.
 */
import * as fc from "fast-check";
import { part } from "../pace.ts";
import {
  behave,
  createTask,
  ensureAbsent,
  ensureRegistered,
  finish,
  latencyOf,
  poll,
  pollHistory,
  pollMirror,
  register,
  trigger,
  update,
} from "../steps.ts";
import { choicesOf, defineBlock, NEAR, near, SHARE, TASK, TRIGGER } from "./block.ts";
import { livesFor } from "./registration.ts";
import { DOWN_FOR, restartServer } from "./restart-steps.ts";

const RESTART_AND_EXPIRY = defineBlock({
  id: "restart-and-expiry",
  sentence: "a task that waits, or is in flight, expires while the server is down, or some time after",
  lanes: 1,
  live: false,
  exercises: ["S-01", "E-02", "E-05", "E-03", "E-01", "T-02"],
  choices: choicesOf({
    task: TASK,
    seconds: fc.constantFrom(10, 60, 600, 7_200),
    own: fc.nat(3),
    inFlight: fc.boolean(),
    killed: SHARE,
    passes: fc.boolean(),
    share: SHARE,
    trigger: TRIGGER,
  }),
  compose: (sketch, [lane], choice) => {
    const { beat, clear } = sketch.pace;
    if (choice.inFlight) ensureRegistered(sketch, lane);
    else ensureAbsent(sketch, lane);
    const created = lane.clock + 1;
    // Now and then the period is that of the device type.
    const ofType = sketch.reconfigured ?? sketch.deviceTypes[lane.type]?.taskExpiresAfter;
    const inherits = choice.own === 0 && ofType !== undefined;
    const expires = created + (inherits ? ofType : choice.seconds) * 1_000;
    if (choice.inFlight) behave(sketch, lane, created, expires, { kind: "acknowledge-only" });
    const task = createTask(sketch, [lane], created, choice.task, inherits ? {} : { expiresAfter: choice.seconds });
    const killed = created + clear + part(choice.killed, expires - created - 3 * clear);
    const downFor = choice.passes
      ? expires - killed + 1 + part(choice.share, 60_000)
      : part(choice.share, expires - killed - clear);
    const up = restartServer(sketch, killed, downFor);
    if (!choice.passes) poll(sketch, task, Math.max(up, expires - clear));
    const over = Math.max(up, expires) + beat;
    poll(sketch, task, over);
    pollHistory(sketch, task, over);
    const settled = trigger(sketch, lane, over + 1, choice.trigger) + beat;
    poll(sketch, task, settled);
    finish([lane], settled + 1);
  },
});

const RESTART_AND_SCHEDULE = defineBlock({
  id: "restart-and-schedule",
  sentence: "a task is to begin before, while or after the server is down",
  lanes: 1,
  live: true,
  exercises: ["S-01", "T-05", "T-01"],
  choices: choicesOf({
    task: TASK,
    other: TASK,
    two: fc.boolean(),
    there: fc.boolean(),
    near: NEAR,
    down: DOWN_FOR,
    ahead: SHARE,
    share: SHARE,
    trigger: TRIGGER,
  }),
  compose: (sketch, [lane], choice) => {
    const { beat, gap } = sketch.pace;
    if (choice.there) ensureRegistered(sketch, lane);
    else ensureAbsent(sketch, lane);
    const created = lane.clock + 1;
    const begins = created + 2 * beat + part(choice.ahead, gap);
    const task = createTask(sketch, [lane], created, choice.task, { scheduledOn: begins });
    const other = choice.two
      ? createTask(sketch, [lane], created + 1, choice.other, { scheduledOn: begins + part(choice.share, gap) })
      : task;
    const killed = near(sketch, begins - part(choice.share, choice.down), choice.near, choice.share, gap, created + 2);
    const up = restartServer(sketch, killed, choice.down);
    poll(sketch, task, up + 1);
    const begun = Math.max(up, begins + gap) + beat;
    poll(sketch, task, begun);
    const settled = trigger(sketch, lane, begun + 1, choice.trigger) + beat;
    poll(sketch, task, settled);
    poll(sketch, other, settled);
    finish([lane], settled + 1);
  },
});

const RESTART_AND_LIFETIME = defineBlock({
  id: "restart-and-lifetime",
  sentence: "a registration ends while the server is down, or nearly; the device updates it, or registers",
  lanes: 1,
  live: false,
  exercises: ["S-01", "S-02", "G-05", "G-04", "Q-03", "Q-04"],
  choices: choicesOf({
    task: TASK,
    lifetime: fc.constantFrom(60, 300, 3_600),
    updated: fc.constantFrom(true, true, true, false),
    passes: fc.constantFrom(false, false, false, true),
    share: SHARE,
    killed: SHARE,
    returns: fc.constantFrom("update" as const, "update" as const, "update" as const, "register" as const),
  }),
  compose: (sketch, [lane], choice) => {
    const { beat, clear } = sketch.pace;
    const lifetime = livesFor(sketch, lane, choice.lifetime);
    register(sketch, lane, lane.clock);
    // A server that knows the Register alone takes it for over when half of the lifetime is left.
    if (choice.updated) {
      lane.clock += lifetime / 2;
      update(sketch, lane, lane.clock);
    }
    const ends = lane.clock + latencyOf(sketch) + lifetime;
    const killed = lane.clock + 2 * beat + part(choice.killed, lifetime / 4);
    const left = ends - killed;
    const downFor = choice.passes ? left + clear + part(choice.share, left) : part(choice.share, left / 4);
    const up = restartServer(sketch, killed, downFor);
    const task = createTask(sketch, [lane], up + 1, choice.task);
    poll(sketch, task, up + beat);
    const late = choice.updated && !choice.passes ? ends - lifetime / 4 : 0;
    const back = Math.max(up + beat, late) + 1;
    if (choice.returns === "update") update(sketch, lane, back);
    else register(sketch, lane, back);
    poll(sketch, task, back + 2 * beat);
    finish([lane], back + 2 * beat + 1);
  },
});

const RESTART_ASLEEP = defineBlock({
  id: "restart-asleep",
  sentence: "the server is killed while a queue-mode device sleeps, or is awake, and a task waits or comes",
  lanes: 1,
  live: true,
  exercises: ["S-01", "S-02", "Q-07", "Q-08", "T-01"],
  choices: choicesOf({
    before: TASK,
    after: TASK,
    near: NEAR,
    share: SHARE,
    down: DOWN_FOR,
    wake: TRIGGER,
  }),
  compose: (sketch, [lane], choice) => {
    const { awakeWindow, beat, gap } = sketch.pace;
    lane.model.queueMode ??= true;
    lane.model.awakeFor ??= awakeWindow;
    if (!lane.registered) register(sketch, lane, lane.clock);
    else update(sketch, lane, lane.clock);
    const asleep = lane.clock + latencyOf(sketch) + awakeWindow;
    const created = near(sketch, asleep, choice.near, choice.share, gap, lane.clock + 1);
    const before = createTask(sketch, [lane], created, choice.before);
    const up = restartServer(sketch, created + beat, choice.down);
    const after = createTask(sketch, [lane], up + part(choice.share, beat), choice.after);
    poll(sketch, before, up + 2 * beat);
    poll(sketch, after, up + 2 * beat);
    const settled = trigger(sketch, lane, Math.max(up, asleep) + 3 * beat, choice.wake) + beat;
    poll(sketch, before, settled);
    poll(sketch, after, settled);
    pollMirror(sketch, lane, settled);
    finish([lane], settled + 1);
  },
});

export const RESTART_DEADLINE_BLOCKS = [
  RESTART_AND_EXPIRY,
  RESTART_AND_SCHEDULE,
  RESTART_AND_LIFETIME,
  RESTART_ASLEEP,
] as const;
