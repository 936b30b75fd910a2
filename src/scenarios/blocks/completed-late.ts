/**
 * A building block around records of tasks that are completed long after they were created: a server that counts the
 * 30 days from the end of the task still has them when they should be gone.
 * Spec: task page, Task lifetime; docs/semantics.md, choice 11.
 */
import * as fc from "fast-check";
import { part } from "../pace.ts";
import { cancelTask, createTask, ensureAbsent, finish, poll, pollHistory, register, trigger } from "../steps.ts";
import { choicesOf, defineBlock, SHARE, TASK } from "./block.ts";

/** Of 1000 parts of the retention: when the task is completed at the latest. */
const LATEST = 850;

const COMPLETED_LATE = defineBlock({
  id: "completed-late",
  sentence:
    "a task waits for days until its device comes, it expires or it is cancelled; it is read before and after 30 days from its creation",
  lanes: 1,
  live: "with a turned clock",
  exercises: ["L-01", "L-02", "L-03", "E-05", "T-02"],
  choices: choicesOf({
    task: TASK,
    end: fc.constantFrom("done", "done", "expired", "cancelled"),
    when: fc.integer({ min: 5, max: LATEST }),
    share: SHARE,
  }),
  compose: (sketch, [lane], choice) => {
    const { beat, retention, clear } = sketch.pace;
    ensureAbsent(sketch, lane);
    const created = lane.clock + 1;
    const seconds = Math.max(1, Math.floor(part(choice.when, retention) / 1_000));
    const longest = Math.floor(retention / 1_000);
    const expiresAfter = choice.end === "expired" ? seconds : longest;
    const task = createTask(sketch, [lane], created, choice.task, { expiresAfter });
    const ended = created + seconds * 1_000;
    if (choice.end === "done") register(sketch, lane, ended);
    if (choice.end === "cancelled") cancelTask(sketch, task, ended);
    poll(sketch, task, ended + beat);
    poll(sketch, task, created + retention - clear);
    const gone = created + retention + clear;
    poll(sketch, task, gone + part(choice.share, beat));
    pollHistory(sketch, task, gone + part(choice.share, beat));
    const longGone = Math.max(gone + beat, ended + retention + clear + beat);
    poll(sketch, task, longGone);
    finish([lane], trigger(sketch, lane, longGone + 1, "register"));
  },
});

export const COMPLETED_LATE_BLOCKS = [COMPLETED_LATE] as const;
