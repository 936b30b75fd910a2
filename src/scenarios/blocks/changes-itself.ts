/**
 * Building blocks around devices that register, or update, as something else than before: with another alternate path,
 * version or queue mode. Spec: OMA LwM2M Core §5.3.1, §5.3.2, §6.2.3, Table 8; docs/semantics.md, choices 13, 15.
 */
import * as fc from "fast-check";
import { part } from "../pace.ts";
import type { Operation } from "../plan.ts";
import type { Lane, Sketch } from "../sketch.ts";
import { behave, createTask, ensureRegistered, finish, poll, update } from "../steps.ts";
import { choicesOf, defineBlock, SHARE, TASK } from "./block.ts";

type Changed = Partial<Pick<Extract<Operation, { kind: "register" }>, "rootPath" | "queueMode" | "lwm2m" | "lifetime">>;

function registerAs(sketch: Sketch, lane: Lane, at: number, changed: Changed): void {
  sketch.operations.push({ at, kind: "register", device: lane.device, ...changed });
  lane.lastContact = at;
}

function updateAs(sketch: Sketch, lane: Lane, at: number, changed: Pick<Changed, "rootPath" | "queueMode">): void {
  sketch.operations.push({ at, kind: "update", device: lane.device, ...changed });
  lane.lastContact = at;
}

const ROOTS = ["/", "/lwm2m", "/m2m", "/devices/own"] as const;

const OTHER_ROOT = defineBlock({
  id: "other-root",
  sentence: "a device registers or updates with its objects below another path, while tasks wait, fail or follow",
  lanes: 1,
  live: true,
  exercises: ["G-08", "G-02", "Q-02", "Q-04", "R-05", "T-01"],
  choices: choicesOf({
    tasks: fc.tuple(TASK, TASK, TASK),
    first: fc.nat(ROOTS.length - 1),
    further: fc.integer({ min: 1, max: ROOTS.length - 1 }),
    lwm2m: fc.constantFrom("1.0" as const, "1.1" as const),
    lifetime: fc.constantFrom(undefined, 43_200, 172_800),
    byUpdate: fc.nat(1),
    fails: fc.boolean(),
    share: SHARE,
  }),
  compose: (sketch, [lane], choice) => {
    const { beat, mode } = sketch.pace;
    const [first, second] = [ROOTS[choice.first], ROOTS[(choice.first + choice.further) % ROOTS.length]];
    ensureRegistered(sketch, lane);
    let at = lane.clock;
    registerAs(sketch, lane, at, { rootPath: first ?? "/" });
    at += beat;
    if (choice.fails) behave(sketch, lane, at, at + beat, { kind: "reset" });
    const tasks = [createTask(sketch, [lane], at, choice.tasks[0])];
    at += beat;
    poll(sketch, tasks[0] ?? 0, at);
    if (choice.byUpdate === 0) updateAs(sketch, lane, at + 1, { rootPath: second ?? "/" });
    else {
      const { lwm2m, lifetime } = choice;
      registerAs(sketch, lane, at + 1, {
        rootPath: second ?? "/",
        lwm2m,
        ...(lifetime === undefined || mode === "live" ? {} : { lifetime }),
      });
    }
    at += beat + 1;
    for (const [index, task] of choice.tasks.slice(1).entries())
      tasks.push(createTask(sketch, [lane], at + index * part(choice.share, beat), task));
    at += 2 * beat;
    for (const task of tasks) poll(sketch, task, at);
    registerAs(sketch, lane, at + 1, { rootPath: lane.model.rootPath ?? "/", lwm2m: lane.model.lwm2m ?? "1.0" });
    finish([lane], at + 1 + beat);
  },
});

