/**
 * Building blocks around messages that take longer than anybody waits for them: answers after the server gave up, after
 * the expiry, after a Register; a request that its own copy overtakes.
 * Spec: RFC 7252 §4.2, §4.8.2 (MAX_LATENCY), §5.3.2; docs/semantics.md, choices 10, 15.
 */
import * as fc from "fast-check";
import { part } from "../pace.ts";
import type { Lane, Sketch } from "../sketch.ts";
import {
  behave,
  cancelDeviceTask,
  createTask,
  deregister,
  ensureRegistered,
  finish,
  latencyOf,
  loss,
  poll,
  pollMirror,
  register,
  trigger,
} from "../steps.ts";
import { choicesOf, defineBlock, NEAR, near, SHARE, TASK, TRIGGER } from "./block.ts";

/** Each datagram of the device is held back by as much. */
function holdBack(sketch: Sketch, lane: Lane, from: number, until: number, direction: "up" | "down", delay: number) {
  sketch.faults.push({ kind: "reordering", device: lane.device, from, until, direction, permille: 1_000, delay });
}

const AFTER_GIVING_UP = defineBlock({
  id: "after-giving-up",
  sentence: "no acknowledgement gets through, and the answer comes when the server has given the request up",
  lanes: 1,
  live: false,
  exercises: ["R-01", "R-04", "R-05", "R-07", "R-08", "I-04", "D-03", "T-01"],
  choices: choicesOf({
    task: TASK,
    held: fc.boolean(),
    two: fc.boolean(),
    other: TASK,
    share: SHARE,
    trigger: TRIGGER,
  }),
  compose: (sketch, [lane], choice) => {
    const { beat, giveUpLatest, maxLatency, clear } = sketch.pace;
    const latency = latencyOf(sketch);
    ensureRegistered(sketch, lane);
    const created = lane.clock + 1;
    pollMirror(sketch, lane, created - 1);
    const slack = Math.max(1, maxLatency - giveUpLatest - clear);
    const delay = giveUpLatest + part(choice.share, choice.held ? slack : 3 * beat) + 2 * latency;
    if (choice.held) holdBack(sketch, lane, created, created + giveUpLatest, "up", delay);
    else {
      behave(sketch, lane, created, created + beat, { kind: "slow", delay });
      loss(sketch, lane, created, created + giveUpLatest, "up");
    }
    const task = createTask(sketch, [lane], created, choice.task);
    if (choice.two) createTask(sketch, [lane], created + 1, choice.other);
    // A copy of the answer for each copy of the request.
    const last = created + delay + (choice.held ? giveUpLatest : 0) + beat;
    poll(sketch, task, created + delay + beat);
    // What is held back may be overtaken by the next attempt and its answer.
    const again = choice.held && choice.two ? created + giveUpLatest + 1 + part(choice.share, delay / 2) : last + clear;
    const settled = trigger(sketch, lane, again, choice.trigger);
    poll(sketch, task, Math.max(last, settled) + beat);
    pollMirror(sketch, lane, Math.max(last, settled) + beat);
    finish([lane], Math.max(last, settled) + beat + 1);
  },
});

const HELD_BACK_ANSWER = defineBlock({
  id: "held-back-answer",
  sentence:
    "the network holds the answer back until about when the task expires, is cancelled, or its device registers or leaves",
  lanes: 1,
  live: false,
  exercises: ["E-05", "E-07", "E-08", "E-09", "G-02", "G-06", "I-04", "D-03", "D-06", "T-01", "T-04"],
  choices: choicesOf({
    task: TASK,
    what: fc.constantFrom("expiry", "expiry", "expiry", "register", "deregister", "cancel"),
    seconds: fc.constantFrom(1, 2, 5, 20, 60),
    where: NEAR,
    error: fc.nat(3),
    share: SHARE,
    trigger: TRIGGER,
  }),
  compose: (sketch, [lane], choice) => {
    const { beat, clear } = sketch.pace;
    const latency = latencyOf(sketch);
    ensureRegistered(sketch, lane);
    const created = lane.clock + 1;
    const decided = created + choice.seconds * 1_000;
    const arrives = near(sketch, decided, choice.where, choice.share, beat, created + 1);
    // Beyond the decision the device is heard again without delay, or nothing could be told.
    const delay = Math.max(1, arrives - created - 2 * latency);
    holdBack(sketch, lane, created, Math.max(created + latency + 1, decided - beat), "up", delay);
    if (choice.error === 0) behave(sketch, lane, created, decided, { kind: "error", code: "4.03" });
    pollMirror(sketch, lane, created - 1);
    const expiresAfter = choice.what === "expiry" ? choice.seconds : undefined;
    const task = createTask(sketch, [lane], created, choice.task, { expiresAfter });
    if (choice.what === "register") register(sketch, lane, decided);
    if (choice.what === "deregister") deregister(sketch, lane, decided);
    if (choice.what === "cancel") cancelDeviceTask(sketch, task, lane, decided);
    // Copies of the answer, one for each retransmission, come as late as the first.
    const over = Math.max(arrives, decided + delay) + beat + clear;
    poll(sketch, task, Math.max(arrives, decided) + clear);
    poll(sketch, task, over);
    pollMirror(sketch, lane, over);
    const settled = trigger(sketch, lane, over + 1, choice.trigger);
    poll(sketch, task, settled);
    pollMirror(sketch, lane, settled);
    finish([lane], settled + 1);
  },
});

const LATE_REQUEST = defineBlock({
  id: "late-request",
  sentence: "a request is on its way for so long that a copy of it arrives first, and the device has both",
  lanes: 1,
  live: false,
  exercises: ["I-01", "I-02", "R-07", "R-08", "T-01"],
  choices: choicesOf({ tasks: fc.tuple(TASK, TASK), copies: fc.nat(2), slow: fc.boolean(), share: SHARE }),
  compose: (sketch, [lane], choice) => {
    const { beat, ackTimeout, ackRandomFactor } = sketch.pace;
    ensureRegistered(sketch, lane);
    const created = lane.clock + 1;
    const longest = Math.ceil(ackTimeout * ackRandomFactor);
    const delay = longest * (2 ** (choice.copies + 1) - 1) + part(choice.share, longest);
    const held = choice.copies === 0 ? ackTimeout / 2 : ackTimeout * (2 ** choice.copies - 1) + 1;
    holdBack(sketch, lane, created, created + Math.floor(held), "down", delay);
    const over = created + delay + longest * 2 ** (choice.copies + 1) + beat;
    if (choice.slow) behave(sketch, lane, created, over, { kind: "slow", delay: 1 + part(choice.share, delay) });
    const tasks = choice.tasks.map((task, index) => createTask(sketch, [lane], created + index, task));
    const settled = over + 2 * delay;
    for (const task of tasks) poll(sketch, task, settled);
    finish([lane], settled + 1);
  },
});

export const HELD_BACK_BLOCKS = [AFTER_GIVING_UP, HELD_BACK_ANSWER, LATE_REQUEST] as const;
