/**
 * Building blocks around devices that get a new address while a request is on its way to the old one.
 * Spec: docs/semantics.md, choices 14 and 32.
 */
import * as fc from "fast-check";
import { part } from "../pace.ts";
import {
  behave,
  createTask,
  ensureRegistered,
  finish,
  latencyOf,
  loss,
  poll,
  trigger,
  untilNoticed,
} from "../steps.ts";
import { choicesOf, defineBlock, SHARE, TASK, TRIGGER } from "./block.ts";

const MOVES_IN_FLIGHT = defineBlock({
  id: "moves-in-flight",
  sentence: "a device updates from a new address, once or twice, while the server repeats a request to the old one",
  lanes: 1,
  live: true,
  exercises: ["R-10", "R-04", "R-07", "R-08", "Q-06", "T-01"],
  choices: choicesOf({
    tasks: fc.tuple(TASK, TASK),
    how: fc.constantFrom("silent" as const, "deaf" as const, "acknowledge-only" as const, "slow" as const),
    two: fc.boolean(),
    twice: fc.nat(2),
    share: SHARE,
    trigger: TRIGGER,
  }),
  compose: (sketch, [lane], choice) => {
    const { ackTimeout, giveUpEarliest, giveUpLatest, clear, beat, mode } = sketch.pace;
    const { device } = lane;
    ensureRegistered(sketch, lane);
    const created = lane.clock + 1;
    const span = mode === "live" ? ackTimeout : giveUpEarliest - clear;
    const moved = created + 2 * latencyOf(sketch) + 2 + part(choice.share, span);
    const again = choice.twice === 0 ? moved + beat : moved;
    // Until it moves it does not answer; what was sent before is not for it any more.
    if (choice.how === "deaf") loss(sketch, lane, created, moved, "down");
    else if (choice.how === "slow") behave(sketch, lane, created, moved, { kind: "slow", delay: span });
    else behave(sketch, lane, created, again, { kind: choice.how });
    const tasks = [createTask(sketch, [lane], created, choice.tasks[0])];
    if (choice.two) tasks.push(createTask(sketch, [lane], created + 1, choice.tasks[1]));
    for (const at of new Set([moved, again]))
      sketch.operations.push({ at, kind: "change-address", device, update: true });
    // Long enough for all that a server might still repeat to the old address.
    const over = again + Math.max(giveUpLatest, untilNoticed(sketch, choice.share)) + clear;
    poll(sketch, tasks[0] ?? 0, again + beat);
    for (const task of tasks) poll(sketch, task, over);
    const settled = trigger(sketch, lane, over + 1, choice.trigger);
    for (const task of tasks) poll(sketch, task, settled);
    finish([lane], settled + 1);
  },
});

export const MOVE_BLOCKS = [MOVES_IN_FLIGHT] as const;
