/**
 * A building block around what an Execute must not do: change the Device Mirror.
 * Spec: task page, introduction; docs/semantics.md, choice 17.
 */
import { bootTime, createTask, ensureRegistered, finish, poll, pollMirror } from "../steps.ts";
import { choicesOf, defineBlock, TASK } from "./block.ts";

const EXECUTE_AND_MIRROR = defineBlock({
  id: "execute-and-mirror",
  sentence: "a value is read or written, then something is executed; the mirror before and after",
  lanes: 1,
  live: true,
  exercises: ["D-05"],
  choices: choicesOf({ value: TASK, execute: TASK }),
  compose: (sketch, [lane], choice) => {
    const { beat, clear, reaction } = sketch.pace;
    ensureRegistered(sketch, lane);
    const created = lane.clock + 1;
    createTask(sketch, [lane], created, choice.value, { only: ["R", "W"] });
    // Live, a server may take its time to show what was read.
    const before = created + beat + reaction + clear;
    pollMirror(sketch, lane, before);
    const executed = before + 1;
    const task = createTask(sketch, [lane], executed, choice.execute, { only: ["E"] });
    const after = executed + beat + bootTime(sketch, lane);
    pollMirror(sketch, lane, after);
    poll(sketch, task, after);
    finish([lane], after + 1);
  },
});

export const EXECUTE_AND_MIRROR_BLOCKS = [EXECUTE_AND_MIRROR] as const;
