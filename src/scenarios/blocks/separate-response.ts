/**
 * Building blocks around responses that come without an acknowledgement: in a message of their own, before the empty
 * ACK or instead of one that was lost.
 * Spec: RFC 7252 §4.2, §5.2.2.
 */
import * as fc from "fast-check";
import { part } from "../pace.ts";
import { behave, createTask, ensureRegistered, finish, poll, pollMirror, trigger, update } from "../steps.ts";
import { choicesOf, defineBlock, SHARE, TASK } from "./block.ts";

const ANSWERS_ALONE = defineBlock({
  id: "answers-alone",
  sentence: "the device answers in a message of its own, and its acknowledgement never arrives",
  lanes: 1,
  live: true,
  exercises: ["R-12", "I-03", "I-04", "D-01", "D-02", "T-01"],
  choices: choicesOf({
    tasks: fc.tuple(TASK, TASK),
    type: fc.constantFrom("CON" as const, "CON" as const, "NON" as const),
    /** Of 10: how many ACK_TIMEOUTs pass before, in quarters. */
    wait: fc.constantFrom(0, 0, 1, 2, 3, 6, 10),
    share: SHARE,
    two: fc.boolean(),
    nudge: fc.boolean(),
  }),
  compose: (sketch, [lane], choice) => {
    const { beat, ackTimeout, clear, mode } = sketch.pace;
    ensureRegistered(sketch, lane);
    const created = lane.clock + 1;
    const quarter = Math.floor(ackTimeout / 4);
    const delay = (mode === "live" ? Math.min(choice.wait, 2) : choice.wait) * quarter + part(choice.share, quarter);
    const over = created + delay + clear;
    behave(sketch, lane, created, over + beat, { kind: "answer-before-ack", type: choice.type, delay });
    const tasks = [createTask(sketch, [lane], created, choice.tasks[0])];
    if (choice.two) tasks.push(createTask(sketch, [lane], over, choice.tasks[1]));
    poll(sketch, tasks[0] ?? 0, over);
    // Long enough for every copy that a server might still send.
    const settled = over + beat + delay + 2 * ackTimeout;
    for (const task of tasks) poll(sketch, task, settled);
    pollMirror(sketch, lane, settled);
    if (choice.nudge) update(sketch, lane, settled + 1);
    else trigger(sketch, lane, settled + 1, "register");
    for (const task of tasks) poll(sketch, task, settled + 1 + beat);
    finish([lane], settled + beat + 2);
  },
});

export const SEPARATE_RESPONSE_BLOCKS = [ANSWERS_ALONE] as const;
