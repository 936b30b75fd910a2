/**
 * Building blocks around operations that are done, though their answers are lost: what the repetition does.
 * Spec: docs/semantics.md, Failed attempt, or answer?; RFC 7252 §5.1.
 */
import * as fc from "fast-check";
import { part } from "../pace.ts";
import type { Lane, Sketch } from "../sketch.ts";
import {
  bootTime,
  createTask,
  ensureRegistered,
  finish,
  latencyOf,
  loss,
  poll,
  pollMirror,
  trigger,
} from "../steps.ts";
import { choicesOf, defineBlock, SHARE, TASK, TRIGGER } from "./block.ts";

/** Milliseconds from a request of the server until the device has answered it. */
function answerTime(sketch: Sketch, lane: Lane): number {
  const thinkTime = sketch.swarm.natures[lane.device]?.thinkTime ?? 0;
  return latencyOf(sketch) + Math.floor((thinkTime * sketch.pace.ackTimeout) / 100);
}

const NO_CHOICE = { type: 0, property: 0 };
const REBOOT = { taskType: "E", property: "deviceProperties.device.reboot" } as const;

const REBOOT_LOOP = defineBlock({
  id: "reboot-loop",
  sentence: "a device reboots as it is told, its answer is lost, it registers and is told again; once or a few times",
  lanes: 1,
  live: false,
  exercises: ["I-05", "R-05", "R-08", "I-02", "G-02", "T-01"],
  choices: choicesOf({ other: TASK, times: fc.integer({ min: 1, max: 3 }), two: fc.boolean(), trigger: TRIGGER }),
  compose: (sketch, [lane], choice) => {
    const { beat } = sketch.pace;
    ensureRegistered(sketch, lane);
    const created = lane.clock + 1;
    // The device is on its way down before its answer could get through; up again, its Register does.
    const reboots = answerTime(sketch, lane) + bootTime(sketch, lane);
    const cycle = reboots + latencyOf(sketch);
    for (let time = 0; time < choice.times; time += 1)
      loss(sketch, lane, created + time * cycle, created + time * cycle + reboots - 1, "up");
    const task = createTask(sketch, [lane], created, NO_CHOICE, { content: REBOOT });
    const other = choice.two ? createTask(sketch, [lane], created + 1, choice.other) : task;
    for (let time = 1; time <= choice.times; time += 1) poll(sketch, task, created + time * cycle + 1);
    const over = created + (choice.times + 1) * cycle + beat;
    poll(sketch, task, over);
    const settled = trigger(sketch, lane, over + 1, choice.trigger);
    poll(sketch, task, settled);
    poll(sketch, other, settled);
    finish([lane], settled + 1);
  },
});

const REPEATED_WRITE = defineBlock({
  id: "repeated-write",
  sentence: "a device takes what is written and its answers are lost, until the server gives up and writes it again",
  lanes: 1,
  live: true,
  exercises: ["I-06", "R-01", "R-04", "R-05", "D-02", "T-01"],
  choices: choicesOf({ task: TASK, other: TASK, two: fc.nat(2), trigger: TRIGGER, share: SHARE }),
  compose: (sketch, [lane], choice) => {
    const { beat, giveUpLatest, clear, gap } = sketch.pace;
    ensureRegistered(sketch, lane);
    const created = lane.clock + 1;
    const task = createTask(sketch, [lane], created, choice.task, { only: ["W"] });
    if (choice.two === 0) createTask(sketch, [lane], created + 1, choice.other, { only: ["W"] });
    const failed = created + giveUpLatest + clear;
    loss(sketch, lane, created, failed, "up");
    poll(sketch, task, failed);
    const settled = trigger(sketch, lane, failed + 1 + part(choice.share, gap), choice.trigger) + beat;
    poll(sketch, task, settled);
    pollMirror(sketch, lane, settled);
    finish([lane], settled + 1);
  },
});

export const LOST_ANSWER_BLOCKS = [REBOOT_LOOP, REPEATED_WRITE] as const;
