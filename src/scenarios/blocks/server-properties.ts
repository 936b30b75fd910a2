/**
 * A building block around several server properties of one device: a write changes its own property and no other.
 * Spec: task page, introduction; docs/semantics.md, choice 18.
 */
import * as fc from "fast-check";
import { part } from "../pace.ts";
import { createTask, ensureAbsent, ensureRegistered, finish, poll, pollMirror, trigger } from "../steps.ts";
import { choicesOf, defineBlock, SHARE, TASK, TRIGGER } from "./block.ts";

const NAME = fc.constantFrom("room", "floor", "label", "site");

const SERVER_PROPERTIES = defineBlock({
  id: "server-properties",
  sentence:
    "several server properties of one device are written, one of them perhaps twice; the mirror shows them all, and what the device waits for stays in its queue",
  lanes: 2,
  live: true,
  exercises: ["D-04", "T-02", "T-03", "Q-03", "Q-04"],
  choices: choicesOf({
    names: fc.uniqueArray(NAME, { minLength: 2, maxLength: 4 }),
    again: fc.boolean(),
    absent: fc.boolean(),
    share: SHARE,
    /** A task of the device, which waits where it is absent. */
    waiting: TASK,
    trigger: TRIGGER,
  }),
  compose: (sketch, lanes, choice) => {
    const { beat, clear, reaction } = sketch.pace;
    const [first] = lanes;
    if (choice.absent) ensureAbsent(sketch, first);
    else ensureRegistered(sketch, first);
    const names = choice.again ? [...choice.names, ...choice.names.slice(0, 1)] : choice.names;
    const created = Math.max(...lanes.map((lane) => lane.clock)) + 1;
    const waiting = createTask(sketch, [first], created, choice.waiting);
    const begun = created + beat;
    const gap = 1 + part(choice.share, beat);
    const tasks = names.map((name, index) =>
      // The other device has all but the last: what is written for one says nothing of the other.
      createTask(
        sketch,
        index === names.length - 1 ? [first] : lanes,
        begun + index * gap,
        { type: 0, property: 0 },
        { property: `serverProperties.${name}` },
      ),
    );
    // Live, a server may take its time to show what was written.
    const over = begun + names.length * gap + reaction + clear;
    for (const task of tasks) poll(sketch, task, over);
    for (const lane of lanes) pollMirror(sketch, lane, over);
    const settled = trigger(sketch, first, over + 1, choice.trigger) + beat;
    poll(sketch, waiting, settled);
    finish(lanes, settled + 1);
  },
});

export const SERVER_PROPERTY_BLOCKS = [SERVER_PROPERTIES] as const;
