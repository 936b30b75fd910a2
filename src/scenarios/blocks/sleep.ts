/**
 * Building blocks around the sleep of queue-mode devices: tasks at the very end of the awake window, for devices that
 * fall asleep when the server thinks so, sooner, or later.
 * Spec: OMA LwM2M Core 1.0, Table 8 (queue mode); docs/semantics.md, choice 13.
 */
import * as fc from "fast-check";
import { part } from "../pace.ts";
import { createTask, finish, latencyOf, poll, register, trigger, update } from "../steps.ts";
import { choicesOf, defineBlock, NEAR, near, SHARE, TASK, TRIGGER } from "./block.ts";

/** Of 1000 parts of the window that the server counts with. */
const OWN_WINDOWS = [1_000, 1_000, 1_000, 100, 500, 1_300] as const;

const WINDOW_ENDS = defineBlock({
  id: "window-ends",
  sentence: "a task comes just before or after a queue-mode device falls asleep, and another one while it sleeps",
  lanes: 1,
  live: true,
  exercises: ["Q-07", "Q-08", "R-08", "T-01"],
  choices: choicesOf({
    tasks: fc.tuple(TASK, TASK),
    own: fc.constantFrom(...OWN_WINDOWS),
    near: NEAR,
    share: SHARE,
    again: fc.boolean(),
    wake: TRIGGER,
  }),
  compose: (sketch, [lane], choice) => {
    const { awakeWindow, beat, gap, giveUpLatest, mode } = sketch.pace;
    lane.model.queueMode ??= true;
    lane.model.awakeFor ??= part(choice.own, awakeWindow);
    if (!lane.registered) register(sketch, lane, lane.clock);
    else update(sketch, lane, lane.clock);
    // The server counts from the moment at which the datagram reaches it.
    const asleep = lane.clock + latencyOf(sketch) + awakeWindow;
    const created = near(sketch, asleep, choice.near, choice.share, mode === "live" ? beat : gap, lane.clock + 1);
    const tasks = [createTask(sketch, [lane], created, choice.tasks[0])];
    let last = Math.max(created, asleep) + beat;
    poll(sketch, tasks[0] ?? 0, last);
    if (choice.again) {
      // An attempt just before the end may have been given up by then: a server that takes its own datagrams for a
      // sign of life would send this one.
      last = Math.max(last, created + giveUpLatest - part(choice.share, giveUpLatest / 4));
      tasks.push(createTask(sketch, [lane], last, choice.tasks[1]));
      last += beat;
    }
    const settled = trigger(sketch, lane, last + part(choice.share, beat), choice.wake);
    for (const task of tasks) poll(sketch, task, settled + beat);
    finish([lane], settled + beat + 1);
  },
});

export const SLEEP_BLOCKS = [WINDOW_ENDS] as const;
