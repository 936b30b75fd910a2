/**
 * Building blocks around requests that are to be refused: periods beyond the bounds, and whatever is asked by somebody
 * who does not own the device type. What was refused must leave no trace, so the device is there or comes later.
 * Spec: docs/semantics.md, choices 8 and 30.
 */
import * as fc from "fast-check";
import type { Outsider } from "../plan.ts";
import type { Lane, Sketch } from "../sketch.ts";
import { createTask, ensureAbsent, ensureRegistered, finish, pick, poll, pollMirror, trigger } from "../steps.ts";
import { choicesOf, defineBlock, TASK, TRIGGER } from "./block.ts";

/** Seconds beyond the longest period of a task. */
const BEYOND = [1, 2, 3_600, 86_400, 2_592_000] as const;
/** Seconds below and above the bounds of a device type. */
const BELOW = [1, 30] as const;
const ABOVE = [1, 60, 100_000, 2_592_000] as const;

const BEYOND_BOUNDS = defineBlock({
  id: "beyond-bounds",
  sentence: "a task is to be active for longer than tasks are, and so is a device type; then an ordinary task follows",
  lanes: 1,
  live: true,
  exercises: ["L-04"],
  choices: choicesOf({
    tasks: fc.tuple(TASK, TASK),
    beyond: fc.nat(999),
    present: fc.boolean(),
    ofType: fc.nat(5),
    below: fc.boolean(),
    trigger: TRIGGER,
  }),
  compose: (sketch, [lane], choice) => {
    const { beat, longestPeriod, typeBounds, mode } = sketch.pace;
    if (choice.present) ensureRegistered(sketch, lane);
    else ensureAbsent(sketch, lane);
    const created = lane.clock + 1;
    const expiresAfter = longestPeriod + pick(BEYOND, choice.beyond);
    const long = createTask(sketch, [lane], created, choice.tasks[0], { expiresAfter });
    if (choice.ofType < 2 && mode === "sim") {
      const { min, max } = typeBounds;
      const taskExpiresAfter = choice.below ? min - pick(BELOW, choice.beyond) : max + pick(ABOVE, choice.beyond);
      sketch.operations.push({ at: created + 1, kind: "configure-type", type: lane.type, taskExpiresAfter });
    }
    poll(sketch, long, created + beat);
    const settled = trigger(sketch, lane, created + beat + 1, choice.trigger);
    const usual = createTask(sketch, [lane], settled, choice.tasks[1]);
    poll(sketch, long, settled + beat);
    poll(sketch, usual, settled + beat);
    finish([lane], settled + beat + 1);
  },
});

const REFUSED = choicesOf({
  tasks: fc.tuple(TASK, TASK),
  reads: fc.boolean(),
  cancels: fc.constantFrom("task" as const, "device" as const),
  serverProperty: fc.nat(3),
  present: fc.boolean(),
});
type RefusedChoice = typeof REFUSED extends fc.Arbitrary<infer Choice> ? Choice : never;

/** A task of the owner waits; somebody else reads and cancels it, and asks for one of their own. */
function refuse(sketch: Sketch, lane: Lane, choice: RefusedChoice, as: Outsider): void {
  const { beat } = sketch.pace;
  const { operations } = sketch;
  const { device } = lane;
  ensureAbsent(sketch, lane);
  const created = lane.clock + 1;
  const task = createTask(sketch, [lane], created, choice.tasks[0]);
  const asked = created + 1;
  if (choice.reads)
    operations.push({ at: asked, kind: "poll", task, as }, { at: asked, kind: "poll-history", task, as });
  if (choice.cancels === "task") operations.push({ at: asked + 1, kind: "cancel-task", task, as });
  else operations.push({ at: asked + 1, kind: "cancel-device-task", task, device, as });
  poll(sketch, task, asked + beat);
  const back = asked + beat + 1;
  const property = choice.serverProperty === 0 ? { property: `serverProperties.${as}` } : {};
  const early = choice.present ? undefined : createTask(sketch, [lane], back - 1, choice.tasks[1], { as, ...property });
  const settled = trigger(sketch, lane, back, "register");
  if (early === undefined) createTask(sketch, [lane], settled, choice.tasks[1], { as, ...property });
  poll(sketch, task, settled + beat);
  pollMirror(sketch, lane, settled + beat);
  finish([lane], settled + beat + 1);
}

const STRANGER = defineBlock({
  id: "stranger",
  sentence:
    "somebody who does not own the device type reads and cancels a task that waits, and asks for one of their own",
  lanes: 1,
  live: true,
  needs: "access",
  exercises: ["A-01"],
  choices: REFUSED,
  compose: (sketch, [lane], choice) => refuse(sketch, lane, choice, "stranger"),
});

const WITHOUT_TOKEN = defineBlock({
  id: "without-token",
  sentence: "somebody who gives no token reads and cancels a task that waits, and asks for one of their own",
  lanes: 1,
  live: true,
  needs: "access",
  exercises: ["A-01"],
  choices: REFUSED,
  compose: (sketch, [lane], choice) => refuse(sketch, lane, choice, "nobody"),
});

export const REFUSAL_BLOCKS = [BEYOND_BOUNDS, STRANGER, WITHOUT_TOKEN] as const;
