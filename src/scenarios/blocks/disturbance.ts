/**
 * Building blocks around disturbed exchanges that may well succeed: copies, reordering, partial loss, slow and late
 * responses, responses that answer nothing, a device that reboots because it was told to.
 * Spec: RFC 7252 §4.2, §4.5, §5.2.2, §5.3.2; docs/semantics.md, Failed attempt, or answer?
 */
import * as fc from "fast-check";
import { part } from "../pace.ts";
import {
  behave,
  bootTime,
  createTask,
  duplication,
  ensureRegistered,
  finish,
  loss,
  poll,
  pollMirror,
  trigger,
  update,
} from "../steps.ts";
import { choicesOf, defineBlock, SHARE, TASK, TRIGGER } from "./block.ts";

const COPIED_DOWNLINK = defineBlock({
  id: "copied-downlink",
  sentence: "the network copies requests, or loses their answers so that the server repeats them",
  lanes: 1,
  live: true,
  exercises: ["I-01", "I-02", "I-03", "R-07", "Q-02", "D-02"],
  choices: choicesOf({
    tasks: fc.tuple(TASK, TASK, TASK),
    count: fc.integer({ min: 1, max: 3 }),
    answersLost: fc.boolean(),
    both: fc.boolean(),
    share: SHARE,
    execute: fc.nat(2),
  }),
  compose: (sketch, [lane], choice) => {
    const { beat, ackTimeout } = sketch.pace;
    ensureRegistered(sketch, lane);
    const start = lane.clock;
    const over = start + choice.count * beat + ackTimeout;
    const delay = 1 + part(choice.share, choice.both ? 2 * ackTimeout : ackTimeout);
    duplication(sketch, lane, start, over, choice.both ? "both" : "down", delay);
    if (choice.answersLost) loss(sketch, lane, start, start + 1 + part(choice.share, ackTimeout), "up");
    const only = choice.execute === 0 ? (["E", "W"] as const) : undefined;
    const tasks = choice.tasks
      .slice(0, choice.count)
      .map((task, index) =>
        createTask(sketch, [lane], start + 1 + index * Math.floor(beat / 2), task, only === undefined ? {} : { only }),
      );
    const settled = over + 4 * ackTimeout;
    for (const task of tasks) poll(sketch, task, settled);
    update(sketch, lane, settled + 1);
    pollMirror(sketch, lane, settled + beat);
    finish([lane], settled + beat + 1);
  },
});

const STRAY_RESPONSE = defineBlock({
  id: "stray-response",
  sentence: "responses arrive that answer nothing: before, during and after an exchange",
  lanes: 1,
  live: true,
  exercises: ["I-04", "I-03", "D-03", "T-01"],
  choices: choicesOf({
    task: TASK,
    tokens: fc.tuple(
      fc.constantFrom("unknown" as const, "last" as const),
      fc.constantFrom("unknown" as const, "last" as const),
    ),
    types: fc.tuple(
      fc.constantFrom("CON" as const, "NON" as const, "ACK" as const),
      fc.constantFrom("CON" as const, "NON" as const, "ACK" as const),
    ),
    share: SHARE,
    slow: fc.boolean(),
    trigger: fc.nat(1),
  }),
  compose: (sketch, [lane], choice) => {
    const { beat, ackTimeout, guard } = sketch.pace;
    ensureRegistered(sketch, lane);
    const created = lane.clock + 1;
    const delay = Math.max(2, part(choice.share, 2 * ackTimeout));
    if (choice.slow) behave(sketch, lane, created, created + delay, { kind: "slow", delay });
    const task = createTask(sketch, [lane], created, choice.task);
    const { device } = lane;
    const [before, afterwards] = choice.tokens;
    const during = created + 1 + part(choice.share, delay - 1);
    // While the exchange is open its own token would answer it.
    sketch.operations.push({
      at: during,
      kind: "stray-response",
      device,
      token: choice.slow ? "unknown" : before,
      type: choice.types[0],
    });
    const settled = created + delay + 2 * beat;
    poll(sketch, task, settled - guard);
    pollMirror(sketch, lane, settled - guard);
    sketch.operations.push({ at: settled, kind: "stray-response", device, token: afterwards, type: choice.types[1] });
    poll(sketch, task, settled + beat);
    pollMirror(sketch, lane, settled + beat);
    if (choice.trigger === 0) update(sketch, lane, settled + beat + 1);
    finish([lane], settled + 2 * beat);
  },
});

