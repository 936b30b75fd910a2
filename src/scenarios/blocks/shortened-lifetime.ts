/**
 * Building blocks around a device that says a shorter lifetime than before, while other devices live on.
 * Spec: OMA LwM2M Core §5.3.2; docs/semantics.md, choice 16.
 */
import * as fc from "fast-check";
import { part } from "../pace.ts";
import { createTask, ensureRegistered, finish, latencyOf, poll } from "../steps.ts";
import { choicesOf, defineBlock, SHARE, TASK } from "./block.ts";

/** Seconds: longer than most devices say, so that the end of another registration comes before that of the long one. */
const LONG = [172_800, 345_600] as const;
const USUAL = 86_400;

const SHORTENED_LIFETIME = defineBlock({
  id: "shortened-lifetime",
  sentence:
    "of two devices one shortens its lifetime by an Update, and says nothing until it is over; then it gets a task, and updates",
  lanes: 2,
  live: false,
  exercises: ["G-04", "G-05", "Q-02", "Q-03", "Q-04", "T-01"],
  choices: choicesOf({
    tasks: fc.tuple(TASK, TASK),
    long: fc.nat(LONG.length - 1),
    short: fc.integer({ min: 20, max: 600 }),
    byRegister: fc.nat(3),
    share: SHARE,
  }),
  compose: (sketch, lanes, choice) => {
    const { beat, clear } = sketch.pace;
    const [lane] = lanes;
    const { device } = lane;
    for (const each of lanes) ensureRegistered(sketch, each);
    const start = Math.max(...lanes.map(({ clock }) => clock));
    const said = start + beat + part(choice.share, 60_000);
    sketch.operations.push({ at: start, kind: "register", device, lifetime: LONG[choice.long] ?? LONG[0] });
    const kind = choice.byRegister === 0 ? "register" : "update";
    sketch.operations.push({ at: said, kind, device, lifetime: choice.short });
    const half = said + part(choice.share, choice.short * 1_000 - 2 * beat);
    const tasks = [createTask(sketch, [lane], half, choice.tasks[0])];
    poll(sketch, tasks[0] ?? 0, half + beat);
    const over = said + latencyOf(sketch) + choice.short * 1_000 + clear + part(choice.share, 5 * beat);
    tasks.push(createTask(sketch, [lane], over, choice.tasks[1]));
    for (const task of tasks) poll(sketch, task, over + beat);
    // To a registration that is none any more; then it is what it was.
    sketch.operations.push({ at: over + beat + 1, kind: "update", device });
    sketch.operations.push({ at: over + 2 * beat, kind: "register", device, lifetime: USUAL });
    lane.lastContact = over + 2 * beat;
    for (const task of tasks) poll(sketch, task, over + 4 * beat);
    finish(lanes, over + 4 * beat + 1);
  },
});

export const SHORTENED_LIFETIME_BLOCKS = [SHORTENED_LIFETIME] as const;