const OTHER_QUEUE_MODE = defineBlock({
  id: "other-queue-mode",
  sentence:
    "a device takes up queue mode, or gives it up, by a Register or an Update; a task comes when it would be asleep",
  lanes: 1,
  live: false,
  exercises: ["Q-02", "Q-04", "Q-07", "Q-08", "G-02", "G-04", "R-08"],
  choices: choicesOf({
    tasks: fc.tuple(TASK, TASK, TASK),
    /** Whether it sleeps at first. */
    before: fc.boolean(),
    byUpdate: fc.boolean(),
    twice: fc.boolean(),
    lwm2m: fc.constantFrom("1.0" as const, "1.0" as const, "1.0" as const, "1.1" as const),
    share: SHARE,
  }),
  compose: (sketch, [lane], choice) => {
    const { beat, awakeWindow, clear } = sketch.pace;
    const change = (at: number, queueMode: boolean): void => {
      if (choice.byUpdate) updateAs(sketch, lane, at, { queueMode });
      else registerAs(sketch, lane, at, { queueMode });
    };
    ensureRegistered(sketch, lane);
    registerAs(sketch, lane, lane.clock, { queueMode: choice.before, lwm2m: choice.lwm2m });
    let at = lane.clock + beat;
    const modes = choice.twice ? [!choice.before, choice.before] : [!choice.before];
    const tasks: number[] = [];
    for (const [index, mode] of modes.entries()) {
      change(at, mode);
      const asleep = at + beat + awakeWindow + clear + part(choice.share, 4 * awakeWindow);
      const task = createTask(sketch, [lane], asleep, choice.tasks[index] ?? choice.tasks[0]);
      tasks.push(task);
      poll(sketch, task, asleep + beat);
      update(sketch, lane, asleep + 2 * beat);
      at = asleep + 3 * beat;
      poll(sketch, task, at);
      at += 1;
    }
    tasks.push(createTask(sketch, [lane], at, choice.tasks[2]));
    at += 2 * beat;
    for (const task of tasks) poll(sketch, task, at);
    registerAs(sketch, lane, at + 1, {
      queueMode: lane.model.queueMode ?? false,
      lwm2m: lane.model.lwm2m ?? "1.0",
    });
    finish([lane], at + 1 + beat);
  },
});

const OLD_LIFETIME_ENDS = defineBlock({
  id: "old-lifetime-ends",
  sentence:
    "a device registers with a short lifetime, then with a long one; tasks are on their way when the short one would be over",
  lanes: 1,
  live: false,
  exercises: ["G-02", "G-05", "Q-02", "R-08", "T-01"],
  choices: choicesOf({
    tasks: fc.tuple(TASK, TASK),
    short: fc.integer({ min: 20, max: 200 }),
    share: SHARE,
    byUpdate: fc.boolean(),
  }),
  compose: (sketch, [lane], choice) => {
    const { beat } = sketch.pace;
    ensureRegistered(sketch, lane);
    registerAs(sketch, lane, lane.clock, { lifetime: choice.short });
    const over = lane.clock + choice.short * 1_000;
    const again = lane.clock + beat + part(choice.share, choice.short * 500);
    // The lifetime that counts is the one that was said last.
    if (choice.byUpdate) sketch.operations.push({ at: again, kind: "update", device: lane.device, lifetime: 86_400 });
    else registerAs(sketch, lane, again, { lifetime: 86_400 });
    behave(sketch, lane, over - beat, over, { kind: "slow", delay: 2 * beat });
    const tasks = [createTask(sketch, [lane], over - beat, choice.tasks[0])];
    poll(sketch, tasks[0] ?? 0, over + 2 * beat);
    tasks.push(createTask(sketch, [lane], over + 2 * beat + 1, choice.tasks[1]));
    for (const task of tasks) poll(sketch, task, over + 3 * beat);
    update(sketch, lane, over + 4 * beat);
    finish([lane], over + 5 * beat);
  },
});

export const CHANGES_ITSELF_BLOCKS = [OTHER_ROOT, OTHER_QUEUE_MODE, OLD_LIFETIME_ENDS] as const;
