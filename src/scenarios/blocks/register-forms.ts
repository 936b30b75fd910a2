/**
 * Building blocks around what a Register says: one that has to be refused, and one that declares an alternate path.
 * Spec: OMA LwM2M Core §5.3.1, §6.2.3; Transport, Table 6.
 */
import * as fc from "fast-check";
import { REGISTER_DEFECTS } from "../../simulator/model/device.ts";
import { part } from "../pace.ts";
import {
  behave,
  createTask,
  deregister,
  ensureAbsent,
  ensureRegistered,
  finish,
  poll,
  register,
  trigger,
  update,
} from "../steps.ts";
import { choicesOf, defineBlock, SHARE, TASK, TRIGGER } from "./block.ts";

const MALFORMED_REGISTER = defineBlock({
  id: "malformed-register",
  sentence: "a device with waiting tasks sends a Register that has to be refused, and a sound one later",
  lanes: 1,
  live: true,
  exercises: ["G-07", "Q-03", "Q-04", "G-04", "R-06"],
  choices: choicesOf({
    tasks: fc.tuple(TASK, TASK),
    defects: fc.tuple(fc.constantFrom(...REGISTER_DEFECTS), fc.constantFrom(...REGISTER_DEFECTS)),
    /** Never registered, registered with a failed attempt behind it, or gone. */
    before: fc.constantFrom(
      "absent" as const,
      "absent" as const,
      "registered" as const,
      "registered" as const,
      "left" as const,
    ),
    share: SHARE,
    back: fc.constantFrom("register" as const, "register" as const, "update" as const),
  }),
  compose: (sketch, [lane], choice) => {
    const { beat } = sketch.pace;
    const { device } = lane;
    if (choice.before === "absent") ensureAbsent(sketch, lane);
    else ensureRegistered(sketch, lane);
    let at = lane.clock + 1;
    if (choice.before === "left") {
      deregister(sketch, lane, at);
      at += beat;
    }
    if (choice.before === "registered") behave(sketch, lane, at, at + beat, { kind: "reset" });
    const task = createTask(sketch, [lane], at, choice.tasks[0]);
    at += beat + 1;
    sketch.operations.push({ at, kind: "malformed-register", device, defect: choice.defects[0] });
    const later = createTask(sketch, [lane], at + part(choice.share, beat), choice.tasks[1]);
    at += beat + part(choice.share, beat);
    poll(sketch, task, at);
    sketch.operations.push({ at: at + 1, kind: "malformed-register", device, defect: choice.defects[1] });
    at += beat;
    poll(sketch, task, at);
    poll(sketch, later, at);
    const settled = trigger(sketch, lane, at + 1, choice.back);
    poll(sketch, task, settled);
    poll(sketch, later, settled);
    finish([lane], settled + 1);
  },
});

const ROOTS = ["/lwm2m", "/m2m", "/devices/own", "/lwm2m"] as const;

const ALTERNATE_PATH = defineBlock({
  id: "alternate-path",
  sentence: "a device has its objects below a path of its own, through Updates and new registrations",
  lanes: 1,
  live: true,
  exercises: ["G-08", "D-01", "D-02", "Q-02", "T-01"],
  choices: choicesOf({
    tasks: fc.tuple(TASK, TASK, TASK),
    root: fc.constantFrom(...ROOTS),
    share: SHARE,
    between: TRIGGER,
    fails: fc.nat(2),
  }),
  compose: (sketch, [lane], choice) => {
    const { beat } = sketch.pace;
    lane.model.rootPath ??= choice.root;
    if (lane.registered) update(sketch, lane, lane.clock);
    else register(sketch, lane, lane.clock);
    const created = lane.clock + beat;
    if (choice.fails === 0) behave(sketch, lane, created, created + beat, { kind: "reset" });
    const tasks = [createTask(sketch, [lane], created, choice.tasks[0])];
    poll(sketch, tasks[0] ?? 0, created + beat);
    let at = trigger(sketch, lane, created + beat + 1, choice.between);
    for (const [index, task] of choice.tasks.slice(1).entries())
      tasks.push(createTask(sketch, [lane], at + 1 + index * part(choice.share, beat), task));
    at += 2 * beat;
    for (const task of tasks) poll(sketch, task, at);
    finish([lane], at + 1);
  },
});

export const REGISTER_FORM_BLOCKS = [MALFORMED_REGISTER, ALTERNATE_PATH] as const;
