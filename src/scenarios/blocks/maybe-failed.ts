/**
 * Building blocks around attempts that a server may take for failed at once, or not: the network reports that the device
 * cannot be reached, or the device resets what it has acknowledged.
 * Spec: RFC 7252 §4.2; docs/semantics.md, Failed attempt, or answer?
 */
import * as fc from "fast-check";
import { part } from "../pace.ts";
import type { Lane, Sketch } from "../sketch.ts";
import {
  behave,
  createTask,
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

function reportedOffline(sketch: Sketch, lane: Lane, from: number, until: number): void {
  sketch.faults.push({ kind: "offline", device: lane.device, from, until, reported: true });
}

const REPORTED_UNREACHABLE = defineBlock({
  id: "reported-unreachable",
  sentence:
    "the network reports that a device cannot be reached, at the first datagram or at a copy, while another device takes its time; later it is back",
  lanes: 2,
  live: false,
  exercises: ["R-03", "R-04", "R-05", "R-06", "R-07", "R-08", "Q-06", "I-04", "T-01"],
  choices: choicesOf({
    tasks: fc.tuple(TASK, TASK, TASK),
    /** Whether the first datagram is lost without a word, and a copy reported. */
    atCopy: fc.boolean(),
    two: fc.boolean(),
    patient: fc.boolean(),
    share: SHARE,
    back: TRIGGER,
  }),
  compose: (sketch, [lane, other], choice) => {
    const { beat, ackTimeout, giveUpLatest, clear } = sketch.pace;
    const latency = latencyOf(sketch);
    const lanes = other === undefined ? [lane] : [lane, other];
    for (const one of lanes) ensureRegistered(sketch, one);
    const created = Math.max(...lanes.map(({ clock }) => clock)) + 1;
    const gone = choice.atCopy ? created + ackTimeout - 1 : created - 1;
    if (choice.atCopy) loss(sketch, lane, created, gone, "down");
    const span = choice.patient ? giveUpLatest + clear : 4 * ackTimeout + part(choice.share, 20 * ackTimeout);
    const back = gone + span;
    reportedOffline(sketch, lane, gone, back);
    const tasks = [createTask(sketch, [lane], created, choice.tasks[0])];
    // Its answer comes when the report about the other one has.
    if (other !== undefined) {
      behave(sketch, other, created, back, { kind: "slow", delay: 3 * ackTimeout + 2 * latency });
      tasks.push(createTask(sketch, [other], created + 1, choice.tasks[1]));
    }
    const told = gone + 2 * ackTimeout + latency;
    poll(sketch, tasks[0] ?? 0, told);
    if (choice.two) tasks.push(createTask(sketch, [lane], told + 1 + part(choice.share, ackTimeout), choice.tasks[2]));
    for (const task of tasks) poll(sketch, task, back - 1);
    // Back, it says so by an Update of its own.
    const settled = trigger(sketch, lane, back + beat, choice.back) + beat;
    for (const task of tasks) poll(sketch, task, settled);
    pollHistory(sketch, tasks[0] ?? 0, settled);
    finish(lanes, settled + 1);
  },
});

const ACKNOWLEDGED_THEN_RESET = defineBlock({
  id: "acknowledged-then-reset",
  sentence:
    "a device acknowledges requests and resets them later; it updates or registers before or after the server gives up",
  lanes: 1,
  live: false,
  exercises: ["R-02", "R-03", "R-04", "R-06", "R-08", "Q-06", "T-01"],
  choices: choicesOf({
    tasks: fc.tuple(TASK, TASK),
    two: fc.boolean(),
    delay: SHARE,
    patient: fc.boolean(),
    share: SHARE,
    registers: fc.nat(2),
  }),
  compose: (sketch, [lane], choice) => {
    const { beat, responseTimeout, clear } = sketch.pace;
    const latency = latencyOf(sketch);
    ensureRegistered(sketch, lane);
    const created = lane.clock + 1;
    const delay = part(choice.delay, 4 * beat);
    behave(sketch, lane, created, created + 2 * latency + beat, { kind: "acknowledge-then-reset", delay });
    const tasks = [createTask(sketch, [lane], created, choice.tasks[0])];
    if (choice.two) tasks.push(createTask(sketch, [lane], created + 1, choice.tasks[1]));
    const reset = created + 2 * latency + delay + beat;
    for (const task of tasks) poll(sketch, task, reset);
    const told = choice.patient
      ? created + responseTimeout + 2 * latency + clear + beat
      : reset + 1 + part(choice.share, responseTimeout / 2);
    if (choice.registers === 0) register(sketch, lane, told);
    else update(sketch, lane, told);
    for (const task of tasks) poll(sketch, task, told + beat);
    const settled = Math.max(told, created + responseTimeout + 2 * latency + clear) + beat;
    for (const task of tasks) poll(sketch, task, settled);
    finish([lane], settled + 1);
  },
});

export const MAYBE_FAILED_BLOCKS = [REPORTED_UNREACHABLE, ACKNOWLEDGED_THEN_RESET] as const;
