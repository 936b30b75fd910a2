/**
 * Building blocks around a device that gets a new address without a word, and registers from there.
 * Spec: OMA LwM2M Core §5.3.1; docs/semantics.md, choices 14 and 15.
 */
import * as fc from "fast-check";
import { part } from "../pace.ts";
import { behave, createTask, ensureRegistered, finish, latencyOf, poll, register, trigger } from "../steps.ts";
import { choicesOf, defineBlock, SHARE, TASK, TRIGGER } from "./block.ts";

const REGISTERS_ELSEWHERE = defineBlock({
  id: "registers-elsewhere",
  sentence:
    "a registered device gets a new address and registers from there, with a task on the way, waiting, or created just then",
  lanes: 1,
  live: true,
  exercises: ["G-01", "G-02", "Q-02", "R-05", "R-08", "Q-06", "T-01"],
  choices: choicesOf({
    tasks: fc.tuple(TASK, TASK),
    what: fc.constantFrom("nothing", "in-flight", "in-flight", "requeued", "created-between"),
    share: SHARE,
    trigger: TRIGGER,
  }),
  compose: (sketch, [lane], choice) => {
    const { beat, clear, giveUpLatest, mode } = sketch.pace;
    const { device } = lane;
    ensureRegistered(sketch, lane);
    const created = lane.clock + 1;
    const moved = created + beat + 2 * latencyOf(sketch);
    const back = moved + 1 + part(choice.share, mode === "live" ? beat : giveUpLatest);
    if (choice.what === "in-flight") behave(sketch, lane, created, moved, { kind: "silent" });
    if (choice.what === "requeued") behave(sketch, lane, created, moved, { kind: "reset" });
    const waiting = choice.what === "in-flight" || choice.what === "requeued";
    const at = choice.what === "created-between" ? moved + 1 : waiting ? created : undefined;
    const first = at === undefined ? undefined : createTask(sketch, [lane], at, choice.tasks[0]);
    sketch.operations.push({ at: moved, kind: "change-address", device, update: false });
    register(sketch, lane, back);
    const second = createTask(sketch, [lane], back + beat, choice.tasks[1]);
    const over = back + 2 * beat + clear;
    for (const task of first === undefined ? [second] : [first, second]) poll(sketch, task, over);
    const settled = trigger(sketch, lane, over + 1, choice.trigger);
    for (const task of first === undefined ? [second] : [first, second]) poll(sketch, task, settled);
    finish([lane], settled + 1);
  },
});

export const REGISTERS_ELSEWHERE_BLOCKS = [REGISTERS_ELSEWHERE] as const;