const SLOW_RESPONSE = defineBlock({
  id: "slow-response",
  sentence: "the device acknowledges, and answers just before, or after, the server stops waiting",
  lanes: 1,
  live: true,
  exercises: ["I-04", "R-02", "R-04", "D-03", "D-01", "I-02", "T-01"],
  choices: choicesOf({ task: TASK, late: fc.nat(2), share: SHARE, trigger: TRIGGER }),
  compose: (sketch, [lane], choice) => {
    const { beat, responseTimeout, clear, ackTimeout, guard } = sketch.pace;
    ensureRegistered(sketch, lane);
    const created = lane.clock + 1;
    const delay =
      choice.late > 0
        ? responseTimeout + beat + part(choice.share, 2 * beat)
        : part(choice.share, responseTimeout - clear - beat);
    behave(sketch, lane, created, created + beat, { kind: "slow", delay });
    const task = createTask(sketch, [lane], created, choice.task);
    pollMirror(sketch, lane, created - 1);
    if (choice.late > 0) poll(sketch, task, created + delay - guard);
    else poll(sketch, task, created + 1 + Math.floor(delay / 2));
    const answered = created + delay + ackTimeout + clear;
    poll(sketch, task, answered);
    pollMirror(sketch, lane, answered);
    const settled = trigger(sketch, lane, answered + 1, choice.trigger);
    poll(sketch, task, settled + beat);
    finish([lane], settled + beat + 1);
  },
});

const PARTIAL_LOSS = defineBlock({
  id: "partial-loss",
  sentence: "for a while a part of all datagrams is lost or overtaken, with tasks and Updates going on",
  lanes: 1,
  live: false,
  exercises: ["R-07", "R-01", "R-04", "I-02", "I-01", "T-01"],
  choices: choicesOf({
    tasks: fc.tuple(TASK, TASK, TASK, TASK),
    count: fc.integer({ min: 1, max: 4 }),
    permille: fc.constantFrom(200, 400, 600, 800),
    reorder: fc.boolean(),
    share: SHARE,
    updates: fc.integer({ min: 1, max: 3 }),
    direction: fc.constantFrom("up" as const, "down" as const, "both" as const),
  }),
  compose: (sketch, [lane], choice) => {
    const { beat, giveUpLatest, ackTimeout } = sketch.pace;
    ensureRegistered(sketch, lane);
    const start = lane.clock;
    const span = giveUpLatest + part(choice.share, giveUpLatest);
    loss(sketch, lane, start, start + span, choice.direction, choice.permille);
    if (choice.reorder) {
      const delay = 1 + part(choice.share, 2 * ackTimeout);
      sketch.faults.push({
        kind: "reordering",
        device: lane.device,
        from: start,
        until: start + span,
        direction: "both",
        permille: 300,
        delay,
      });
    }
    const tasks = choice.tasks
      .slice(0, choice.count)
      .map((task, index) => createTask(sketch, [lane], start + 1 + index * beat, task));
    for (let time = 1; time <= choice.updates; time += 1)
      update(sketch, lane, start + Math.floor((time * span) / (choice.updates + 1)));
    for (const task of tasks) poll(sketch, task, start + span + beat);
    const settled = trigger(sketch, lane, start + span + giveUpLatest, "update");
    for (const task of tasks) poll(sketch, task, settled + beat);
    finish([lane], settled + beat + 1);
  },
});

const EXECUTE_REBOOT = defineBlock({
  id: "execute-reboot",
  sentence: "a task tells the device to reboot; its answer gets through or is lost",
  lanes: 1,
  live: true,
  exercises: ["I-05", "I-02", "G-02", "I-03", "T-01"],
  choices: choicesOf({ other: TASK, lost: fc.boolean(), share: SHARE }),
  compose: (sketch, [lane], choice) => {
    const { beat, ackTimeout } = sketch.pace;
    ensureRegistered(sketch, lane);
    const created = lane.clock + 1;
    if (choice.lost) loss(sketch, lane, created, created + 1 + part(choice.share, ackTimeout), "up");
    // The fifth executable of the deck is the reboot; another one when that was used before.
    const task = createTask(sketch, [lane], created, { type: 0, property: 4 }, { only: ["E"] });
    const other = createTask(sketch, [lane], created + 1 + part(choice.share, beat), choice.other);
    poll(sketch, task, created + beat);
    const settled = created + ackTimeout + bootTime(sketch, lane) + 2 * beat;
    poll(sketch, task, settled);
    poll(sketch, other, settled);
    const again = trigger(sketch, lane, settled + 1, "update");
    poll(sketch, task, again);
    finish([lane], again + 1);
  },
});

export const DISTURBANCE_BLOCKS = [
  COPIED_DOWNLINK,
  STRAY_RESPONSE,
  SLOW_RESPONSE,
  PARTIAL_LOSS,
  EXECUTE_REBOOT,
] as const;
